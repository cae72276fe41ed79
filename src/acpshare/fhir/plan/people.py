"""Whom to ring: RelatedPerson for family and carers, PractitionerRole for professionals.

https://hl7.org/fhir/R4/relatedperson.html, https://hl7.org/fhir/R4/practitionerrole.html
"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.parts import Part, Said, Setting
from acpshare.fhir.plan.slots import at

NAME, PHONE = "name[0].text", "telecom[0].value"


def related_person(resource: JsonObject, _: Said, setting: Setting) -> None:
    resource["patient"] = setting.context.subject
    phone_system(resource)


def main_carer(resource: JsonObject, said: Said, setting: Setting) -> None:
    related_person(resource, said, setting)
    resource["relationship"] = [{"text": "Main carer"}]


def practitioner(resource: JsonObject, _said: Said, _setting: Setting) -> None:
    phone_system(resource)


def gp(resource: JsonObject, _said: Said, _setting: Setting) -> None:
    resource["code"] = [{"text": "General practitioner"}]


def key_worker(resource: JsonObject, _said: Said, _setting: Setting) -> None:
    resource["code"] = [{"text": "Key worker"}]
    phone_system(resource)


def phone_system(resource: JsonObject) -> None:
    """A telephone says that it is one (cpt-2)."""
    for point in resource.get("telecom", ()):
        point["system"] = "phone"


CONTACT = (at("name", NAME), at("relationship", "relationship[0].text"), at("phone", PHONE))

PARTS = (
    Part("contacts.primary", "RelatedPerson", "contact-primary", CONTACT, related_person, "contacts.primary"),
    Part("contacts.emergency", "RelatedPerson", "contact", CONTACT, related_person, "contacts.emergency", repeats=True),
    Part(
        "contacts.main_carer",
        "RelatedPerson",
        "main-carer",
        (at("main_carer", NAME), at("main_carer_phone", PHONE)),
        main_carer,
        "contacts",
        whole=False,
    ),
    Part(
        "contacts.gp",
        "PractitionerRole",
        "gp",
        (at("gp", "practitioner.display"), at("gp_practice", "organization.display")),
        gp,
        "contacts",
        whole=False,
    ),
    Part(
        "contacts.key_worker",
        "PractitionerRole",
        "key-worker",
        (at("key_worker", "practitioner.display"), at("key_worker_phone", PHONE)),
        key_worker,
        "contacts",
        whole=False,
    ),
    Part(
        "contacts.care_workers",
        "PractitionerRole",
        "care-worker",
        (at("name", "practitioner.display"), at("group", "code[0].text"), at("phone", PHONE)),
        practitioner,
        "contacts.care_workers",
        repeats=True,
    ),
)
