"""The emergency view: what an ambulance crew sees of a person's plans, whichever forms they came on. Pure."""

from acpshare.emergency.beside import beside
from acpshare.emergency.build import changes_on, emergency_view, to_compact_json
from acpshare.emergency.record import DecisionDate, PlanOnRecord, decision_date
from acpshare.emergency.standing import Standing, outdated, standing
from acpshare.emergency.view import (
    CprShown,
    CprView,
    EmergencyView,
    Endorsement,
    TreatmentShown,
    ValidityState,
    ViewWarning,
)
from acpshare.emergency.words import STATEMENT, STATEMENTS, in_words

__all__ = [
    "STATEMENT",
    "STATEMENTS",
    "CprShown",
    "CprView",
    "DecisionDate",
    "EmergencyView",
    "Endorsement",
    "PlanOnRecord",
    "Standing",
    "TreatmentShown",
    "ValidityState",
    "ViewWarning",
    "beside",
    "changes_on",
    "decision_date",
    "emergency_view",
    "in_words",
    "outdated",
    "standing",
    "to_compact_json",
]
