"""QuestionnaireResponse JSON to and from a filled form. https://hl7.org/fhir/R4/questionnaireresponse.html

Reading finds every structural problem at once. Whether an answer fits its item (type, options, required, repeats,
conditions) is not asked here: that takes the form's definition, and translation asks it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from acpshare.fhir.json_text import JsonObject, JsonValue, Number
from acpshare.forms import Answer, AnswerType, FormDefinition, FormResponse, ResponseItem
from acpshare.outcome import Issue, IssueType, error, information
from acpshare.plan.values import fhir_date

CARRIED_LINK_ID = "carried"
"""The item that holds what the form has no place for: added by the service, never one of the form's own."""
CARRIED_TEXT = "Also in the plan, for which this form has no place"

_QUESTIONNAIRE = re.compile(
    r"(?:https://acpshare\.example/fhir/)?Questionnaire/([A-Za-z0-9\-.]{1,64})(?:\|[^\s|#]+)?", re.ASCII
)
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,9}", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?", re.ASCII)
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))",
    re.ASCII,
)
_TYPES = {
    "valueBoolean": AnswerType.BOOLEAN,
    "valueInteger": AnswerType.INTEGER,
    "valueDecimal": AnswerType.DECIMAL,
    "valueDate": AnswerType.DATE,
    "valueDateTime": AnswerType.DATE_TIME,
    "valueTime": AnswerType.TIME,
    "valueString": AnswerType.STRING,
    "valueCoding": AnswerType.CODING,
}
_MEMBERS = {type: name for name, type in _TYPES.items()}
_NUMBERS = (AnswerType.INTEGER, AnswerType.DECIMAL)


def read_response(resource: JsonObject) -> tuple[FormResponse | None, tuple[Issue, ...]]:
    """The filled form that the resource holds, or None when any issue is an error."""
    reader = _Reader()
    form = reader.form(resource)
    carried: list[str] = []
    items: list[ResponseItem] = []
    for place, item in reader.objects(resource, "item", "QuestionnaireResponse"):
        read = reader.item(place, item)
        if read is not None and read.link_id == CARRIED_LINK_ID:
            carried += reader.carried(place, read, again=bool(carried))
        elif read is not None:
            items.append(read)
    issues = tuple(reader.issues)
    if form is None or any(issue.is_error for issue in issues):
        return None, issues
    return FormResponse(form, tuple(items), tuple(carried)), issues


def form_id(canonical: str) -> str | None:
    """The form edition that a `QuestionnaireResponse.questionnaire` names: ours, absolute or relative, or None."""
    match = _QUESTIONNAIRE.fullmatch(canonical)
    return match[1] if match else None


