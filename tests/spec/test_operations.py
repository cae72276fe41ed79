"""$populate, $transform and $validate: docs/reference/interactions"""

from __future__ import annotations

import json
from typing import Any

import pytest

from acpshare.api.contract.examples import BY_NUMBER
from tests.support.service import NHS, NUMBER, Service, codes, golden, issues, said

RESIDENT = golden("respect-v3", "care-home-resident")
TRANSFORM = "StructureMap/respect-v3-to-tep-devon/$transform"


def parameters(answer: Any) -> dict[str, dict[str, Any]]:
    return {each["name"]: each["resource"] for each in answer.json()["parameter"]}


class TestPopulate:
    def test_shows_the_plan_by_number_by_patient_and_by_body(self, service_on_each: Service) -> None:
        service = service_on_each
        service.record(RESIDENT)
        shown = service.populated("tep-devon")
        patient = shown["subject"]["reference"]
        for answer in (
            service.get(f"Questionnaire/tep-devon/$populate?subject={patient}"),
            service.post("Questionnaire/tep-devon/$populate", BY_NUMBER),
        ):
            assert parameters(answer)["response"] | {"status": "completed"} == shown

    def test_names_the_version_that_is_shown_and_whatever_has_no_place(self, service: Service) -> None:
        service.record(RESIDENT)
        answer = service.get(f"Questionnaire/tep-devon/$populate?identifier={NHS}|{NUMBER}")
        found = parameters(answer)
        assert found["response"]["basedOn"][0]["reference"].endswith("/_history/1")
        said_of = " ".join(issue["diagnostics"] for issue in found["issues"]["issue"])
        assert "cannot-say: matters.values" in said_of
        assert "translated view" in said_of

    def test_is_refused_with_the_safety_rule_and_the_original_stays(self, service: Service) -> None:
        """A form that recommends CPR is no DNACPR form (SR4)."""
        child = golden("respect-v3", "full-treatment") if _has("full-treatment") else _for_cpr()
        service.record(child)
        number = child["subject"]["identifier"]["value"]
        answer = service.get(f"Questionnaire/dnacpr-rcuk-2015/$populate?identifier={NHS}|{number}")
        assert answer.status_code == 422
        assert "SR4" in codes(answer)
        original = next(each["diagnostics"] for each in issues(answer) if each["severity"] == "information")
        assert service.get(original.rpartition(" ")[2]).status_code == 200

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            ("", 422),
            (f"?identifier={NHS}|9990000026", 404),
            ("?subject=Patient/nobody", 404),
            ("?subject=Group/1", 422),
            (f"?identifier={NHS}|9990000019", 400),
        ],
    )
    def test_of_nobody_is_refused(self, service: Service, query: str, status: int) -> None:
        assert service.get(f"Questionnaire/tep-devon/$populate{query}").status_code == status

    def test_of_an_unknown_form_is_not_found(self, service: Service) -> None:
        assert service.get(f"Questionnaire/none/$populate?identifier={NHS}|{NUMBER}").status_code == 404


def _has(case: str) -> bool:
    try:
        golden("respect-v3", case)
    except FileNotFoundError:
        return False
    return True


def _for_cpr() -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(RESIDENT).replace('"code": "do-not-attempt"', '"code": "attempt"'))
    return changed


def named(name: str) -> dict[str, Any]:
    return {"name": name, "resource": RESIDENT}


CALLS: dict[str, dict[str, Any]] = {
    "the bare form": RESIDENT,
    "R4": {"resourceType": "Parameters", "parameter": [{"name": "source", "valueUri": "https://acpshare.example/fhir/StructureMap/respect-v3-to-tep-devon"}, named("content")]},
    "R5": {"resourceType": "Parameters", "parameter": [{"name": "sourceMap", "valueCanonical": "https://acpshare.example/fhir/StructureMap/respect-v3-to-tep-devon"}, named("content")]},
}  # fmt: skip


class TestTransform:
    @pytest.mark.parametrize("body", CALLS.values(), ids=CALLS)
    def test_takes_what_clients_of_either_version_send(self, service: Service, body: dict[str, Any]) -> None:
        answer = service.post(TRANSFORM, body)
        assert answer.status_code == 200, answer.text
        found = parameters(answer)
        assert found["return"]["questionnaire"].startswith("https://acpshare.example/fhir/Questionnaire/tep-devon")
        assert said(found["return"])["P.1"] == ["Edith Margaret Holloway"]
        assert found["outcome"]["issue"]
        assert service.counts().resources == {}

    def test_is_refused_with_the_safety_rule(self, service: Service) -> None:
        answer = service.post("StructureMap/respect-v3-to-dnacpr-rcuk-2015/$transform", _for_cpr())
        assert answer.status_code == 422
        assert "SR4" in codes(answer)

    @pytest.mark.parametrize(
        ("address", "body", "status"),
        [
            ("StructureMap/respect-v3-to-nowhere/$transform", RESIDENT, 404),
            ("StructureMap/tep-devon-to-respect-v3/$transform", RESIDENT, 422),
            (TRANSFORM, {"resourceType": "Parameters", "parameter": []}, 400),
            (TRANSFORM, {"resourceType": "Parameters", "parameter": [{"name": "other"}]}, 400),
            (TRANSFORM, {"resourceType": "Parameters", "parameter": [{"name": "srcMap", "resource": {"resourceType": "StructureMap"}}, named("content")]}, 422),
            (TRANSFORM, {"resourceType": "Parameters", "parameter": [{"name": "source", "valueUri": "urn:other"}, named("content")]}, 422),
            (TRANSFORM, {"resourceType": "Patient"}, 422),
        ],
    )  # fmt: skip
    def test_that_makes_no_sense_is_refused(
        self, service: Service, address: str, body: dict[str, Any], status: int
    ) -> None:
        assert service.post(address, body).status_code == status


class TestValidate:
    def test_says_nothing_is_wrong_with_a_sound_form(self, service: Service) -> None:
        answer = service.post("QuestionnaireResponse/$validate", RESIDENT)
        assert all(issue["severity"] in ("warning", "information") for issue in issues(answer))

    def test_finds_what_recording_would(self, service: Service) -> None:
        spoilt = {**RESIDENT, "status": "finished"}
        body = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": spoilt}]}
        answer = service.post("QuestionnaireResponse/$validate", body)
        assert answer.status_code == 200
        assert any(issue["severity"] == "error" for issue in issues(answer))
        assert service.counts().resources == {}

    def test_holds_other_types_against_r4(self, service: Service) -> None:
        assert any(
            "CarePlan" in issue["expression"][0]
            for issue in issues(service.post("CarePlan/$validate", {"resourceType": "CarePlan"}))
        )
