"""Tokens: codes, identifiers, contacts and flags. https://hl7.org/fhir/R4/search.html#token"""

from __future__ import annotations

from typing import Any

from acpshare.search.found import Emitter, Found
from acpshare.search.paths import PRESENT
from acpshare.search.texts import bounded, folded
from acpshare.search.values import StringValue, TokenValue


def token(datatype: str, key: int, text_key: int, of_type_key: int) -> Emitter:
    if datatype == "CodeableConcept":
        return _concept(key, text_key)
    if datatype == "Coding":
        return _coding(key, text_key)
    if datatype == "Identifier":
        return _identifier(key, text_key, of_type_key)
    if datatype == "ContactPoint":
        return _contact(key)
    return _flag(key, datatype) if datatype in ("boolean", PRESENT) else _code(key)


def _code(key: int) -> Emitter:
    def emit(item: Any, found: Found) -> None:
        if isinstance(item, str):
            found.append(TokenValue(key, "", bounded(item)))

    return emit


def _flag(key: int, datatype: str) -> Emitter:
    def boolean(item: Any, found: Found) -> None:
        if isinstance(item, bool):
            found.append(TokenValue(key, "", "true" if item else "false"))

    def present(item: Any, found: Found) -> None:
        """On the resource itself, which has `deceasedBoolean`, `deceasedDateTime` or neither."""
        stated = item.get("deceasedBoolean") is True or isinstance(item.get("deceasedDateTime"), str)
        found.append(TokenValue(key, "", "true" if stated else "false"))

    return boolean if datatype == "boolean" else present


def _coding(key: int, text_key: int) -> Emitter:
    def emit(item: Any, found: Found) -> None:
        if not isinstance(item, dict):
            return
        code = item.get("code")
        found.append(
            TokenValue(key, bounded(item.get("system", "")), bounded(code)) if code else TokenValue(key, "", "")
        )
        if display := item.get("display"):
            found.append(StringValue(text_key, folded(display), bounded(display)))

    return emit


def _concept(key: int, text_key: int) -> Emitter:
    def emit(item: Any, found: Found) -> None:
        if not isinstance(item, dict):
            return
        has_code = False
        for coding in item.get("coding", ()):
            if code := coding.get("code"):
                has_code = True
                found.append(TokenValue(key, bounded(coding.get("system", "")), bounded(code)))
            if display := coding.get("display"):
                found.append(StringValue(text_key, folded(display), bounded(display)))
        if not has_code:
            found.append(TokenValue(key, "", ""))
        if text := item.get("text"):
            found.append(StringValue(text_key, folded(text), bounded(text)))

    return emit


def _identifier(key: int, text_key: int, of_type_key: int) -> Emitter:
    def emit(item: Any, found: Found) -> None:
        if not isinstance(item, dict):
            return
        value = bounded(item.get("value", ""))
        found.append(TokenValue(key, bounded(item.get("system", "")), value))
        type = item.get("type")
        if type is None:
            return
        if text := type.get("text"):
            found.append(StringValue(text_key, folded(text), bounded(text)))
        found.extend(
            TokenValue(of_type_key, bounded(coding.get("system", "")), of_type(code, value))
            for coding in type.get("coding", ())
            if value and (code := coding.get("code"))
        )

    return emit


def of_type(code: str, value: str) -> str:
    """What `:of-type` is compared with, beside the system of the identifier's type."""
    return bounded(f"{code}|{value}")


def _contact(key: int) -> Emitter:
    """A phone number is found by its kind as well as by its use."""

    def emit(item: Any, found: Found) -> None:
        if not isinstance(item, dict):
            return
        value = item.get("value")
        if not value:
            found.append(TokenValue(key, "", ""))
            return
        found.append(TokenValue(key, item.get("system", ""), bounded(value)))
        if use := item.get("use"):
            found.append(TokenValue(key, use, bounded(value)))

    return emit
