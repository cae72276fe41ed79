"""Where resources leave: those of a restricted person without what says where the person is.

Whether somebody is restricted is what their Patient says now, so older versions are cut too. Ordinary records cost no
look of their own where the store said with them that there is no label, and nothing is taken apart. https://hl7.org/fhir/R4/security-labels.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from acpshare.fhir.restricted import is_restricted
from acpshare.interactions.components import Components
from acpshare.interactions.withheld_location import LOCATED, withheld_text
from acpshare.storage import ByKey, StoredResource


def shown(
    components: Components, reading: ByKey, stored: StoredResource, *, is_current: bool = True, fresh: bool = False
) -> StoredResource:
    """One version as it may be shown; `is_current` is false for what comes from a history."""
    return shown_page(components, reading, (stored,), is_current=is_current, fresh=fresh)[0]


def shown_page(
    components: Components,
    reading: ByKey,
    resources: Sequence[StoredResource],
    *,
    is_current: bool = True,
    fresh: bool = False,
) -> Sequence[StoredResource]:
    """Resources of anybody as they may be shown. A current Patient is judged by its own label, and needs no look.

    `fresh`: they were read just now, so that what was said with them of the person's label still holds.
    """
    own, asked = set(), set()
    for each in resources:
        if each.text is None or each.type not in LOCATED:
            continue
        if each.type == "Patient":
            if not is_current:
                asked.add(each.id)
            elif is_restricted(each.text):
                own.add(each.id)
        elif each.person and not (fresh and each.labelled is False):
            asked.add(each.person)
    if not own and not asked:
        return resources
    restricted = own | set(restricted_people(reading, asked - own))
    if not restricted:
        return resources
    return [withheld_text(components, each) if _person(each) in restricted else each for each in resources]


def restricted_people(reading: ByKey, people: Iterable[str]) -> Iterable[str]:
    """Which of them are restricted now."""
    for person in sorted(people):
        patient = reading.resource("Patient", person)
        if patient is not None and patient.text is not None and is_restricted(patient.text):
            yield person


def _person(stored: StoredResource) -> str:
    return (stored.id if stored.type == "Patient" else stored.person) or ""
