"""Text that is carried for what a form has no place for: in a text item below what was written there, or on its own."""

from __future__ import annotations

from collections.abc import Sequence

HEADING = "[From the plan: this form has no box for what follows. To change it, use a form that has one.]"
END = "[End of what is carried from the plan.]"

BESIDE = "On record beside this plan, and not part of it: "
"""Begins a carried line that tells of other things on record, which are not this plan's: it is no part of an edit."""


def compose(own: str | None, lines: Sequence[str]) -> str | None:
    """The item's text: what was written there, then the carried lines."""
    if not lines:
        return own
    block = "\n".join((HEADING, *(f"- {line}" for line in lines), END))
    return block if own is None else f"{own}\n\n{block}"


def split(text: str | None, lines: Sequence[str]) -> tuple[str | None, bool]:
    """What was written in the item itself, and whether the carried lines were left as they are (or taken out whole)."""
    if text is None or not lines:
        return text, True
    block = compose(None, lines) or ""
    if text == block:
        return None, True
    if text.endswith("\n\n" + block):
        return text.removesuffix("\n\n" + block), True
    return text, HEADING not in text and END not in text


def take_out(text: str) -> tuple[str | None, tuple[str, ...]]:
    """What was written in an item that came without its plan, and what an earlier translation carried there."""
    start = text.find(HEADING)
    if start < 0 or not text.endswith("\n" + END) or text[:start][-2:] not in ("", "\n\n"):
        return text, ()
    block = text[start + len(HEADING) : -len(END)].strip("\n")
    return text[:start].removesuffix("\n\n") or None, tuple(block.removeprefix("- ").split("\n- "))
