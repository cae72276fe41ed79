"""Narrative: one XHTML div with formatting only, so that it can be shown without running anything.

https://hl7.org/fhir/R4/narrative.html
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import Any
from xml.parsers import expat

XHTML = "http://www.w3.org/1999/xhtml"
# fmt: off
ELEMENTS = frozenset({
    "p", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "a", "span", "b", "em", "i", "strong", "small", "big",
    "tt", "dfn", "q", "var", "abbr", "acronym", "cite", "blockquote", "hr", "address", "bdo", "kbd", "sub", "sup",
    "ul", "ol", "li", "dl", "dt", "dd", "pre", "table", "caption", "colgroup", "col", "thead", "tr", "tfoot",
    "tbody", "th", "td", "code", "samp", "img", "map", "area",
})
# fmt: on
# fmt: off
ATTRIBUTES = frozenset({
    "title", "style", "class", "id", "lang", "dir", "accesskey", "tabindex", "span", "width", "align", "valign",
    "char", "charoff", "abbr", "axis", "headers", "scope", "rowspan", "colspan", "href", "name", "src", "border",
    "cite", "charset", "type", "hreflang", "rel", "rev", "shape", "coords", "alt", "longdesc", "height", "usemap",
    "ismap", "nohref", "summary", "frame", "rules", "cellspacing", "cellpadding", "nowrap", "compact", "start",
    "value", "bgcolor", "clear", "noshade", "size",
})
# fmt: on
LINKS = frozenset({"href", "src", "cite", "longdesc", "usemap"})
XML_SPACE = frozenset({"http://www.w3.org/XML/1998/namespace lang", "http://www.w3.org/XML/1998/namespace space"})

_DECLARATION = re.compile(r"<[!?](?!--)")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_SCHEME = re.compile(r"[\s\x00-\x20]*([A-Za-z][A-Za-z0-9+.\-]*)\s*:")
_SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel", "ftp", "urn", "cid"})
_ACTIVE_STYLE = re.compile(r"expression\s*\(|javascript:|@import|behaviou?r\s*:|-moz-binding|\\", re.IGNORECASE)


class _Unsafe(Exception):
    """Something that narrative may not hold."""


class _Reader:
    """One pass over a div, keeping only whether there was something to read."""

    def __init__(self) -> None:
        self.depth = 0
        self.has_content = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if namespace != XHTML or local not in ELEMENTS or (self.depth == 0 and local != "div"):
            raise _Unsafe
        if local == "img":
            self.has_content = True
        for attribute, value in attributes.items():
            if not _is_safe_attribute(attribute, value, local):
                raise _Unsafe
        self.depth += 1

    def end(self, _name: str) -> None:
        self.depth -= 1

    def text(self, data: str) -> None:
        if not self.has_content and not data.isspace():
            self.has_content = True


def is_safe(div: Any) -> bool:
    """Whether the text is a narrative div: invariants txt-1 and txt-2."""
    if type(div) is not str or _DECLARATION.search(div):
        return False
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(with_characters(div), True)
    except (expat.ExpatError, _Unsafe, UnicodeError):
        return False
    return reader.has_content


def with_characters(div: str) -> str:
    """The same text with HTML's named characters, which XML does not know, as themselves."""
    return _ENTITY.sub(_character, div) if "&" in div else div


def _character(entity: re.Match[str]) -> str:
    name = entity[1]
    return entity[0] if name in _XML_ENTITIES else html5.get(f"{name};", entity[0])


def _is_safe_attribute(name: str, value: str, element: str) -> bool:
    if name not in ATTRIBUTES:
        return name in XML_SPACE
    if name == "style":
        return _ACTIVE_STYLE.search(value) is None
    if name in LINKS and (scheme := _SCHEME.match(value)):
        word = scheme[1].lower()
        return word in _SAFE_SCHEMES or (word == "data" and element == "img" and "image/" in value[:40].lower())
    return True
