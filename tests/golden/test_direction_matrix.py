"""The direction matrix, written by hand: which boxes may be ticked when a plan made on one family is shown on another edition.

Everything else that the plan says must be on the form as text, named in the ledger, and signed by nobody. Held against every golden case,
so that a reviewed file cannot take a mistake into the expected results.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from acpshare.forms import FormResponse, ItemType
from acpshare.outcome import Ledger
from acpshare.plan import Kind, Plan, get, stated
from acpshare.plan.values import CprKind
from acpshare.translation import SERVICE_OWNED, read, write
from acpshare.translation.rows import SignatureRow
from tests.golden.cases import TODAY, all_cases, load_form, mappings

DNACPR = ("dnacpr-rcuk-2015", "dnacpr-south-central", "dnacpr-deciding-right")

# (family of the edition on which the plan was made, edition on which it is shown): the boxes that may be ticked.
MAY_BE_TICKED = {
    # ReSPECT has free text for everything but CPR: one box for CPR, no treatment, no category, no reason, no capacity for
    # another decision.
    ("respect", "tep-devon"): {"A.4"},
    ("respect", "tep-scotland"): set(),
    ("respect", "teal-working"): {"6.1"},
    ("respect", "dnacpr-rcuk-2015"): set(),
    ("respect", "dnacpr-south-central"): set(),
    ("respect", "dnacpr-deciding-right"): set(),
    ("respect", "respect-v2"): {"4.3", "5.1", "5.2", "6.1"},
    ("respect", "respect-v3"): {"2.3", "4.3", "5.1", "6.1"},
    # Ceilings reach ReSPECT as text. No focus, no scale, no involvement, no capacity for making that plan.
    ("tep", "respect-v2"): {"4.3"},
    ("tep", "respect-v3"): {"4.3"},
    ("teal", "respect-v2"): {"4.3"},
    ("teal", "respect-v3"): {"4.3"},
    # Between TEP and TEAL only identical options: never "antibiotics" to one route, never a category to a tier.
    ("tep", "teal-working"): {"5.1", "5.4", "5.7", "5.9", "5.13", "5.14", "6.1", "7.1"},
    ("tep", "tep-scotland"): set(),
    ("tep", "tep-devon"): set(),
    ("teal", "tep-devon"): {"A.3", "A.4", "B.1", "B.2", "B.4", "B.5", "B.6", "B.7"},
    ("teal", "tep-scotland"): set(),
    # A DNACPR form gets the decision by existing, and no reason category; a review date where it has a box for one.
    ("tep", "dnacpr-rcuk-2015"): set(),
    ("tep", "dnacpr-south-central"): set(),
    ("tep", "dnacpr-deciding-right"): set(),
    ("teal", "dnacpr-rcuk-2015"): set(),
    ("teal", "dnacpr-south-central"): {"3.review"},
    ("teal", "dnacpr-deciding-right"): set(),
    # From a DNACPR form: the CPR decision and nothing else (SR1).
    ("dnacpr", "respect-v2"): {"4.3"},
    ("dnacpr", "respect-v3"): {"4.3"},
    ("dnacpr", "tep-devon"): {"A.4"},
    ("dnacpr", "tep-scotland"): set(),
    ("dnacpr", "teal-working"): {"6.1"},
    # Edition to edition: no two reason categories mean the same.
    ("dnacpr", "dnacpr-rcuk-2015"): set(),
    ("dnacpr", "dnacpr-south-central"): {"1.B.person-involved", "3.review"},
    ("dnacpr", "dnacpr-deciding-right"): {"person-involved"},
}

# Text boxes whose own words may come from the other family; any other text box holds carried lines at most.
EMPTY = {
    ("dnacpr", "respect-v2"): ("2", "3", "5", "6"),
    ("dnacpr", "respect-v3"): ("2", "3", "5", "6"),
    ("tep", "respect-v2"): ("3", "5", "6"),
    ("tep", "respect-v3"): ("3", "5", "6"),
    ("teal", "respect-v2"): ("3", "5"),
    ("teal", "respect-v3"): ("3", "5"),
}

CASES = all_cases()
PAIRS = [(case, form) for case in CASES for form in mappings() if form != case.parent.name]
NAMES = [f"{case.parent.name}/{case.name}->{form}" for case, form in PAIRS]
every_pair = pytest.mark.parametrize("case, form", PAIRS, ids=NAMES)


@cache
def plan_of(case: Path) -> Plan:
    response, _ = load_form(case)
    plan = read(mappings()[response.form], response, TODAY).value
    assert plan is not None
    return plan


@cache
def shown(case: Path, form: str) -> tuple[FormResponse | None, frozenset[str | None], Ledger]:
    """The form as written from the case's plan, or None and the rules that refused it."""
    written = write(mappings()[form], plan_of(case), TODAY)
    return written.value, frozenset(issue.rule for issue in written.issues if issue.is_error), written.ledger


def family(form: str) -> str:
    return mappings()[form].definition.family


def text_of(response: FormResponse) -> str:
    said = (answer.display or answer.value for item in response.walk() for answer in item.answers)
    return "\n".join([*said, *response.carried])


