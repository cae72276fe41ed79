"""A hostile but plausible records system against what was signed: whose decision it is, of which day, until when.

Over real HTTP. Basis: clinical.md section 4 (SR7, SR9, SR10), decisions 0033 and 0061. Not clinically assured.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.support.changing import (
    NUMBER,
    RESIDENT,
    Json,
    changed,
    cpr_of,
    deleted,
    got,
    recorded,
    reversed_decision,
    sent,
    warnings,
)
from tests.support.service import BASE, NHS, Service, codes, golden, said, with_answer

Change = Callable[[Json], object]


def dated(day: str | None) -> Change:
    def change(care_plan: Json) -> None:
        detail = cpr_of(care_plan)
        kept = [each for each in detail["extension"] if "cpr.decided_on" not in str(each)]
        path = "https://acpshare.example/fhir/StructureDefinition/plan-element"
        new = {
            "url": path,
            "extension": [{"url": "path", "valueString": "cpr.decided_on"}, {"url": "value", "valueDate": day}],
        }
        detail["extension"] = [*kept, new]

    return change


def test_sr10_the_date_of_a_signed_decision_is_not_moved_by_a_direct_change(service: Service) -> None:
    """The newest date wins: a date that nobody signed would bring a superseded decision back, or bury a new one."""
    old = recorded(service)
    attempt = {"valueCoding": said(RESIDENT)["4.3"][0] | {"code": "attempt", "display": "CPR attempts recommended"}}
    newer = json.loads(json.dumps(RESIDENT).replace("2026-09-14", "2026-10-20"))
    attempt["valueCoding"].pop("display")
    recorded(service, with_answer(newer, "4.3", attempt, group="4"))
    shown = service.view(NUMBER)["cpr"]
    assert (shown["decision"], shown["decided_on"]) == ("attempt", "2026-10-20")
    for day in ("2026-11-20", "2031-01-01", "2001-01-01"):
        answer = changed(service, f"CarePlan/{old}", dated(day))
        assert (answer.status_code, "SR10" in codes(answer)) == (422, True), day

    def both(care_plan: Json) -> None:
        dated("2026-11-20")(care_plan)
        reversed_decision(care_plan)

    assert changed(service, f"CarePlan/{old}", both).status_code == 422
    assert service.view(NUMBER)["cpr"] == shown


def test_sr10_a_form_that_is_not_signed_does_not_move_the_date_either(service: Service) -> None:
    recorded(service, golden("dnacpr-rcuk-2015", "care-home-resident"))
    number = golden("dnacpr-rcuk-2015", "care-home-resident")["subject"]["identifier"]["value"]
    shown = service.populated("dnacpr-rcuk-2015", number)
    day = service.view(number)["cpr"]["decided_on"]
    (link,) = [link for link, values in said(shown).items() if link.startswith("head") and values == [day]]
    answer = service.record(with_answer(shown, link, {"valueDate": "2026-11-20"}))
    assert answer.status_code in (409, 422), answer.text
    assert service.view(number)["cpr"]["decided_on"] == day


def test_sr7_a_decision_that_is_taken_out_unsigned_is_not_shown_as_none_that_was_ever_made(service: Service) -> None:
    """A client that loses activities on the way must not turn "do not attempt" into "nobody decided" (SR3)."""
    plan = recorded(service)
    assert changed(service, f"CarePlan/{plan}", lambda care_plan: care_plan.pop("activity")).status_code == 200
    shown = service.view(NUMBER)["cpr"]
    assert (shown["decision"], shown["headline"]) == ("no-decision-recorded", "CPR DECISION NOT SIGNED")
    assert (shown["agreed"], shown["signed_by"]) == (False, None)
    assert "taken out" in shown["explanation"]
    assert "presumption" in shown["explanation"]
    assert "cpr-changed-since-signed" in warnings(service)


def test_sr7_an_old_version_that_is_put_back_does_not_bring_its_signatures_back(service: Service) -> None:
    plan = recorded(service)
    first = got(service, f"CarePlan/{plan}")
    changed(service, f"CarePlan/{plan}", reversed_decision)
    assert sent(service, first).status_code == 200
    shown = service.view(NUMBER)["cpr"]
    assert (shown["decision"], shown["headline"]) == ("do-not-attempt", "CPR DECISION NOT SIGNED")
    assert (shown["signed_by"], shown["endorsed_by"], shown["decided_on"]) == (None, None, None)


def test_sr7_a_form_signed_on_the_desk_is_refused_after_a_direct_change(service: Service) -> None:
    plan = recorded(service)
    desk = service.populated("respect-v3", NUMBER)
    changed(service, f"CarePlan/{plan}", reversed_decision)
    signed = with_answer(desk, "4.3s", {"valueString": "T. Newman"}, group="4")
    signed = with_answer(signed, "4.3t", {"valueDate": "2026-11-20"}, group="4")
    answer = service.record(signed)
    assert (answer.status_code, "SR7" in codes(answer)) == (409, True)
    stale = service.client.put(
        f"{BASE}/CarePlan/{plan}",
        content=json.dumps(got(service, f"CarePlan/{plan}")).encode(),
        headers={"Content-Type": "application/fhir+json", "If-Match": 'W/"1"'},
    )
    assert stale.status_code == 412
    assert service.view(NUMBER)["cpr"]["headline"] == "CPR DECISION NOT SIGNED"


def test_sr7_who_signed_the_decision_before_is_not_named_beside_the_new_one(service: Service) -> None:
    """The author's old name still stands in section 7 of the form; the new decision is signed in its own box."""
    plan = recorded(service)
    assert service.view(NUMBER)["cpr"]["signed_by"].startswith("Dr Rosalind Penhale")
    assert got(service, f"CarePlan/{plan}")["author"]["display"] == "Dr Rosalind Penhale"
    changed(service, f"CarePlan/{plan}", reversed_decision)
    assert "author" not in got(service, f"CarePlan/{plan}"), "nobody's until it is signed"
    form = with_answer(service.populated("respect-v3", NUMBER), "4.3s", {"valueString": "T. Newman"}, group="4")
    form = with_answer(form, "4.3t", {"valueDate": "2026-11-20"}, group="4")
    assert service.record(form).status_code == 201
    shown = service.view(NUMBER)["cpr"]
    assert (shown["headline"], shown["decided_on"]) == ("ATTEMPT CPR", "2026-11-20")
    assert shown["signed_by"] == "T. Newman"
    current = service.get(f"CarePlan?patient.identifier={NHS}|{NUMBER}&status=active").json()["entry"][0]["resource"]
    assert "Penhale" not in str(current.get("author", ""))
    assert shown["endorsement"] == "pending"


