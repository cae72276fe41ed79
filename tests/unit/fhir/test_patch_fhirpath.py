"""FHIRPath Patch: where a path leads, what is done there, and what is refused, beside the published cases."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from acpshare.fhir.patch import fhirpath_patch
from acpshare.outcome import Failure, Invalid, Malformed, TooLarge

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "contained": [{"resourceType": "Organization", "id": "o1", "name": "Somewhere"}],
    "identifier": [{"system": "https://example.org/a", "value": "1"}, {"system": "https://example.org/b", "value": "2"}],
    "name": [
        {"use": "official", "given": ["Ann", "Bea"], "_given": [None, {"id": "second"}]},
        {"use": "usual", "text": "Nowhere"},
    ],
    "birthDate": "1920-01-01",
    "_birthDate": {"extension": [{"url": "https://example.org/time", "valueTime": "10:00:00"}]},
    "deceasedBoolean": False,
    "contact": [{"name": {"text": "Cee"}}],
    "managingOrganization": {"reference": "#o1"},
}  # fmt: skip


def operation(type: str, path: str, **parts: Any) -> dict[str, Any]:
    listed: list[dict[str, Any]] = [{"name": "type", "valueCode": type}, {"name": "path", "valueString": path}]
    for name, part in parts.items():
        key = "valueInteger" if isinstance(part, int) else "valueString"
        listed.append({"name": name, **(part if isinstance(part, dict) else {key: part})})
    return {"name": "operation", "part": listed}


def patched(*operations: dict[str, Any], resource: dict[str, Any] = PATIENT) -> dict[str, Any]:
    before = copy.deepcopy(resource)
    try:
        return fhirpath_patch(resource, {"resourceType": "Parameters", "parameter": list(operations)})
    finally:
        assert resource == before


def value(**typed: Any) -> dict[str, Any]:
    return typed


OFFICIAL = {"use": "official", "given": ["Ann", "Bea"], "_given": [None, {"id": "second"}]}
USUAL = {"use": "usual", "text": "Nowhere"}

DONE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a choice takes another type, and keeps its place": (
        operation("replace", "Patient.deceased", value=value(valueDateTime="2020")),
        {"deceasedBoolean": None, "deceasedDateTime": "2020"}),
    "a choice that is not there yet is named by its element": (
        operation("add", "Patient", name="multipleBirth", value=value(valueInteger=2)),
        {"multipleBirthInteger": 2}),
    "the path may begin below the resource": (
        operation("delete", "birthDate"), {"birthDate": None, "_birthDate": None}),
    "a primitive that is replaced is replaced with its extensions": (
        operation("replace", "Patient.birthDate", value=value(valueDate="1930", _valueDate={"id": "b"})),
        {"birthDate": "1930", "_birthDate": {"id": "b"}}),
    "an extension of a primitive is reached, and what is empty without it goes": (
        operation("delete", "Patient.birthDate.extension('https://example.org/time')"), {"_birthDate": None}),
    "an extension is added to a primitive in a list that had none": (
        operation("add", "Patient.name[0].given[0]", name="extension", value=value(part=[
            {"name": "url", "valueUri": "https://example.org/x"}, {"name": "value", "valueCode": "y"}])),
        {"name": [{**OFFICIAL, "_given": [{"extension": [{"url": "https://example.org/x", "valueCode": "y"}]}, {"id": "second"}]}, USUAL]}),
    "what stands beside a primitive in a list moves with it": (
        operation("insert", "Patient.name.where(use = 'official').given", index=1, value=value(valueString="Middle")),
        {"name": [{"use": "official", "given": ["Ann", "Middle", "Bea"], "_given": [None, None, {"id": "second"}]}, USUAL]}),
    "and goes with it": (
        operation("delete", "Patient.name.where(use = 'official').given.last()"),
        {"name": [{"use": "official", "given": ["Ann"]}, USUAL]}),
    "a list that is not there begins with what is inserted": (
        operation("insert", "Patient.telecom", index=0, value=value(valueContactPoint={"value": "0"})),
        {"telecom": [{"value": "0"}]}),
    "criteria may be joined": (
        operation("delete", "Patient.name.where(use = 'official' and given.count() = 2 and text.exists().not()).given.first()"),
        {"name": [{"use": "official", "given": ["Bea"], "_given": [{"id": "second"}]}, USUAL]}),
    "text is compared as FHIRPath compares it": (
        operation("delete", "Patient.identifier.where(system.endsWith('/b') or value.startsWith('9'))"),
        {"identifier": [{"system": "https://example.org/a", "value": "1"}]}),
    "a contained resource has the elements of its type": (
        operation("replace", "Patient.contained.where(id = 'o1').name", value=value(valueString="Elsewhere")),
        {"contained": [{"resourceType": "Organization", "id": "o1", "name": "Elsewhere"}]}),
    "a contained resource is added whole": (
        operation("add", "Patient", name="contained", value=value(resource={"resourceType": "Organization", "id": "o2"})),
        {"contained": [{"resourceType": "Organization", "id": "o1", "name": "Somewhere"}, {"resourceType": "Organization", "id": "o2"}]}),
    "an element without a name is made of parts, lists too": (
        operation("add", "Patient", name="contact", value=value(part=[
            {"name": "gender", "valueCode": "other"}, {"name": "name", "part": [{"name": "given", "valueString": "D"}, {"name": "given", "valueString": "E"}]}])),
        {"contact": [{"name": {"text": "Cee"}}, {"gender": "other", "name": {"given": ["D", "E"]}}]}),
    "a delete that finds nothing changes nothing": (operation("delete", "Patient.photo[3].title"), {}),
}  # fmt: skip

REFUSED: dict[str, tuple[dict[str, Any], type[Failure], str]] = {
    "an element that the type does not have": (operation("delete", "Patient.nmae"), Invalid, "the path names an element that Patient does not have"),
    "nor where there is nothing to look at": (operation("delete", "Patient.photo.titel"), Invalid, "that Attachment does not have"),
    "nor inside a criterion": (operation("delete", "Patient.name.where(usage = 'x').text"), Invalid, "that HumanName does not have"),
    "a choice by its JSON name": (operation("delete", "Patient.deceasedBoolean"), Invalid, "FHIRPath writes the element deceased[x] as deceased"),
    "nothing there": (operation("replace", "Patient.gender", value=value(valueCode="male")), Invalid, "leads to no element"),
    "several there": (operation("delete", "Patient.name"), Invalid, "leads to 2 elements"),
    "text behind the path": (operation("delete", "Patient.name[0] nonsense"), Malformed, "cannot be understood at character 17"),
    "half a path": (operation("delete", "Patient.name["), Malformed, "cannot be understood at character 14"),
    "a function that could run for ever": (operation("delete", "Patient.repeat(contained)"), Malformed, "the functions that a patch may use are"),
    "a regular expression": (operation("delete", "Patient.name.where(text.matches('(a+)+$'))"), Malformed, "the functions that a patch may use are"),
    "a variable": (operation("delete", "%resource.name[0]"), Malformed, "cannot be understood"),
    "a very long path": (operation("delete", "Patient" + ".name" * 1000), Malformed, "longer than"),
    "a very deep path": (operation("delete", "Patient.name.where(" * 20 + "true" + ")" * 20), Malformed, "inside each other"),
    "a computed value": (operation("delete", "Patient.name.exists()"), Invalid, "computed"),
    "the resource itself": (operation("delete", "Patient"), Invalid, "the resource itself"),
    "the wrong type": (operation("replace", "Patient.birthDate", value=value(valueBoolean=True)), Invalid, "another type"),
    "the wrong type of a choice": (operation("replace", "Patient.deceased", value=value(valueString="no")), Invalid, "boolean, dateTime"),
    "a complex type for another": (operation("add", "Patient", name="maritalStatus", value=value(valueCoding={"code": "M"})), Invalid, "CodeableConcept"),
    "an element that is there already": (operation("add", "Patient", name="deceased", value=value(valueDateTime="2020")), Invalid, "there already"),
    "a name of nothing": (operation("add", "Patient", name="nmae", value=value(valueString="x")), Invalid, "name is not the name of an element"),
    "an index behind the end": (operation("insert", "Patient.name", index=3, value=value(valueHumanName={"text": "x"})), Invalid, "greater than the number of elements, 2"),
    "an element that does not repeat": (operation("insert", "Patient.birthDate", index=0, value=value(valueDate="2000")), Invalid, "does not repeat"),
    "a move from behind the end": (operation("move", "Patient.name", source=2, destination=0), Invalid, "less than the number of elements, 2"),
    "another id": (operation("replace", "Patient.id", value=value(valueId="p2")), Invalid, "must not change id"),
    "no such operation": (operation("upsert", "Patient"), Malformed, "type must be one of: add, insert, delete, replace, move"),
    "a part too few": (operation("add", "Patient", name="active"), Malformed, "add needs the parts value"),
    "a part too many": (operation("delete", "Patient.active", index=1), Malformed, "takes the parts path and no others"),
    "two values": (operation("replace", "Patient.deceased", value=value(valueBoolean=True, valueString="x")), Malformed, "a value is one value[x]"),
    "a negative index": (operation("move", "Patient.name", source=-1, destination=0), Malformed, "0 or more"),
}  # fmt: skip


@pytest.mark.parametrize("asked, changes", DONE.values(), ids=DONE)
def test_an_operation_changes_what_its_path_leads_to_and_nothing_else(
    asked: dict[str, Any], changes: dict[str, Any]
) -> None:
    expected = {key: item for key, item in (PATIENT | changes).items() if item is not None}
    result = patched(asked)
    assert result == expected


@pytest.mark.parametrize("asked, failure, words", REFUSED.values(), ids=REFUSED)
def test_an_operation_that_cannot_be_done_is_refused_by_its_index(
    asked: dict[str, Any], failure: type[Failure], words: str
) -> None:
    harmless = operation("delete", "Patient.photo")
    with pytest.raises(failure) as refusal:
        patched(harmless, asked)
    assert type(refusal.value) is failure
    (issue,) = refusal.value.issues
    assert issue.expression == ("Parameters.parameter[1]",)
    assert issue.diagnostics.startswith("operation 1")
    assert words in issue.diagnostics
    assert "Nowhere" not in issue.diagnostics


def test_all_that_is_wrong_with_the_operations_is_said_at_once() -> None:
    with pytest.raises(Malformed) as refusal:
        patched(operation("zap", "Patient"), {"name": "op"}, operation("delete", "Patient."))
    assert [issue.expression for issue in refusal.value.issues] == [(f"Parameters.parameter[{n}]",) for n in range(3)]


@pytest.mark.timeout(10)
def test_paths_end_however_large_the_resource_is_and_however_many_they_are() -> None:
    large = PATIENT | {"identifier": [{"value": str(number)} for number in range(20_000)]}
    slow = operation("delete", "Patient.where(identifier.where(value = '1').exists()).identifier.where(value = 'none')")
    with pytest.raises(Invalid, match="too many steps"):
        patched(*[slow] * 1000, resource=large)
    with pytest.raises(TooLarge):
        patched(*[slow] * 1001, resource=large)
