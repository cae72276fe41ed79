"""The plan (hub): everything that any form can say about one person's advance care plan, and nothing about forms."""

from __future__ import annotations

from dataclasses import dataclass

from acpshare.plan.answers import Residue
from acpshare.plan.care import Care, Condition, Treatments, WhatMatters
from acpshare.plan.cpr import Cpr
from acpshare.plan.elements import element, listing, section
from acpshare.plan.involvement import Awareness, BestInterests, Capacity, Involvement
from acpshare.plan.legal import Legal
from acpshare.plan.people import Contacts, Home, Places
from acpshare.plan.person import Communication, Person
from acpshare.plan.record import Cancellation, Record, Signature
from acpshare.plan.values import Review


@dataclass(frozen=True, slots=True)
class Plan:
    """One advance care plan. Absent elements were not stated by anybody; they are never a "no"."""

    person: Person = section(Person)
    communication: Communication = section(Communication)
    condition: Condition = section(Condition)
    matters: WhatMatters = section(WhatMatters)
    care: Care = section(Care)
    treatments: Treatments = section(Treatments)
    cpr: Cpr = section(Cpr)
    capacity: Capacity = section(Capacity)
    best_interests: BestInterests = section(BestInterests)
    involvement: Involvement = section(Involvement)
    awareness: Awareness = section(Awareness)
    legal: Legal = section(Legal)
    contacts: Contacts = section(Contacts)
    places: Places = section(Places)
    home: Home = section(Home)
    review: Review | None = element("Review", "SCCI1580 46 (V S2); RCUK guidance (V2 S13); SR9")
    cancellation: Cancellation = section(Cancellation)
    record: Record = section(Record)
    signatures: tuple[Signature, ...] = listing("Signatures", "ReSPECT v3 7 (structure V S3)")
    residue: tuple[Residue, ...] = listing("Answers for which the plan has no element", "architecture: residue")
