"""Rows of synthetic people, for the contract of the store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from acpshare.plan.values import FhirDate
from acpshare.storage import CurrentView, PlanRow, PlanState, Remembered, StoredResource, Writing

NOW = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=UTC)
NHS = "https://fhir.nhs.uk/Id/nhs-number"
ANN, BOB = "9990000018", "9990000026"


def care_plan(
    id: str = "plan-1",
    version_id: int = 1,
    text: bytes | None = b'{"resourceType":"CarePlan"}',
    person: str | None = "ann",
) -> StoredResource:
    return StoredResource("CarePlan", id, version_id, NOW + timedelta(seconds=version_id % 60), text, person)


def a_plan(
    plan_id: str = "plan-1",
    version_id: int = 1,
    decided: str | None = "2026-03-01",
    state: PlanState = PlanState.CURRENT,
    person: str = "ann",
    minutes: int = 0,
) -> PlanRow:
    return PlanRow(
        person=person,
        plan_id=plan_id,
        version_id=version_id,
        plan=b'{"cpr":{"decision":{"kind":"do-not-attempt"}}}',
        form="respect-v3",
        family="respect",
        recorded_at=NOW + timedelta(minutes=minutes),
        decision_date=None if decided is None else FhirDate(decided),
        state=state,
    )


def a_view(person: str = "ann", view: bytes = b'{"cpr":"do-not-attempt"}') -> CurrentView:
    return CurrentView(person, view, b'{"resourceType":"Bundle"}', date(2027, 3, 1))


def record(writing: Writing, person: str = "ann", number: str = ANN, plan_id: str = "plan-1") -> None:
    """Everything that recording a form writes, in every table."""
    writing.put(StoredResource("Patient", person, 1, NOW, b'{"resourceType":"Patient"}', person))
    writing.put(care_plan(plan_id, person=person))
    writing.put_identifier(person, NHS, number)
    writing.put_plan(a_plan(plan_id, person=person))
    writing.put_current_view(a_view(person))
    writing.append_audit(b'{"resourceType":"AuditEvent"}', person, NOW)
    writing.append_outbox("plan-recorded", b'{"id":"e"}', person, NOW)
    writing.remember(Remembered(f"key of {plan_id}", b"digest", NOW, b"result"))
