"""Several clients at the same moment: nobody's words are lost, and nothing is recorded twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.support.service import Service, golden, plan_of, said, with_answer

RESIDENT = golden("respect-v3", "care-home-resident")


def test_of_edits_of_one_element_exactly_one_is_kept(service_on_each: Service) -> None:
    service = service_on_each
    service.record(RESIDENT)
    shown = service.populated("respect-v3")
    edits = [with_answer(shown, "3.2", {"valueString": f"Value {number}"}) for number in range(8)]
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(service.record, edits))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    kept = next(number for number, answer in enumerate(answers) if answer.status_code == 201)
    assert said(service.populated("respect-v3"))["3.2"] == [f"Value {kept}"]


def test_edits_of_different_elements_are_all_kept(service_on_each: Service) -> None:
    service = service_on_each
    plan, _ = plan_of(service.record(RESIDENT))
    shown = service.populated("respect-v3")
    edits = [with_answer(shown, link, {"valueString": f"New {link}"}) for link in ("1.2", "1.4", "2.1", "3.2", "3.3")]
    with ThreadPoolExecutor(5) as crowd:
        answers = list(crowd.map(service.record, edits))
    assert {answer.status_code for answer in answers} == {201}
    now = said(service.populated("respect-v3"))
    assert {link: now[link] for link in ("1.2", "1.4", "2.1", "3.2", "3.3")} == {
        link: [f"New {link}"] for link in ("1.2", "1.4", "2.1", "3.2", "3.3")
    }
    assert service.get(f"CarePlan/{plan}").headers["etag"] == 'W/"6"'


def test_twenty_equal_forms_under_one_identifier_make_one_plan(service_on_each: Service) -> None:
    service = service_on_each
    named = RESIDENT | {"identifier": {"system": "https://hospital.example/forms", "value": "form-17"}}
    with ThreadPoolExecutor(10) as crowd:
        answers = list(crowd.map(service.record, [named] * 20))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 19}
    assert service.counts().plans == service.counts().persons == 1


def test_first_forms_of_one_new_person_make_one_person(service_on_each: Service) -> None:
    service = service_on_each
    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(service.record, [RESIDENT] * 6))
    assert {answer.status_code for answer in answers} == {201}
    assert service.counts().persons == 1
    assert service.counts().resources["QuestionnaireResponse"] == 6
