"""Compiling finds every seeded mutation: a row, an element, an option or a column lost or renamed in any shipped form.

What no compiler can find is two options that mean each other's values: each is a sound code table. Where the options bear
the values' own names that is checked here; the others are held by the golden cases.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from acpshare.translation import compile_file, shipped_files

FILES = shipped_files()
Document = dict[str, Any]


def document(name: str) -> Document:
    """The file as text values, nothing turned into a number or a date."""
    loaded: Document = yaml.load(FILES[name].read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    return loaded


def mutations(of: Document) -> Iterator[tuple[str, Document]]:
    """Every single mutation of the kinds that a slip of the hand makes, with its name."""
    yield from _of_rows(of)
    yield from _of_cannot_say(of)
    for place, (path, items) in enumerate(_lists(of["items"], ())):
        for index, item in enumerate(items):
            if item["type"] == "display":  # what nobody answers may be there or not
                continue
            changed = copy.deepcopy(of)
            _list_at(changed["items"], path).pop(index)
            yield f"items[{place}/{index}] {item['linkId']} taken out", changed


def _of_rows(of: Document) -> Iterator[tuple[str, Document]]:
    for index, row in enumerate(of["rows"]):
        name = f"row {index} ({row.get('element') or row.get('role') or 'residue'})"
        changed = copy.deepcopy(of)
        changed["rows"].pop(index)
        yield f"{name} taken out", changed
        for key in ("element", "as", "role"):
            if key in row:
                changed = copy.deepcopy(of)
                changed["rows"][index][key] += "x"
                yield f"{name}: {key} renamed", changed
        for option in row.get("codes", {}):
            for what, codes in _spoilt_codes(row["codes"], option):
                changed = copy.deepcopy(of)
                changed["rows"][index]["codes"] = codes
                yield f"{name}: option {option} {what}", changed
        yield from _of_parts(of, index, name)


def _of_parts(of: Document, index: int, name: str) -> Iterator[tuple[str, Document]]:
    row = of["rows"][index]
    for link in row.get("fields", {}):
        changed = copy.deepcopy(of)
        del changed["rows"][index]["fields"][link]
        yield f"{name}: field {link} taken out", changed
    for place in range(len(row.get("columns", ()))):
        changed = copy.deepcopy(of)
        changed["rows"][index]["columns"].pop(place)
        yield f"{name}: column {place} taken out", changed
    for place, said in enumerate(row.get("cannot_say", ())):
        for key in {"values", "fields", "columns"} & said.keys():
            for part in said[key]:
                changed = copy.deepcopy(of)
                changed["rows"][index]["cannot_say"][place][key].remove(part)
                if not _needless(row, key, part):
                    yield f"{name}: {part} taken out of cannot_say", changed


def _needless(row: Document, key: str, part: str) -> bool:
    """A part of a kind that the row cannot say anyway may be listed or not: nothing depends on it."""
    sayable = {row.get("kind"), *row.get("codes", {}).values()}
    of_kind = {"details": "modified", "condition": "do-not-attempt", "date": "by-date", "because": "stated"}
    return key == "fields" and of_kind[part] not in sayable


def _spoilt_codes(codes: dict[str, str], option: str) -> Iterator[tuple[str, dict[str, str]]]:
    yield "taken out", {key: value for key, value in codes.items() if key != option}
    yield "renamed", {(f"{key}-x" if key == option else key): value for key, value in codes.items()}
    others = [value for key, value in codes.items() if key != option and value not in ("", "null")]
    if others:
        yield "given another's value", {**codes, option: others[0]}


def _of_cannot_say(of: Document) -> Iterator[tuple[str, Document]]:
    for index, entry in enumerate(of["cannot_say"]):
        for element in entry["elements"]:
            changed = copy.deepcopy(of)
            changed["cannot_say"][index]["elements"].remove(element)
            yield f"cannot_say {element} taken out", changed
            changed = copy.deepcopy(of)
            elements = changed["cannot_say"][index]["elements"]
            elements[elements.index(element)] = f"{element}x"
            yield f"cannot_say {element} renamed", changed
    for index in range(len(of.get("blocked", ()))):
        for key in ("element", "unless", "any_of", "rule", "reason"):
            if key in of["blocked"][index]:
                changed = copy.deepcopy(of)
                del changed["blocked"][index][key]
                yield f"blocked {index}: {key} taken out", changed


def _lists(items: list[Document], path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], list[Document]]]:
    yield path, items
    for index, item in enumerate(items):
        if "items" in item:
            yield from _lists(item["items"], (*path, index))


def _list_at(items: list[Document], path: tuple[int, ...]) -> list[Document]:
    for index in path:
        items = items[index]["items"]
    return items


def dumped(of: Document) -> str:
    return yaml.dump(of, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False).replace(": 'null'", ": null")


@pytest.mark.parametrize("name", FILES)
def test_every_single_mutation_of_a_shipped_form_is_found(name: str, tmp_path: Path) -> None:
    whole = document(name)
    path = tmp_path / "form.yaml"
    path.write_text(dumped(whole), encoding="utf-8")
    assert compile_file(path).issues == ()  # the unspoilt file, written by the same hand
    passed = []
    tried = 0
    for what, spoilt in mutations(whole):
        path.write_text(dumped(spoilt), encoding="utf-8")
        tried += 1
        if compile_file(path).mapping is not None:
            passed.append(what)
    assert passed == []
    assert tried > 60


TURNED_ROUND = {
    "condition.may_be_last_year: yes means no",
    "condition.may_be_last_year: no means yes",
}
"""The form asks whether one would be surprised; the plan says whether it may be the last year."""


@pytest.mark.parametrize("name", FILES)
def test_an_option_with_the_name_of_a_value_means_that_value(name: str) -> None:
    swapped = {
        f"{row['element']}: {option} means {value}"
        for row in document(name)["rows"]
        for option, value in row.get("codes", {}).items()
        if option != value and option in row["codes"].values()
    }
    assert swapped == (TURNED_ROUND if name == "mappings/tep-devon.yaml" else set())
