"""Where in a resource the values of a parameter stand: plain steps, made from FHIRPath beforehand.

https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression
"""

from __future__ import annotations

from dataclasses import dataclass

DATATYPES = {
    "token": {"code", "Coding", "CodeableConcept", "Identifier", "ContactPoint", "boolean", "string", "uri", "id"},
    "string": {"string", "markdown", "HumanName", "Address"},
    "date": {"date", "dateTime", "instant", "Period", "Timing"},
    "reference": {"Reference", "canonical", "uri"},
    "quantity": {"Quantity", "Age", "Count", "Distance", "Duration", "Money", "Range", "SampledData"},
    "number": {"decimal", "integer", "positiveInt", "unsignedInt"},
    "uri": {"uri", "url", "canonical", "oid", "uuid"},
}
"""What each kind of parameter is searched in. https://hl7.org/fhir/R4/search.html#table"""

PRESENT = "present"
"""The made-up datatype of `X.exists() and X != false`: a boolean that every resource has."""


@dataclass(frozen=True, slots=True)
class Step:
    """A child element by its JSON name; with a `key`, only where its element of that name has the value."""

    name: str
    key: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """Where values stand and of which datatype they are. `target` keeps references to that type only.

    `system` is the code system that the binding of a `code` implies.
    """

    steps: tuple[Step, ...]
    datatype: str
    target: str = ""
    system: str = ""
