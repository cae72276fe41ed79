"""The emergency view of a restricted person: without what says where they are, and with a word that it was left out.

How to get in (a key safe) stays: it is for those who stand at the door already. https://hl7.org/fhir/R4/security-labels.html
"""

from __future__ import annotations

from dataclasses import replace

from acpshare.emergency import EmergencyView, ViewWarning
from acpshare.fhir import json_text
from acpshare.fhir.restricted import ELEMENTS, withheld
from acpshare.storage import StoredResource

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


def withheld_text(stored: StoredResource) -> StoredResource:
    """One version of a restricted person's resource, as it may be shown."""
    if stored.text is None or stored.type not in ELEMENTS:
        return stored
    return replace(stored, text=json_text.dump(withheld(json_text.parse(stored.text))).encode())
