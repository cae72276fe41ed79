"""$translate, $expand, $validate-code and $lookup of what is published. docs/reference/interactions"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from acpshare.interactions.operations.terminology import Terminology
from tests.support.service import Service, issues
from tests.support.validators import assert_valid_r4

OURS = "https://acpshare.example/fhir"
RESPECT = f"{OURS}/CodeSystem/respect-v3"
KINDS = f"{OURS}/CodeSystem/cpr-kind"
PLAN = f"{OURS}/CodeSystem/plan-element"
CODES = f"{OURS}/ConceptMap/respect-v3-codes"
TREATMENTS = f"{OURS}/ValueSet/treatment"
Coding = dict[str, str]


def values(answer: httpx.Response) -> dict[str, Any]:
    """The parameters of an answer by name; the last of those that repeat."""
    assert answer.status_code == 200, answer.text
    assert_valid_r4(answer.json())
    return {
        each["name"]: next((part for name, part in each.items() if name.startswith("value")), each.get("part"))
        for each in answer.json()["parameter"]
    }


def matches(answer: httpx.Response) -> list[tuple[str, str | None]]:
    """Equivalence and code of every match."""
    found = []
    for each in answer.json()["parameter"]:
        if each["name"] == "match":
            parts = {part["name"]: part for part in each["part"]}
            concept = parts.get("concept", {}).get("valueCoding", {})
            found.append((parts["equivalence"]["valueCode"], concept.get("code")))
    return found


def body(**given: Any) -> dict[str, Any]:
    """Parameters: each name is followed by the type of its value."""
    split = {name.partition("__")[::2]: value for name, value in given.items()}
    listed = [{"name": name.rstrip("_"), type: value} for (name, type), value in split.items()]
    return {"resourceType": "Parameters", "parameter": listed}


class TestTranslate:
    @pytest.mark.parametrize(
        ("address", "result", "expected"),
        [
            (f"ConceptMap/$translate?url={CODES}&system={RESPECT}&code=do-not-attempt", True, [("equal", "do-not-attempt")]),
            (f"ConceptMap/respect-v3-codes/$translate?system={RESPECT}&code=do-not-attempt", True, [("equal", "do-not-attempt")]),
            (f"ConceptMap/$translate?system={RESPECT}&code=do-not-attempt&target={OURS}/ValueSet/cpr-kind", True, [("equal", "do-not-attempt")]),
            (f"ConceptMap/$translate?system={RESPECT}&code=do-not-attempt&targetsystem={OURS}/CodeSystem/clinical-focus", False, []),
            (f"ConceptMap/$translate?url={CODES}&system={KINDS}&code=do-not-attempt&reverse=true", True, [("equal", "do-not-attempt")]),
            (f"ConceptMap/$translate?url={CODES}&system={RESPECT}&code=nothing-of-the-kind", False, []),
            (f"ConceptMap/dnacpr-rcuk-2015-from-plan/$translate?system={PLAN}&code=matters.values", False, [("unmatched", None)]),
        ],
    )  # fmt: skip
    def test_says_what_the_map_says(self, service: Service, address: str, result: bool, expected: object) -> None:
        answer = service.get(address)
        assert values(answer)["result"] is result
        assert matches(answer) == expected

    def test_says_why_there_is_nothing(self, service: Service) -> None:
        said = values(
            service.get(f"ConceptMap/dnacpr-rcuk-2015-from-plan/$translate?system={PLAN}&code=matters.values")
        )
        assert said["message"]

    def test_asks_every_map_when_none_is_named(self, service: Service) -> None:
        """`4.3` of the form, and the plan's element: both ends of the same row."""
        there = matches(service.get(f"ConceptMap/$translate?system={OURS}/Questionnaire/respect-v3&code=4.3"))
        assert ("equal", "cpr.decision") in there or any(code == "cpr.decision" for _, code in there)
        back = matches(service.get(f"ConceptMap/$translate?system={PLAN}&code=cpr.decision"))
        assert "4.3" in {code for _, code in back}

    @pytest.mark.parametrize(
        "given",
        [
            {"coding__valueCoding": {"system": RESPECT, "code": "do-not-attempt"}},
            {"codeableConcept__valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "1"}, {"system": RESPECT, "code": "do-not-attempt"}]}},
            {"code__valueCode": "do-not-attempt", "system__valueUri": RESPECT},
        ],
    )  # fmt: skip
    def test_takes_a_code_a_coding_or_a_concept(self, service: Service, given: dict[str, Any]) -> None:
        answer = service.post("ConceptMap/$translate", body(url__valueUri=CODES, **given))
        assert matches(answer) == [("equal", "do-not-attempt")]

    @pytest.mark.parametrize(
        ("query", "status"),
        [
            (f"?url={OURS}/ConceptMap/nothing&system={RESPECT}&code=x", 404),
            (f"?url={CODES}|0.0.0&system={RESPECT}&code=x", 404),
            (f"?url={CODES}", 400),
            (f"?url={CODES}&code=do-not-attempt", 400),
            (f"?url={CODES}&system={RESPECT}&code=x&reverse=perhaps", 400),
            (f"?url={CODES}&system={RESPECT}&code=x&colour=red", 400),
        ],
    )
    def test_that_makes_no_sense_is_refused(self, service: Service, query: str, status: int) -> None:
        answer = service.get(f"ConceptMap/$translate{query}")
        assert answer.status_code == status
        assert issues(answer)


class TestExpand:
    def test_gives_every_code_of_the_set(self, service: Service) -> None:
        for address in (f"ValueSet/$expand?url={TREATMENTS}", "ValueSet/treatment/$expand"):
            answer = service.get(address)
            assert answer.status_code == 200
            assert_valid_r4(answer.json())
            expansion = answer.json()["expansion"]
            assert expansion["total"] == len(expansion["contains"]) > 5
            assert {"system": f"{OURS}/CodeSystem/treatment", "code": "cpr", "display": "CPR"} in expansion["contains"]

    def test_every_published_value_set_expands(self, service: Service) -> None:
        for _, id in (key for key in service.components.definitions if key[0] == "ValueSet"):
            assert service.get(f"ValueSet/{id}/$expand").json()["expansion"]["total"] > 0, id

    def test_by_words_and_in_pages(self, service: Service) -> None:
        whole = service.get(f"ValueSet/$expand?url={TREATMENTS}").json()["expansion"]["contains"]
        page = service.get(f"ValueSet/$expand?url={TREATMENTS}&offset=2&count=3").json()["expansion"]
        assert page["contains"] == whole[2:5]
        assert (page["total"], page["offset"]) == (len(whole), 2)
        found = service.get(f"ValueSet/$expand?url={TREATMENTS}&filter=CP").json()["expansion"]["contains"]
        assert found == [each for each in whole if "cp" in f"{each['code']} {each['display']}".casefold()] != []
        assert "contains" not in service.post("ValueSet/$expand", body(url__valueUri=TREATMENTS, count__valueInteger=0)).json()["expansion"]  # fmt: skip

    @pytest.mark.parametrize(
        ("address", "status"),
        [
            (f"ValueSet/$expand?url={OURS}/ValueSet/nothing", 404),
            ("ValueSet/nothing/$expand", 404),
            ("ValueSet/$expand", 400),
            (f"ValueSet/$expand?url={TREATMENTS}&count=-1", 400),
            (f"ValueSet/$expand?url={TREATMENTS}&count=a", 400),
        ],
    )
    def test_that_makes_no_sense_is_refused(self, service: Service, address: str, status: int) -> None:
        assert service.get(address).status_code == status


class TestValidateCode:
    @pytest.mark.parametrize(
        ("address", "result"),
        [
            (f"ValueSet/$validate-code?url={TREATMENTS}&system={OURS}/CodeSystem/treatment&code=cpr", True),
            (f"ValueSet/treatment/$validate-code?system={OURS}/CodeSystem/treatment&code=cpr&display=cpr", True),
            (f"ValueSet/treatment/$validate-code?system={OURS}/CodeSystem/treatment&code=cpr&display=Tea", False),
            (f"ValueSet/treatment/$validate-code?system={OURS}/CodeSystem/treatment&code=tea", False),
            (f"ValueSet/treatment/$validate-code?system={RESPECT}&code=cpr", False),
            (f"CodeSystem/$validate-code?url={RESPECT}&code=do-not-attempt", True),
            ("CodeSystem/respect-v3/$validate-code?code=do-not-attempt", True),
            ("CodeSystem/respect-v3/$validate-code?code=tea", False),
        ],
    )
    def test_says_whether_it_is_one(self, service: Service, address: str, result: bool) -> None:
        said = values(service.get(address))
        assert said["result"] is result
        assert result or said["message"]

    def test_one_coding_of_a_concept_is_enough(self, service: Service) -> None:
        concept = {"coding": [{"system": "http://snomed.info/sct", "code": "1"}, {"system": f"{OURS}/CodeSystem/treatment", "code": "cpr"}]}  # fmt: skip
        given = body(url__valueUri=TREATMENTS, codeableConcept__valueCodeableConcept=concept)
        assert values(service.post("ValueSet/$validate-code", given)) == {"result": True, "display": "CPR"}

    def test_of_a_set_that_is_not_published_is_not_found(self, service: Service) -> None:
        assert service.get("ValueSet/$validate-code?url=urn:none&system=urn:x&code=x").status_code == 404
        assert service.get("CodeSystem/$validate-code?url=urn:none&code=x").status_code == 404


class TestLookup:
    def test_gives_the_display(self, service: Service) -> None:
        coding = {"system": f"{OURS}/CodeSystem/treatment", "code": "cpr"}
        for answer in (
            service.get(f"CodeSystem/$lookup?system={coding['system']}&code=cpr"),
            service.post("CodeSystem/$lookup", body(coding__valueCoding=coding)),
        ):
            said = values(answer)
            assert said["display"] == "CPR"
            assert said["name"]

    @pytest.mark.parametrize("query", [f"system={RESPECT}&code=tea", "system=http://loinc.org&code=1-8"])
    def test_of_what_is_not_here_is_not_found(self, service: Service, query: str) -> None:
        assert service.get(f"CodeSystem/$lookup?{query}").status_code == 404


def test_a_value_set_is_what_search_takes_for_in(service: Service) -> None:
    terminology: Terminology = service.components.terminology
    assert (f"{OURS}/CodeSystem/treatment", "cpr") in set(terminology.codes_in(TREATMENTS) or ())
    assert terminology.codes_in(f"{OURS}/ValueSet/nothing") is None
