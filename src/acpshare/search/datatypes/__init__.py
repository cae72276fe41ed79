"""What each FHIR datatype is found by: https://hl7.org/fhir/R4/search.html#table"""

from __future__ import annotations

from acpshare.search.datatypes.quantities import quantity
from acpshare.search.datatypes.references import canonical, reference
from acpshare.search.datatypes.strings import postcode, string
from acpshare.search.datatypes.times import time
from acpshare.search.datatypes.tokens import token
from acpshare.search.datatypes.uris import uri
from acpshare.search.found import Emitter
from acpshare.search.paths import Path
from acpshare.search.values import parameter_key


def emitter(type: str, code: str, kind: str, path: Path) -> Emitter:
    """What gathers the values of one path of a parameter, under its numbers."""
    key = parameter_key(type, code)
    if kind == "token":
        return token(path.datatype, key, parameter_key(type, code, ":text"), parameter_key(type, code, ":of-type"))
    if kind == "reference":
        if path.datatype == "Reference":
            return reference(key, parameter_key(type, code, ":identifier"), path)
        return canonical(key)
    if kind == "string" and path.steps[-1].name == "postalCode":
        return postcode(key)
    if kind in ("quantity", "number"):
        return quantity(path.datatype, key)
    return {"string": string, "date": time, "uri": uri}[kind](path.datatype, key)
