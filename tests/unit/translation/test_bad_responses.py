"""Responses that are not a filled form of their edition: what is said, where, and never what was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import pytest

from acpshare.forms import Answer, AnswerType, FormResponse, ResponseItem
from acpshare.outcome import Issue
from acpshare.plan import Plan, put
from acpshare.plan.involvement import Conversation
from acpshare.translation import read, update
from acpshare.translation.check import check_response
from tests.support.forms import MAPPINGS, TODAY, answers, filled, plan_from, reading, shown_as

CANARY = "Canary Wharf 9990000018"
"""Answered text that no issue may hold."""


def text(link: str, *values: str) -> ResponseItem:
    return ResponseItem(link, tuple(Answer(AnswerType.STRING, value) for value in values))


def coded(link: str, *codes: str, system: str | None = None) -> ResponseItem:
    return ResponseItem(link, tuple(Answer(AnswerType.CODING, code, system) for code in codes))


def typed(link: str, type: AnswerType, value: str) -> ResponseItem:
    return ResponseItem(link, (Answer(type, value),))


def group(link: str, *items: ResponseItem) -> ResponseItem:
    return ResponseItem(link, items=items)


class Bad(NamedTuple):
    name: str
    items: tuple[ResponseItem, ...]
    code: str
    expression: str
    form: str = "respect-v3"


ITEM = "QuestionnaireResponse.item[0]"
INNER = f"{ITEM}.item[0]"
V3 = "https://acpshare.example/fhir/CodeSystem/respect-v3"

BAD = [
    Bad("an item that the form has not", (text("99", CANARY),), "not-found", f"{ITEM}.linkId"),
    Bad("an item in another group than its own", (group("1", text("2.1", CANARY)),), "structure", f"{INNER}.linkId"),
    Bad("an item outside its group", (text("1.1", CANARY),), "structure", f"{ITEM}.linkId"),
    Bad("a text where a date is asked for", (group("1", text("1.3", CANARY)),), "value", f"{INNER}.answer[0].value"),
    Bad("a number where a text is asked for", (group("1", typed("1.1", AnswerType.INTEGER, "7")),), "value", f"{INNER}.answer[0].value"),
    Bad("two answers where one is asked for", (group("1", text("1.1", CANARY, "Another")),), "structure", f"{INNER}.answer[1]"),
    Bad("two options where one is asked for", (group("4", coded("4.1", "comfort", "balance")),), "structure", f"{INNER}.answer[1]"),
    Bad("the same option twice", (group("6", coded("6.1", "A", "A")),), "duplicate", f"{INNER}.answer"),
    Bad("the same option twice, once with its system", (group("6", ResponseItem("6.1", (*coded("6.1", "A").answers, *coded("6.1", "A", system=V3).answers))),), "duplicate", f"{INNER}.answer"),
    Bad("the same item twice", (group("1", text("1.1", CANARY), text("1.1", "Another")),), "structure", f"{ITEM}.item[1]"),
    Bad("a group twice that may stand once", (group("1", text("1.1", CANARY)), group("1", text("1.2", CANARY))), "structure", "QuestionnaireResponse.item[1]"),
    Bad("an option that does not exist", (group("4", coded("4.1", CANARY)),), "code-invalid", f"{INNER}.answer[0].value"),
    Bad("an option of another code system", (group("4", coded("4.1", "comfort", system="http://snomed.info/sct")),), "code-invalid", f"{INNER}.answer[0].value"),
    Bad("a text instead of an option", (group("4", text("4.1", CANARY)),), "code-invalid", f"{INNER}.answer[0].value"),
    Bad("30 February", (group("1", typed("1.3", AnswerType.DATE, "2026-02-30")),), "value", f"{INNER}.answer[0].value"),
    Bad("29 February of a common year", (group("1", typed("1.3", AnswerType.DATE, "2025-02-29")),), "value", f"{INNER}.answer[0].value"),
    Bad("the year 0", (group("1", typed("1.3", AnswerType.DATE, "0000")),), "value", f"{INNER}.answer[0].value"),
    Bad("a date with its day first", (group("1", typed("1.3", AnswerType.DATE, "01-02-2026")),), "value", f"{INNER}.answer[0].value"),
    Bad("a time of day that is none", (group("7", typed("7.6", AnswerType.TIME, "24:00:00")),), "value", f"{INNER}.answer[0].value"),
    Bad("a time without seconds", (group("7", typed("7.6", AnswerType.TIME, "10:30")),), "value", f"{INNER}.answer[0].value"),
    Bad("a mark that is not on the scale", (group("3", coded("3.1", "11")),), "code-invalid", f"{INNER}.answer[0].value"),
    Bad("a box that is neither ticked nor not", (group("1", typed("1.C", AnswerType.BOOLEAN, "perhaps")),), "value", f"{INNER}.answer[0].value", "dnacpr-south-central"),
    Bad("an empty text", (group("1", text("1.1", "")),), "value", f"{INNER}.answer[0].value"),
    Bad("a blank text", (group("1", text("1.1", " \n ")),), "value", f"{INNER}.answer[0].value"),
    Bad("an item without an answer", (group("1", ResponseItem("1.1")),), "structure", INNER),
    Bad("a group without items", (group("1"),), "structure", ITEM),
    Bad("a group with an answer", (ResponseItem("1", text("1", CANARY).answers, (text("1.1", CANARY),)),), "structure", f"{ITEM}.answer"),
    Bad("items under a question", (group("1", ResponseItem("1.1", text("1.1", CANARY).answers, (text("1.2", CANARY),))),), "structure", f"{INNER}.item"),
    Bad("display text that was answered", (text("banner", CANARY),), "structure", f"{ITEM}.answer", "dnacpr-rcuk-2015"),
    Bad("answered though not asked", (group("5", coded("5.1", "yes"), text("5.2", CANARY)),), "business-rule", "QuestionnaireResponse.repeat(item).where(linkId='5.2')"),
    Bad("answered though the question was not", (group("5", text("5.2", CANARY)),), "business-rule", "QuestionnaireResponse.repeat(item).where(linkId='5.2')"),
    Bad("not answered though it must be", (group("1", coded("1.C.1", "no")),), "required", "QuestionnaireResponse.repeat(item).where(linkId='1.C.2')", "dnacpr-south-central"),
    Bad("201 repetitions", tuple(group("8", text("8.1", f"{CANARY} {number}")) for number in range(201)), "too-long", "QuestionnaireResponse.item[200]"),
]  # fmt: skip


def said(issues: Iterable[Issue]) -> list[tuple[str, str]]:
    return [(issue.code.value, issue.expression[0]) for issue in issues if issue.is_error]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_it_is_refused_with_its_place_and_nothing_of_what_was_answered(bad: Bad) -> None:
    mapping, response = MAPPINGS[bad.form], FormResponse(bad.form, bad.items)
    issues = check_response(mapping, response)
    assert said(issues) == [(bad.code, bad.expression)]
    for result in (read(mapping, response, TODAY), update(mapping, put(Plan(), {}), response, TODAY)):
        assert result.value is None
        for issue in result.issues:
            assert CANARY not in issue.diagnostics
            assert not any(CANARY in place for place in issue.expression)


def test_a_response_of_another_form_is_refused_before_its_items_are_looked_at() -> None:
    response = FormResponse("respect-v2", (text("99", CANARY),))
    assert said(check_response(MAPPINGS["respect-v3"], response)) == [("value", "QuestionnaireResponse.questionnaire")]


def test_every_problem_is_said_at_once() -> None:
    faults = [
        bad
        for bad in BAD
        if bad.form == "respect-v3" and bad.name.startswith(("an item that", "30 February", "a mark"))
    ]
    response = FormResponse("respect-v3", tuple(item for bad in faults for item in bad.items))
    assert [code for code, _ in said(check_response(MAPPINGS["respect-v3"], response))] == [
        "not-found",
        "value",
        "code-invalid",
    ]


@pytest.mark.parametrize(
    "number", ["9990000019", "1111111111", "999000001", "99900000188", "９９９００００１８", "CANARY"]
)
def test_a_number_that_is_no_nhs_number_is_refused_and_not_repeated(number: str) -> None:
    result = reading("respect-v3", {"1.5": number})
    assert result.value is None
    assert not any(number in issue.diagnostics for issue in result.issues)
    assert any(issue.spine == "INVALID_NHS_NUMBER" for issue in result.issues)


def test_a_nesting_of_ten_thousand_is_refused_and_not_descended_into() -> None:
    item = text("1.1", CANARY)
    for _ in range(10_000):
        item = ResponseItem("1", items=(item,))
    issues = check_response(MAPPINGS["respect-v3"], FormResponse("respect-v3", (item,)))
    assert [code for code, _ in said(issues)] == ["structure"]


def test_a_missing_answer_that_the_form_requires_is_a_warning_and_hides_nothing() -> None:
    result = reading("respect-v3", {"4.3": "do-not-attempt"})
    assert result.value is not None
    assert {issue.rule for issue in result.issues if "is not filled in" in issue.diagnostics} <= {"SR14"}


# What comes back from an edit: the same said in another way is no edit, and nothing hidden moves.

FIRST = Conversation("2026-01-01", "The person and Dr Okafor", "What was explained first", "Easy read", "Ward notes")  # type: ignore[arg-type]
SECOND = Conversation("2026-02-02", "The family", "What was explained later", None, "GP record")  # type: ignore[arg-type]


def talked(*conversations: Conversation) -> Plan:
    plan = plan_from("respect-v3", {"1.1": "Somebody", "7": [{"7.2": "Dr Okafor", "7.5": "2026-02-03"}]})
    return put(plan, {"involvement.conversations": conversations})


Change = Callable[[ResponseItem], "ResponseItem | None"]


def back(plan: Plan, change: Change) -> tuple[Conversation, ...] | None:
    """The plan's conversations after ReSPECT was shown, every item 6.3 passed through `change`, and taken back."""
    mapping = MAPPINGS["respect-v3"]
    shown = shown_as(plan, "respect-v3").value
    assert shown is not None

    def walk(items: Iterable[ResponseItem]) -> tuple[ResponseItem, ...]:
        found = (
            change(item) if item.link_id == "6.3" else ResponseItem(item.link_id, item.answers, walk(item.items))
            for item in items
        )
        return tuple(item for item in found if item is not None and (item.answers or item.items))

    result = update(mapping, plan, FormResponse("respect-v3", walk(shown.items), shown.carried), TODAY)
    return None if result.value is None else result.value.involvement.conversations


