"""docs/reference/what-each-form-cannot-say.md: every gap of every shipped form, from the mappings themselves."""

from __future__ import annotations

from collections.abc import Iterator

from acpshare.outcome import LedgerOutcome
from acpshare.plan import CATALOGUE
from acpshare.translation import CompiledMapping, load_mappings
from acpshare.translation.rows import CodeRow, CodesRow, ListRow, ResidueRow, Row, SignatureRow, StatementRow, Unsaid

HEADER = """# What each form cannot say

Every shipped edition, and what of a [plan](plan.md) it has no place for. What a plan states of these is never dropped
and never put into another box: it is shown as labelled text, in the item named under *shown in* or, where none is
named, in the response's `carried` item (SR17). Signatures are shown only on the edition that was signed (SR7).

**No mapping has been clinically reviewed.** The marks say how far a form's content is known: V read in the primary
source, V2 in a secondary copy, K general knowledge to be checked, U unverified. To change what is said here,
[change a mapping](../how-to/change-a-mapping.md).
"""


def generate() -> dict[str, str]:
    mappings = load_mappings()
    pages = "".join(edition(mapping) for mapping in mappings.values())
    return {"docs/reference/what-each-form-cannot-say.md": HEADER + pages}


def edition(mapping: CompiledMapping) -> str:
    form = mapping.definition
    known = f"Mark {form.mark.value}; {form.clinical_review}."
    head = f"\n## {form.id}\n\n{form.title}, {form.edition} ({form.publisher}). {known}\n"
    return head + "".join(
        section(title, columns, rows)
        for title, columns, rows in (
            ("No place for", ("elements", "why", "shown in"), list(no_place(mapping))),
            ("A place for part of it", ("element", "cannot say", "why", "shown in"), list(in_part(mapping))),
            ("Not quite the same", ("item", "element", "the element is", "why"), list(not_equal(mapping))),
            ("Only on this form", ("item", "why the plan has no element for it"), list(residue(mapping))),
            ("Not filled at all", ("refused when", "why"), list(blocked(mapping))),
        )
    )


def section(title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    lines = [columns, tuple("---" for _ in columns), *rows]
    return f"\n### {title}\n\n" + "".join("| " + " | ".join(map(cell, line)) + " |\n" for line in lines)


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def with_rule(reason: str, rule: str | None) -> str:
    return f"{reason} ({rule})" if rule else reason


def names(paths: tuple[str, ...]) -> str:
    """The paths, whole groups by their name."""
    groups = {path.partition(".")[0] for path in paths}
    whole = {group for group in groups if {path for path in CATALOGUE if path.partition(".")[0] == group} <= set(paths)}
    shown = dict.fromkeys(group if (group := path.partition(".")[0]) in whole else path for path in paths)
    return ", ".join(f"`{name}`" for name in shown)


def no_place(mapping: CompiledMapping) -> Iterator[tuple[str, ...]]:
    for each in mapping.cannot_say:
        yield names(each.elements), with_rule(each.reason, each.rule), each.into or ""


def in_part(mapping: CompiledMapping) -> Iterator[tuple[str, ...]]:
    for row in mapping.rows:
        for name, why in parts(row):
            yield f"`{row.element}`", f"`{name}`", with_rule(why.reason, why.rule), row.into or ""
        if row.same_jurisdiction:
            reason = "a plan made under another capacity law: its terms are not relabelled (SR16)"
            yield f"`{row.element}`", "", reason, row.into or ""


def parts(row: Row) -> Iterator[tuple[str, Unsaid]]:
    if isinstance(row, CodeRow | CodesRow):
        yield from ((member.value, why) for member, why in row.codes.unsayable.items())
    elif isinstance(row, StatementRow):
        yield from ((member.value, why) for member, why in row.codes.unsayable.items()) if row.codes else ()
        yield from ((member.value, why) for member, why in row.unsayable_kinds.items())
        yield from row.unsayable_fields.items()
    elif isinstance(row, ListRow):
        yield from row.unsayable.items()


def not_equal(mapping: CompiledMapping) -> Iterator[tuple[str, ...]]:
    for row in mapping.rows:
        if not isinstance(row, SignatureRow | ResidueRow) and row.equivalence is not LedgerOutcome.EQUAL:
            yield ", ".join(row.items), f"`{row.element}`", row.equivalence.value, row.why


def residue(mapping: CompiledMapping) -> Iterator[tuple[str, ...]]:
    for row in mapping.rows:
        if isinstance(row, ResidueRow):
            yield f"{row.item.link_id} {row.item.text}", row.reason


def blocked(mapping: CompiledMapping) -> Iterator[tuple[str, ...]]:
    for each in mapping.blocked:
        if each.unless:
            when = f"{names(each.elements)} is not {' or '.join(f'`{value}`' for value in sorted(each.unless))}"
        elif each.when_field:
            when = f"the {each.when_field} of {names(each.elements)} is stated"
        else:
            when = f"nothing is stated in {names(each.elements)}"
        if each.families:
            when += (
                f", and the plan was made on a {' or '.join(family.upper() for family in sorted(each.families))} form"
            )
        yield when, with_rule(each.reason, each.rule)
    ages = mapping.definition.ages
    if ages.start or ages.below is not None:
        limit = f"below {ages.start}" + (f", or {ages.below} and over" if ages.below is not None else "")
        yield f"the person was {limit} when it was decided", "The form is for other ages. (SR15)"
