"""Invariants of the datatypes. https://hl7.org/fhir/R4/datatypes.html"""

from __future__ import annotations

import re

from acpshare.fhir.validation.rules.reading import Object, amount, distinct, each, has, has_choice, in_order

UCUM = "http://unitsofmeasure.org"
NOT_WITH_OFFSET = frozenset({"C", "CM", "CD", "CV"})
_PATH = re.compile(
    r"""[^\s.,:;'"/|?!@#$%&*()\[\]{}]{1,64}(\.[^\s.,:;'"/|?!@#$%&*()\[\]{}]{1,64}(\[x\])?(:[^\s.]+)?)*"""
).fullmatch
_SIMPLE_PATH = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*(\[x])?)*").fullmatch
_SLICE_NAME = re.compile(r"[a-zA-Z0-9/\-_\[\]@]+").fullmatch


def _measured(quantity: Object) -> bool:
    """A code where there is a value, and no other system of units."""
    return (has(quantity, "code") or not has(quantity, "value")) and quantity.get("system", UCUM) == UCUM


def _age(age: Object) -> bool:
    value = amount(age)
    return _measured(age) and (value is None or value > 0)


def _count(count: Object) -> bool:
    value = amount(count)
    return _measured(count) and count.get("code", "1") == "1" and (value is None or value == value.to_integral_value())


def _duration(duration: Object) -> bool:
    return not has(duration, "code") or (duration.get("system") == UCUM and has(duration, "value"))


def _range(range_: Object) -> bool:
    low, high = range_.get("low"), range_.get("high")
    if low is None or high is None or low.get("code") != high.get("code"):
        return True
    least, most = amount(low), amount(high)
    return least is None or most is None or least <= most


def _ratio(ratio: Object) -> bool:
    both = has(ratio, "numerator") == has(ratio, "denominator")
    return both and (has(ratio, "numerator") or has(ratio, "extension"))


def _offset(repeat: Object) -> bool:
    return not has(repeat, "offset") or (has(repeat, "when") and NOT_WITH_OFFSET.isdisjoint(each(repeat, "when")))


def _trigger(trigger: Object) -> bool:
    kind = str(trigger.get("type", ""))
    needed = {"named-event": has(trigger, "name"), "periodic": has_choice(trigger, "timing")}
    return needed.get(kind, has(trigger, "data") or not kind.startswith("data-"))


def _cardinality(element: Object) -> bool:
    least, most = element.get("min"), element.get("max")
    return least is None or most is None or most == "*" or least <= int(most)


def _content_reference(element: Object) -> bool:
    if not has(element, "contentReference"):
        return True
    choices = ("defaultValue", "fixed", "pattern", "minValue", "maxValue")
    return not has(element, "type", "example", "maxLength", "binding") and not any(
        has_choice(element, base) for base in choices
    )


def _bindable(element: Object) -> bool:
    types = {kind.get("code") for kind in each(element, "type")} - {None}
    allowed = {"code", "Coding", "CodeableConcept", "Quantity", "string", "uri"}
    return not has(element, "binding") or not types or bool(types & allowed)


def _is_reference(kind: Object) -> bool:
    return kind.get("code") in ("Reference", "canonical")


DATATYPES = {
    "age-1": _age,
    "att-1": lambda o: not has(o, "data") or has(o, "contentType"),
    "cnt-3": _count,
    "cpt-2": lambda o: not has(o, "value") or has(o, "system"),
    "dis-1": _measured,
    "drq-1": lambda o: has(o, "path") != has(o, "searchParam"),
    "drq-2": lambda o: has(o, "path") != has(o, "searchParam"),
    "drt-1": _duration,
    "exp-1": lambda o: has(o, "expression", "reference"),
    "ext-1": lambda o: has(o, "extension") != has_choice(o, "value"),
    "per-1": lambda o: in_order(o.get("start"), o.get("end")),
    "qty-3": lambda o: not has(o, "code") or has(o, "system"),
    "rat-1": _ratio,
    "rng-2": _range,
    "sqty-1": lambda o: not has(o, "comparator"),
    "tim-1": lambda o: not has(o, "duration") or has(o, "durationUnit"),
    "tim-2": lambda o: not has(o, "period") or has(o, "periodUnit"),
    "tim-4": lambda o: o.get("duration", 0) >= 0,
    "tim-5": lambda o: o.get("period", 0) >= 0,
    "tim-6": lambda o: not has(o, "periodMax") or has(o, "period"),
    "tim-7": lambda o: not has(o, "durationMax") or has(o, "duration"),
    "tim-8": lambda o: not has(o, "countMax") or has(o, "count"),
    "tim-9": _offset,
    "tim-10": lambda o: not (has(o, "timeOfDay") and has(o, "when")),
    "trd-1": lambda o: not (has(o, "data") and has_choice(o, "timing")),
    "trd-2": lambda o: not has(o, "condition") or has(o, "data"),
    "trd-3": _trigger,
    "eld-1": lambda o: has(o, "discriminator", "description"),
    "eld-2": _cardinality,
    "eld-4": lambda o: not has(o, "aggregation") or _is_reference(o),
    "eld-5": _content_reference,
    "eld-6": lambda o: not has_choice(o, "fixed") or len(each(o, "type")) <= 1,
    "eld-7": lambda o: not has_choice(o, "pattern") or len(each(o, "type")) <= 1,
    "eld-8": lambda o: not (has_choice(o, "pattern") and has_choice(o, "fixed")),
    "eld-11": _bindable,
    "eld-12": lambda o: str(o.get("valueSet", "http:")).startswith(("http:", "https", "urn:")),
    "eld-13": lambda o: distinct(kind.get("code") for kind in each(o, "type")),
    "eld-14": lambda o: distinct(constraint.get("key") for constraint in each(o, "constraint")),
    "eld-15": lambda o: not (has_choice(o, "defaultValue") and has(o, "meaningWhenMissing")),
    "eld-16": lambda o: "sliceName" not in o or bool(_SLICE_NAME(o["sliceName"])),
    "eld-17": lambda o: not has(o, "targetProfile") or _is_reference(o),
    "eld-18": lambda o: o.get("isModifier") is not True or has(o, "isModifierReason"),
    "eld-19": lambda o: "path" not in o or bool(_PATH(o["path"])),
    "eld-20": lambda o: "path" not in o or bool(_SIMPLE_PATH(o["path"])),
    "eld-21": lambda o: has(o, "expression"),
    "eld-22": lambda o: not has(o, "sliceIsConstraining") or has(o, "sliceName"),
}
