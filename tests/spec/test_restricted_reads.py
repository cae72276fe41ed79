"""Where a restricted person is leaves by no way of reading, on any store: the label is asked in the statement itself.

https://hl7.org/fhir/R4/security-labels.html
"""

from __future__ import annotations

from tests.spec.test_uk_patient import LABEL, person_of_record
from tests.support.changing import NUMBER, RESIDENT, changed, recorded
from tests.support.service import BASE, FHIR_JSON, NHS, Service, with_answer

SECRET = "Secret Lane"
WAYS = (
    "{form}",
    "{form}/_history/1",
    "{form}/_history",
    "QuestionnaireResponse/_history",
    "QuestionnaireResponse?subject={person}",
    "QuestionnaireResponse?subject.identifier={nhs}",
    "QuestionnaireResponse?_id={id}",
    "QuestionnaireResponse?_count=50",
    "QuestionnaireResponse?_sort=-_lastUpdated",
    "CarePlan?patient={person}&_include=CarePlan:subject&_revinclude=QuestionnaireResponse:subject",
    "{person}/QuestionnaireResponse",
    "{person}",
    "{person}/_history/1",
    "Patient?identifier={nhs}",
)


def test_every_way_of_reading_asks_for_the_label_of_now(service_on_each: Service) -> None:
    service = service_on_each
    recorded(service, with_answer(RESIDENT, "1.4", {"valueString": f"Larkfield House, {SECRET}"}))
    person = person_of_record(service)
    found = service.get(f"QuestionnaireResponse?subject={person}").json()["entry"]
    id = found[0]["resource"]["id"]
    named = {"form": f"QuestionnaireResponse/{id}", "id": id, "person": person, "nhs": f"{NHS}|{NUMBER}"}
    ways = [way.format(**named) for way in WAYS]

    def telling() -> list[str]:
        answers = {way: service.get(way) for way in ways}
        assert {way: each.status_code for way, each in answers.items() if each.status_code != 200} == {}
        return [way for way, each in answers.items() if SECRET in each.text]

    before = telling()
    assert ways[:10] == [way for way in ways[:10] if way in before or "CarePlan?" in way]
    changed(service, person, lambda each: each.update(meta=LABEL))
    assert telling() == []
    open_again = {"security": [{"system": LABEL["security"][0]["system"], "code": "U"}]}
    changed(service, person, lambda each: each.update(meta=open_again))
    assert telling() == before


def test_a_label_is_a_label_however_its_text_is_escaped(service_on_each: Service) -> None:
    for id, start in (
        ("slashes", rb"http:\/\/terminology.hl7.org\/"),
        ("letters", rb"\u0068ttp://terminology.hl7.org/"),
    ):
        meta = b'{"security":[{"system":"' + start + b'CodeSystem/v3-Confidentiality","code":"R"}]}'
        whole = b'{"resourceType":"Patient","id":"%s","meta":%s,"address":[{"text":"%s"}]}'
        body = whole % (id.encode(), meta, SECRET.encode())
        address = f"{BASE}/Patient/{id}"
        assert service_on_each.client.put(address, content=body, headers={"Content-Type": FHIR_JSON}).status_code == 201
        for way in ("", "/_history", "/_history/1", "/$everything"):
            assert SECRET not in service_on_each.client.get(address + way).text
        assert SECRET not in service_on_each.get(f"Patient?_id={id}").text
    assert service_on_each.get("Patient?address=Secret").json()["total"] == 0
