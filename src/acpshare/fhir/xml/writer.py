"""A resource written as XML: elements in the specification's order, texts and numbers as they are.

https://hl7.org/fhir/R4/xml.html
"""

from __future__ import annotations

import re
from typing import Any, Final

from acpshare.fhir.json_text import JsonObject
from acpshare.fhir.validation.definitions import resource_types
from acpshare.fhir.validation.structure import node
from acpshare.fhir.xml.div import written
from acpshare.fhir.xml.tables import ATTRIBUTE, COMPLEX, FHIR, NARRATIVE, PRIMITIVE, Row, Table, table_of
from acpshare.outcome import Invalid, IssueType, error

_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_SPECIAL: Final = re.compile('[&<>"\t\r\n]')
_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\r": "&#13;", "\n": "&#10;"}
)
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_INDENT: Final = "  "
_NO_FHIR = "the resource is no valid FHIR, or holds what XML has no place for"


def dump(resource: JsonObject, *, pretty: bool = False) -> bytes:
    """The XML of a valid resource. Raises Invalid for one that is not, rather than write it in part."""
    out: list[str] = [_DECLARATION]
    line = "\n" if pretty else ""
    try:
        _resource(resource, out, line, f' xmlns="{FHIR}"')
    except (KeyError, TypeError, AttributeError) as failure:
        raise _refusal(_NO_FHIR) from failure
    text = "".join(out)
    if _FORBIDDEN.search(text) is not None:
        raise _refusal("the resource holds a character that XML cannot")
    return text.encode()


def _refusal(words: str) -> Invalid:
    return Invalid(error(IssueType.STRUCTURE, words))


def _resource(resource: Any, out: list[str], line: str, namespace: str = "") -> None:
    name = resource["resourceType"]
    if name not in resource_types():
        raise KeyError("resourceType")
    _element(name, namespace, resource, table_of(node(name, "")), out, line)


def _element(name: str, attributes: str, value: dict[str, Any], table: Table, out: list[str], line: str) -> None:
    out.append(f"{line}<{name}{attributes}>")
    before = len(out)
    _children(value, table, out, line + _INDENT if line else "")
    if len(out) == before:
        out[-1] = f"{line}<{name}{attributes}/>"
    else:
        out.append(f"{line}</{name}>")


def _children(value: dict[str, Any], table: Table, out: list[str], line: str) -> None:
    for row in _rows(value, table):
        mode = row.mode
        if mode == PRIMITIVE:
            _primitive(row, value.get(row.name), value.get(f"_{row.name}"), out, line)
        elif mode == NARRATIVE:
            out.append(line + written(value[row.name]))
        elif mode != ATTRIBUTE:
            held = value[row.name]
            for item in held if row.repeats else (held,):
                if mode == COMPLEX:
                    _complex(row, item, out, line)
                else:
                    _inline(row, item, out, line)


def _rows(value: dict[str, Any], table: Table) -> list[Row]:
    rows = table.rows
    found = []
    for key in value:
        if key[:1] != "_":
            found.append(rows[key])
        elif rows[key[1:]].mode != PRIMITIVE:
            raise KeyError(key)
        elif key[1:] not in value:
            found.append(rows[key[1:]])
    found.sort(key=_order)
    return found


def _order(row: Row) -> int:
    return row.order


def _primitive(row: Row, value: Any, beside: Any, out: list[str], line: str) -> None:
    if not row.repeats:
        _one_primitive(row, value, beside, out, line)
        return
    values = value if value is not None else [None] * len(beside)
    halves = beside if beside is not None else [None] * len(values)
    if len(values) != len(halves) or type(values) is not list or type(halves) is not list:
        raise TypeError
    for item, half in zip(values, halves, strict=True):
        _one_primitive(row, item, half, out, line)


def _one_primitive(row: Row, value: Any, beside: Any, out: list[str], line: str) -> None:
    attribute = "" if value is None else f' value="{_text(value, row)}"'
    if beside is None:
        if value is None:
            raise TypeError
        out.append(f"{line}<{row.name}{attribute}/>")
        return
    assert row.node is not None  # noqa: S101 - rows of primitives hold the node of Element
    table = table_of(row.node)
    _element(row.name, _attributes(beside, table) + attribute, beside, table, out, line)


def _text(value: Any, row: Row) -> str:
    if row.json == "string":
        return _escaped(value)
    if row.json == "boolean":
        return ("false", "true")[value is True] if type(value) is bool else _escaped(None)
    if type(value) is bool or type(value) is str:
        raise TypeError
    return str(value)


def _escaped(text: Any) -> str:
    if type(text) is not str:
        raise TypeError
    return text if _SPECIAL.search(text) is None else text.translate(_ESCAPES)


def _attributes(value: dict[str, Any], table: Table) -> str:
    return "".join([f' {name}="{_escaped(value[name])}"' for name in table.attributes if name in value])


def _complex(row: Row, value: dict[str, Any], out: list[str], line: str) -> None:
    assert row.node is not None  # noqa: S101 - rows of complex types hold their node
    table = table_of(row.node)
    _element(row.name, _attributes(value, table), value, table, out, line)


def _inline(row: Row, value: dict[str, Any], out: list[str], line: str) -> None:
    out.append(f"{line}<{row.name}>")
    _resource(value, out, line + _INDENT if line else "")
    out.append(f"{line}</{row.name}>")
