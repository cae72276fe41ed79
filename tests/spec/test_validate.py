"""$validate: docs/reference/interactions/validate.md"""

from __future__ import annotations

from typing import Any

import pytest

from acpshare.fhir.xml import dump
from tests.support.service import NHS, NUMBER, Service, golden, issues

UK_CORE = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-"
HL7 = "http://hl7.org/fhir/StructureDefinition/"
PATIENT: dict[str, Any] = {"resourceType": "Patient", "identifier": [{"system": NHS, "value": NUMBER}], "active": True}
MEASURE: dict[str, Any] = {"resourceType": "Measure", "status": "draft", "name": "M"}


def parameters(resource: dict[str, Any] | None = None, **values: str) -> dict[str, Any]:
    listed: list[dict[str, Any]] = [] if resource is None else [{"name": "resource", "resource": resource}]
    listed += [{"name": name, "valueCode" if name == "mode" else "valueUri": value} for name, value in values.items()]
    return {"resourceType": "Parameters", "parameter": listed}


def said(service: Service, path: str, body: dict[str, Any] | bytes, **headers: str) -> list[tuple[str, str, str]]:
    answer = service.post(path, body, **headers)
    assert answer.status_code == 200, answer.text
    assert service.counts().resources == {}
    return [(each["severity"], each["code"], each["diagnostics"]) for each in issues(answer)]


def worst(found: list[tuple[str, str, str]]) -> str:
    return min((severity for severity, _, _ in found), key=("error", "warning", "information").index)


def test_the_resource_comes_bare_or_in_parameters_as_json_or_as_xml(service: Service) -> None:
    wrong = PATIENT | {"gender": "mail"}
    bare = said(service, "Patient/$validate", wrong)
    assert worst(bare) == "error"
    assert said(service, "Patient/$validate", parameters(wrong)) == bare
    assert said(service, "Patient/$validate", dump(wrong), Content_Type="application/fhir+xml") == bare
    assert said(service, "Patient/$validate", PATIENT) == [("information", "informational", "All OK")]


ABOUT_PROFILES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "base R4 says nothing more": ("profile=" + HL7 + "Patient", PATIENT, "information", "All OK"),
    "of another type": ("profile=" + HL7 + "Flag", PATIENT, "error", "the profile is for a Flag"),
    "one that nobody here knows, asked for": ("profile=https://example.org/p", PATIENT, "warning", "the profile that is asked for is not known here"),
    "one that nobody here knows, claimed": ("", PATIENT | {"meta": {"profile": ["https://example.org/p"]}}, "information", "this profile is not known here"),
    "UK Core never conforms": ("profile=" + UK_CORE + "Patient", PATIENT, "information", "this does not say that it conforms"),
    "UK Core, with a version": ("profile=" + UK_CORE + "Patient|2.6.1", PATIENT, "information", "birthDate is must-support, and absent"),
    "UK Core, claimed": ("", PATIENT | {"meta": {"profile": [UK_CORE + "Patient"]}}, "information", "managingOrganization is must-support"),
    "UK Core, another type": ("profile=" + UK_CORE + "Flag", PATIENT, "error", "the profile is for a Flag"),
    "two NHS numbers": ("profile=" + UK_CORE + "Patient", PATIENT | {"identifier": PATIENT["identifier"] * 2}, "warning", "there may be one NHS number only"),
    "an NHS number without one": ("profile=" + UK_CORE + "Patient", PATIENT | {"identifier": [{"system": NHS}]}, "warning", "an NHS number has a value"),
}  # fmt: skip


@pytest.mark.parametrize("query, resource, severity, words", ABOUT_PROFILES.values(), ids=ABOUT_PROFILES)
def test_a_profile_is_looked_at_as_far_as_it_is_known(
    service: Service, query: str, resource: dict[str, Any], severity: str, words: str
) -> None:
    found = said(service, f"Patient/$validate?{query}", resource)
    assert worst(found) == severity
    assert any(words in diagnostics for _, _, diagnostics in found)
    assert NUMBER not in str(found)


ABOUT_MODES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a create of what clients may write": ("Measure/$validate?mode=create", MEASURE, "information"),
    "a create of what the service publishes": ("StructureMap/$validate?mode=create", {"resourceType": "StructureMap"}, "error"),
    "an update without an id": ("Measure/$validate?mode=update", MEASURE, "error"),
    "an update with one": ("Measure/$validate?mode=update", MEASURE | {"id": "m1"}, "information"),
    "an update under another id": ("Measure/m2/$validate", parameters(MEASURE | {"id": "m1"}, mode="update"), "error"),
    "a new version for an address": ("Measure/m1/$validate?mode=update", MEASURE | {"id": "m1"}, "information"),
    "an update of a published form": ("Questionnaire/respect-v3/$validate?mode=update", {"resourceType": "Questionnaire", "id": "respect-v3", "status": "draft"}, "error"),
    "the delete of a published form": ("Questionnaire/respect-v3/$validate?mode=delete", parameters(), "error"),
    "the delete of nothing": ("Measure/none/$validate", parameters(mode="delete"), "error"),
}  # fmt: skip


@pytest.mark.parametrize("path, body, severity", ABOUT_MODES.values(), ids=ABOUT_MODES)
def test_a_mode_asks_what_would_forbid_it(service: Service, path: str, body: dict[str, Any], severity: str) -> None:
    assert worst(said(service, path, body)) == severity


def test_a_mode_finds_what_only_the_record_knows_and_stores_nothing(service_on_each: Service) -> None:
    service = service_on_each
    form = golden("respect-v3", "care-home-resident")
    made = service.record(form)
    address, before = "/".join(made.headers["location"].split("/")[-4:-2]), service.counts()
    stored = service.get(address).json()
    for mode, body, severity in (
        ("update", stored | {"status": "amended"}, "error"),  # a recorded form stays as it was received
        ("update", stored, "information"),
        ("delete", parameters(), "error"),  # a plan in force is from it
    ):
        found = [each["severity"] for each in issues(service.post(f"{address}/$validate?mode={mode}", body))]
        assert min(found, key=("error", "warning", "information").index) == severity, mode
    assert service.counts() == before


def test_what_is_stored_is_checked_at_its_address(service: Service) -> None:
    for answer in (
        service.get(f"Questionnaire/respect-v3/$validate?profile={HL7}Questionnaire"),
        service.post("Questionnaire/respect-v3/$validate", parameters(profile=f"{HL7}Questionnaire")),
        service.get(f"Questionnaire/respect-v3/$validate?mode=profile&profile={HL7}Questionnaire"),
    ):
        assert answer.status_code == 200
        assert {each["severity"] for each in issues(answer)} <= {"information", "warning"}
    assert service.get("Questionnaire/none/$validate").status_code == 404


@pytest.mark.parametrize(
    "path, body",
    [
        ("Patient/$validate", parameters()),
        ("Patient/$validate?mode=patch", PATIENT),
        ("Patient/$validate?mode=delete", PATIENT),
        ("Patient/$validate?mode=profile", PATIENT),
        ("Patient/$validate?mode=create", parameters(PATIENT, mode="update")),
        ("Patient/$validate", parameters(PATIENT, profil="x")),
    ],
    ids=[
        "nothing to check",
        "no such mode",
        "a delete of no address",
        "a profile of no address",
        "two modes",
        "no such parameter",
    ],
)
def test_a_question_that_makes_no_sense_is_refused(service: Service, path: str, body: dict[str, Any]) -> None:
    assert service.post(path, body).status_code == 400
