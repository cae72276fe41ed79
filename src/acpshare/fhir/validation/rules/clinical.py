"""Invariants of the resources about people and their care. https://hl7.org/fhir/R4/resourcelist.html"""

from __future__ import annotations

from acpshare.fhir.validation.rules.reading import Object, below, distinct, each, has, has_choice, has_coding, in_order

VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
ALLERGY_VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
LENGTHS = frozenset({"boolean", "decimal", "integer", "string", "text", "url", "open-choice"})
WITH_ANSWERS = frozenset(
    {"choice", "open-choice", "decimal", "integer", "date", "dateTime", "time", "string", "quantity"}
)


def _is_entered_in_error(condition: Object) -> bool:
    return has_coding(condition.get("verificationStatus"), VERIFICATION, "entered-in-error")


def _needs_clinical_status(condition: Object) -> bool:
    return not _is_entered_in_error(condition) and any(
        coding.get("code") == "problem-list-item" for coding in below(condition, "category", "coding")
    )


def _component_repeats_code(observation: Object) -> bool:
    def codings(holder: Object) -> set[tuple[object, object]]:
        return {(c.get("system"), c.get("code")) for c in below(holder, "code", "coding")}

    own = codings(observation)
    return any(own & codings(component) for component in each(observation, "component"))


def _nested_items(item: Object) -> bool:
    """Groups hold items and displays do not."""
    kind = item.get("type")
    return has(item, "item") if kind == "group" else kind != "display" or not has(item, "item")


def _distinct_link_ids(questionnaire: Object) -> bool:
    link_ids: list[object] = []
    waiting = list(each(questionnaire, "item"))
    while waiting:
        item = waiting.pop()
        link_ids.append(item.get("linkId"))
        waiting += each(item, "item")
    return distinct(link_ids)


def _is_display(item: Object) -> bool:
    return item.get("type") == "display"


def _initial_count(item: Object) -> bool:
    return item.get("repeats") is True or len(each(item, "initial")) <= 1


CARE = {
    "cpl-3": lambda o: not (has(o, "detail") and has(o, "reference")),
    "con-1": lambda o: has(o, "summary", "assessment"),
    "con-2": lambda o: has(o, "code", "detail"),
    "con-3": lambda o: has(o, "clinicalStatus") or not _needs_clinical_status(o),
    "con-4": lambda o: (
        not has_choice(o, "abatement")
        or has_coding(o.get("clinicalStatus"), CLINICAL, "resolved", "remission", "inactive")
    ),
    "con-5": lambda o: not (_is_entered_in_error(o) and has(o, "clinicalStatus")),
    "ait-2": lambda o: (
        not (
            has_coding(o.get("verificationStatus"), ALLERGY_VERIFICATION, "entered-in-error")
            and has(o, "clinicalStatus")
        )
    ),
    "ppc-1": lambda o: has(o, "policy", "policyRule"),
    "gol-1": lambda o: not has_choice(o, "detail") or has(o, "measure"),
    "grp-1": lambda o: not has(o, "member") or o.get("actual") is True,
    "lst-1": lambda o: not (has(o, "emptyReason") and has(o, "entry")),
    "lst-2": lambda o: o.get("mode") == "changes" or not any(has(e, "deleted") for e in each(o, "entry")),
    "lst-3": lambda o: o.get("mode") == "working" or not any(has(e, "date") for e in each(o, "entry")),
    "obs-3": lambda o: has(o, "low", "high", "text"),
    "obs-6": lambda o: not (has(o, "dataAbsentReason") and has_choice(o, "value")),
    "obs-7": lambda o: not (has_choice(o, "value") and _component_repeats_code(o)),
    "org-1": lambda o: has(o, "identifier", "name"),
    "org-2": lambda o: o.get("use") != "home",
    "org-3": lambda o: o.get("use") != "home",
    "pat-1": lambda o: has(o, "name", "telecom", "address", "organization"),
    "prr-1": lambda o: not has(o, "orderDetail") or has(o, "code"),
    "Task/inv-1": lambda o: in_order(o.get("authoredOn"), o.get("lastModified")),
    "sev-1": lambda o: not (has(o, "name") and has(o, "query")),
    "cmp-1": lambda o: has(o, "text", "entry", "section"),
    "cmp-2": lambda o: not (has(o, "emptyReason") and has(o, "entry")),
    "mea-1": lambda o: all(
        has(s, "code", "description", "criteria") != has(s, "component") for s in below(o, "group", "stratifier")
    ),
    "mrp-1": lambda o: o.get("type") != "data-collection" or not has(o, "group"),
    "mrp-2": lambda o: all(has(s, "value") != has(s, "component") for s in below(o, "group", "stratifier", "stratum")),
}

FORMS = {
    "que-1": _nested_items,
    "que-2": _distinct_link_ids,
    "que-3": lambda o: not (_is_display(o) and has(o, "code")),
    "que-4": lambda o: not (has(o, "answerOption") and has(o, "answerValueSet")),
    "que-5": lambda o: o.get("type") in WITH_ANSWERS or not has(o, "answerOption", "answerValueSet"),
    "que-6": lambda o: not (_is_display(o) and has(o, "required", "repeats")),
    "que-7": lambda o: o.get("operator") != "exists" or has(o, "answerBoolean"),
    "que-8": lambda o: o.get("type") not in ("group", "display") or not has(o, "initial"),
    "que-9": lambda o: not (_is_display(o) and has(o, "readOnly")),
    "que-10": lambda o: o.get("type") in LENGTHS or not has(o, "maxLength"),
    "que-11": lambda o: not (has(o, "answerOption") and has(o, "initial")),
    "que-12": lambda o: len(each(o, "enableWhen")) <= 2 or has(o, "enableBehavior"),
    "que-13": _initial_count,
    "qrs-1": lambda o: not (has(o, "answer") and has(o, "item")),
}
