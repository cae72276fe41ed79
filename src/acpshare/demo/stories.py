"""The clinical stories that people's forms are told from: `vignettes.yaml`, read and told of one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from acpshare.demo.people import Person

WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an advance decision refuses. Without circumstances it applies in all of them."""

    text: str
    cpr: bool
    circumstances: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """`cpr` is attempt, do-not-attempt, modified, or None where it was not decided. Texts may hold {first}, {kin}."""

    id: str
    stands: int
    """For how many days after the decision the story stays true."""
    ages: tuple[int, int]
    setting: str
    diagnosis: str
    condition: str
    prognosis: str
    values: str
    fears: str
    scale: int
    focus: str
    guidance: str
    goals: str
    person_talk: str
    family_talk: str
    treatments: Mapping[str, str]
    tier: str
    appropriate: str
    inappropriate: str
    last_year: bool
    capacity: str
    cpr: str | None = None
    reason: str | None = None
    short: str | None = None
    modified: str | None = None
    basis: str | None = None
    learning_disability: bool = False
    refuses: Refusal | None = None

    @property
    def of_a_child(self) -> bool:
        return self.ages[1] < 18

    def told_of(self, person: Person) -> Story:
        """The same story with the person's own names in it."""
        kin = person.kin.partition(" ")[0]
        words = {"first": person.first, "kin": kin, "rel": person.rel, "hobby": person.enjoys}
        texts = ("values", "fears", "condition", "guidance", "goals", "reason", "person_talk", "family_talk", "basis")
        told: dict[str, Any] = {name: _told(getattr(self, name), words) for name in texts}
        return replace(self, **told)


def _told(text: str | None, words: Mapping[str, str]) -> str | None:
    return None if text is None else text.format_map(words)


def story(random: Random, id: str) -> Story:
    """One story, with a choice made where it has several tellings."""
    found = dict(_stories()[id])
    found.pop(WORSE, None)
    for name in ("condition", "values", "fears"):
        found[name] = random.choice(found[name])
    found["ages"] = tuple(found["ages"])
    if "refuses" in found:
        found["refuses"] = Refusal(**found["refuses"])
    return Story(**found)


def retold(random: Random, before: Story) -> Story:
    """The same story at a later conversation: what matters most may have changed."""
    again = _stories()[before.id]
    return replace(before, values=random.choice(again["values"]), fears=random.choice(again["fears"]))


def turned(before: Story) -> Story:
    """The same person's story after a turn for the worse, which changed what was decided."""
    return replace(before, **_stories()[before.id][WORSE])


@cache
def _stories() -> Mapping[str, Mapping[str, Any]]:
    text = files("acpshare.demo").joinpath("vignettes.yaml").read_text(encoding="utf-8")
    return {each["id"]: each for each in yaml.safe_load(text)}


def of_adults(cpr: str | None = None) -> tuple[str, ...]:
    """Stories of adults, all or those with this CPR decision."""
    return tuple(id for id, each in _stories().items() if each["ages"][1] >= 18 and cpr in (None, each.get("cpr")))


def that_turn() -> tuple[str, ...]:
    return tuple(id for id, each in _stories().items() if WORSE in each)
