"""Patient/$everything and CarePlan/$everything: a person's record, or a plan with all that was made from it.

Stored texts as they are, a page at a time; a page goes on after a type and id, so it stays right while others write.
https://hl7.org/fhir/R4/patient-operation-everything.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlencode

from acpshare.fhir.json_text import dump
from acpshare.interactions.components import Components
from acpshare.interactions.operations.narrowed import Narrowing, narrowed
from acpshare.interactions.operations.references import LARGEST, Wanted, referred_to
from acpshare.interactions.read import present
from acpshare.interactions.restricted import shown_page
from acpshare.interactions.search import searchset
from acpshare.outcome import IssueType, TooLarge, error
from acpshare.search.dates import Range, microseconds
from acpshare.search.query import Comparator, DateTest, Match, Not
from acpshare.search.values import parameter_key
from acpshare.storage import Reading, SearchPage, StoredResource

PATIENT = "Patient"
PLAN = "CarePlan"
Place = tuple[str, str]
BEGINNING: Place = ("", "")

CARE_DATE: Mapping[str, str] = {
    "CarePlan": "date",
    "Communication": "sent",
    "Composition": "date",
    "Condition": "onset-date",
    "Consent": "date",
    "DocumentReference": "date",
    "Flag": "date",
    "Goal": "start-date",
    "List": "date",
    "MeasureReport": "date",
    "Observation": "date",
    "Provenance": "recorded",
    "QuestionnaireResponse": "authored",
    "ServiceRequest": "authored",
    "Task": "period",
}
"""The search parameter that says when care was given, which `start` and `end` are about. Others have no such date."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`since` in microseconds; `start` and `end` as ranges, as their precision has it; `pairs` as they were given."""

    count: int
    types: frozenset[str] = frozenset()
    since: int | None = None
    start: Range | None = None
    end: Range | None = None
    after: Place = BEGINNING
    pairs: tuple[tuple[str, str], ...] = ()


def everything(components: Components, id: str, asked: Asked) -> bytes:
    """The searchset: the Patient, the compartment, and what it refers to that is nobody's own. Raises NotFound."""
    with components.store.read() as reading:
        patient = present(reading.resource(PATIENT, id), PATIENT)
        page, more = _page(_record(reading, patient, asked), asked.count)

        def is_around(each: StoredResource) -> bool:
            return each.person is None and (not asked.types or each.type in asked.types)

        return _answer(components, reading, patient, page, is_around, asked, more=more)


def plan_with_everything(components: Components, id: str, asked: Asked) -> bytes:
    """The searchset: the CarePlan, what was made of the plan, whom it is about, the form, and the people in it."""
    with components.store.read() as reading:
        care_plan = present(reading.resource(PLAN, id), PLAN)
        made = (each for each in _all(reading, care_plan) if each.id.startswith(f"{id}-"))
        found, more = _page(chain((care_plan,), made), asked.count)
        if more:
            raise TooLarge(error(IssueType.TOO_COSTLY, "more was made from this plan than one answer holds"))

        def is_beside(each: StoredResource) -> bool:
            return each.person in (None, care_plan.person) and each.type != PLAN

        return _answer(components, reading, care_plan, found, is_beside, asked, more=False)


def _page(found: Iterator[StoredResource], count: int) -> tuple[Sequence[StoredResource], bool]:
    """As many as are asked for, and as memory is to hold; and whether there is more."""
    page: list[StoredResource] = []
    size = 0
    for each in found:
        size += len(each.text or b"")
        if len(page) == count or (page and size > LARGEST):
            return page, True
        page.append(each)
    return page, False


def _all(reading: Reading, of: StoredResource) -> Iterator[StoredResource]:
    """The compartment in which a resource lies, without itself and without what is deleted."""
    after = BEGINNING
    while of.person is not None and (page := reading.compartment(of.person, after)):
        yield from (each for each in page if not each.deleted and (each.type, each.id) != (of.type, of.id))
        after = (page[-1].type, page[-1].id)


def _record(reading: Reading, patient: StoredResource, asked: Asked) -> Iterator[StoredResource]:
    """What was asked for of a person's record, from the place on. The Patient comes first, whatever its type's name."""
    itself = (PATIENT, patient.id)
    if asked.after == BEGINNING and _is_asked(patient, asked):
        yield patient
    narrowing = _narrowing(asked)
    after = BEGINNING if asked.after == itself else asked.after
    while page := reading.compartment(patient.id, after):
        kept = [each for each in page if (each.type, each.id) != itself and _is_asked(each, asked)]
        yield from narrowed(reading, kept, narrowing) if narrowing else kept
        after = (page[-1].type, page[-1].id)


def _is_asked(stored: StoredResource, asked: Asked) -> bool:
    if stored.deleted or (asked.types and stored.type not in asked.types):
        return False
    return asked.since is None or microseconds(stored.last_updated) > asked.since


def _narrowing(asked: Asked) -> Narrowing:
    """Care that ended before the start, or began after the end, is left out; what bears no date is not."""
    if asked.start is None and asked.end is None:
        return {}
    return {type: [tuple(_within(parameter_key(type, code), asked))] for type, code in CARE_DATE.items()}


def _within(parameter: int, asked: Asked) -> Iterator[Not]:
    for bound, comparator in ((asked.start, Comparator.EB), (asked.end, Comparator.SA)):
        if bound is not None:
            yield Not(Match((DateTest(parameter, comparator, *bound),)))


def _answer(
    components: Components,
    reading: Reading,
    of: StoredResource,
    page: Sequence[StoredResource],
    is_wanted: Wanted,
    asked: Asked,
    *,
    more: bool,
) -> bytes:
    page = shown_page(components, reading, page)
    # By what is shown: the practice of a person whose location is withheld would tell it.
    beside = shown_page(components, reading, referred_to(components, reading, page, is_wanted))
    url = f"{components.base_url}/{of.type}/{of.id}/$everything"
    links = [{"relation": "self", "url": _address(url, asked.pairs, asked.after)}]
    if more:
        links.append({"relation": "next", "url": _address(url, asked.pairs, (page[-1].type, page[-1].id))})
    total = len(page) if not more and asked.after == BEGINNING else None
    return searchset(components.base_url, SearchPage(tuple(page), tuple(beside), total=total), dump(links))


def _address(url: str, pairs: Sequence[tuple[str, str]], after: Place) -> str:
    said = [*pairs, *([("_cursor", "/".join(after))] if after != BEGINNING else [])]
    return f"{url}?{urlencode(said, safe=':,/')}" if said else url