def test_who_changed_a_plan_directly_stays_on_record(service: Service) -> None:
    plan = recorded(service)
    changed(service, f"CarePlan/{plan}", reversed_decision)
    entries = service.get(f"Provenance?target=CarePlan/{plan}").json()["entry"]
    assert len(entries) == 2
    for each in (entry["resource"] for entry in entries):
        assert deleted(service, f"Provenance/{each['id']}").status_code == 409
        each["agent"][0]["who"] = {"display": "Somebody else"}
        assert sent(service, each).status_code == 409


SEVEN_DAYS = golden("dnacpr-rcuk-2015", "hospital-seven-days")
REVIEWS: dict[str, Any] = {
    "put off": {"valueDate": "2099-01-01"},
    "by a month that is later": {"valueDate": "2026-12"},
    "taken out": None,
}


def reviewed(value: Any) -> Change:
    """The review's date as a client would have it."""

    def change(care_plan: Json) -> None:
        for each in [*care_plan["extension"]]:
            path, *values = each.get("extension", [{}])
            if path.get("valueString") == "review.date" and value is None:
                care_plan["extension"].remove(each)
            elif path.get("valueString") == "review.date":
                values[0].update(value)

    return change


def test_sr9_a_decision_for_seven_days_is_not_extended_by_a_direct_change(service: Service) -> None:
    """It stays overdue, and stays visible; a review that is sooner may be noted."""
    number = SEVEN_DAYS["subject"]["identifier"]["value"]
    plan = recorded(service, SEVEN_DAYS)
    for what, value in REVIEWS.items():
        answer = changed(service, f"CarePlan/{plan}", reviewed(value))
        assert (answer.status_code, "SR9" in codes(answer)) == (422, True), (what, answer.text)
    assert changed(service, f"CarePlan/{plan}", reviewed({"valueDate": "2026-01-20"})).status_code == 200
    view = service.view(number)
    assert (view["validity"]["state"], view["validity"]["review"]) == ("review-overdue", "2026-01-20")
    assert {"review-overdue", "changed-since-signed", "endorsement-pending"} <= warnings(service, number)
    assert view["cpr"]["decision"] == "do-not-attempt"
