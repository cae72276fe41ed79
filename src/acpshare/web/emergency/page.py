"""Render the crew's page. Everything that a form said is escaped; the page has no script and no inline style."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from acpshare.emergency import (
    STATEMENTS,
    CprShown,
    CprView,
    EmergencyView,
    TreatmentShown,
    ValidityState,
    ViewWarning,
    in_words,
)

STYLE_SHEET = "/static/emergency.css"
SEARCH_ADDRESS = "/emergency"

AT_ONCE = frozenset(
    {
        "added-words",
        "advance-decision-cpr",
        "cancelled-later",
        "conflict-cpr",
        "conflict-legal",
        "conflict-record-cpr",
        "conflict-record-legal",
        "carried-text",
        "contradiction-comfort",
        "cpr-changed-since-signed",
        "cpr-decision-ended",
        "cpr-from-earlier-form",
        "died",
        "future-dated",
        "identity-differs",
        "modified-cpr-adult",
        "no-plan-recorded",
        "none-in-force",
        "not-valid-in-community",
        "other-record",
        "other-record-cpr",
        "record-not-in-use",
        "replacement-unclear",
        "restricted",
        "review-overdue",
        "unsigned",
    }
)
"""Warnings that stand in the first block, beside the CPR decision; the others stand at the end."""

MARKS = {
    "attempt": "✓",
    "do-not-attempt": "✕",
    "modified": "◆",
    "depends": "?",
    "disagree": "≠",
    "no-decision-recorded": "–",
}
DECIDED = {"decision": "Decided", "signature": "Signed", "form": "Form dated", "date": "Dated"}


def render_page(
    view: EmergencyView, *, demo: bool = False, style_sheet: str = STYLE_SHEET, search_address: str = SEARCH_ADDRESS
) -> str:
    """The whole page of one person's view, with the form for looking up the next person."""
    look = look_of(view)
    return _template("view.html").render(
        view=view,
        look=look,
        mark=MARKS[look],
        decided=DECIDED.get(_dated_by(view.cpr)),
        at_once=_warnings(view, urgent=True),
        also=_warnings(view, urgent=False),
        stated=[each for each in view.treatments if each.decision is not TreatmentShown.NOT_STATED],
        not_stated=[each.treatment for each in view.treatments if each.decision is TreatmentShown.NOT_STATED],
        in_force=view.validity.state in (ValidityState.CURRENT, ValidityState.REVIEW_OVERDUE),
        statements=STATEMENTS,
        demo=demo,
        style_sheet=style_sheet,
        search_address=search_address,
        error=None,
    )


def render_search(
    *,
    demo: bool = False,
    error: str | None = None,
    style_sheet: str = STYLE_SHEET,
    search_address: str = SEARCH_ADDRESS,
) -> str:
    """The page that asks for an NHS number, and sends it in the body, so that no log and no history holds it."""
    return _template("search.html").render(
        demo=demo, error=error, style_sheet=style_sheet, search_address=search_address
    )


def look_of(view: EmergencyView) -> str:
    """Which of six unlike blocks shows the decision: a conditional one never looks like an unconditional one (SR6)."""
    if not view.cpr.agreed:
        return "disagree"
    if view.cpr.decision is CprShown.DO_NOT_ATTEMPT and view.cpr.conditional:
        return "depends"
    return view.cpr.decision.value


def _dated_by(cpr: CprView) -> str:
    """What kind of date it is; one beside a signature's place that holds no signature is only a date."""
    return "date" if cpr.dated_by == "signature" and not cpr.signed_by else cpr.dated_by or ""


def _warnings(view: EmergencyView, *, urgent: bool) -> list[ViewWarning]:
    """A cancelled form is urgent only where nothing is in force. What the block itself says is not said twice."""
    at_once = AT_ONCE if view.source.form else AT_ONCE | {"cancelled"}
    elsewhere = {"endorsement-pending"} if view.cpr.agreed else {"conflict-cpr"}
    return [each for each in view.warnings if (each.code in at_once) is urgent and each.code not in elsewhere]


def spaced(nhs_number: str) -> str:
    """An NHS number as it is read aloud: 3-3-4 (Data Dictionary, V S32)."""
    if re.fullmatch(r"[0-9]{10}", nhs_number):
        return f"{nhs_number[:3]} {nhs_number[3:6]} {nhs_number[6:]}"
    return nhs_number


def dial(phone: str) -> str:
    """What a telephone dials, or nothing where the text is more than one number."""
    digits = re.sub(r"[ ()\-]", "", phone)
    return digits if re.fullmatch(r"\+?[0-9]{3,15}", digits) else ""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("acpshare.web.emergency"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"day": in_words, "spaced": spaced, "dial": dial}
    return environment


def _template(name: str) -> Template:
    return _environment().get_template(name)