class _Reader:
    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def wrong(self, code: IssueType, diagnostics: str, place: str) -> None:
        self.issues.append(error(code, diagnostics, place))

    def form(self, resource: JsonObject) -> str | None:
        if resource.get("resourceType") != "QuestionnaireResponse":
            self.wrong(IssueType.STRUCTURE, "a QuestionnaireResponse is expected", "resourceType")
        place = "QuestionnaireResponse.questionnaire"
        canonical = resource.get("questionnaire")
        if canonical is None:
            self.wrong(IssueType.REQUIRED, "questionnaire is missing: it says which form was filled in", place)
        elif not isinstance(canonical, str):
            self.wrong(IssueType.STRUCTURE, "questionnaire is a canonical, as a string", place)
        elif (form := form_id(canonical)) is not None:
            return form
        else:
            self.wrong(
                IssueType.NOT_FOUND,
                "not a form of this service: Questionnaire/<form id>, below https://acpshare.example/fhir or relative",
                place,
            )
        return None

    def objects(self, parent: JsonObject, name: str, place: str) -> Iterator[tuple[str, JsonObject]]:
        listed = parent.get(name)
        if listed is None:
            return
        if not isinstance(listed, list) or not listed:
            self.wrong(IssueType.STRUCTURE, f"{name} is a list that is not empty", f"{place}.{name}")
            return
        for index, entry in enumerate(listed):
            at = f"{place}.{name}[{index}]"
            if not isinstance(entry, dict) or not entry:
                self.wrong(IssueType.STRUCTURE, "an object that is not empty is expected", at)
                continue
            self.extensions(entry, at)
            yield at, entry

    def extensions(self, entry: JsonObject, place: str) -> None:
        if "modifierExtension" in entry:
            self.wrong(
                IssueType.NOT_SUPPORTED,
                "a modifier extension can change what is said, and this one is not known",
                f"{place}.modifierExtension",
            )
        if "extension" in entry:
            self.issues.append(
                information(
                    IssueType.INFORMATIONAL,
                    "an extension is kept with the response and takes no part in the plan",
                    f"{place}.extension",
                )
            )

    def item(self, place: str, item: JsonObject) -> ResponseItem | None:
        link_id = item.get("linkId")
        answers = tuple(self.answers(item, place))
        items = tuple(
            read for at, entry in self.objects(item, "item", place) if (read := self.item(at, entry)) is not None
        )
        if "answer" in item and "item" in item:
            self.wrong(IssueType.INVARIANT, "an item has answers or items, not both (qrs-1)", place)
        if not isinstance(link_id, str) or not link_id.strip():
            code = IssueType.REQUIRED if link_id is None else IssueType.STRUCTURE
            self.wrong(code, "linkId is a string that is not empty", f"{place}.linkId")
            return None
        return ResponseItem(link_id, answers, items)

    def answers(self, item: JsonObject, place: str) -> Iterator[Answer]:
        for at, answer in self.objects(item, "answer", place):
            if "item" in answer:
                self.wrong(
                    IssueType.NOT_SUPPORTED, "no form has items below an answer; items belong to groups", f"{at}.item"
                )
            values = [name for name in answer if name.startswith("value")]
            if len(values) != 1:
                code = IssueType.STRUCTURE if values else IssueType.REQUIRED
                self.wrong(code, "an answer has exactly one value", at)
            elif values[0] not in _TYPES:
                self.wrong(IssueType.NOT_SUPPORTED, "no form is answered with this type of value", f"{at}.{values[0]}")
            else:
                read = self.answer(_TYPES[values[0]], answer[values[0]], f"{at}.{values[0]}")
                if read is not None:
                    yield read

    def answer(self, type: AnswerType, value: JsonValue, place: str) -> Answer | None:
        if type is AnswerType.CODING:
            return self.coding(value, place)
        text = _text(type, value)
        if text is None:
            self.wrong(IssueType.STRUCTURE, f"this is not the JSON type of a {type}", place)
        elif not _LEXICAL[type](text):
            self.wrong(IssueType.VALUE, f"this is not a {type} as FHIR writes it, or it does not exist", place)
        else:
            return Answer(type, text)
        return None

    def coding(self, value: JsonValue, place: str) -> Answer | None:
        if not isinstance(value, dict):
            self.wrong(IssueType.STRUCTURE, "a Coding is an object", place)
            return None
        sound = True
        for name in ("code", "system", "display"):
            part = value.get(name)
            if part is None and name != "code":
                continue
            if not isinstance(part, str) or not part.strip():
                code = IssueType.REQUIRED if part is None else IssueType.STRUCTURE
                self.wrong(code, f"a coded answer has a {name} that is a string and not empty", f"{place}.{name}")
                sound = False
        return Answer(AnswerType.CODING, value["code"], value.get("system"), value.get("display")) if sound else None

    def carried(self, place: str, item: ResponseItem, *, again: bool) -> list[str]:
        if item.items or any(answer.type is not AnswerType.STRING for answer in item.answers):
            self.wrong(IssueType.STRUCTURE, "the carried item holds lines of text and nothing else", place)
        if again:
            self.wrong(IssueType.DUPLICATE, "the carried item stands once, with one answer for each line", place)
        return [answer.value for answer in item.answers]


