"""How the record knows a person: what a Patient says that a crew needs. https://hl7.org/fhir/R4/patient.html"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from acpshare.emergency import ViewWarning, in_words
from acpshare.interactions.nhs_number import SYSTEM
from acpshare.plan.person import Person
from acpshare.plan.values import FhirDate


def identity_of(text: bytes) -> Person:
    """The person in a stored Patient."""
    patient: dict[str, Any] = json.loads(text)
    names = _held(patient.get("name", ()))
    official = next((name for name in names if name.get("use") in ("official", None)), names[0] if names else {})
    usual: Mapping[str, Any] = next((name for name in names if name.get("use") == "usual"), {})
    return Person(
        full_name=_name(official),
        preferred_name=_name(usual),
        birth_date=FhirDate(patient["birthDate"]) if "birthDate" in patient else None,
        nhs_number=next(
            (each.get("value") for each in _held(patient.get("identifier", ())) if each.get("system") == SYSTEM), None
        ),
        address=next((_address(each) for each in _held(patient.get("address", ()))), None),
        phone=next((each.get("value") for each in _held(patient.get("telecom", ())) if _is_phone(each)), None),
    )


def _held(listed: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What holds now, in its order: nobody is sent to where somebody used to live."""
    return [each for each in listed if each.get("use") not in ("old", "maiden")] or [*listed]


def _is_phone(point: Mapping[str, Any]) -> bool:
    return point.get("system") == "phone"


def notices_of(text: bytes) -> Iterator[ViewWarning]:
    """What a stored Patient says of the person that a crew must know, and that no plan says."""
    if b'"deceased' not in text and b'"active"' not in text:
        return
    patient: dict[str, Any] = json.loads(text)
    if patient.get("active") is False:
        yield ViewWarning(
            "record-not-in-use",
            "This person's record is marked as not in use: there may be another one. Check who this is.",
        )
    died = patient.get("deceasedDateTime")
    if died or patient.get("deceasedBoolean") is True:
        on = f" on {in_words(str(died)[:10])}" if died else ""
        yield ViewWarning("died", f"The record says that this person died{on}.")


def _name(name: Mapping[str, Any]) -> str | None:
    if "text" in name:
        return str(name["text"])
    parts = [*name.get("prefix", ()), *name.get("given", ()), name.get("family"), *name.get("suffix", ())]
    return " ".join(part for part in parts if part) or None


def _address(address: Mapping[str, Any]) -> str | None:
    if "text" in address:
        return str(address["text"])
    parts = [*address.get("line", ()), address.get("city"), address.get("district"), address.get("postalCode")]
    return ", ".join(part for part in parts if part) or None
