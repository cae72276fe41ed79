"""The emergency view of a restricted person: without what says where they are, and with a word that it was left out.

How to get in (a key safe) stays: it is for those who stand at the door already. https://hl7.org/fhir/R4/security-labels.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from acpshare.emergency import EmergencyView, ViewWarning
from acpshare.fhir import json_text
from acpshare.fhir.questionnaire_response import form_id
from acpshare.fhir.restricted import ELEMENTS, is_location, withheld, without_answers
from acpshare.interactions.components import Components
from acpshare.storage import StoredResource
from acpshare.translation import CompiledMapping
from acpshare.translation.rows import ListRow, Row

FORM = "QuestionnaireResponse"
LOCATED = frozenset({*ELEMENTS, FORM})
"""Types that can say where somebody is."""
RESTRICTED = ViewWarning(
    "restricted",
    "This person's record is restricted: address, telephone numbers, GP and places are not shown here. Do not tell "
    "anybody where you met them.",
)


def without_location(view: EmergencyView) -> EmergencyView:
    """The view without addresses, telephone numbers, the GP, and which places were chosen."""
    return replace(
        view,
        person=replace(view.person, address=None, phone=None),
        legal=replace(view.legal, attorneys=tuple(replace(each, phone=None) for each in view.legal.attorneys)),
        contacts=tuple(replace(each, phone=None, other=None) for each in view.contacts if each.role != "GP"),
        preferred_place=replace(view.preferred_place, care=(), death=()),
    )


def withheld_text(components: Components, stored: StoredResource) -> StoredResource:
    """One version of a restricted person's resource, as it may be shown."""
    if stored.text is None or stored.type not in LOCATED:
        return stored
    resource = json_text.parse(stored.text)
    if stored.type == FORM:
        mapping = components.mappings.get(form_id(str(resource.get("questionnaire"))) or "")
        resource = without_answers(resource, _items(mapping)) if mapping is not None else resource
    else:
        resource = withheld(resource)
    return replace(stored, text=json_text.dump(resource).encode())


def _items(mapping: CompiledMapping) -> frozenset[str]:
    """The items of a form that ask for what is not shown."""
    return frozenset(item for path, items in _asked(mapping.rows) if is_location(path) for item in items)


def _asked(rows: Iterable[Row]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in rows:
        if isinstance(row, ListRow):
            yield from ((f"{row.element}.{column.element}", column.items) for column in row.columns)
        else:
            yield row.element, row.items
