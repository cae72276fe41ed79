"""What is written beside every change, in its transaction: an AuditEvent, and an event for those who are to hear of it.

https://hl7.org/fhir/R4/auditevent.html
"""

from __future__ import annotations

from datetime import datetime

from acpshare.fhir.json_text import dump
from acpshare.interactions.derived import instant
from acpshare.storage import Writing

ACTION = {"create": "C", "update": "U", "patch": "U", "read": "R", "delete": "D", "operation": "E"}


def audit(
    writing: Writing, interaction: str, client: str, person: str | None, about: tuple[str, ...], now: datetime
) -> None:
    """One row of the audit chain: who did what to which resources, by reference only."""
    references = about if person is None else (f"Patient/{person}", *about)
    event = {
        "resourceType": "AuditEvent",
        "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
        "subtype": [{"system": "http://hl7.org/fhir/restful-interaction", "code": interaction}],
        "action": ACTION[interaction],
        "recorded": instant(now),
        "outcome": "0",
        "agent": [{"who": {"display": client}, "requestor": True}],
        "source": {"observer": {"display": "acpshare"}},
        "entity": [{"what": {"reference": reference}} for reference in dict.fromkeys(references)],
    }
    writing.append_audit(dump(event).encode(), person, now)


def announce(writing: Writing, kind: str, person: str | None, now: datetime, **about: object) -> None:
    """One row of the outbox: references and versions, never what they say."""
    whose = {} if person is None else {"patient": f"Patient/{person}"}
    event = {"kind": kind, **whose, "at": instant(now), **about}
    writing.append_outbox(kind, dump(event).encode(), person, now)
