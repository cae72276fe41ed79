"""The words of the emergency view: plain English, one place, each safety sentence with its source."""

from __future__ import annotations

from collections.abc import Mapping

from acpshare.emergency.view import CprShown

STATEMENTS: tuple[str, ...] = (
    # SR1 (V S12, S14, S15, S36)
    "A CPR decision is about CPR only. All other appropriate treatment and care will be provided.",
    # SR13 (V S19, S36b)
    "Reversible causes, such as choking or anaphylaxis: this record does not override your clinical judgement.",
    # SR5 (V S6, S27, S37)
    (
        "The recommendations are not legally binding, but must not be ignored. "
        "A valid and applicable advance decision to refuse treatment is binding."
    ),
    # clinical.md 0.5 (V S17, S19, S22, S23)
    "This is a translated view, not the signed form. Look for the original.",
)
"""The fixed safety text of every view, whatever is recorded."""

STATEMENT = " ".join(STATEMENTS)

# SR3 (V S36, S4): a presumption for the clinician, never an instruction from the system.
PRESUMPTION = (
    "Where no decision is known, the usual presumption is to attempt CPR. Your clinical judgement applies. "
    "This is not an instruction and not a recorded decision."
)
PRESUMPTION_UNLESS_REFUSED = (
    "No form in force records a CPR decision, but an advance decision may refuse CPR: read it below before you decide. "
    "Where no decision or refusal is known, the usual presumption is to attempt CPR."
)

PRESUMPTION_UNLESS_OTHER = (
    "No form in force records a CPR decision, but another record here speaks of one: read it before you decide. "
    "Where no decision is known, the usual presumption is to attempt CPR."
)

HEADLINES: Mapping[CprShown, str] = {
    CprShown.ATTEMPT: "ATTEMPT CPR",
    CprShown.DO_NOT_ATTEMPT: "DO NOT ATTEMPT CPR",
    CprShown.MODIFIED: "MODIFIED CPR (child)",
    CprShown.NO_DECISION_RECORDED: "NO CPR DECISION RECORDED",
}
HEADLINE_CONDITIONAL = "CPR: CONDITIONS APPLY"
HEADLINE_DISAGREE = "FORMS DISAGREE ABOUT CPR"
HEADLINE_RECORDS = "RECORDS DISAGREE ABOUT CPR"
HEADLINE_UNSIGNED = "CPR DECISION NOT SIGNED"
HEADLINE_NOT_IN_FORCE = "NO CPR DECISION IN FORCE"

EXPLANATIONS: Mapping[CprShown, str] = {
    CprShown.ATTEMPT: "CPR attempts are recommended.",
    CprShown.DO_NOT_ATTEMPT: (
        "CPR attempts are not recommended. All other appropriate treatment continues. "
        "Reversible causes, such as choking or anaphylaxis: your judgement applies."
    ),
    CprShown.MODIFIED: "Modified CPR for a child: neither full CPR nor no CPR, but what is described here.",
}
CONDITIONAL_EXPLANATION = (
    "Do not attempt CPR applies in these circumstances only. In any other circumstances this form records no decision "
    "against CPR, and the usual presumption is to attempt it."
)
DISAGREE_EXPLANATION = (
    "Forms of the same date say different things, and nothing shows which is newer. "
    "Clinical judgement applies: look for the originals."
)
UNSIGNED_EXPLANATION = (
    "The CPR decision was changed after the form was signed, and nobody has signed the change. "
    "Clinical judgement applies: look for the original."
)
TAKEN_OUT_EXPLANATION = (
    "A CPR decision was taken out of the record after the form was signed, and nobody has signed that. "
    "Clinical judgement applies: look for the original."
)
RECORDS_EXPLANATION = (
    "The records of one form say different things about CPR, and nothing shows which of them is right. "
    "Clinical judgement applies: look for the original."
)
DETAILS_MISSING = "How CPR is modified is not written on the form."
CONDITION_MISSING = "The circumstances are not written on the form: find out before relying on it."

CPR_PHRASES: Mapping[CprShown, str] = {
    CprShown.ATTEMPT: "attempt CPR",
    CprShown.DO_NOT_ATTEMPT: "do not attempt CPR",
    CprShown.MODIFIED: "modified CPR",
    CprShown.NO_DECISION_RECORDED: "no CPR decision",
}

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def in_words(value: str) -> str:
    """A FHIR date as people read it, with the precision that was given: `2026-03` is March 2026."""
    parts = value.split("-")
    return " ".join(
        [str(int(part)) if at == 2 else _MONTHS[int(part) - 1] if at else part for at, part in enumerate(parts)][::-1]
    )
