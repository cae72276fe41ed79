"""A batch: each entry by itself. docs/reference/interactions/transaction.md

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

from tests.support.service import NHS, Service, golden, with_answer
from tests.support.writing import UUID, answers, bundle, condition, entry, made, practitioner, send, statuses

RESIDENT = golden("respect-v3", "care-home-resident")


def test_what_fails_keeps_nothing_else_from_being_done(service_on_each: Service) -> None:
    service = service_on_each
    here = made(service, practitioner())
    answer = send(
        service,
        "POST",
        "",
        bundle(
            "batch",
            entry("POST", "Practitioner", practitioner("2")),
            entry("POST", "Practitioner", practitioner("3", colour="red")),
            entry("PUT", f"Practitioner/{here['id']}", here | {"active": True}, ifMatch='W/"7"'),
            entry("GET", f"Practitioner/{here['id']}"),
            entry("GET", "Practitioner/none"),
            entry("GET", "Practitioner?identifer=1"),
            entry("DELETE", f"Practitioner/{here['id']}"),
            entry("POST", "Nothing", practitioner()),
            entry("POST", "QuestionnaireResponse", RESIDENT),
            entry("POST", "QuestionnaireResponse", RESIDENT | {"status": "stopped"}),
        ),
    )
    expected = ["201", "422", "412", "200", "404", "400", "204", "400", "201", "422"]
    assert statuses(answer) == expected
    for number, each in enumerate(answers(answer)):
        if expected[number] >= "400":
            issues = each["response"]["outcome"]["issue"]
            assert all(issue["expression"][0].startswith(f"Bundle.entry[{number}]") for issue in issues), issues
    assert service.counts().plans == 1
    assert service.view()["cpr"]["decision"] == "do-not-attempt"


def test_entries_know_nothing_of_each_other(service: Service) -> None:
    answer = send(
        service,
        "POST",
        "",
        bundle(
            "batch",
            entry("POST", "Practitioner", practitioner(), f"{UUID}1"),
            entry("POST", "Condition", condition(asserter={"reference": f"{UUID}1"})),
            entry("PUT", "Practitioner/1", practitioner("2", id="1")),
            entry("PUT", "Practitioner/1", practitioner("3", id="1")),
        ),
    )
    assert statuses(answer) == ["201", "422", "201", "200"]


def test_decisions_are_one_persons(service: Service) -> None:
    """SR18: what is another person's is refused by itself."""
    subject = {"identifier": {"system": NHS, "value": "9990000026"}}
    other = with_answer({**RESIDENT, "subject": subject}, "1.5", {"valueString": "9990000026"})
    forms = [entry("POST", "QuestionnaireResponse", form) for form in (RESIDENT, other)]
    answer = send(service, "POST", "", bundle("batch", *forms))
    assert statuses(answer) == ["201", "422"]
    assert "SR18" in answer.text
    assert service.counts().persons == service.counts().plans == 1


def test_a_batch_that_is_no_bundle_is_refused_as_a_whole(service: Service) -> None:
    one = entry("POST", "Practitioner", practitioner())
    answer = send(service, "POST", "", bundle("batch", one, one) | {"total": "many"})
    assert answer.status_code == 422
    assert service.counts().resources == {}


def test_an_empty_batch_is_answered(service: Service) -> None:
    answer = send(service, "POST", "", {"resourceType": "Bundle", "type": "batch"})
    assert answer.json() == {"resourceType": "Bundle", "type": "batch-response"}


def test_an_answer_that_would_fill_the_memory_is_cut_short_by_entry(service: Service) -> None:
    here = made(service, practitioner(name=[{"text": "x" * 400_000}]))
    reads = [entry("GET", f"Practitioner/{here['id']}")] * 60
    found = statuses(send(service, "POST", "", bundle("batch", *reads)))
    assert found == ["200"] * found.count("200") + ["413"] * found.count("413")
    assert 40 < found.count("200") < 55
