"""A plan shown on another edition, edited there and sent back: only what was edited differs, there and where it was made."""

from __future__ import annotations

import pytest

from acpshare.forms import Answer, FormResponse, Item, ResponseItem
from acpshare.plan import changed
from acpshare.translation import CompiledMapping, read, update, write
from acpshare.translation.rows.base import make_answer
from tests.golden.cases import GOLDEN, TODAY, load_form, mappings

AMENDED = {"record.amended_since_signed", "record.cpr_amended_since_signed"}


@pytest.mark.parametrize(
    "case, edition, item, answer, elements, shown_at_home",
    [
        # a ceiling ticked on a TEP: in ReSPECT a line among the guidance, and no focus, box or other treatment
        ("respect-v3/care-home-resident", "tep-devon", "B.1", "no", {"treatments.hospital_admission"}, {"4.2"}),
        ("respect-v3/care-home-resident", "tep-scotland", "2", "palliative-supportive", {"care.escalation"}, {"4.2"}),
        ("respect-v2/full-treatment", "teal-working", "4", "ward", {"care.escalation"}, {"4.2"}),
        # a discussion written on a TEP: ReSPECT has no box for it
        (
            "respect-v3/learning-disability",
            "tep-devon",
            "A.7",
            "With his mother.",
            {"involvement.with_family"},
            {"carried"},
        ),
        # a focus chosen on ReSPECT: a TEP shows it as text and ticks nothing
        ("tep-devon/care-home-resident", "respect-v3", "4.1", "comfort", {"care.focus"}, {"carried"}),
        ("tep-devon/care-home-resident", "respect-v3", "3.3", "Hospital.", {"matters.fears"}, {"carried"}),
        # the CPR decision changed on another form
        ("respect-v3/no-cpr-recommendation", "tep-devon", "A.4", "attempt", {"cpr.decision"}, {"4.3"}),
        ("tep-devon/hospital-cpr-not-decided", "respect-v3", "4.3", "do-not-attempt", {"cpr.decision"}, {"A.4"}),
        # a DNACPR form knows nothing of a proxy: it stays in the plan, as text
        ("dnacpr-rcuk-2015/care-home-resident", "respect-v3", "2.3", "yes", {"legal.proxy_in_place"}, {"3"}),
    ],
)
def test_only_what_was_edited_differs(
    case: str, edition: str, item: str, answer: str, elements: set[str], shown_at_home: set[str]
) -> None:
    original, _ = load_form(GOLDEN / case)
    home, away = mappings()[original.form], mappings()[edition]
    plan = read(home, original, TODAY).value
    assert plan is not None
    view, before = write(away, plan, TODAY).value, write(home, plan, TODAY).value
    assert view is not None
    assert before is not None
    edit = update(away, plan, _with(away, view, item, make_answer(away.items[item], answer)), TODAY)
    assert edit.value is not None, edit.issues
    assert changed(plan, edit.value) - AMENDED == elements
    after = write(home, edit.value, TODAY).value
    assert after is not None
    assert _differences(before, after) - _notes(before, after) == shown_at_home
    assert edit.value.signatures == plan.signatures


def _with(mapping: CompiledMapping, response: FormResponse, link: str, answer: Answer) -> FormResponse:
    return FormResponse(response.form, _build(mapping.definition.items, response.items, link, answer), response.carried)


def _build(
    items: tuple[Item, ...], said: tuple[ResponseItem, ...], link: str, answer: Answer
) -> tuple[ResponseItem, ...]:
    built: list[ResponseItem] = []
    for item in items:
        here = [each for each in said if each.link_id == item.link_id]
        if item.link_id == link:
            built.append(ResponseItem(link, (answer,)))
        elif any(child.link_id == link for child in item.walk()):
            below = here[0].items if here else ()
            built.append(ResponseItem(item.link_id, items=_build(item.items, below, link, answer)))
        else:
            built.extend(here)
    return tuple(built)


def _differences(before: FormResponse, after: FormResponse) -> set[str]:
    found = {item.link_id for side in _only_in(before, after) for item in side if item.answers}
    return found | ({"carried"} if before.carried != after.carried else set())


def _only_in(before: FormResponse, after: FormResponse) -> tuple[list[ResponseItem], list[ResponseItem]]:
    said, says = list(before.walk()), list(after.walk())
    return [each for each in said if each not in says], [each for each in says if each not in said]


def _notes(before: FormResponse, after: FormResponse) -> set[str]:
    """The carried item, where all that is new in it is that the form was changed after it was signed."""
    new = set(after.carried) ^ set(before.carried)
    return {"carried"} if new and all("signed" in line for line in new) else set()