def _text(type: AnswerType, value: JsonValue) -> str | None:
    """The exact text of a value, or None where its JSON type is wrong."""
    if type is AnswerType.BOOLEAN:
        return ("true" if value else "false") if isinstance(value, bool) else None
    if type in _NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            return None
        return str(value)
    return value if isinstance(value, str) else None


def _is_date(text: str) -> bool:
    try:
        fhir_date(text)
    except ValueError:
        return False
    return text.isascii()


def _is_date_time(text: str) -> bool:
    instant = _INSTANT.fullmatch(text)
    if instant is None:
        return _is_date(text)
    try:
        datetime.fromisoformat(instant[1])
    except ValueError:
        return False
    return True


_LEXICAL: dict[AnswerType, Callable[[str], object]] = {
    AnswerType.BOOLEAN: bool,
    AnswerType.INTEGER: lambda text: _INTEGER.fullmatch(text) and -(2**31) <= int(text) < 2**31,
    AnswerType.DECIMAL: _DECIMAL.fullmatch,
    AnswerType.DATE: _is_date,
    AnswerType.DATE_TIME: _is_date_time,
    AnswerType.TIME: _TIME.fullmatch,
    AnswerType.STRING: lambda text: text.strip() and not _NOT_TEXT.search(text),
}


def write_response(
    response: FormResponse,
    definition: FormDefinition,
    *,
    subject: JsonObject,
    authored: str | None = None,
    based_on: str | None = None,
    id: str | None = None,
    status: str = "in-progress",
) -> JsonObject:
    """The filled form as a resource. `based_on` names the plan shown, `CarePlan/<id>/_history/<version>`.

    It is in progress until somebody completes it: a view of a plan is not a form that anybody filled in or signed.
    """
    if response.form != definition.id:
        raise ValueError("the response is of another form than the definition")
    texts = {item.link_id: item.text for item in definition.walk()}
    resource: JsonObject = {"resourceType": "QuestionnaireResponse"}
    if id is not None:
        resource["id"] = id
    if based_on is not None:
        resource["basedOn"] = [{"reference": based_on}]
    resource |= {"questionnaire": f"{definition.url}|{definition.version}", "status": status, "subject": subject}
    if authored is not None:
        resource["authored"] = authored
    items = written_items(response.items, texts)
    if response.carried:
        lines = [{"valueString": line} for line in response.carried]
        items.append({"linkId": CARRIED_LINK_ID, "text": CARRIED_TEXT, "answer": lines})
    if items:
        resource["item"] = items
    return resource


def written_items(items: Iterable[ResponseItem], texts: Mapping[str, str] = MappingProxyType({})) -> list[JsonObject]:
    """Answered items as `QuestionnaireResponse.item`, each with its text where one is known."""
    return [_written_item(item, texts) for item in items]


def _written_item(item: ResponseItem, texts: Mapping[str, str]) -> JsonObject:
    if item.answers and item.items:
        raise ValueError("an item has answers or items, not both")
    written: JsonObject = {"linkId": item.link_id}
    if text := texts.get(item.link_id, "").strip():
        written["text"] = text
    if item.answers:
        written["answer"] = [{_MEMBERS[answer.type]: _written_value(answer)} for answer in item.answers]
    if item.items:
        written["item"] = written_items(item.items, texts)
    return written


def _written_value(answer: Answer) -> Any:
    if answer.type is AnswerType.BOOLEAN:
        return answer.value == "true"
    if answer.type is AnswerType.INTEGER:
        return int(answer.value)
    if answer.type is AnswerType.DECIMAL:
        return Number(answer.value)
    if answer.type is not AnswerType.CODING:
        return answer.value
    parts = {"system": answer.system, "code": answer.value, "display": answer.display}
    return {name: part for name, part in parts.items() if part is not None}
