"""Changing a resource by saying what changes: JSON Patch and FHIRPath Patch, each making a new resource or nothing.

https://hl7.org/fhir/R4/http.html#patch
"""

from acpshare.fhir.patch.fhirpath_patch import fhirpath_patch
from acpshare.fhir.patch.json_patch import json_patch

__all__ = ["fhirpath_patch", "json_patch"]
