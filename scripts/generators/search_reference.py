"""docs/reference/search.md: the search parameters of every type, from the definitions that the service runs on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from acpshare.search.parameters import SearchParameter, left_out, parameters_of, types, unsearched_datatypes

HEADER = """# Search parameters

HL7's own parameters of FHIR R4 (4.0.1) for each type that can be searched; how to use them is said in
[search](interactions/search-type.md). Every parameter can be sorted by, but for composites; every one takes `:missing`,
but for composites, `_id` and `_lastUpdated`.

"""
COLUMNS = "| parameter | kind | modifiers | what it finds |\n| --- | --- | --- | --- |\n"


def generate() -> dict[str, str]:
    everywhere = common()
    sections = [HEADER, "## Every type\n\n", COLUMNS, *map(row, everywhere.values()), "\n", not_here()]
    for type in types():
        own = [each for code, each in parameters_of(type).items() if code not in everywhere]
        if own:
            sections += [f"\n## {type}\n\n", COLUMNS, *map(row, own)]
    return {"docs/reference/search.md": "".join(sections)}


def common() -> Mapping[str, SearchParameter]:
    """Those of Resource: they begin with an underscore."""
    return {code: each for code, each in parameters_of("Binary").items() if code.startswith("_")}


def row(parameter: SearchParameter) -> str:
    modifiers = " ".join(f"`:{each}`" for each in parameter.modifiers if each != "missing")
    said = parameter.description.replace("|", "\\|")
    if parameter.targets:
        said += f" ({targets(parameter)})"
    return f"| [`{parameter.code}`]({parameter.url}) | {parameter.kind} | {modifiers} | {said} |\n"


def targets(parameter: SearchParameter) -> str:
    here = [target for target in parameter.targets if target in types()]
    if len(here) == len(types()):
        return "anything"
    return ", ".join(here) or "nothing that is kept here"


def not_here() -> str:
    lines = [*(f"* `{name}`: {why}\n" for name, why in left_out().items()), *unsearched()]
    return "Not supported, of what R4 defines for these types:\n\n" + "".join(lines)


def unsearched() -> Iterator[str]:
    for name, datatypes in unsearched_datatypes().items():
        type, _, code = name.partition(".")
        kind = parameters_of(type)[code].kind
        yield f"* `{name}` where the element is of type {' or '.join(datatypes)}: not what a {kind} is looked for in\n"
