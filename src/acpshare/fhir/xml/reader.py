"""XML read into the JSON of the same resource, with expat, telling all that is no FHIR at once with line and element.

No document type, so no entity and nothing to fetch; UTF-8 only. The order of elements is not insisted on, as JSON has
none. Narrative is kept to the character. https://hl7.org/fhir/R4/xml.html
"""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn
from xml.parsers import expat

from acpshare.fhir.json_text import MAX_BYTES, MAX_DEPTH, JsonObject
from acpshare.fhir.xml.div import self_contained
from acpshare.fhir.xml.tables import (
    COMPLEX,
    FHIR,
    INLINE,
    NARRATIVE,
    PRIMITIVE,
    RESOURCE,
    XHTML,
    Row,
    resource_rows,
    table_of,
)
from acpshare.fhir.xml.values import WORDS, typed
from acpshare.outcome import Issue, IssueType, Malformed, Severity, TooLarge

_BOM: Final = b"\xef\xbb\xbf"
_SCHEMA_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance "
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}", re.ASCII)
MOST_ISSUES: Final = 1_000


def parse(data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> JsonObject:
    """The resource as it would be in JSON. Raises TooLarge or Malformed, which name places and never quote the text."""
    if len(data) > max_bytes:
        raise TooLarge(_fatal(f"the body is larger than {max_bytes} bytes", IssueType.TOO_LONG))
    data = data.removeprefix(_BOM)
    if not data.strip():
        raise Malformed(_fatal("the body is empty; XML is expected"))
    return _Reader(data, max_depth).read()


def _fatal(words: str, code: IssueType = IssueType.STRUCTURE) -> Issue:
    return Issue(Severity.FATAL, code, words)


class _Enough(Exception):
    """There is more wrong than is listed."""


class _Frame:
    """An element that has begun: what it may hold, and what it holds so far."""

    __slots__ = ("beside", "elements", "object", "row", "value")

    def __init__(self, row: Row, elements: dict[str, Row], object: dict[str, Any]) -> None:
        self.row = row
        self.elements = elements
        self.object = object
        """The members; of a primitive, what stands beside its value."""
        self.value: Any = None


_DOCUMENT: Final = Row("", 0, INLINE)


class _Reader:
    def __init__(self, data: bytes, max_depth: int) -> None:
        self.data = data
        self.max_depth = max_depth
        self.depth = 0
        self.skipped = 0
        """How many elements deep in something that is not read."""
        self.div: int | None = None
        self.div_depth = 0
        self.issues: list[Issue] = []
        self.prefixes: list[tuple[str | None, str]] = []
        self.outer: dict[str | None, str] = {}
        """The namespaces that stood around the div."""
        self.stack = [_Frame(_DOCUMENT, resource_rows(), {})]
        self.parser = expat.ParserCreate("UTF-8", " ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartNamespaceDeclHandler = self.prefix
        self.parser.EndNamespaceDeclHandler = self.end_prefix
        self.parser.StartDoctypeDeclHandler = self.document_type
        self.parser.XmlDeclHandler = self.declaration

    def read(self) -> JsonObject:
        try:
            self.parser.Parse(self.data, True)
        except expat.ExpatError as failure:
            words = f"the XML cannot be read: {expat.ErrorString(failure.code)}"
            raise Malformed(_fatal(f"{words}: line {failure.lineno}, column {failure.offset + 1}")) from None
        except _Enough:
            pass
        if self.issues:
            raise Malformed(*self.issues)
        return dict(self.stack[0].object)

    # --- what the parser tells ---------------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > self.max_depth:
            self.refuse(f"the XML is nested more than {self.max_depth} levels deep", IssueType.TOO_COSTLY)
        if self.div is not None:
            self.div_depth += 1
            return
        if self.skipped:
            self.skipped += 1
            return
        top = self.stack[-1]
        row = top.elements.get(name)
        if row is None:
            self.unknown(name, top)
            self.skipped = 1
        elif row.mode == PRIMITIVE:
            self.primitive(row, attributes)
        elif row.mode == COMPLEX:
            self.complex(row, attributes)
        elif row.mode == NARRATIVE:
            self.div = self.parser.CurrentByteIndex
            self.outer = dict(self.prefixes)
        elif row.mode == INLINE:
            self.known(attributes, (), row)
            self.stack.append(_Frame(row, resource_rows(), {}))
        else:
            self.resource(row, attributes, top)

    def end(self, _name: str) -> None:
        self.depth -= 1
        if self.div is not None:
            self.end_div()
        elif self.skipped:
            self.skipped -= 1
        else:
            frame = self.stack.pop()
            row = frame.row
            if row.mode == PRIMITIVE:
                self.end_primitive(frame)
            elif row.mode == RESOURCE:
                self.stack[-1].object = frame.object
            elif row.mode == INLINE and not frame.object:
                if frame.value is None:
                    self.fault(f"{row.name} must hold one R4 resource in the namespace {FHIR}", row)
            else:
                self.put(row, frame.object, frame)

    def text(self, text: str) -> None:
        if self.div is None and not self.skipped and text.strip(" \t\r\n"):
            self.fault("there is text between the elements; values are in attributes")

    def prefix(self, prefix: str | None, uri: str) -> None:
        self.prefixes.append((prefix, uri))

    def end_prefix(self, _prefix: str | None) -> None:
        self.prefixes.pop()

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() != "utf-8":
            self.refuse("the XML is declared to be in another encoding than UTF-8")

    def document_type(self, *_: object) -> NoReturn:
        self.refuse("a document type is not accepted in FHIR's XML")

    # --- elements ----------------------------------------------------------------------------------------------------

    def resource(self, row: Row, attributes: dict[str, str], top: _Frame) -> None:
        self.known({name: "" for name in attributes if not name.startswith(_SCHEMA_INSTANCE)}, (), row)
        if top.object:
            self.fault(f"{top.row.name} holds one resource, and here is another")
        assert row.node is not None  # noqa: S101 - rows of resources hold their node
        self.stack.append(_Frame(row, table_of(row.node).elements, {"resourceType": row.name}))

    def complex(self, row: Row, attributes: dict[str, str]) -> None:
        assert row.node is not None  # noqa: S101 - rows of complex types hold their node
        table = table_of(row.node)
        self.stack.append(_Frame(row, table.elements, attributes))
        if attributes:
            self.known(attributes, table.attributes, row)

    def primitive(self, row: Row, attributes: dict[str, str]) -> None:
        assert row.node is not None  # noqa: S101 - rows of primitives hold the node of Element
        frame = _Frame(row, table_of(row.node).elements, attributes)
        frame.value = attributes.pop("value", None)
        self.stack.append(frame)
        if attributes:
            self.known(attributes, ("id",), row)

    def end_primitive(self, frame: _Frame) -> None:
        row, value = frame.row, frame.value
        if value is None:
            if not frame.object:
                self.fault(f"{row.name} must have a value, an id or an extension", row)
        elif row.json != "string":
            value = typed(value, row.json)
            if value is None:
                self.fault(f"{row.name} must be {WORDS[row.json]}", row, IssueType.VALUE)
        self.put(row, value, frame)

    def put(self, row: Row, value: Any, frame: _Frame) -> None:
        """Adds what an element holds to the one that it stands in."""
        if row is _DOCUMENT:
            return
        holder = self.stack[-1].object
        beside = frame.object if row.mode == PRIMITIVE and frame.object else None
        name = row.name
        if not row.repeats:
            if name in holder or f"_{name}" in holder:
                self.fault(f"{name} may stand only once", row)
            if value is not None:
                holder[name] = value
            if beside is not None:
                holder[f"_{name}"] = beside
            return
        if row.mode != PRIMITIVE:
            holder.setdefault(name, []).append(value)
            return
        length = max(len(holder.get(name, ())), len(holder.get(f"_{name}", ())))
        for key, half in ((name, value), (f"_{name}", beside)):
            if half is not None or key in holder:  # the half that holds nothing at all is left out, as HL7 does
                items = holder.setdefault(key, [None] * length)
                items.append(half)

    def end_div(self) -> None:
        if self.div_depth:
            self.div_depth -= 1
            return
        assert self.div is not None  # noqa: S101 - called only inside one
        end = self.data.index(b">", self.parser.CurrentByteIndex) + 1
        text = self.data[self.div : end].decode()
        self.div = None
        holder = self.stack[-1].object
        if "div" in holder:
            self.fault("div may stand only once")
        holder["div"] = self_contained(text, self.outer)

    # --- faults ------------------------------------------------------------------------------------------------------

    def known(self, attributes: dict[str, str], allowed: tuple[str, ...], row: Row) -> None:
        for name in [name for name in attributes if name not in allowed]:
            shown = f" {name}" if _NAME.fullmatch(name) else " of this name"
            self.fault(f"{row.name} has no attribute{shown}", row)
            attributes.pop(name)

    def unknown(self, name: str, top: _Frame) -> None:
        namespace, _, local = name.rpartition(" ")
        shown = f" {local}" if _NAME.fullmatch(local) else " of this name"
        if top.row is _DOCUMENT:
            self.fault(f"the XML must be one R4 resource in the namespace {FHIR}")
        elif top.row.mode == INLINE:
            top.value = name
            self.fault(f"{top.row.name} must hold one R4 resource in the namespace {FHIR}")
        elif namespace not in (FHIR, XHTML) or (namespace == XHTML) is not (local == "div"):
            self.fault(f"the element{shown} is not in the namespace {FHIR}")
        else:
            self.fault(f"{top.row.name} has no element{shown} here")

    def fault(self, words: str, row: Row | None = None, code: IssueType = IssueType.STRUCTURE) -> None:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        path = self.path(row)
        self.issues.append(
            Issue(Severity.ERROR, code, f"{words}: line {line}, column {column}", (path,) if path else ())
        )
        if len(self.issues) >= MOST_ISSUES:
            raise _Enough

    def refuse(self, words: str, code: IssueType = IssueType.STRUCTURE) -> NoReturn:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        raise Malformed(_fatal(f"{words}: line {line}, column {column}", code))

    def path(self, row: Row | None) -> str:
        """FHIRPath of the element that is being read, or of `row` in it."""
        parts: list[str] = []
        rows = [frame.row for frame in self.stack[1:]]
        if row is not None and (not rows or rows[-1] is not row):
            rows.append(row)
        for depth, part in enumerate(rows):
            if part.mode == RESOURCE:
                parts += [part.name] if depth == 0 else []
                continue
            held = self.stack[depth].object.get(part.name) if part.repeats else None
            parts.append(f"{part.path_name}[{len(held or ())}]" if part.repeats else part.path_name)
        return ".".join(parts)
