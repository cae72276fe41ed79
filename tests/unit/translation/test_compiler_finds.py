"""Slips in a mapping file, one in each row: what the compiler says of it, and on which line.

Each row starts from a shipped file that compiles. `near` is a text on the line that must be named (the first line for
what is missing from the whole file).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from acpshare.translation import compile_file, compile_files, shipped_files


class Slip(NamedTuple):
    name: str
    old: str
    new: str
    said: str
    near: str
    form: str = "respect-v3"


HEAD = "# ReSPECT"
NAME_ROW = '  - {item: "1.1", element: person.full_name, as: same, equivalence: equal}\n'
CODES = "codes: {extend-life: extend-life, balance: balance, comfort: comfort}"
DETAILS = '"4.3d", text: Details of modified CPR'
SAID = """      - {values: [unknown], reason: The form has only"""
DISCUSSION = "      - {columns: [explained, accessible_form], reason:"

SLIPS = [
    # elements
    Slip("a misspelt element", "person.full_name", "person.fullname", "did you mean person.full_name", "person.fullname"),
    Slip("an element of the service", "element: person.full_name", "element: record.form", "is kept by the service", "record.form"),
    Slip("a plan element without an outcome", "[awareness]", "[awareness.person_aware]", "plan element awareness.carer_informed has no outcome", ""),
    Slip("an element with two outcomes", "elements: [review]", "elements: [review, person.full_name]", "person.full_name has more than one outcome", ""),
    Slip("a misspelt element in cannot_say", "elements: [awareness]", "elements: [awarenes]", "did you mean awareness", "[awarenes]"),
    Slip("an element of the service in cannot_say", "elements: [awareness]", "elements: [awareness, signatures]", "is kept by the service", "signatures]"),
    Slip("cannot_say without elements", "  - elements: [awareness]\n    reason", "  - reason", "elements is missing", "The form has no boxes for whether"),
    Slip("cannot_say without a reason", "    reason: The form does not ask for the person's gender or telephone.\n", "", "reason is missing", "[person.gender"),
    # items
    Slip("an item without an outcome", NAME_ROW, "", "item 1.1 has no outcome", 'linkId: "1.1"'),
    Slip("an item with two rows", NAME_ROW, NAME_ROW + '  - {item: "1.1", residue: twice}\n', "item 1.1 has more than one row", 'linkId: "1.1"'),
    Slip("a row for an item inside a list", NAME_ROW, NAME_ROW + '  - {item: "8.1", residue: twice}\n', "item 8.1 has more than one row, with that of group 8", 'linkId: "8"'),
    Slip("a row for an item that there is not", 'item: "1.1"', 'item: "1.11"', "there is no item '1.11'", '"1.11"'),
    Slip("a row without an item", 'item: "1.1", ', "", "item is missing", "person.full_name"),
    Slip("the same linkId twice", 'linkId: "3.3"', 'linkId: "3.2"', "linkId 3.2 is used twice", "What I most fear"),
    Slip("the linkId that the service keeps", 'linkId: "1.2"', "linkId: carried", "is kept for what the service carries", "linkId: carried"),
    Slip("an item without a text", "text: What I most fear / wish to avoid, ", "", "text is missing", '"3.3"'),
    Slip("an unknown type", "text: What I most fear / wish to avoid, type: text", "text: x, type: prose", "must be one of: group", "prose"),
    Slip("a mark that is not one", "What I most fear / wish to avoid, type: text, mark: V", "x, type: text, mark: W", "must be one of: V, V2, K, U", "mark: W"),
    Slip("a choice without options", '        options: {"yes": "Yes", "no": "No"}\n      - {linkId: "5.2"', '      - {linkId: "5.2"', "a choice, and only a choice, has options", 'linkId: "5.1"'),
    Slip("a question that repeats", 'type: string, mark: V}\n      - {linkId: "1.3"', 'type: string, repeats: true, mark: V}\n      - {linkId: "1.3"', "only a group or a choice repeats", 'linkId: "1.2"'),
    Slip("a condition that looks ahead", '{item: "4.3", is: [modified]}', '{item: "5.1", is: ["no"]}', "there is no earlier item 5.1", DETAILS),
    Slip("a condition on an answer that there is not", "is: [modified]", "is: [modify]", "modify is not an answer of item 4.3", DETAILS),
    Slip("a condition inside a group that repeats", '"6.3.3", text: Where', '"6.3.3", when: {item: "5.1", is: ["no"]}, text: Where', "a condition may not look into, or stand in", '"6.3.3", when'),
    Slip("a condition on a whole group", '  - linkId: "8p"\n', '  - linkId: "8p"\n    when: {item: "5.1", is: ["no"]}\n', "a group has no condition", 'linkId: "8p"'),
    Slip("a companion that is not asked when its option is chosen", "is: [modified]", "is: [attempt]", "item 4.3d is not asked when modified is chosen", 'items: ["4.3", "4.3d"]'),
    # codes
    Slip("an option without a value", "balance: balance, ", "", "option balance has no value", "codes: {extend-life"),
    Slip("a value without an option", SAID, """      - {values: [], reason: The form has only""", "value unknown has no option", 'codes: {"yes": present'),
    Slip("two options for one value", "balance: balance", "balance: comfort", "balance means comfort too", "balance: comfort"),
    Slip("an option that there is not", "balance: balance, comfort", "balanced: balance, comfort", "there is no option 'balanced'", "balanced: balance"),
    Slip("a value that there is not", "balance: balance, comfort", "balance: balanced, comfort", "there is no value 'balanced'", "balance: balanced"),
    Slip("a value that has an option and cannot be said", "values: [unknown]", "values: [unknown, present]", "value present has an option and stands in cannot_say", 'codes: {"yes": present'),
    Slip("no codes at all", f"    {CODES}\n", "", "codes is missing", 'item: "4.1"\n'),
    # rows
    Slip("a misspelt key", '    into: "2.2"\n    cannot_say', '    in_to: "2.2"\n    cannot_say', "unknown key in_to", "in_to"),
    Slip("a misspelt transform", f"    as: code\n    equivalence: equal\n    {CODES}", f"    as: coded\n    equivalence: equal\n    {CODES}", "must be one of: same", "as: coded"),
    Slip("a transform that does not fit", 'item: "1.3", element: person.birth_date', 'item: "1.3", element: person.gender', "cannot be joined by same", "person.gender, as"),
    Slip("a row without an equivalence", "element: person.full_name, as: same, equivalence: equal", "element: person.full_name, as: same", "equivalence is missing", "person.full_name"),
    Slip("an inequality without its reason", "    equivalence: equivalent\n    why: The date beside the signature in the CPR box is taken as the date of the CPR recommendation.\n", "    equivalence: equivalent\n", "why is missing", 'item: "4.3t"\n'),
    Slip("a safety rule that there is not", "    rule: SR9\n", "    rule: SR19\n", "must be one of: SR1", "SR19"),
    Slip("a safety rule of a row that there is not", "rule: SR6", "rule: SR66", "must be one of: SR1", "SR66"),
    Slip("into an item that is not text", '    into: "2.2"\n    cannot_say', '    into: "1.1"\n    cannot_say', "into must be a text item", 'item: "2.3"\n'),
    Slip("into an item that is not always asked", '    into: "4.2"\n    cannot_say', '    into: "5.2"\n    cannot_say', "into must be a text item that is always asked", 'items: ["4.3"'),
    Slip("a section into an item that there is not", '    rule: SR9\n    into: "4.2"', '    rule: SR9\n    into: "4.22"', "into must be a text item", '"4.22"'),
    Slip("a statement's part that has no place", '    fields: {"4.3d": details}\n', "", "the details of modified has no item", 'items: ["4.3"'),
    Slip("a statement's part that has two places", "{fields: [condition]", "{fields: [condition, details]", "the details has an item and stands in cannot_say", 'items: ["4.3"'),
    Slip("cannot_say of parts that this row has not", "{values: [unknown]", "{fields: [condition], values: [unknown]", "unknown key fields", "fields: [condition], values"),
    Slip("a scale upside down", "low: 0, high: 10", "low: 10, high: 0", "low must be below high", "low: 10"),
    Slip("a scale that is no number", "low: 0, high: 10", "low: nought, high: 10", "low must be a number", "low: nought"),
    # lists, signatures, residue
    Slip("a list column without an outcome", DISCUSSION, "      - {columns: [explained], reason:", "column accessible_form must have one outcome", 'item: "6.3"\n'),
    Slip("a list column with two outcomes", DISCUSSION, "      - {columns: [explained, accessible_form, held_on], reason:", "column held_on must have one outcome", 'item: "6.3"\n'),
    Slip("a misspelt list column", "element: held_on", "element: held_at", "there is no column 'held_at'", "held_at"),
    Slip("an item of a list that is in no column", '      - {item: "8.4", element: other, as: same, equivalence: equal}\n', "", "item 8.4 of the group must be in one column", 'item: "8"\n'),
    Slip("carried text for a single column", "element: held_on, as: same", 'element: held_on, into: "4.2", as: same', "into belongs to the row of the whole list", "element: held_on"),
    Slip("a list over a group that does not repeat", '    type: group\n    repeats: true\n    mark: V\n    items:\n      - {linkId: "8.1"', '    type: group\n    mark: V\n    items:\n      - {linkId: "8.1"', "must be a group that repeats", 'item: "8"\n'),
    Slip("a signature field that is missing", '"8s.1": name, ', "", "fields must name the items of group 8s", "as: signature\n    role: person"),
    Slip("a signature field that there is not", '"8s.1": name', '"8s.1": nam', "there is no field 'nam'", "nam,"),
    Slip("a signature field twice", '"9.3": name', '"9.3": position', "position is given twice", '"9.3": position'),
    Slip("a date field that is no date", '"9.1": date, "9.2": position', '"9.1": position, "9.2": date', "date needs a date item", '"9.2": date'),
    Slip("a place that is not signed by anybody known", "role: reviewer", "role: onlooker", "must be one of: author", "onlooker"),
    Slip("two rows for one place that is signed", "role: reviewer", "role: person", "signature place person has more than one row", ""),
    # the header
    Slip("an id in capitals", "  id: respect-v3", "  id: ReSPECT-v3", "an id is lower case letters", "ReSPECT-v3"),
    Slip("an unknown family", "family: respect", "family: respekt", "must be one of: respect", "respekt"),
    Slip("a header key that is missing", "  publisher: ", "  published_by: ", "publisher is missing", "id: respect-v3"),
    Slip("a header key that is not known", "  publisher: ", "  publishers: ", "unknown key publishers", "publishers"),
    Slip("a release that is no date", 'released: "2026-11-22"', "released: November", "a date is written YYYY-MM-DD", "November"),
    Slip("ages that nobody has", "ages: {from: 0}", "ages: {from: 18, below: 18}", "no age is from the one and below the other", "below: 18"),
    Slip("ages that are no number", "ages: {from: 0}", "ages: {from: birth}", "must be a whole number", "from: birth"),
    # the file
    Slip("a key written twice", "  version: ", '  version: "2.0.0"\n  version: ', "each key may stand once", ""),
    Slip("bad YAML", "items:\n", "items: [\n", "not YAML", ""),
    Slip("an alias", "elements: [places, home]", "elements: &some [places, *some]", "aliases", "*some"),
    Slip("an unknown part of the file", "\nrows:\n", "\nrow:\n", "unknown key row", '  - {item: "1.1", element'),
    # blocked
    Slip("blocked with nothing", "  - element: cpr.decision\n    unless: [do-not-attempt]\n", "  - unless: [do-not-attempt]\n", "blocked names one element", "- unless", "dnacpr-south-central"),
    Slip("blocked without a condition", "    unless: [do-not-attempt]\n", "", "blocked has one of: unless, when_field, any_of", "  - element: cpr.decision\n    rule: SR4", "dnacpr-south-central"),
    Slip("blocked by any of nothing", "any_of: [cpr.reason_text, cpr.reasons]", "any_of: []", "blocked names one element", "any_of: []", "dnacpr-south-central"),
    Slip("blocked unless a value that there is not", "unless: [do-not-attempt]", "unless: [do-not-attemp]", "did you mean do-not-attempt", "unless:", "dnacpr-south-central"),
    Slip("blocked from a family that there is not", "from: [tep, teal]\n    rule: SR2", "from: [tep, tael]\n    rule: SR2", "did you mean teal", "tael", "dnacpr-south-central"),
    Slip("blocked by several elements at once", "  - element: cpr.decision\n", "  - element: cpr.reasons\n", "this must be a single element", "element: cpr.reasons\n    unless", "dnacpr-south-central"),
    Slip("blocked without a rule", "    rule: SR2\n", "", "rule is missing", "any_of: [cpr.reason_text, cpr.reasons]", "dnacpr-south-central"),
]  # fmt: skip


def spoilt(slip: Slip, folder: Path) -> tuple[str, Path]:
    text = shipped_files()[f"mappings/{slip.form}.yaml"].read_text(encoding="utf-8")
    assert slip.old in text, "the row of this table no longer finds what it spoils"
    changed = text.replace(slip.old, slip.new, 1)
    path = folder / f"{slip.form}.yaml"
    path.write_text(changed, encoding="utf-8")
    return changed, path


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_a_slip_is_said_with_its_file_and_line(slip: Slip, tmp_path: Path) -> None:
    text, path = spoilt(slip, tmp_path)
    compiled = compile_file(path, "mine.yaml")
    assert compiled.mapping is None
    places = [issue.expression[0] for issue in compiled.issues if slip.said in issue.diagnostics]
    assert places, [issue.diagnostics for issue in compiled.issues]
    if slip.near:
        line = text[: text.index(slip.near)].count("\n") + 1 + (slip.near[0] == "\n")
        assert [place for place in places if place.split()[0] == f"mine.yaml:{line}"], (places, line)


def test_each_slip_is_one_slip(tmp_path: Path) -> None:
    """A misspelt word is said where it stands; what follows from it may be said too, but nothing of other lines' words."""
    slip = next(slip for slip in SLIPS if slip.name == "a value that there is not")
    issues = compile_file(spoilt(slip, tmp_path)[1], "mine.yaml").issues
    assert len(issues) == 2  # the value that there is not, and the one that now has no option
    assert issues[0].expression[0].split(" ", 1)[1].startswith("rows[13].codes.balance")


def test_all_slips_of_a_file_are_said_at_once(tmp_path: Path) -> None:
    text = shipped_files()["mappings/respect-v3.yaml"].read_text(encoding="utf-8")
    for name in (
        "a misspelt element",
        "an option without a value",
        "two options for one value",
        "ages that nobody has",
    ):
        slip = next(slip for slip in SLIPS if slip.name == name)
        text = text.replace(slip.old, slip.new, 1)
    path = tmp_path / "respect-v3.yaml"
    path.write_text(text, encoding="utf-8")
    said = "\n".join(issue.diagnostics for issue in compile_file(path).issues)
    for part in ("person.full_name", "option balance has no value", "no age is from"):
        assert part in said


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"form: {id: caf\xe9}\n", "not UTF-8"),
        (b"form: \x00\n", "not YAML"),
        (b"- a list\n", "the file must be a mapping"),
        (b"form: {id: [\n", "not YAML"),
        (b"form: &a [*a]\n", "aliases"),
        (b"form: " + b"[" * 200_000 + b"\n", "nested too deeply"),
        (b"form: {}\n---\nform: {}\n", "not YAML"),
        (b"form: text\nitems: text\nrows: text\n", "must be a list"),
    ],
    ids=[
        "empty",
        "comment",
        "latin-1",
        "nul",
        "list",
        "cut off",
        "alias of itself",
        "deep",
        "two documents",
        "no shape",
    ],
)
def test_what_is_no_mapping_at_all_is_said_in_one_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    compiled = compile_file(path)
    assert compiled.mapping is None
    assert said in "\n".join(issue.diagnostics for issue in compiled.issues)


def test_two_files_of_one_form_are_refused_and_both_named() -> None:
    shipped = shipped_files()["mappings/respect-v3.yaml"]
    first, second = compile_files({"one.yaml": shipped, "two.yaml": shipped})
    assert first.mapping is not None
    assert second.mapping is None
    assert second.issues[0].diagnostics == "respect-v3 is described by one.yaml already"
    assert second.issues[0].expression[0].startswith("two.yaml:")


def test_a_scale_of_options_takes_marks_only(tmp_path: Path) -> None:
    text = shipped_files()["mappings/respect-v3.yaml"].read_text(encoding="utf-8")
    options = '{"0": "0", "1": "1", '
    assert options in text
    changed = text.replace(options, '{middle: "0", "1": "1", ')
    path = tmp_path / "respect-v3.yaml"
    path.write_text(changed, encoding="utf-8")
    said = [issue.diagnostics for issue in compile_file(path).issues]
    assert said == ["option middle of item 3.1 is not a mark from 0 to 10"]
