"""Whom to ring, what is in the home, and where the person wants to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from acpshare.emergency.record import PlanOnRecord
from acpshare.emergency.sections import newest, stated_on
from acpshare.emergency.standing import Standing
from acpshare.emergency.view import ContactView, MedicinesAndAccess, PreferredPlaceView
from acpshare.plan import Plan, get
from acpshare.plan.labels import label
from acpshare.plan.people import Contact, Contacts, PreferredPlace
from acpshare.plan.values import YesNo


def contacts_view(standing: Standing) -> tuple[ContactView, ...]:
    """Each kind of contact from the newest form that names one."""
    found: list[ContactView] = []
    for kind in _KINDS:
        said = newest(standing.in_force, lambda plan, kind=kind: tuple(kind(plan.contacts)))  # type: ignore[misc]
        if said:
            where = stated_on(said[0], standing)
            found.extend(replace(each, stated_on=where) for each in said[1])
    return tuple(dict.fromkeys(found))


Found = Iterator[ContactView]


def _primary(contacts: Contacts) -> Found:
    yield from _each("First contact in an emergency", contacts.primary)


def _emergency(contacts: Contacts) -> Found:
    for each in contacts.emergency:
        yield from _each("Emergency contact", each)


def _each(role: str, contact: Contact) -> Found:
    if contact != Contact():
        yield ContactView(role, contact.name, contact.phone, contact.relationship, contact.other)


def _main_carer(contacts: Contacts) -> Found:
    if contacts.main_carer or contacts.main_carer_phone:
        yield ContactView("Main carer", contacts.main_carer, contacts.main_carer_phone)


def _key_worker(contacts: Contacts) -> Found:
    if contacts.key_worker or contacts.key_worker_phone:
        yield ContactView("Key worker", contacts.key_worker, contacts.key_worker_phone)


def _gp(contacts: Contacts) -> Found:
    if contacts.gp or contacts.gp_practice:
        yield ContactView("GP", contacts.gp, None, other=contacts.gp_practice)


def _care_workers(contacts: Contacts) -> Found:
    for each in contacts.care_workers:
        yield ContactView("Care worker", each.name, each.phone, each.group)


def _concerns(contacts: Contacts) -> Found:
    if contacts.concerns:
        yield ContactView("About this plan", contacts.concerns, None)


_KINDS = (_primary, _emergency, _main_carer, _key_worker, _gp, _care_workers, _concerns)


def medicines_view(standing: Standing) -> MedicinesAndAccess:
    """What is in the home. Where medicines are kept is not carried past a newer form that says there are none."""
    paths = ("home.anticipatory_medicines", "home.medicines_location", "home.access", "condition.allergies")
    issued, location, access, allergies = (_newest(standing, path) for path in paths)
    if issued and location and issued[1] == YesNo.NO and location[0] is not issued[0]:
        location = None
    return MedicinesAndAccess(
        issued[1] if issued else None,
        location[1] if location else None,
        access[1] if access else None,
        allergies[1] if allergies else None,
        _elsewhere(standing, issued, location, access, allergies),
    )


def _newest(standing: Standing, path: str) -> tuple[PlanOnRecord, str] | None:
    found = newest(standing.in_force, lambda plan: get(plan, path))
    return (found[0], str(found[1])) if found else None


def _elsewhere(standing: Standing, *found: tuple[PlanOnRecord, object] | None) -> str | None:
    """Every form but the current one that any of these statements come from."""
    forms = (stated_on(each[0], standing) for each in found if each)
    return "; ".join(dict.fromkeys(each for each in forms if each)) or None


def places_view(standing: Standing) -> PreferredPlaceView:
    care = newest(standing.in_force, _care)
    death = newest(standing.in_force, _death)
    return PreferredPlaceView(
        care[1] if care else (), death[1] if death else (), stated_on=_elsewhere(standing, care, death)
    )


def _care(plan: Plan) -> tuple[str, ...]:
    return _places(plan.places.care_first, plan.places.care_second)


def _death(plan: Plan) -> tuple[str, ...]:
    return _places(plan.places.death_first, plan.places.death_second)


def _places(*choices: PreferredPlace) -> tuple[str, ...]:
    return tuple(text for each in choices if (text := _place(each)))


def _place(place: PreferredPlace) -> str:
    kind = label(place.type) if place.type else None
    usual = "usual residence" if place.usual_residence is YesNo.YES else None
    parts = dict.fromkeys((place.place, kind, place.organisation, place.address, usual))
    return ", ".join(part for part in parts if part)
