"""What each type of resource means to the record: the one table that creates, updates and deletes look into."""

from __future__ import annotations

from collections.abc import Mapping

from acpshare.interactions.meanings.consent import ConsentMeaning
from acpshare.interactions.meanings.filled_form import FilledForm
from acpshare.interactions.meanings.patient import PatientMeaning
from acpshare.interactions.meanings.plain import PlainMeaning
from acpshare.interactions.meanings.plan_part import PlanPart
from acpshare.interactions.merging import MADE
from acpshare.interactions.other_records import DECIDING
from acpshare.interactions.unit import Meaning

PLAIN = PlainMeaning()
MEANINGS: Mapping[str, Meaning] = {
    "QuestionnaireResponse": FilledForm(),
    **{type: PlanPart() for type in sorted(MADE | DECIDING)},
    "Consent": ConsentMeaning(),
    "DocumentReference": PlanPart(),
    "Patient": PatientMeaning(),
}
"""Types that mean something to plans; any other is kept as it comes."""


def meaning_of(type: str) -> Meaning:
    return MEANINGS.get(type, PLAIN)
