"""Resources as XML, both ways and without loss, from the same definitions that JSON is checked against.

Comments and processing instructions outside narrative are no part of a resource and are dropped; whatever else is no
FHIR is refused. https://hl7.org/fhir/R4/xml.html
"""

from acpshare.fhir.xml.reader import parse
from acpshare.fhir.xml.writer import dump

__all__ = ["dump", "parse"]
