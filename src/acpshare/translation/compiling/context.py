"""What every row compiler needs: the form, its items by linkId, and where problems go."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from acpshare.forms import FormDefinition, Item, ItemType
from acpshare.outcome import SAFETY_RULES
from acpshare.translation.compiling.source import Node, Problems, Section

RULES = tuple(SAFETY_RULES)


@dataclass(frozen=True, slots=True)
class Context:
    """One file being compiled."""

    definition: FormDefinition
    problems: Problems
    items: Mapping[str, Item]

    def place(self, section: Section) -> str:
        return f"{self.definition.file}:{section.node.line}"

    def item(self, link_id: str, node: Node) -> Item | None:
        item = self.items.get(link_id)
        if item is None:
            self.problems.add(node, unknown("item", link_id, self.items))
        return item

    def named_items(self, section: Section) -> list[Item]:
        """The items that a row names with `item` or `items`."""
        named = (*section.texts("item"), *section.texts("items"))
        return [item for text, node in named if (item := self.item(text, node)) is not None]

    def single_item(self, section: Section) -> Item | None:
        if not section.has("item"):
            self.problems.add(section.node, "item is missing")
            return None
        found = self.named_items(section)
        return found[0] if found else None

    def fields(self, section: Section, known: Iterable[str]) -> dict[str, Item]:
        """`fields: {linkId: name}` as items by name."""
        names = tuple(known)
        found: dict[str, Item] = {}
        for link_id, node in section.pairs("fields"):
            item = self.item(link_id, node)
            name = node.value if isinstance(node.value, str) else ""
            if name not in names:
                self.problems.add(node, unknown("field", name, names))
            elif name in found:
                self.problems.add(node, f"{name} is given twice: the row could not be reversed")
            elif item is not None:
                self._expect_field(name, item, node)
                found[name] = item
        return found

    def _expect_field(self, name: str, item: Item, node: Node) -> None:
        wanted = {"date": (ItemType.DATE,), "time": (ItemType.TIME,)}.get(name, (ItemType.STRING, ItemType.TEXT))
        if item.type not in wanted:
            types = " or ".join(each.value for each in wanted)
            self.problems.add(node, f"{name} needs a {types} item, and {item.link_id} is a {item.type.value}")


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A sentence about a name that is not known, with the nearest that are."""
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"there is no {what} {name!r}" + (f"; did you mean {' or '.join(near)}?" if near else "")
