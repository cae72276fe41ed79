"""What finds what: the prefixes, precisions and modifiers of R4, each as a search and what is on record.

https://hl7.org/fhir/R4/search.html#prefix
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.outcome import TooLarge
from acpshare.search.extraction import index_values
from acpshare.search.matching import meets, sort_value
from acpshare.search.parsing import parse_search
from acpshare.search.query import Match, Missing, Not

BASE = "https://ours.example/fhir"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NHS = "https://fhir.nhs.uk/Id/nhs-number"
CODES = {"https://ours.example/fhir/ValueSet/vitals": [("http://loinc.org", "8867-4"), ("http://loinc.org", "8310-5")]}


def finds(resource: JsonObject, name: str, value: str) -> bool:
    """Whether the search has the resource among its matches."""
    parsed = parse_search(resource["resourceType"], [(name, value)], base_url=BASE, now=NOW, codes_in=CODES.get)
    values = index_values(resource, BASE, "p1")
    criteria = [each for each in parsed.query.criteria if isinstance(each, Match | Not | Missing)]
    assert len(criteria) == 1
    return meets(criteria[0], values)


def plan(**period: str) -> JsonObject:
    return {"resourceType": "CarePlan", "period": period}


def observation(**more: Any) -> JsonObject:
    pulse = {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}]}
    return {"resourceType": "Observation", "status": "final", "code": pulse, **more}


def patient(**more: Any) -> JsonObject:
    return {"resourceType": "Patient", **more}


DAY = plan(start="2026-03-10", end="2026-03-10")
OPEN = plan(start="2026-03-10")
MORNING = observation(effectiveDateTime="2026-03-10T09:30:00Z")
SUMMER_NIGHT = observation(effectiveDateTime="2026-05-31T23:30:00Z")


@pytest.mark.parametrize(
    ("search", "day", "open_period", "morning"),
    [
        # R4's prefixes against a day, a period that goes on, and an instant within the day.
        ("2026-03-10", True, False, True),
        ("2026-03", True, False, True),
        ("2026", True, False, True),
        ("2026-03-11", False, False, False),
        ("2026-03-10T09:30", False, False, True),
        ("2026-03-10T09:30:00Z", False, False, True),
        ("2026-03-10T10:30:00+01:00", False, False, True),
        ("2026-03-10T10:30:00 01:00", False, False, True),
        ("ne2026-03-10", False, True, False),
        ("ne2026-03-11", True, True, True),
        ("gt2026-03-10", False, True, False),
        ("gt2026-03-09", True, True, True),
        ("gt2026-03-10T08:00", True, True, True),
        ("ge2026-03-10", True, True, True),
        ("ge2026-03-11", False, True, False),
        ("lt2026-03-10", False, False, False),
        ("lt2026-03-10T12:00", True, True, True),
        ("lt2026-03-11", True, True, True),
        ("le2026-03-10", True, False, True),
        ("le2026-03-09", False, False, False),
        ("sa2026-03-09", True, True, True),
        ("sa2026-03-10", False, False, False),
        ("eb2026-03-11", True, False, True),
        ("eb2026-03-10", False, False, False),
        ("ap2026-03-10", True, True, True),
        ("ap2026-03-01", True, True, True),  # a tenth of the 266 days until now is 26 days
        ("ap2026-01-01", False, False, False),
        ("ap2027-06-01", False, True, False),
    ],
)
def test_dates(search: str, day: bool, open_period: bool, morning: bool) -> None:
    assert finds(DAY, "date", search) is day
    assert finds(OPEN, "date", search) is open_period
    assert finds(MORNING, "date", search) is morning


@pytest.mark.parametrize(
    ("search", "found"),
    [("2026-06-01", True), ("2026-05-31", False), ("2026-05-31T23:30:00Z", True), ("2026-06-01T00:30", True)],
)
def test_a_day_without_a_zone_is_a_day_in_the_united_kingdom(search: str, found: bool) -> None:
    assert finds(SUMMER_NIGHT, "date", search) is found


@pytest.mark.parametrize(
    ("value", "search", "found"),
    [
        ("72", "72", True),
        ("72", "72.0", True),
        ("72.4", "72", True),
        ("72.5", "72", False),
        ("72.4", "72.0", False),
        ("5.403", "5.40", True),
        ("97", "1e2", True),
        ("106", "1e2", False),
        ("72.4", "ne72", False),
        ("73", "ne72", True),
        # For a comparison, the number asked for is exact.
        ("72", "gt72", False),
        ("72.01", "gt72", True),
        ("72", "ge72", True),
        ("71.99", "ge72", False),
        ("72", "lt72", False),
        ("72", "le72", True),
        ("72", "sa71.9", True),
        ("72", "eb72.1", True),
        ("66", "ap72", True),
        ("64", "ap72", False),
        ("-3", "-3", True),
        ("0.00054", "5.4e-4", True),
        ("72", "72|http://unitsofmeasure.org|/min", True),
        ("72", "72||/min", True),
        ("72", "72||beats a minute", True),
        ("72", "72|http://unitsofmeasure.org|mg", False),
        ("72", "72|http://unitsofmeasure.org|", True),
    ],
)
def test_quantities(value: str, search: str, found: bool) -> None:
    quantity = parse(f'{{"value": {value}}}') | {
        "unit": "beats a minute",
        "system": "http://unitsofmeasure.org",
        "code": "/min",
    }
    assert finds(observation(valueQuantity=quantity), "value-quantity", search) is found


@pytest.mark.parametrize(
    ("name", "search", "found"),
    [
        ("code", "8867-4", True),
        ("code", "http://loinc.org|8867-4", True),
        ("code", "http://loinc.org|", True),
        ("code", "http://snomed.info/sct|8867-4", False),
        ("code", "|8867-4", False),
        ("code", "8310-5,8867-4", True),
        ("code", "8867", False),
        ("code:not", "8867-4", False),
        ("code:not", "8310-5", True),
        ("code:text", "heart", True),
        ("code:text", "rate", False),
        ("code:in", "https://ours.example/fhir/ValueSet/vitals", True),
        ("code:not-in", "https://ours.example/fhir/ValueSet/vitals", False),
        ("code:missing", "false", True),
        ("category:missing", "true", True),
        ("category:not", "vital-signs", True),
        # A plain code has the code system of its binding.
        ("status", "final", True),
        ("status", "http://hl7.org/fhir/observation-status|final", True),
        ("status", "http://hl7.org/fhir/request-status|final", False),
        ("status", "|final", True),
        ("code-value-concept", "8867-4$high", True),
        ("code-value-concept", "http://loinc.org|8867-4$http://ours.example/levels|high", True),
        ("code-value-concept", "http://loinc.org|8867-4$low", False),
        ("code-value-concept", "8310-5$high", False),
        ("combo-code-value-concept", "8867-4$high", True),
    ],
)
def test_tokens(name: str, search: str, found: bool) -> None:
    high = {"coding": [{"system": "http://ours.example/levels", "code": "high"}]}
    assert finds(observation(valueCodeableConcept=high), name, search) is found


@pytest.mark.parametrize(
    ("name", "search", "found"),
    [
        ("identifier", f"{NHS}|9990000018", True),
        ("identifier", "9990000018", True),
        ("identifier", f"{NHS}|999000001", False),
        ("identifier:of-type", "http://terminology.hl7.org/CodeSystem/v2-0203|MR|H1", True),
        ("identifier:of-type", "http://terminology.hl7.org/CodeSystem/v2-0203|MR|9990000018", False),
        ("identifier:text", "hospital", True),
        ("name", "bronte", True),
        ("name", "BRONTË", True),
        ("name", "ronte", False),
        ("name:contains", "ront", True),
        ("name", "charlotte bro", True),
        ("name:exact", "Brontë", True),
        ("name:exact", "Bronte", False),
        ("name", "o'neill", True),
        ("name", ".*", False),
        ("given", "charlotte", True),
        ("family", "charlotte", False),
        ("address", "haworth", True),
        ("address-postalcode", "bd22", True),
        ("address-postalcode", "BD228DR", True),
        ("address-postalcode:exact", "BD228DR", False),
        ("phone", "01535 000000", True),
        ("telecom", "home|01535 000000", True),
        ("email", "01535 000000", False),
        ("gender", "female", True),
        ("active", "true", True),
        ("deceased", "true", True),
        ("deceased", "false", False),
        ("death-date", "1855", True),
        ("birthdate", "lt1900", True),
        ("organization", "Organization/o1", True),
        ("organization", "o1", True),
        ("_tag", "http://ours.example/tags|blue", True),
        ("_profile", "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient", True),
        ("_profile", "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient|2.6.1", True),
        ("_profile:below", "https://fhir.hl7.org.uk/", True),
        ("_profile:above", "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient/more", True),
    ],
)
def test_a_person(name: str, search: str, found: bool) -> None:
    medical_record = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}],
        "text": "Hospital number",
    }
    charlotte = patient(
        meta={"tag": [{"system": "http://ours.example/tags", "code": "blue"}], "profile": ["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient|2.6.1"]},
        active=True,
        identifier=[{"system": NHS, "value": "9990000018"}, {"type": medical_record, "value": "H1"}],
        name=[{"family": "Brontë", "given": ["Charlotte"]}, {"family": "O’Neill"}],
        telecom=[{"system": "phone", "use": "home", "value": "01535 000000"}],
        gender="female",
        birthDate="1816-04-21",
        deceasedDateTime="1855-03-31",
        address=[{"line": ["Church Street"], "city": "Haworth", "postalCode": "BD22 8DR"}],
        managingOrganization={"reference": "Organization/o1"},
    )  # fmt: skip
    assert finds(charlotte, name, search) is found


@pytest.mark.parametrize(
    ("reference", "name", "search", "found"),
    [
        ({"reference": "Patient/1"}, "subject", "Patient/1", True),
        ({"reference": "Patient/1"}, "subject", "1", True),
        ({"reference": "Patient/1"}, "subject:Patient", "1", True),
        ({"reference": "Patient/1"}, "subject:Group", "1", False),
        ({"reference": "Patient/1"}, "patient", "1", True),
        ({"reference": "Patient/1"}, "patient", "Patient/1/_history/2", True),
        ({"reference": "Patient/1/_history/2"}, "patient", "Patient/1", True),
        ({"reference": "Patient/1"}, "patient", f"{BASE}/Patient/1", True),
        ({"reference": f"{BASE}/Patient/1"}, "patient", "1", True),
        ({"reference": "Group/1"}, "patient", "1", False),
        ({"reference": "Group/1"}, "subject", "1", True),
        ({"reference": "https://elsewhere.example/fhir/Patient/1"}, "patient", "1", False),
        ({"reference": "https://elsewhere.example/fhir/Patient/1"}, "patient", "https://elsewhere.example/fhir/Patient/1", True),
        ({"reference": "urn:uuid:0f6c6b1e-4b6e-4a3c-9d5e-0c7a2f1b8d11"}, "subject", "urn:uuid:0f6c6b1e-4b6e-4a3c-9d5e-0c7a2f1b8d11", True),
        ({"identifier": {"system": NHS, "value": "9990000018"}}, "subject:identifier", f"{NHS}|9990000018", True),
        ({"identifier": {"system": NHS, "value": "9990000018"}}, "patient:identifier", f"{NHS}|9990000018", True),
        ({"identifier": {"system": NHS, "value": "9990000018"}, "type": "Group"}, "patient:identifier", f"{NHS}|9990000018", False),
        ({"identifier": {"system": NHS, "value": "9990000018"}}, "patient", "Patient/p1", True),
        ({"identifier": {"system": "https://other.example", "value": "9990000018"}}, "patient", "Patient/p1", False),
        ({"reference": "urn:uuid:0f6c6b1e-4b6e-4a3c-9d5e-0c7a2f1b8d11", "type": "http://hl7.org/fhir/StructureDefinition/Patient"}, "patient", "urn:uuid:0f6c6b1e-4b6e-4a3c-9d5e-0c7a2f1b8d11", True),
        ({"reference": "#contained"}, "subject:missing", "false", True),
        ({"display": "somebody"}, "subject:missing", "false", True),
        ({"extension": [{"url": "http://ours.example/why", "valueCode": "unknown"}]}, "subject:missing", "true", True),
        ({"display": "somebody"}, "patient:missing", "true", True),
    ],
)  # fmt: skip
def test_references(reference: JsonObject, name: str, search: str, found: bool) -> None:
    assert finds({"resourceType": "CarePlan", "subject": reference}, name, search) is found


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (f"{BASE}/Questionnaire/respect|3.0", True),
        (f"{BASE}/Questionnaire/respect", True),
        ("Questionnaire/respect", True),
        ("respect", True),
        (f"{BASE}/Questionnaire/respect|2.0", False),
        (f"{BASE}/Questionnaire/tep", False),
    ],
)
def test_canonical_addresses(search: str, found: bool) -> None:
    response = {"resourceType": "QuestionnaireResponse", "questionnaire": f"{BASE}/Questionnaire/respect|3.0"}
    assert finds(response, "questionnaire", search) is found


@pytest.mark.parametrize(
    ("name", "search", "found"),
    [
        ("relationship", "replaces$DocumentReference/1", True),
        ("relationship", "replaces$DocumentReference/2", False),
        ("relationship", "appends$DocumentReference/1", False),
        ("relationship", "http://hl7.org/fhir/document-relationship-type|replaces$1", True),
        ("description", "nothing, bars", False),
        ("description", r"commas\, bars", True),
        ("description:contains", r"\$ and \\", True),
        ("description:contains", r"a \| b", True),
    ],
)
def test_escapes_and_composites(name: str, search: str, found: bool) -> None:
    document = {
        "resourceType": "DocumentReference",
        "description": "Commas, bars a | b, $ and \\ back",
        "relatesTo": [{"code": "replaces", "target": {"reference": "DocumentReference/1"}}, {"code": "appends", "target": {"reference": "DocumentReference/2"}}],
    }  # fmt: skip
    assert finds(document, name, search) is found


def test_long_texts_are_found_whole_and_stay_within_an_index() -> None:
    system, code, text = "http://ours.example/" + "s" * 3000, "c" * 3000, "wörds " * 2000
    resource = observation(category=[{"coding": [{"system": system, "code": code, "display": text}]}])
    for value in index_values(resource):
        texts = [each for each in (getattr(value, name, "") for name in ("system", "code", "folded", "exact", "id", "uri")) if isinstance(each, str)]  # fmt: skip
        assert sum(len(each.encode()) for each in texts) <= 1_000
    assert finds(resource, "category", f"{system[:2000]}|x") is False
    almost = {"system": system[:2000], "code": code[:40]}
    assert finds(observation(category=[{"coding": [almost]}]), "category", f"{system[:2000]}|{code[:40]}")
    assert not finds(observation(category=[{"coding": [almost]}]), "category", f"{system[:1999]}|{code[:40]}")


def test_a_small_resource_never_makes_millions_of_values() -> None:
    many = {"coding": [{"code": str(number)} for number in range(1000)]}
    with pytest.raises(TooLarge, match="code-value-concept"):
        index_values(observation(code=many, valueCodeableConcept=many))


def test_nul_is_left_out_of_what_is_stored_and_of_what_is_asked() -> None:
    assert finds(patient(name=[{"family": "Ny\0man"}]), "family:exact", "Nyman")
    assert finds(patient(identifier=[{"value": "A\0B"}]), "identifier", "AB")


def test_sorting_goes_by_the_least_value_up_and_the_greatest_down() -> None:
    values = index_values(patient(name=[{"family": "Young"}, {"family": "Ångström"}]))
    up, down, birth = parse_search("Patient", [("_sort", "family,-family,birthdate")]).query.sort
    assert [sort_value(values, sort) for sort in (up, down, birth)] == ["angstrom", "young", None]