@every_pair
def test_only_the_boxes_of_the_direction_matrix_are_ticked(case: Path, form: str) -> None:
    response, _, _ = shown(case, form)
    ticks = (ItemType.CHOICE, ItemType.BOOLEAN)
    items = () if response is None else (item for item in response.walk() if item.answers)
    ticked = {item.link_id for item in items if mappings()[form].items[item.link_id].type in ticks}
    assert ticked - MAY_BE_TICKED[family(case.parent.name), form] == set()


@every_pair
def test_sections_that_the_source_cannot_know_are_not_answered(case: Path, form: str) -> None:
    response, _, _ = shown(case, form)
    sections = EMPTY.get((family(case.parent.name), form), ())
    assert [
        text for text in ([] if response is None else _own_texts(response)) if text[0].split(".")[0] in sections
    ] == []


def _own_texts(response: FormResponse) -> Iterator[tuple[str, str]]:
    """Answers that are more than carried lines, which stand between their brackets."""
    for item in response.walk():
        for answer in item.answers:
            if not answer.value.startswith("[From the plan:"):
                yield item.link_id, answer.value


@every_pair
def test_a_cpr_box_says_what_was_decided_or_nothing(case: Path, form: str) -> None:
    response, _, _ = shown(case, form)
    boxes = {"respect-v2": "4.3", "respect-v3": "4.3", "tep-devon": "A.4", "teal-working": "6.1"}
    decision = plan_of(case).cpr.decision
    words = {"yes": CprKind.ATTEMPT, "no": CprKind.DO_NOT_ATTEMPT, **{str(kind): kind for kind in CprKind}}
    for item in () if response is None else response.walk():
        if item.link_id == boxes.get(form):
            assert decision is not None
            assert words[item.answers[0].value] is decision.kind


@every_pair
def test_a_dnacpr_form_is_filled_from_a_dnacpr_decision_only(case: Path, form: str) -> None:
    plan, (response, rules, _) = plan_of(case), shown(case, form)
    decided = plan.cpr.decision is not None and plan.cpr.decision.kind is CprKind.DO_NOT_ATTEMPT
    if form in DNACPR and not decided:
        assert response is None
        assert "SR4" in rules
    elif form not in DNACPR:
        assert rules <= {"SR15"}


@every_pair
def test_circumstances_of_a_decision_are_on_every_form_that_is_filled(case: Path, form: str) -> None:
    decision, (response, _, _) = plan_of(case).cpr.decision, shown(case, form)
    said = decision and (decision.condition or decision.details)
    if said and response is not None:
        assert said in text_of(response)


@every_pair
def test_nothing_that_the_plan_says_is_dropped(case: Path, form: str) -> None:
    response, _, ledger = shown(case, form)
    if response is None:
        return
    accounted, text = {entry.element for entry in ledger.entries if entry.outcome != "left-blank"}, text_of(response)
    for element, value in stated(plan_of(case)):
        if element.path in SERVICE_OWNED:
            continue
        assert element.path in accounted
        assert element.kind is not Kind.TEXT or value in text, element.path


@every_pair
def test_nobody_has_signed_a_translation(case: Path, form: str) -> None:
    response, _, _ = shown(case, form)
    places = {link for row in mappings()[form].rows if isinstance(row, SignatureRow) for link in row.items}
    assert {item.link_id for item in ([] if response is None else response.walk())} & places == set()
    assert response is None or "not the signed form" in response.carried[0]


@pytest.mark.parametrize(
    "case, form, rules",
    [
        ("respect-v3/learning-disability", "dnacpr-rcuk-2015", {"SR4"}),
        ("respect-v3/child-modified-cpr", "dnacpr-deciding-right", {"SR4"}),
        ("respect-v3/child-modified-cpr", "tep-devon", {"SR15"}),
        ("respect-v3/child-modified-cpr", "dnacpr-rcuk-2015", {"SR4", "SR15"}),
        ("respect-v3/no-cpr-recommendation", "dnacpr-south-central", {"SR4"}),
        ("respect-v3/care-home-resident", "dnacpr-rcuk-2015", set()),
        ("tep-devon/care-home-resident", "dnacpr-deciding-right", set()),
        ("tep-devon/advance-decision", "dnacpr-rcuk-2015", {"SR2", "SR11"}),
        ("tep-devon/hospital-cpr-not-decided", "dnacpr-rcuk-2015", {"SR2", "SR4"}),
        ("tep-scotland/care-home-resident", "dnacpr-south-central", {"SR2", "SR4", "SR11"}),
        ("dnacpr-south-central/advance-decision-in-certain-circumstances", "dnacpr-rcuk-2015", {"SR6"}),
        ("dnacpr-south-central/advance-decision-in-certain-circumstances", "respect-v3", set()),
        ("dnacpr-deciding-right/child-parental-responsibility", "dnacpr-south-central", {"SR15"}),
    ],
)
def test_a_translation_is_refused_for_these_rules_and_no_others(case: str, form: str, rules: set[str]) -> None:
    folder = next(path for path in CASES if str(path).endswith(case))
    assert shown(folder, form)[1] == rules


@every_pair
def test_a_translation_that_comes_back_without_its_plan_says_nothing_that_the_plan_did_not(
    case: Path, form: str
) -> None:
    plan, (response, _, _) = plan_of(case), shown(case, form)
    if response is None:
        return
    again = read(mappings()[form], response, TODAY).value
    assert again is not None
    for element, value in stated(again):
        if element.path not in SERVICE_OWNED and element.kind is not Kind.LIST:
            assert value == get(plan, element.path), element.path
    assert again.signatures == ()
