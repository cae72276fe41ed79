"""What "the same form" means: equal but for the named normalisations (docs/reference/mapping-format.md)."""

from __future__ import annotations

from acpshare.forms import FormResponse, ResponseItem
from acpshare.translation import CompiledMapping
from acpshare.translation.carry import END, HEADING
from acpshare.translation.check import is_enabled, said_by
from acpshare.translation.rows.base import Said


def normalised(mapping: CompiledMapping, response: FormResponse) -> dict[str, tuple[ResponseItem, ...]]:
    """The answers by linkId: NHS numbers without spaces, unticked boxes left out, ticked options in order, carried text left out."""
    said = {link: _without_carried(items) for link, items in said_by(mapping, response).items()}
    found: dict[str, tuple[ResponseItem, ...]] = {}
    for row in mapping.rows:
        found.update({link: items for link, items in row.normalise(said).items() if items})
    return found


def _without_carried(items: tuple[ResponseItem, ...]) -> tuple[ResponseItem, ...]:
    if len(items) != 1 or len(items[0].answers) != 1 or HEADING not in items[0].answers[0].value:
        return items
    text = items[0].answers[0].value
    own = text[: text.index(HEADING)].removesuffix("\n\n")
    assert text.endswith(END)
    return (
        ()
        if not own
        else (type(items[0])(items[0].link_id, (type(items[0].answers[0])(items[0].answers[0].type, own),)),)
    )


def differs(mapping: CompiledMapping, *, shown: FormResponse, said: FormResponse, again: FormResponse) -> list[str]:
    """The linkIds in which `again` does not show what was `said`, leaving out items that the edit itself made askable."""
    before, wanted, got = (normalised(mapping, each) for each in (shown, said, again))
    links = sorted({*wanted, *got})
    return [
        link for link in links if wanted.get(link) != got.get(link) and not _newly_asked(mapping, link, before, wanted)
    ]


def _newly_asked(mapping: CompiledMapping, link: str, before: Said, wanted: Said) -> bool:
    item = mapping.items[link]
    return not is_enabled(item, before) and is_enabled(item, wanted) and link not in wanted


def own_text(response: FormResponse) -> str:
    """Every text answer of a response, carried text included."""
    return "\n".join(answer.display or answer.value for item in response.walk() for answer in item.answers) + "\n".join(
        answer.value for item in response.walk() for answer in item.answers
    )
