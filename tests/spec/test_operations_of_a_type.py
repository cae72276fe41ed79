"""$populate and $transform as SDC's and R4's clients call them: at the type, with the form or the map named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.service import NHS, NUMBER, Service, golden, issues, said

RESIDENT = golden("respect-v3", "care-home-resident")
FORM = "https://acpshare.example/fhir/Questionnaire/tep-devon"
MAP = "https://acpshare.example/fhir/StructureMap/respect-v3-to-tep-devon"
BY_NUMBER = {"name": "subject", "valueReference": {"identifier": {"system": NHS, "value": NUMBER}}}
Call = list[dict[str, Any]]


def parameters(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": list(listed)}


def context(name: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"name": "context", "part": [{"name": "name", "valueString": name}, {"name": "content", **content}]}


class TestPopulate:
    @pytest.mark.parametrize(
        "call",
        [
            [BY_NUMBER, {"name": "canonical", "valueCanonical": FORM}],
            [BY_NUMBER, {"name": "questionnaireRef", "valueReference": {"reference": "Questionnaire/tep-devon"}}],
            [BY_NUMBER, {"name": "questionnaire", "resource": {"resourceType": "Questionnaire", "url": FORM, "status": "draft"}}],
            [BY_NUMBER, {"name": "questionnaire", "valueUri": FORM}, {"name": "local", "valueBoolean": True}],
            [context("patient", {"valueReference": {"identifier": {"system": NHS, "value": NUMBER}}}), context("user", {"valueReference": {"reference": "Practitioner/1"}}), {"name": "canonical", "valueUri": FORM}],
            [{"name": "identifier", "valueIdentifier": {"system": NHS, "value": NUMBER}}, {"name": "canonical", "valueUri": FORM}],
        ],
    )  # fmt: skip
    def test_takes_the_form_and_the_person_however_they_are_named(self, service: Service, call: Call) -> None:
        service.record(RESIDENT)
        answer = service.post("Questionnaire/$populate", parameters(*call))
        assert answer.status_code == 200, answer.text
        response = answer.json()["parameter"][0]["resource"]
        assert response["questionnaire"].startswith(FORM)
        assert said(response)["P.1"] == ["Edith Margaret Holloway"]

    def test_in_a_query_too(self, service: Service) -> None:
        service.record(RESIDENT)
        answer = service.get(f"Questionnaire/$populate?canonical={FORM}&identifier={NHS}|{NUMBER}")
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        ("call", "status"),
        [
            ([BY_NUMBER], 400),
            ([BY_NUMBER, {"name": "canonical", "valueUri": "urn:none"}], 404),
            ([BY_NUMBER, {"name": "canonical", "valueUri": FORM}, {"name": "questionnaireRef", "valueReference": {"reference": "Questionnaire/respect-v3"}}], 422),
            ([BY_NUMBER, {"name": "canonical", "valueUri": FORM}, {"name": "local", "valueBoolean": False}], 422),
            ([BY_NUMBER, {"name": "canonical", "valueUri": FORM}, {"name": "identifier", "valueIdentifier": {"system": NHS, "value": "9990000042"}}], 422),
            ([{"name": "subject", "valueReference": {"display": "Edith"}}, {"name": "canonical", "valueUri": FORM}], 400),
            ([{"name": "canonical", "valueUri": FORM}], 422),
        ],
    )  # fmt: skip
    def test_that_names_none_or_two_is_refused(self, service: Service, call: Call, status: int) -> None:
        service.record(RESIDENT)
        answer = service.post("Questionnaire/$populate", parameters(*call))
        assert answer.status_code == status, answer.text
        assert issues(answer)


class TestTransform:
    @pytest.mark.parametrize(
        ("query", "body"),
        [
            (f"?source={MAP}", RESIDENT),
            ("", parameters({"name": "source", "valueUri": MAP}, {"name": "content", "resource": RESIDENT})),
            ("", parameters({"name": "sourceMap", "resource": {"resourceType": "StructureMap", "url": MAP}}, {"name": "content", "resource": RESIDENT})),
        ],
    )  # fmt: skip
    def test_takes_the_map_however_it_is_named(self, service: Service, query: str, body: dict[str, Any]) -> None:
        answer = service.post(f"StructureMap/$transform{query}", body)
        assert answer.status_code == 200, answer.text
        assert said(answer.json()["parameter"][0]["resource"])["P.1"] == ["Edith Margaret Holloway"]

    @pytest.mark.parametrize(("query", "status"), [("", 400), ("?source=urn:none", 404), (f"?source={FORM}", 404)])
    def test_that_names_none_is_refused(self, service: Service, query: str, status: int) -> None:
        assert service.post(f"StructureMap/$transform{query}", RESIDENT).status_code == status
