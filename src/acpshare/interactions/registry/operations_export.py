"""Bulk export: rows of the registry. https://hl7.org/fhir/uv/bulkdata/STU2/export.html"""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.interactions.registry.model import BASE, JSON_TYPES, Interaction, Kind, Parameter

_SPEC = "https://hl7.org/fhir/uv/bulkdata/STU2/export.html"
_EVERYTHING = "system/*.r"
_PREFER = Parameter("Prefer", "`respond-async`; `handling=lenient` passes over a type that is not offered",
                    "respond-async", required=True, where="header")  # fmt: skip
_ASKED = (
    Parameter("_outputFormat", "`application/fhir+ndjson`, `application/ndjson` or `ndjson`", "ndjson"),
    Parameter("_since", "only what was changed after this instant, and what was deleted", "2026-01-01T00:00:00Z"),
    Parameter("_type", "only these resource types, separated by commas", "CarePlan,Consent", repeats=True),
    Parameter(
        "_typeFilter", "`Type?search`: of this type only what is found so", "CarePlan?status=active", repeats=True
    ),
)
_LEVELS = (
    (None, "", "system", "Export everything"),
    ("Patient", "/Patient", "patient", "Export everything about everybody"),
    ("Group", "/Group/{id}", "group", "Export everything about the members of a group"),
)
NDJSON = "application/fhir+ndjson"


def export_operations() -> Iterator[Interaction]:
    for type, path, level, summary in _LEVELS:
        for method in ("GET", "POST"):
            yield Interaction(
                f"export-{level}-{method.lower()}", "export", Kind.OPERATION, method, f"{BASE}{path}/$export",
                _EVERYTHING, "export", _SPEC, summary, (202, 400, 404, 410, 413, 429), type,
                (_PREFER, *_ASKED) if method == "GET" else (_PREFER,),
                body=None if method == "GET" else "Parameters", answer="OperationOutcome", media_types=JSON_TYPES,
            )  # fmt: skip
    yield Interaction(
        "export-status", "export-status", Kind.SERVICE, "GET", f"{BASE}/bulkdata/{{id}}", _EVERYTHING, "export", _SPEC,
        "How an export stands, and its files when it is complete", (200, 202, 404), media_types=JSON_TYPES,
        answer="ExportManifest",
    )  # fmt: skip
    yield Interaction(
        "export-cancel", "export-cancel", Kind.SERVICE, "DELETE", f"{BASE}/bulkdata/{{id}}", _EVERYTHING, "export",
        _SPEC, "Stop an export, or remove its files", (202, 404), answer="OperationOutcome", media_types=JSON_TYPES,
    )  # fmt: skip
    yield Interaction(
        "export-file", "export-file", Kind.SERVICE, "GET", f"{BASE}/bulkdata/{{id}}/{{file}}", _EVERYTHING, "export",
        _SPEC, "One file of an export", (200, 206, 404, 416), media_types=(NDJSON, "application/ndjson"),
    )  # fmt: skip
