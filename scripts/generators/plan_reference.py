"""docs/reference/plan.md: every plan element, from the catalogue itself."""

from __future__ import annotations

from itertools import groupby

from acpshare.plan import CATALOGUE, Element

HEADER = """# The plan

Every element that a plan can hold, by its path. Mappings, FHIR and tests use these paths. *Source* cites the reference
material with its evidence mark (V read in the primary source, V2 in a secondary copy, K general knowledge that a
clinician has to check, U unverified); the code is SNOMED CT's for the element itself, where one is known. An element
that nobody stated is absent. Groups are explained in the [glossary](../../GLOSSARY.md).
"""


def generate() -> dict[str, str]:
    groups = groupby(CATALOGUE.values(), key=lambda element: element.path.partition(".")[0])
    return {"docs/reference/plan.md": HEADER + "".join(table(name, list(elements)) for name, elements in groups)}


def table(name: str, elements: list[Element]) -> str:
    head = f"\n## {name}\n\n| path | element | holds | source | code |\n| --- | --- | --- | --- | --- |\n"
    return head + "".join(row(element) for element in elements)


def row(element: Element) -> str:
    cells = (f"`{element.path}`", element.label, holds(element), element.doc.source, element.doc.code or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def holds(element: Element) -> str:
    """The shape, with the values or the columns where it has such."""
    parts = element.values or tuple(element.columns)
    return element.kind.value + (": " + ", ".join(f"`{part}`" for part in parts) if parts else "")
