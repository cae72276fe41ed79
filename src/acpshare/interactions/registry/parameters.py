"""Query parameters and headers that several interactions share. https://hl7.org/fhir/R4/http.html#parameters"""

from __future__ import annotations

from acpshare.interactions.registry.model import Parameter

FORMAT = Parameter("_format", "the format of the answer, instead of `Accept`", "json")
PRETTY = Parameter("_pretty", "`true`: indented, for people to read", "true")
SUMMARY = Parameter("_summary", "`true`, `text`, `data`, `count` or `false`: only that part of each resource", "true")
ELEMENTS = Parameter("_elements", "only these elements of each resource, and what is mandatory", "id,status")
COUNT = Parameter("_count", "how many entries a page has, 1,000 at the most", "20")
SINCE = Parameter("_since", "only versions from this instant on", "2026-01-01T00:00:00Z")
CURSOR = Parameter("_cursor", "where a page begins: taken from a link that the service gave")
MODE = Parameter("mode", "`full` or `normative`: the same here", "full")

IF_NONE_MATCH = Parameter(
    "If-None-Match", "the ETag that the client already has: 304 if it is still so", 'W/"1"', where="header"
)
IF_MODIFIED_SINCE = Parameter(
    "If-Modified-Since",
    "304 if nothing was recorded since",
    "Sun, 22 Nov 2026 12:00:00 GMT",
    where="header",
)
IF_MATCH = Parameter(
    "If-Match", "the ETag of the version that is to be replaced: 412 if another is current", 'W/"1"', where="header"
)
CREATE_ONLY = Parameter("If-None-Match", "`*`: 412 if there is such a resource already", "*", where="header")
IF_NONE_EXIST = Parameter(
    "If-None-Exist",
    "a search, such as `identifier=system|value`: record only what is not here yet, else answer with it",
    where="header",
)
RETURN = Parameter(
    "Prefer",
    "`return=representation`, `return=minimal` or `return=OperationOutcome`",
    "return=representation",
    where="header",
)
HANDLING = Parameter(
    "Prefer",
    "`handling=lenient`: warn of parameters that are not known instead of refusing them",
    "handling=strict",
    where="header",
)

SHOWN = (FORMAT, PRETTY)
"""How any answer is written."""
PARTS = (*SHOWN, SUMMARY, ELEMENTS)
"""How much of a resource is shown, too."""
