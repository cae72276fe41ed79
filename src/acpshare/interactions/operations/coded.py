"""The concept that a call of a terminology operation is about, however it was said, and the definition that it names.

https://hl7.org/fhir/R4/terminology-service.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from acpshare.interactions.components import Components
from acpshare.interactions.operations.terminology import Concept
from acpshare.interactions.parameters import Parameters
from acpshare.outcome import Invalid, IssueType, Malformed, NotFound, error

URI = ("valueUri", "valueCanonical", "valueUrl", "valueString")
CODE = ("valueCode", "valueString")
TEXT = ("valueString",)


def named(components: Components, type: str, id: str | None, given: Parameters, *, name: str = "url") -> dict[str, Any]:
    """The definition that the address or the parameter names. Raises Malformed or NotFound."""
    url = given.text(name, *URI)
    if id is not None:
        found = components.terminology.by_id(type, id)
        if found is not None and url is not None and url.partition("|")[0] != found["url"]:
            raise Invalid(error(IssueType.VALUE, f"{name} names another {type} than the one addressed", name))
    elif url is None:
        what = f"which {type}? The parameter {name} holds its canonical address"
        raise Malformed(error(IssueType.REQUIRED, what, name, spine="MISSING_VALUE"))
    else:
        version = given.text(f"{type[0].lower()}{type[1:]}Version", *TEXT)
        found = components.terminology.by_url(type, f"{url}|{version}" if version and "|" not in url else url)
    if found is None:
        what = f"no such {type} is published here: GET [base]/{type} lists those that are"
        raise NotFound(error(IssueType.NOT_FOUND, what, name, spine="RESOURCE_NOT_FOUND"))
    return found


def concepts(given: Parameters, *, system: str | None = None) -> Sequence[Concept]:
    """What is asked about: `code` with `system`, a `coding`, or all codings of a `codeableConcept`.

    Exactly one of them; a `system` that the operation implies need not be said. Raises Malformed.
    """
    said = [name for name in ("code", "coding", "codeableConcept") if name in given]
    if len(said) != 1:
        what = "exactly one of code (with system), coding and codeableConcept says what is asked about"
        raise Malformed(error(IssueType.REQUIRED, what, "code", "coding", "codeableConcept", spine="MISSING_VALUE"))
    if said == ["code"]:
        listed: Sequence[Mapping[str, Any]] = (
            {"system": given.text("system", *URI) or system, "code": given.text("code", *CODE)},
        )
    elif said == ["coding"]:
        listed = (given.object("coding", "valueCoding") or {},)
    else:
        codings = (given.object("codeableConcept", "valueCodeableConcept") or {}).get("coding", ())
        listed = [each for each in codings if isinstance(each, dict)] if isinstance(codings, list) else ()
    found = [_concept(each, said[0], system) for each in listed]
    if not found:
        raise Malformed(error(IssueType.REQUIRED, f"{said[0]} holds a coding", said[0], spine="MISSING_VALUE"))
    return found


def _concept(coding: Mapping[str, Any], name: str, implied: str | None) -> Concept:
    system, code, display = coding.get("system", implied), coding.get("code"), coding.get("display")
    if not isinstance(system, str) or not isinstance(code, str) or not code:
        what = "a code is asked about with its system: a code alone means something else in each"
        raise Malformed(error(IssueType.REQUIRED, what, name, "system", spine="MISSING_VALUE"))
    return Concept(system.partition("|")[0], code, display if isinstance(display, str) else None)
