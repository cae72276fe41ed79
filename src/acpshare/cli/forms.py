"""`acpshare forms`: the form editions that are known, whether a definition is sound, and the beginning of a new one."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acpshare.cli.ending import Ending
from acpshare.cli.surroundings import known_forms, no_such_files, settings
from acpshare.outcome import Invalid, IssueType, error

if TYPE_CHECKING:
    from acpshare.forms import FormDefinition, Item

group = typer.Typer(help="The form editions, shipped and local.", no_args_is_help=True)

FORM_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_ID = 30
"""Two ids and `-to-` make a StructureMap's id, of at most 64 characters."""
FAMILIES = ("respect", "tep", "teal", "dnacpr")


@group.command("list")
def list_forms() -> None:
    """List every edition: shipped ones, and those in ACPSHARE_MAPPING_PATHS."""
    from acpshare.cli.screen import output, show_table

    definitions = [mapping.definition for mapping in known_forms().values()]
    columns = ("form", "family", "title", "edition", "jurisdiction", "mark", "file")
    show_table(
        output(), columns, ((d.id, d.family, d.title, d.edition, d.jurisdiction, d.mark, d.file) for d in definitions)
    )


@group.command()
def show(form: Annotated[str, typer.Argument(help="The edition's id, as `forms list` has it.")]) -> None:
    """Show one edition: its items as printed, and where each goes in the plan."""
    from acpshare.cli.screen import output, show_table

    mappings = known_forms()
    mapping = mappings.get(form)
    if mapping is None:
        raise no_such_form(form, mappings)
    console = output()
    show_table(console, ("", ""), _about(mapping.definition))
    typer.echo()
    rows = []
    for depth, item in _tree(mapping.definition.items):
        row = mapping.row_of.get(item.link_id)
        element = "" if row is None else row.element
        rows.append((f"{'  ' * depth}{item.link_id}", item.text, _type(item), element, item.mark.value))
    show_table(console, ("item", "text", "type", "element", "mark"), rows)
    typer.echo()
    gaps = ((path, each.into or "carried", each.reason) for path, each in mapping.why_not.items())
    show_table(console, ("no place for", "shown in", "why"), gaps)


def no_such_form(form: str, known: object) -> Invalid:
    names = ", ".join(known) if hasattr(known, "__iter__") else ""
    return Invalid(error(IssueType.NOT_FOUND, f"there is no such form; known are {names}", form))


def _about(definition: FormDefinition) -> list[tuple[str, str]]:
    ages = definition.ages
    below = "" if ages.below is None else f", below {ages.below}"
    return [
        ("title", definition.title),
        ("edition", definition.edition),
        ("publisher", definition.publisher),
        ("jurisdiction", definition.jurisdiction),
        ("ages", f"from {ages.start}{below}"),
        ("source", f"{definition.source} ({definition.mark})"),
        ("wording", definition.wording),
        ("clinical review", definition.clinical_review),
        ("canonical", f"{definition.url}|{definition.version}"),
        ("file", definition.file),
    ]


def _tree(items: tuple[Item, ...], depth: int = 0) -> list[tuple[int, Item]]:
    found: list[tuple[int, Item]] = []
    for item in items:
        found += [(depth, item), *_tree(item.items, depth + 1)]
    return found


def _type(item: Item) -> str:
    options = ": " + " | ".join(option.display for option in item.options) if item.options else ""
    return f"{item.type}{' (repeats)' if item.repeats else ''}{options}"


@group.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Mapping files, or folders of them. Without any: the shipped and all local ones."),
    ] = None,
) -> None:
    """Compile every definition and list all problems of all files, each with its file, line and path."""
    from acpshare.cli.screen import counted, errors, output, show_issues
    from acpshare.translation import compile_files, mapping_files, shipped_files

    chosen = tuple(paths or settings().mapping_paths)
    if missing := no_such_files(chosen):
        raise Invalid(*missing)
    found = mapping_files(chosen)
    if chosen and not found:
        raise Invalid(error(IssueType.NOT_FOUND, "there is no .yaml file here", *(str(path) for path in chosen)))
    given = {path.resolve() for path in found.values()}
    # The shipped ones too: a local form may not take the id of one of them.
    shipped = {name: path for name, path in shipped_files().items() if path.resolve() not in given}
    compiled = compile_files({**shipped, **found})
    issues = [issue for each in compiled for issue in each.issues]
    if issues:
        show_issues(output(), issues)
        wrong = sum(bool(each.issues) for each in compiled)
        errors().print(f"{counted(len(issues), 'problem')} in {counted(wrong, 'file')}")
        raise typer.Exit(Ending.BAD_INPUT)
    sound = [each.mapping for each in compiled if each.mapping and (each.file in found or not paths)]
    typer.echo(f"{counted(len(sound), 'form')} sound: {', '.join(sorted(each.id for each in sound))}")


@group.command()
def new(
    id: Annotated[str, typer.Argument(help="The new form's id: small letters, digits and hyphens.")],
    family: Annotated[str, typer.Option(help="respect, tep, teal or dnacpr.")] = "dnacpr",
) -> None:
    """Begin a local form: write ID.yaml here, from a template to be finished with the printed form beside you."""
    faults = []
    if not FORM_ID.fullmatch(id) or len(id) > LONGEST_ID:
        what = f"an id has small letters, digits and hyphens between them, and at most {LONGEST_ID} characters"
        faults.append(error(IssueType.VALUE, what, "ID"))
    if family not in FAMILIES:
        faults.append(error(IssueType.VALUE, f"the families are {', '.join(FAMILIES)}", "--family"))
    if faults:
        raise Invalid(*faults)
    template = files("acpshare.translation").joinpath("template.yaml").read_text(encoding="utf-8")
    text = template.replace("FORM-ID", id).replace("family: dnacpr  ", f"family: {family:<8}", 1)
    target = Path(f"{id}.yaml")
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Invalid(
            error(IssueType.DUPLICATE, "the file is there already; nothing was written", str(target))
        ) from None
    typer.echo(f"{target} is begun. What is still open: acpshare forms check {target}")
