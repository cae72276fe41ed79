"""A mapping file as text with places: every value knows its line and path, and is exactly the text that was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from acpshare.outcome import Issue, IssueType, error


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML value: text (never turned into a number, date or boolean), a sequence, a mapping, or nothing."""

    value: str | list[Node] | dict[str, Node] | None
    line: int
    path: str


@dataclass(slots=True)
class Problems:
    """Everything found wrong in one file."""

    file: str
    issues: list[Issue] = field(default_factory=list)

    def add(self, node: Node, what: str) -> None:
        found = error(IssueType.INVALID, what, f"{self.file}:{node.line} {node.path}".rstrip())
        if found not in self.issues:
            self.issues.append(found)


DEEPEST = 30
"""More levels than any mapping has; far fewer than the composer, which recurses in C, could bear."""


def parse(path: Path, problems: Problems) -> Node | None:
    """The file's root mapping, or None with a problem where it is not YAML or not a mapping."""
    start = Node(None, 1, "")
    try:
        text = path.read_text(encoding="utf-8")
        if not _is_plain(text, problems):
            return None
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except UnicodeDecodeError:
        problems.add(start, "the file is not UTF-8 text")
        return None
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark
        problems.add(Node(None, mark.line + 1 if mark else 1, ""), f"not YAML: {fault.problem or fault.context}")
        return None
    except yaml.YAMLError:
        problems.add(start, "not YAML: it holds a character that YAML does not allow")
        return None
    if root is None:
        problems.add(start, "the file is empty")
        return None
    node = _node(root, "", problems)
    if not isinstance(node.value, dict):
        problems.add(node, "the file must be a mapping with form, items, rows, cannot_say and, where needed, blocked")
        return None
    return node


def _is_plain(text: str, problems: Problems) -> bool:
    """Whether the file is a tree of reasonable depth: no alias, so that each value stands where it is read."""
    depth, found = 0, len(problems.issues)
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        mark = event.start_mark
        place = Node(None, mark.line + 1 if mark else 1, "")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            problems.add(place, "aliases (&name, *name) are not used here: write the value out")
        if depth > DEEPEST:
            problems.add(place, "nested too deeply")
            break
    return len(problems.issues) == found


def _node(of: yaml.Node, path: str, problems: Problems) -> Node:
    line = of.start_mark.line + 1
    if isinstance(of, yaml.ScalarNode):
        absent = of.tag == "tag:yaml.org,2002:null" and not of.style
        return Node(None if absent else of.value, line, path)
    if isinstance(of, yaml.SequenceNode):
        return Node([_node(each, f"{path}[{index}]", problems) for index, each in enumerate(of.value)], line, path)
    entries: dict[str, Node] = {}
    for key, value in of.value:
        name = str(key.value)
        here = f"{path}.{name}" if path else name
        if name in entries:
            problems.add(Node(None, key.start_mark.line + 1, here), "written twice; each key may stand once")
        entries[name] = _node(value, here, problems)
    return Node(entries, line, path)


class Section:
    """Reads one mapping of the file by key, noting what is missing, of the wrong shape, or not understood."""

    def __init__(self, node: Node, problems: Problems) -> None:
        self.node = node
        self.problems = problems
        self._entries = node.value if isinstance(node.value, dict) else {}
        self._read: set[str] = set()
        if not isinstance(node.value, dict):
            problems.add(node, "must be a mapping of keys to values")

    def has(self, key: str) -> bool:
        return key in self._entries

    def get(self, key: str) -> Node | None:
        self._read.add(key)
        return self._entries.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        node = self.get(key)
        if node is None or node.value is None:
            if default is None:
                self.problems.add(node or self.node, f"{key} is missing")
            return default or ""
        if not isinstance(node.value, str) or not node.value.strip():
            self.problems.add(node, "must be text")
            return default or ""
        return node.value

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value and value not in allowed:
            self.problems.add(self._entries[key], f"must be one of: {', '.join(allowed)}")
            return default or allowed[0]
        return value or allowed[0]

    def flag(self, key: str) -> bool:
        return self.one_of(key, ("true", "false"), "false") == "true"

    def number(self, key: str) -> int | None:
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node.value, str) and node.value.isascii() and node.value.isdigit():
            return int(node.value)
        self.problems.add(node, "must be a whole number")
        return None

    def texts(self, key: str) -> tuple[tuple[str, Node], ...]:
        """A list of texts with their places; a single text stands for a list of one."""
        node = self.get(key)
        if node is None:
            return ()
        nodes = node.value if isinstance(node.value, list) else [node]
        found: list[tuple[str, Node]] = []
        for each in nodes:
            if isinstance(each.value, str) and each.value:
                found.append((each.value, each))
            else:
                self.problems.add(each, "must be text")
        return tuple(found)

    def pairs(self, key: str) -> tuple[tuple[str, Node], ...]:
        """The entries of a mapping."""
        node = self.get(key)
        if node is None:
            return ()
        if not isinstance(node.value, dict):
            self.problems.add(node, "must be a mapping")
            return ()
        return tuple(node.value.items())

    def sections(self, key: str) -> Iterator[Section]:
        """The entries of a list of mappings."""
        node = self.get(key)
        if node is None or node.value is None:
            return
        if not isinstance(node.value, list):
            self.problems.add(node, "must be a list")
            return
        for each in node.value:
            yield Section(each, self.problems)

    def finish(self) -> None:
        """Note every key that nobody asked for: a misspelt key must not pass in silence."""
        for name, node in self._entries.items():
            if name not in self._read:
                self.problems.add(node, f"unknown key {name}; known here: {', '.join(sorted(self._read))}")
