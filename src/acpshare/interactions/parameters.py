"""Parameters that operations are called with. https://hl7.org/fhir/R4/parameters.html"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.interactions import nhs_number
from acpshare.outcome import Invalid, Issue, IssueType, Malformed, error


class Parameters:
    """The parameters of one call, by name; every one is known to the operation and stands once, or may repeat."""

    def __init__(self, resource: JsonObject, known: frozenset[str], repeating: frozenset[str] = frozenset()) -> None:
        self._values: dict[str, JsonObject] = {}
        self._all: dict[str, list[JsonObject]] = {}
        issues: list[Issue] = []
        listed = resource.get("parameter", [])
        if not isinstance(listed, list):
            raise Malformed(error(IssueType.STRUCTURE, "parameter is a list", "Parameters.parameter"))
        for index, entry in enumerate(listed):
            place = f"Parameters.parameter[{index}]"
            name = entry.get("name") if isinstance(entry, dict) else None
            if not isinstance(name, str):
                issues.append(error(IssueType.STRUCTURE, "a parameter is an object with a name", place))
            elif name not in known:
                what = f"the operation takes {', '.join(sorted(known))} and no other parameter"
                issues.append(error(IssueType.NOT_SUPPORTED, what, f"{place}.name", spine="ADDITIONAL_PROPERTIES"))
            elif len([key for key in entry if key.startswith("value") or key in ("resource", "part")]) > 1:
                issues.append(error(IssueType.INVARIANT, f"inv-1: {name} has more than one value", place))
            elif name in self._values and name not in repeating:
                issues.append(error(IssueType.INVALID, f"{name} stands more than once", place))
            else:
                self._values.setdefault(name, entry)
                self._all.setdefault(name, []).append(entry)
        if issues:
            raise Malformed(*issues)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def resource(self, name: str) -> JsonObject | None:
        value = self._values.get(name, {}).get("resource")
        if value is not None and not isinstance(value, dict):
            raise Malformed(error(IssueType.STRUCTURE, f"{name} holds a resource", f"Parameters.{name}.resource"))
        return value

    def text(self, name: str, *types: str) -> str | None:
        """The value of a parameter that is a string of one of these types."""
        if name not in self._values:
            return None
        value = next((self._values[name][type] for type in types if type in self._values[name]), None)
        if not isinstance(value, str) or not value:
            raise Malformed(error(IssueType.VALUE, f"{name} has a {' or '.join(types)}", f"Parameters.{name}"))
        return value

    def each(self, name: str) -> Sequence[JsonObject]:
        """The entries of a parameter that may repeat, as they stand."""
        return self._all.get(name, ())

    def object(self, name: str, type: str) -> JsonObject | None:
        """The value of a parameter that is of a complex type, `valueCoding` say."""
        if name not in self._values:
            return None
        value = self._values[name].get(type)
        if not isinstance(value, dict):
            raise Malformed(error(IssueType.VALUE, f"{name} has a {type}", f"Parameters.{name}"))
        return value

    def boolean(self, name: str) -> bool | None:
        """A boolean, as JSON has it or as a query has it."""
        if name not in self._values:
            return None
        value = self._values[name].get("valueBoolean", self._values[name].get("valueString"))
        known = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
        if not isinstance(known, bool):
            raise Malformed(error(IssueType.VALUE, f"{name} is true or false", f"Parameters.{name}"))
        return known

    def integer(self, name: str) -> int | None:
        """A whole number from 0 on, as JSON has it or as a query has it."""
        if name not in self._values:
            return None
        entry = self._values[name]
        value = next((entry[type] for type in _WHOLE if type in entry), None)
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
            raise Malformed(error(IssueType.VALUE, f"{name} is a whole number, 0 or more", f"Parameters.{name}"))
        return value

    def reference(self, name: str) -> str | None:
        """The reference in a parameter, written as a Reference or as a string."""
        value = self._values.get(name, {}).get("valueReference")
        if isinstance(value, dict) and isinstance(value.get("reference"), str):
            return str(value["reference"])
        return self.text(name, "valueString", "valueUri")

    def nhs_number(self, name: str, *, synthetic_only: bool) -> str | None:
        """The NHS number in a parameter, written as an Identifier or as `system|value`."""
        if name not in self._values:
            return None
        place = f"Parameters.{name}"
        value = self._values[name].get("valueIdentifier")
        if isinstance(value, dict):
            if value.get("system") != nhs_number.SYSTEM or not isinstance(value.get("value"), str):
                reason = f"the identifier has the system {nhs_number.SYSTEM} and a value"
                raise Malformed(error(IssueType.VALUE, reason, place, spine="INVALID_IDENTIFIER_SYSTEM"))
            return nhs_number.checked(value["value"], place, synthetic_only=synthetic_only)
        token = self.text(name, "valueString", "valueUri") or ""
        return nhs_number.from_token(token, place, synthetic_only=synthetic_only)


_WHOLE = ("valueInteger", "valuePositiveInt", "valueUnsignedInt", "valueString")


def read_parameters(
    text: bytes, known: frozenset[str], max_bytes: int, repeating: frozenset[str] = frozenset()
) -> Parameters:
    """The Parameters in a body. Raises Malformed, TooLarge or Invalid."""
    resource = parse(text, max_bytes=max_bytes)
    if resource.get("resourceType") != "Parameters":
        raise Invalid(error(IssueType.STRUCTURE, "a Parameters resource is expected", "resourceType"))
    return Parameters(resource, known, repeating)


def from_query(pairs: Iterable[tuple[str, str]], known: frozenset[str], repeating: frozenset[str]) -> Parameters:
    """The parameters that stand in a query, those of the answer's format left out. Raises Malformed."""
    listed = [{"name": name, "valueString": value} for name, value in pairs if name in known]
    return Parameters({"parameter": listed}, known, repeating)


def parameters(**values: Any) -> JsonObject:
    """A Parameters resource that holds resources by name."""
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": name.rstrip("_"), "resource": value} for name, value in values.items()],
    }
