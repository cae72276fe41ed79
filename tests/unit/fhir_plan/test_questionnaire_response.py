"""QuestionnaireResponse JSON to and from filled forms: what is kept, and what is refused and where."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from acpshare.fhir import json_text
from acpshare.fhir.questionnaire_response import form_id, read_response, write_response
from acpshare.forms import Ages, Answer, AnswerType, FormDefinition, FormResponse, Item, ItemType, Mark, ResponseItem
from acpshare.outcome import IssueType, Severity
from acpshare.plan.record import Jurisdiction

RESPONSE = FormResponse(
    "test-form",
    (
        ResponseItem("1", items=(ResponseItem("1.1", (Answer(AnswerType.STRING, "Ann Example\nsecond line"),)),)),
        ResponseItem("2", (Answer(AnswerType.CODING, "a", "https://acpshare.example/fhir/CodeSystem/test-form", "A"),)),
        ResponseItem("3", (Answer(AnswerType.CODING, "bare"), Answer(AnswerType.CODING, "named", None, "Named"))),
        ResponseItem("4", (Answer(AnswerType.BOOLEAN, "false"),)),
        ResponseItem("5", (Answer(AnswerType.DATE, "2026-03"),)),
        ResponseItem("6", (Answer(AnswerType.DATE_TIME, "2026-03-01T10:00:00.000+00:00"),)),
        ResponseItem("7", (Answer(AnswerType.TIME, "10:00:00"),)),
        ResponseItem("8", (Answer(AnswerType.INTEGER, "7"), Answer(AnswerType.DECIMAL, "72.50"))),
        ResponseItem("9", items=(ResponseItem("9.1"),)),
        ResponseItem("9", items=(ResponseItem("9.1", (Answer(AnswerType.STRING, "the group repeats"),)),)),
    ),
    ("Focus of care: comfort", "Key safe: by the door"),
)
DEFINITION = FormDefinition(
    id="test-form",
    family="tep",
    title="Test form",
    edition="1",
    publisher="Nobody",
    version="1.0.0",
    released=date(2026, 1, 1),
    jurisdiction=Jurisdiction.UK,
    ages=Ages(),
    source="made for this test",
    mark=Mark.UNVERIFIED,
    clinical_review="not clinically reviewed",
    wording="made up",
    file="test-form.yaml",
    items=(
        Item("1", "Who", ItemType.GROUP, Mark.UNVERIFIED, items=(Item("1.1", "Name", ItemType.TEXT, Mark.UNVERIFIED),)),
    ),
)
SUBJECT = {"reference": "Patient/p1"}


def test_a_response_written_as_json_text_and_read_again_is_the_same_to_the_last_digit() -> None:
    written = write_response(
        RESPONSE, DEFINITION, subject=SUBJECT, authored="2026-11-22", based_on="CarePlan/c/_history/2"
    )
    text = json_text.dump(written)
    read, issues = read_response(json_text.parse(text))
    assert (read, issues) == (RESPONSE, ())
    assert '"valueDecimal":72.50' in text


def test_a_view_of_a_plan_is_in_progress_and_says_which_plan_and_form_it_shows() -> None:
    written = write_response(RESPONSE, DEFINITION, subject=SUBJECT, based_on="CarePlan/c/_history/2")
    assert written["status"] == "in-progress"
    assert written["basedOn"] == [{"reference": "CarePlan/c/_history/2"}]
    assert written["questionnaire"] == "https://acpshare.example/fhir/Questionnaire/test-form|1.0.0"
    assert written["item"][0]["text"] == "Who"
    assert written["item"][0]["item"][0]["text"] == "Name"
    assert written["item"][-1]["linkId"] == "carried"


def test_an_empty_form_has_no_item_list() -> None:
    written = write_response(FormResponse("test-form"), DEFINITION, subject=SUBJECT)
    assert "item" not in written
    assert read_response(written) == (FormResponse("test-form"), ())


@pytest.mark.parametrize(
    "canonical, form",
    [
        ("https://acpshare.example/fhir/Questionnaire/respect-v3", "respect-v3"),
        ("https://acpshare.example/fhir/Questionnaire/respect-v3|1.2.0", "respect-v3"),
        ("Questionnaire/respect-v3", "respect-v3"),
        ("respect-v3", None),
        ("#contained", None),
        ("https://example.fhir.nhs.uk/Questionnaire/ReSPECT", None),
        ("https://acpshare.example/fhir/Questionnaire/respect-v3/_history/1", None),
        ("https://acpshareXexample/fhir/Questionnaire/respect-v3", None),
    ],
)
def test_the_canonical_names_the_form(canonical: str, form: str | None) -> None:
    assert form_id(canonical) == form


ANSWER = "QuestionnaireResponse.item[0].answer[0]"
FAULTS: list[tuple[str, Any, IssueType, str]] = [
    ("a reference", {"valueReference": {"reference": "Patient/1"}}, IssueType.NOT_SUPPORTED, ".valueReference"),
    ("an attachment", {"valueAttachment": {"url": "x"}}, IssueType.NOT_SUPPORTED, ".valueAttachment"),
    ("a quantity", {"valueQuantity": {"value": 1}}, IssueType.NOT_SUPPORTED, ".valueQuantity"),
    ("an item below the answer", {"valueBoolean": True, "item": [{"linkId": "2"}]}, IssueType.NOT_SUPPORTED, ".item"),
    ("no value", {"_valueString": {"extension": []}}, IssueType.REQUIRED, ""),
    ("two values", {"valueString": "x", "valueBoolean": True}, IssueType.STRUCTURE, ""),
    ("a string for a boolean", {"valueBoolean": "true"}, IssueType.STRUCTURE, ".valueBoolean"),
    ("a boolean for an integer", {"valueInteger": True}, IssueType.STRUCTURE, ".valueInteger"),
    ("a fraction for an integer", {"valueInteger": json_text.Number("7.0")}, IssueType.VALUE, ".valueInteger"),
    ("an integer beyond 32 bits", {"valueInteger": 2**31}, IssueType.VALUE, ".valueInteger"),
    ("a number for a string", {"valueString": 5}, IssueType.STRUCTURE, ".valueString"),
    ("an empty string", {"valueString": " "}, IssueType.VALUE, ".valueString"),
    ("a control character", {"valueString": "x\x07"}, IssueType.VALUE, ".valueString"),
    ("February 30", {"valueDate": "2026-02-30"}, IssueType.VALUE, ".valueDate"),
    ("a date and time on February 30", {"valueDateTime": "2026-02-30T10:00:00Z"}, IssueType.VALUE, ".valueDateTime"),
    ("a date and time without a zone", {"valueDateTime": "2026-02-03T10:00:00"}, IssueType.VALUE, ".valueDateTime"),
    ("a time without seconds", {"valueTime": "10:00"}, IssueType.VALUE, ".valueTime"),
    ("a coding without a code", {"valueCoding": {"display": "Yes"}}, IssueType.REQUIRED, ".valueCoding.code"),
    ("a coding that is text", {"valueCoding": "yes"}, IssueType.STRUCTURE, ".valueCoding"),
    (
        "an unknown modifier",
        {"valueBoolean": True, "modifierExtension": [{"url": "x"}]},
        IssueType.NOT_SUPPORTED,
        ".modifierExtension",
    ),
    ("an answer that is text", "yes", IssueType.STRUCTURE, ""),
]


@pytest.mark.parametrize("answer, code, below", [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_faulty_answer_is_refused_with_its_place(answer: Any, code: IssueType, below: str) -> None:
    read, issues = read_response(with_items({"linkId": "1", "answer": [answer]}))
    assert read is None
    assert (issues[0].code, issues[0].expression) == (code, (ANSWER + below,))
    assert len(issues) == 1


def test_every_problem_is_named_at_once_and_no_diagnostics_quote_the_form() -> None:
    read, issues = read_response(
        {
            "resourceType": "QuestionnaireResponse",
            "item": [
                {"answer": [{"valueString": "Secret Name"}]},
                {"linkId": "2", "item": [{"linkId": "2.1", "answer": [{"valueDate": "9990000018"}]}, []]},
                {"linkId": "3", "answer": [{"valueString": "x"}], "item": [{"linkId": "3.1"}]},
                {"linkId": "carried", "answer": [{"valueBoolean": True}]},
                {"linkId": "4", "answer": []},
            ],
        }
    )
    assert read is None
    assert [issue.expression[0] for issue in issues] == [
        "QuestionnaireResponse.questionnaire",
        "QuestionnaireResponse.item[0].linkId",
        "QuestionnaireResponse.item[1].item[0].answer[0].valueDate",
        "QuestionnaireResponse.item[1].item[1]",
        "QuestionnaireResponse.item[2]",
        "QuestionnaireResponse.item[3]",
        "QuestionnaireResponse.item[4].answer",
    ]
    assert not any("Secret" in issue.diagnostics or "999" in issue.diagnostics for issue in issues)


def test_an_extension_is_said_and_does_not_stop_the_form() -> None:
    read, issues = read_response(
        with_items({"linkId": "1", "answer": [{"valueBoolean": True, "extension": [{"url": "https://x.example"}]}]})
    )
    assert read is not None
    assert [issue.severity for issue in issues] == [Severity.INFORMATION]


def with_items(*items: Any) -> dict[str, Any]:
    return {"resourceType": "QuestionnaireResponse", "questionnaire": "Questionnaire/test-form", "item": list(items)}
