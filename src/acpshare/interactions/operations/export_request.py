"""What an export is to hold, as it was asked for: checked at once, kept with the job, and read again by its worker.

https://hl7.org/fhir/uv/bulkdata/STU2/export.html#query-parameters
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from acpshare.interactions.parameters import Parameters
from acpshare.interactions.registry.types import IN_COMPARTMENT, RESOURCE_TYPES
from acpshare.outcome import Issue, IssueType, Malformed, error, warning
from acpshare.search.dates import date_range

MOST_NAMED = 10
"""Types that there are not, in one refusal."""
FORMATS = frozenset({"application/fhir+ndjson", "application/ndjson", "ndjson"})
NAMES = frozenset({"_outputFormat", "_since", "_type", "_typeFilter", "patient"})
REPEATING = frozenset({"_type", "_typeFilter", "patient"})
PERSONAL = ("Patient", *IN_COMPARTMENT)
DIRECTORY = ("Practitioner", "PractitionerRole", "Organization", "Location")
"""Nobody's own, and of help with what is somebody's: in an export of people when `_type` names them."""
_PATIENT = re.compile(r"(?:.*/)?Patient/([A-Za-z0-9\-.]{1,64})", re.ASCII)


class Level(StrEnum):
    SYSTEM = "system"
    PATIENT = "patient"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """`url` is the request's own, for the manifest. `since` is in microseconds, as in a DateValue.

    `people` are the patients that were named, or the group's members; None is everybody. `filters` are searches.
    """

    url: str
    level: Level
    types: tuple[str, ...]
    since: int | None = None
    filters: tuple[tuple[str, str], ...] = ()
    people: tuple[str, ...] | None = None

    def dump(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def load(cls, text: bytes) -> ExportRequest:
        said = json.loads(text)
        filters = tuple((type, query) for type, query in said["filters"])
        people = None if said["people"] is None else tuple(said["people"])
        return cls(said["url"], Level(said["level"]), tuple(said["types"]), said["since"], filters, people)


def understood(given: Parameters, level: Level, url: str, *, lenient: bool) -> tuple[ExportRequest, tuple[Issue, ...]]:
    """The request, and what of it is ignored because the client is lenient. Raises Malformed with every problem."""
    issues: list[Issue] = []
    ignored: list[Issue] = []
    _check_format(given, issues)
    types = _types(given, level, ignored if lenient else issues, lenient=lenient)
    since = _since(given, issues)
    filters = tuple(_filters(given, types, issues))
    people = _people(given, level, issues)
    if issues:
        raise Malformed(*issues)
    return ExportRequest(url, level, types, since, filters, people), tuple(ignored)


def _check_format(given: Parameters, issues: list[Issue]) -> None:
    format = given.text("_outputFormat", "valueString", "valueCode")
    if format is not None and format.replace(" ", "+") not in FORMATS:  # a plus in a query is a space
        what = "an export is written as application/fhir+ndjson, application/ndjson or ndjson: one format"
        issues.append(error(IssueType.NOT_SUPPORTED, what, "_outputFormat"))


def _types(given: Parameters, level: Level, issues: list[Issue], *, lenient: bool) -> tuple[str, ...]:
    """The types asked for, in an order that does not depend on how; all that the level has without any."""
    offered = RESOURCE_TYPES if level is Level.SYSTEM else (*PERSONAL, *DIRECTORY)
    said = {each for text in _texts(given, "_type") for each in text.split(",") if each}
    unknown = sorted(said - set(offered))
    if unknown:
        what = f"there is no such type in this export: {', '.join(sorted(offered))}"
        named = (f"_type={each}" if each.isalpha() else "_type" for each in unknown[:MOST_NAMED])
        issues.append((warning if lenient else error)(IssueType.NOT_SUPPORTED, what, *dict.fromkeys(named)))
    if said:
        return tuple(each for each in offered if each in said)
    return tuple(offered) if level is Level.SYSTEM else PERSONAL


def _since(given: Parameters, issues: list[Issue]) -> int | None:
    text = given.text("_since", "valueInstant", "valueDateTime", "valueString")
    found = date_range(text.replace(" ", "+")) if text is not None else None
    if text is not None and found is None:
        issues.append(error(IssueType.VALUE, "_since is an instant, 2026-11-22T12:00:00Z for example", "_since"))
    return found[0] if found is not None else None


def _filters(given: Parameters, types: Iterable[str], issues: list[Issue]) -> Iterable[tuple[str, str]]:
    """`Type?query`, several separated by commas: one inside a query is not followed by another `Type?`."""
    known = set(types)
    for text in _texts(given, "_typeFilter"):
        for each in re.split(r",(?=[A-Za-z]+\?)", text):
            type, mark, query = each.partition("?")
            if not mark or type not in known or not query:
                what = "a _typeFilter is a search of one of the exported types: Type?parameter=value"
                issues.append(error(IssueType.VALUE, what, "_typeFilter"))
            else:
                yield type, query


def _people(given: Parameters, level: Level, issues: list[Issue]) -> tuple[str, ...] | None:
    if "patient" not in given:
        return None
    if level is Level.SYSTEM:
        issues.append(error(IssueType.NOT_SUPPORTED, "patient narrows an export of patients or of a group", "patient"))
        return None
    found = []
    for index, entry in enumerate(given.each("patient")):
        reference = entry.get("valueReference", {})
        match = _PATIENT.fullmatch(str(reference.get("reference", ""))) if isinstance(reference, dict) else None
        if match is None:
            what = "each patient is a Reference to a Patient of this server"
            issues.append(error(IssueType.VALUE, what, f"Parameters.patient[{index}]"))
        else:
            found.append(match[1])
    return tuple(dict.fromkeys(found))


def _texts(given: Parameters, name: str) -> Sequence[str]:
    texts = (entry.get("valueString", entry.get("valueCode")) for entry in given.each(name))
    return [text for text in texts if isinstance(text, str)]
