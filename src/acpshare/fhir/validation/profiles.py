"""The profiles that a resource claims, or is to be held against: base R4, UK Core as far as it is known, and no others.

A profile that is not known here is said to be so: nothing is said to conform to what was not looked at.
https://hl7.org/fhir/R4/profiling.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.validation import uk_core
from acpshare.fhir.validation.definitions import resource_types
from acpshare.outcome import Issue, IssueType, error, information, warning

HL7: Final = "http://hl7.org/fhir/StructureDefinition/"


def check_profiles(resource: JsonObject, asked: Iterable[str] = ()) -> list[Issue]:
    """What there is to say about each profile that is asked for, and each that `meta.profile` claims."""
    issues: list[Issue] = []
    wanted = list(dict.fromkeys(asked))
    for profile in wanted:
        issues += _check(resource, profile, None)
    for index, profile in enumerate(_claimed(resource)):
        if profile not in wanted:
            issues += _check(resource, profile, f"{resource.get('resourceType')}.meta.profile[{index}]")
    return issues


def _claimed(resource: JsonObject) -> list[str]:
    meta = resource.get("meta")
    listed = meta.get("profile") if isinstance(meta, dict) else None
    return [profile for profile in listed if isinstance(profile, str)] if isinstance(listed, list) else []


def _check(resource: JsonObject, profile: str, claim: str | None) -> Iterator[Issue]:
    """`claim` is where the resource says that it follows the profile; None where the caller asks."""
    url = profile.partition("|")[0]
    own = str(resource.get("resourceType"))
    place = claim or own
    constrained = _type_of(url)
    if constrained is None:
        say, what = (warning, "the profile that is asked for") if claim is None else (information, "this profile")
        yield say(IssueType.NOT_SUPPORTED, f"{what} is not known here: only base R4 was checked", place)
    elif constrained not in (own, "Resource", "DomainResource"):
        yield error(IssueType.INVALID, f"the profile is for a {constrained}, and this is none", place)
    elif url.startswith(uk_core.BASE):
        yield from uk_core.check(resource, own)


def _type_of(url: str) -> str | None:
    """The resource type that a profile which is known here is for."""
    for base, known in ((HL7, resource_types() | {"Resource", "DomainResource"}), (uk_core.BASE, uk_core.PROFILES)):
        name = url.removeprefix(base)
        if name != url and name in known:
            return name
    return None
