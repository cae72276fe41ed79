"""`CarePlan.activity.detail` read as treatment decisions: what is not understood is an issue, never a guess.

A code that says yes or no to CPR ("For attempted CPR") where a treatment belongs is not read: beside `doNotPerform` it
could mean either (clinical.md 2.2; contradictions.py names it).
"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.plan.activities import CPR_CODE, OTHER_CODE, REASONS, TREATMENTS
from acpshare.fhir.plan.facts import Read
from acpshare.fhir.plan.parts import out_of_place
from acpshare.fhir.plan.plan_element import marked, read_plan_elements
from acpshare.fhir.systems import CONDITION, CPR, CPR_REASON, MODIFIED_CPR, SNOMED, TREATMENT
from acpshare.outcome import Issue, IssueType, error, information, warning
from acpshare.plan import CATALOGUE

_PATHS = {code: path for path, code in TREATMENTS.items()} | {CPR_CODE: "cpr.decision"}
_SNOMED_PATHS = {CATALOGUE[path].doc.code: path for path in TREATMENTS if CATALOGUE[path].doc.code} | {
    CPR.code: "cpr.decision"
}
_REASON_PATHS = {code: path for path, code in REASONS.items()}
_OTHER = "treatments.other"


class ActivityReader:
    """Reads one CarePlan's activities into `read`, and says what it could not."""

    def __init__(self, read: Read) -> None:
        self.read = read
        self.issues: list[Issue] = []

    def activity(self, index: int, activity: JsonObject) -> None:
        place = f"CarePlan.activity[{index}].detail"
        detail = activity.get("detail")
        if detail is None:
            return
        path = treatment_path(detail)
        modifiers = _modifiers(detail)
        if modifiers is None:
            self._wrong(
                "a modifier extension can change what is said, and this one is not known", f"{place}.modifierExtension"
            )
        elif path is None:
            self.issues.append(
                information(IssueType.NOT_SUPPORTED, "an activity that is not a treatment of the plan", place)
            )
        elif path == _OTHER:
            self._other(detail, modifiers, place)
        elif path in self.read:
            self._wrong("the treatment is decided twice", place, IssueType.DUPLICATE)
        elif path == "cpr.decision":
            self._cpr(detail, modifiers, place)
        else:
            self._treatment(path, detail, modifiers, place)

    def _wrong(self, why: str, place: str, code: IssueType = IssueType.NOT_SUPPORTED) -> None:
        self.issues.append(error(code, why, place))

    def _treatment(self, path: str, detail: JsonObject, modifiers: JsonObject, place: str) -> None:
        negated, condition = detail.get("doNotPerform"), modifiers.get(CONDITION)
        if MODIFIED_CPR in modifiers or (condition is not None and negated is not None):
            self._wrong("a conditional treatment is neither for nor not for", place, IssueType.CONFLICT)
        elif condition is not None:
            self.read[path] = ("conditional",)
            if condition:
                self.read[f"{path}.condition"] = (condition,)
        elif negated is not None:
            self.read[path] = ("not-for" if negated else "for",)
        else:
            self.issues.append(
                warning(IssueType.INCOMPLETE, "without doNotPerform this states no decision, and none is read", place)
            )

    def _other(self, detail: JsonObject, modifiers: JsonObject, place: str) -> None:
        entry = marked(detail)
        if entry is None or not entry.startswith(f"{_OTHER}[") or entry in self.read:
            self._wrong("an other treatment says which entry of the plan it is, and none is two", place)
            return
        self.read[entry] = ()
        if (name := detail["code"].get("text")) is not None:
            self.read[f"{entry}.name"] = (name,)
        self._treatment(f"{entry}.decision", detail, modifiers, place)

    def _cpr(self, detail: JsonObject, modifiers: JsonObject, place: str) -> None:
        negated, condition, modified = detail.get("doNotPerform"), modifiers.get(CONDITION), modifiers.get(MODIFIED_CPR)
        if modified is not None and negated is None and condition is None:
            self.read["cpr.decision"] = ("modified",)
            if details := modified.get("details"):
                self.read["cpr.decision.details"] = (details,)
        elif modified is not None or condition == "" or (condition is not None and not negated):
            self._wrong("what limits the CPR decision does not go with it", place, IssueType.CONFLICT)
            return
        elif negated is None:
            self.issues.append(
                warning(
                    IssueType.INCOMPLETE, "without doNotPerform this states no CPR decision, and none is read", place
                )
            )
        else:
            self.read["cpr.decision"] = ("do-not-attempt" if negated else "attempt",)
            if condition is not None:
                self.read["cpr.decision.condition"] = (condition,)
        self._reasons(detail, place)
        for path, values in read_plan_elements(detail):
            if path.startswith("cpr.") and path not in self.read and not path.startswith("cpr.decision."):
                self.read[path] = values
            else:
                self.issues.append(out_of_place(f"{place}.extension"))

    def _reasons(self, detail: JsonObject, place: str) -> None:
        for index, reason in enumerate(detail.get("reasonCode", ())):
            codes = [each.get("code") for each in reason.get("coding", ()) if each.get("system") == CPR_REASON]
            text = reason.get("text")
            path = _REASON_PATHS.get(codes[0]) if codes else "cpr.reason_text"
            if path is None or path in self.read or (not codes and text is None):
                self._wrong("a reason that is not known, or stands twice", f"{place}.reasonCode[{index}]")
            elif not codes:
                self.read[path] = (text,)
            else:
                self.read[path] = ("stated",)
                if text is not None:
                    self.read[f"{path}.because"] = (text,)


def treatment_path(detail: JsonObject) -> str | None:
    """The element that the activity decides: by our code, else by SNOMED, else none."""
    codings = detail.get("code", {}).get("coding", ())
    for each in codings:
        if each.get("system") == TREATMENT:
            return _OTHER if each.get("code") == OTHER_CODE else _PATHS.get(each.get("code"))
    for each in codings:
        if each.get("system") == SNOMED and each.get("code") in _SNOMED_PATHS:
            return _SNOMED_PATHS[each["code"]]
    return None


def _modifiers(detail: JsonObject) -> JsonObject | None:
    """What limits the decision, by URL (a condition in no words is empty), or None where something unknown does."""
    known: JsonObject = {}
    for extension in detail.get("modifierExtension", ()):
        url = extension.get("url")
        if url == CONDITION:
            known[url] = extension.get("valueString", "")
        elif url == MODIFIED_CPR:
            known[url] = {part.get("url"): part.get("valueString") for part in extension.get("extension", ())}
        else:
            return None
    return known
