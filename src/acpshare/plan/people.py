"""Whom to ring, where the person wishes to be, and what is in the home."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from acpshare.plan.elements import element, listing, section
from acpshare.plan.values import YesNo


@dataclass(frozen=True, slots=True)
class Contact:
    name: str | None = element("Name", "ReSPECT v3 8 (V S3); SCCI1580 54-57 (V S2)")
    relationship: str | None = element("Role or relationship", "ReSPECT v3 8 (V S3)")
    phone: str | None = element("Telephone", "ReSPECT v3 8 (V S3)")
    other: str | None = element("Other details", "ReSPECT v3 8 (V S3)")


@dataclass(frozen=True, slots=True)
class CareWorker:
    name: str | None = element("Name", "SCCI1580 23 (V S2)")
    group: str | None = element("Professional group", "SCCI1580 24 (V S2)")
    phone: str | None = element("Telephone", "SCCI1580 25 (V S2)")


@dataclass(frozen=True, slots=True)
class Contacts:
    primary: Contact = section(Contact, "Primary emergency contact")
    """The primary emergency contact (ReSPECT v3 8)."""
    emergency: tuple[Contact, ...] = listing("Emergency contacts and those involved", "ReSPECT v3 8 (V S3)")
    main_carer: str | None = element("Main carer", "SCCI1580 16 (V S2)")
    main_carer_phone: str | None = element("Main carer's telephone", "SCCI1580 17 (V S2)")
    gp: str | None = element("General practitioner", "SCCI1580 19 (V S2)")
    gp_practice: str | None = element("GP practice", "SCCI1580 20 (V S2)")
    key_worker: str | None = element("Key worker", "SCCI1580 21 (V S2)")
    key_worker_phone: str | None = element("Key worker's telephone", "SCCI1580 22 (V S2)")
    care_workers: tuple[CareWorker, ...] = listing("Care workers", "SCCI1580 23-25 (V S2)")
    concerns: str | None = element("Whom to contact about this plan", "Requirement R7")


class PlaceType(StrEnum):
    """NHS DEATH LOCATION TYPE as listed in SCCI1580 (V S2)."""

    HOSPITAL = "10"
    PRIVATE_RESIDENCE = "20"
    OWN_HOME = "21"
    OTHER_PRIVATE_RESIDENCE = "22"
    HOSPICE = "30"
    CARE_HOME = "40"
    OTHER = "50"


@dataclass(frozen=True, slots=True)
class PreferredPlace:
    place: str | None = element("Place", "SCCI1580 36, 40 (V S2)")
    type: PlaceType | None = element("Type of place", "SCCI1580 36, 40 (V S2)")
    organisation: str | None = element("Organisation", "SCCI1580 37, 41 (V S2)")
    address: str | None = element("Address of the place", "SCCI1580 38, 42 (V S2)")
    usual_residence: YesNo | None = element("Is the usual residence", "SCCI1580 39, 43 (V S2)")


@dataclass(frozen=True, slots=True)
class Places:
    care_first: PreferredPlace = section(PreferredPlace, "Preferred place of care, first choice")
    """Preferred place of care, first choice."""
    care_second: PreferredPlace = section(PreferredPlace, "Preferred place of care, second choice")
    """Preferred place of care, second choice."""
    death_first: PreferredPlace = section(PreferredPlace, "Preferred place of death, first choice")
    """Preferred place of death, first choice."""
    death_second: PreferredPlace = section(PreferredPlace, "Preferred place of death, second choice")
    """Preferred place of death, second choice."""


@dataclass(frozen=True, slots=True)
class Home:
    anticipatory_medicines: YesNo | None = element(
        "Anticipatory medicines issued", "SCCI1580 31 (V S2)", code="376201000000102"
    )
    medicines_location: str | None = element("Where the anticipatory medicines are", "SCCI1580 32 (V S2)")
    access: str | None = element("Key safe, access and domestic information", "EoL alpha (V S4)")
    care_tool: str | None = element("End of life care tool in use", "SCCI1580 33 (V S2)")