def date_of(item: ResponseItem) -> str:
    return item.items[0].answers[0].value


def with_participants(item: ResponseItem, who: str) -> ResponseItem:
    return group("6.3", *(text("6.3.2", who) if each.link_id == "6.3.2" else each for each in item.items))


def test_what_is_not_shown_of_an_entry_stays_with_it_when_it_is_edited() -> None:
    after = back(
        talked(FIRST, SECOND), lambda item: with_participants(item, "Both") if date_of(item) == "2026-02-02" else item
    )
    assert after is not None
    assert after[0] == FIRST
    assert (after[1].participants, after[1].explained) == ("Both", "What was explained later")


def test_what_is_not_shown_of_an_entry_does_not_move_to_another_when_it_is_taken_out() -> None:
    after = back(
        talked(FIRST, SECOND), lambda item: None if date_of(item) == "2026-01-01" else with_participants(item, "Both")
    )
    assert after is not None
    assert [(each.held_on, each.explained, each.accessible_form) for each in after] == [
        ("2026-02-02", "What was explained later", None)
    ]


def test_an_entry_replaced_whole_is_refused_where_the_plan_holds_more_of_it() -> None:
    other = group("6.3", text("6.3.2", "Somebody else"))
    assert back(talked(FIRST), lambda _: other) is None


