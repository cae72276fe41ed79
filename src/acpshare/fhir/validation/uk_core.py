"""UK Core R4 profiles, as far as they are looked at here: must-support elements, and how NHS numbers are identified.

No statement of conformance: UK Core publishes what differs from R4, and only these rules of it are kept here, from the
profiles' versions named below. Nothing is required beyond R4, so all that is found is advice.
https://fhir.hl7.org.uk/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.validation.identifiers import NHS_NUMBER_SYSTEM
from acpshare.outcome import Issue, IssueType, information, warning

BASE: Final = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-"
NHS_NUMBER_VERIFICATION: Final = (
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
)
ONE_EACH: Final = {
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory": "ethnicCategory",
}
"""Extensions of a patient that may stand once."""


@dataclass(frozen=True, slots=True)
class Profile:
    version: str
    must_support: tuple[str, ...]


PROFILES: Final[Mapping[str, Profile]] = {
    "CarePlan": Profile("2.2.0", ("status", "intent", "category", "subject")),
    "Consent": Profile(
        "2.4.0", ("status", "scope", "category", "patient", "dateTime", "performer", "organization", "source[x]")
    ),
    "QuestionnaireResponse": Profile(
        "1.2.0",
        (
            "identifier",
            "questionnaire",
            "status",
            "subject",
            "authored",
            "author",
            "item",
            "item.linkId",
            "item.answer",
        ),
    ),
    "Flag": Profile("1.2.0", ("status", "code", "subject")),
    "DocumentReference": Profile(
        "", ("identifier", "status", "type", "category", "subject", "date", "author", "description", "content")
    ),
    "Patient": Profile(
        "2.6.1",
        ("identifier", "active", "name", "telecom", "gender", "birthDate", "address", "managingOrganization"),
    ),
    "Organization": Profile("2.5.1", ("identifier", "active", "name", "telecom", "address")),
    "Practitioner": Profile("2.4.0", ("identifier", "name", "telecom")),
}
"""By the resource type that each is for."""


def check(resource: JsonObject, type_name: str) -> Iterator[Issue]:
    """What is to be said of a resource of this type under its UK Core profile."""
    profile = PROFILES[type_name]
    name = f"UKCore-{type_name} {profile.version}".rstrip()
    scope = f"{name}: only its must-support elements and NHS numbers are looked at; this does not say that it conforms"
    yield information(IssueType.INFORMATIONAL, scope, type_name)
    for path in profile.must_support:
        if not _is_there(resource, path.split(".")):
            yield information(
                IssueType.INFORMATIONAL, f"{name}: {path} is must-support, and absent", f"{type_name}.{_bare(path)}"
            )
    if type_name == "Patient":
        yield from _identifiers(resource, name)
        yield from _extensions(resource, name)


def _bare(path: str) -> str:
    return path.removesuffix("[x]")


def _is_there(value: Any, steps: list[str]) -> bool:
    """Whether an element is anywhere under its path."""
    if not steps:
        return True
    if isinstance(value, list):
        return any(_is_there(item, steps) for item in value)
    if not isinstance(value, dict):
        return False
    name = steps[0]
    if name.endswith("[x]"):
        return any(key.lstrip("_").startswith(_bare(name)) for key in value)
    return (name in value and _is_there(value[name], steps[1:])) or f"_{name}" in value


def _objects(listed: Any) -> list[dict[str, Any]]:
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _identifiers(resource: JsonObject, name: str) -> Iterator[Issue]:
    """The slice nhsNumber: at most one, with a value, its verification status said once."""
    held = [
        (f"Patient.identifier[{index}]", item)
        for index, item in enumerate(_objects(resource.get("identifier")))
        if item.get("system") == NHS_NUMBER_SYSTEM
    ]
    if not held:
        yield information(IssueType.INFORMATIONAL, f"{name}: there is no NHS number", "Patient.identifier")
    for place, _ in held[1:]:
        yield warning(IssueType.INVARIANT, f"{name}: there may be one NHS number only (slice nhsNumber)", place)
    for place, item in held:
        if "value" not in item:
            yield warning(IssueType.REQUIRED, f"{name}: an NHS number has a value (slice nhsNumber)", f"{place}.value")
        statuses = [each for each in _objects(item.get("extension")) if each.get("url") == NHS_NUMBER_VERIFICATION]
        if len(statuses) > 1:
            said = f"{name}: nhsNumberVerificationStatus may stand once only"
            yield warning(IssueType.INVARIANT, said, f"{place}.extension")


def _extensions(resource: JsonObject, name: str) -> Iterator[Issue]:
    urls = [item.get("url") for item in _objects(resource.get("extension"))]
    for url, extension in ONE_EACH.items():
        if urls.count(url) > 1:
            yield warning(IssueType.INVARIANT, f"{name}: {extension} may stand once only", "Patient.extension")
