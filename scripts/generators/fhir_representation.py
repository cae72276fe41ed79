"""docs/reference/fhir-representation.md: where each plan element lives in FHIR, from the rows that write it."""

from __future__ import annotations

from acpshare.fhir import systems
from acpshare.fhir.plan.homes import homes
from acpshare.fhir.systems import Snomed

HEADER = """# The plan in FHIR

`to_resources` writes a plan as R4 resources and `from_resources` reads the same plan back; a property test holds the
two together for every element. Each element is read from one home only, which this table names. *plan-element* is the
extension `https://acpshare.example/fhir/StructureDefinition/plan-element`: a `path` of the [plan](plan.md) and its
`value`. The resource that is a part of a plan carries it without a value, which marks it as that part.

| path | element | read from |
| --- | --- | --- |
"""

DERIVED_HEADER = """
## Made from the plan, and never read back

Other systems look for these. A Flag, a Consent or a status that disagrees with the home above is reported as a
contradiction, and nothing is repaired.

| what | made from | when |
| --- | --- | --- |
"""
DERIVED = (
    ("`Consent`, scope `adr`, category `dnr`", "`cpr.decision`", "do not attempt, unconditional"),
    (
        "`Consent`, scope `adr`, category `do-not-attempt-cpr-in-circumstances`, with a modifier extension",
        "`cpr.decision`",
        "do not attempt, in stated circumstances (SR6)",
    ),
    (
        "`Flag` 450475007 or 450476008",
        "`cpr.decision`",
        "unconditional, and the plan is active; never for modified CPR, nor for none recorded",
    ),
    ("`Flag` 1107891000000106", "the form's family", "ReSPECT, and the plan is active"),
    (
        "`status` of CarePlan, Consent and activities, `Goal.lifecycleStatus`",
        "`cancellation`, the instrument's status, the context",
        "always",
    ),
    ("`CarePlan.period.end`", "`cancellation.on`", "when it does not come before the start"),
    ("`CarePlan.author`", "the author's signature, else the senior's, else the organisation", "where there is one"),
    ("`CarePlan.category`", "the form's family", "always; SNOMED beside our own code where the family has a type"),
    ("SNOMED codings beside ours, `display`, `detail.description`, `text`", "what they stand with", "always"),
    (
        "`Patient`",
        "`person`, `communication`, `contacts.gp`, `contacts.gp_practice`",
        "for a person whom the store does not know",
    ),
)

CODES_HEADER = """
## SNOMED CT codes

Marks: V read in a primary source, V2 in a secondary copy. None was checked for being active: do that against the UK
Edition before release.

| code | term | mark | source |
| --- | --- | --- | --- |
"""


def generate() -> dict[str, str]:
    elements = "".join(row(f"`{path}`", element.label, home) for element, path, home in homes())
    derived = "".join(row(*cells) for cells in DERIVED)
    codes = "".join(row(code.code, code.term or "", code.mark.value, code.source) for code in concepts())
    return {
        "docs/reference/fhir-representation.md": HEADER + elements + DERIVED_HEADER + derived + CODES_HEADER + codes
    }


def concepts() -> list[Snomed]:
    named = [value for value in vars(systems).values() if isinstance(value, Snomed)]
    return list(dict.fromkeys([*named, *systems.VALUES.values()]))


def row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