def test_an_entry_replaced_whole_is_taken_where_the_form_shows_all_of_it() -> None:
    plain = Conversation("2026-01-01", "The person", None, None, "Ward notes")  # type: ignore[arg-type]
    assert back(talked(plain), lambda _: group("6.3", text("6.3.2", "Somebody else"))) == (
        Conversation(participants="Somebody else"),
    )


def test_an_option_sent_back_without_its_display_is_no_edit() -> None:
    plan = plan_from(
        "respect-v3", {"4.1": "comfort", "4.3": "attempt", "6.1": ["A", "C3"], "7": [{"7.2": "Dr Okafor"}]}
    )
    shown = shown_as(plan, "respect-v3").value
    assert shown is not None

    def bare(items: Iterable[ResponseItem]) -> tuple[ResponseItem, ...]:
        return tuple(
            ResponseItem(item.link_id, tuple(Answer(each.type, each.value) for each in item.answers), bare(item.items))
            for item in items
        )

    result = update(MAPPINGS["respect-v3"], plan, FormResponse("respect-v3", bare(shown.items), shown.carried), TODAY)
    assert result.value == plan
    assert {entry.reason for entry in result.ledger.entries} == {"not edited"}


def test_an_entry_that_is_partly_shown_is_carried_once() -> None:
    shown = shown_as(talked(FIRST), "respect-v3").value
    assert shown is not None
    assert len([line for line in shown.carried if "What was explained first" in line]) == 1
    assert answers(shown)["6.3.2"] == "The person and Dr Okafor"


def test_a_form_filled_in_this_file_is_the_form_that_is_meant() -> None:
    assert said(check_response(MAPPINGS["respect-v3"], filled("respect-v3", {"1.1": CANARY, "4.3": "attempt"}))) == []
