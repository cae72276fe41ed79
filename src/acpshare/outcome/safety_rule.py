"""The safety rules of translation by number: what an Issue's `rule` names, in words, in the one place that has them.

The whole rule, with its sources, is in docs/explanation/safety.md; what each forbids is held by tests/safety/.
"""

from __future__ import annotations

from collections.abc import Mapping

SAFETY_RULES: Mapping[str, str] = {
    "SR1": "A DNACPR decision is about CPR only",
    "SR2": "No CPR decision and no other limit is inferred; contradictions are shown, not repaired",
    "SR3": "No CPR decision recorded is shown as such, and is never stored as a decision for CPR",
    "SR4": "CPR recommended, modified CPR for a child, and a blank form are no DNACPR decision",
    "SR5": "Legal force never changes: no form makes, changes or ends an advance decision",
    "SR6": "A condition goes wherever its decision goes",
    "SR7": "Signatures do not transfer, and are for what was signed",
    "SR8": "Senior endorsement is pending until it is given; the plan stays visible",
    "SR9": "A review date, indefinite and none stated differ; overdue is shown and ends nothing",
    "SR10": "One current plan, by decision date; cancellation and replacement reach every view",
    "SR11": "Discussion, awareness and informing the family are separate facts; their absence needs a reason",
    "SR12": "Capacity is specific to a decision and a time; unknown is never has capacity",
    "SR13": "Reversible causes: no form overrides clinical judgement",
    "SR14": "An imperfect form is not void: a warning never hides a plan",
    "SR15": "Forms for adults are not filled for children, nor those for children for adults",
    "SR16": "Words of one capacity law are not relabelled as another's",
    "SR17": "Nothing is dropped: what a form cannot say is carried, labelled, and listed",
    "SR18": "No decision is written to many people at once",
}
"""The title of every rule, by its code."""
