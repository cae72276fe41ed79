"""Invented people: NHS numbers of the 999 range, given names as England has them, family names that nobody bears."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from string import digits
from typing import Any

import yaml
from stdnum.gb import nhs

MEMORABLE = (
    "9990000018",
    "9990000026",
    "9990000034",
    "9990000042",
    "9990000050",
    "9990000069",
    "9990000077",
    "9990000085",
)
"""Numbers with a situation that is documented: docs/reference/demo-population.md."""

_ELDER = 45
"""From this age on somebody may have grown children."""


@dataclass(frozen=True, slots=True)
class Person:
    number: str
    first: str
    family: str
    birth_date: date
    address: str
    enjoys: str
    kin: str
    rel: str
    kin_phone: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.family}"


def nhs_numbers() -> Iterator[str]:
    """The memorable ones, then valid numbers of the 999 range spread over it."""
    yield from MEMORABLE
    for step in range(1, 100_000):
        stem = f"999{step * 7919 % 1_000_000:06}"
        # One stem in eleven has no check digit.
        number = next((stem + last for last in digits if nhs.is_valid(stem + last)), None)
        if number is not None and number not in MEMORABLE:
            yield number


def person(random: Random, number: str, ages: tuple[int, int], setting: str, decided: date) -> Person:
    """Somebody who is of one of these ages for the whole year up to the decision, so that a form for an age fits."""
    age = random.randint(*ages)
    born = _years_before(decided, age) - timedelta(days=random.randint(1, 300))
    words = _words()
    town, area = random.choice(list(words["towns"].items()))
    street = f"{random.randint(1, 98)} {random.choice(words['streets'])} {random.choice(words['kinds'])}"
    home = f"{random.choice(words['homes'])} care home, " if setting == "care-home" else ""
    child = ages[1] < 18
    relations = words["parents"] if child else words["relations"]
    rel = random.choice(words["younger"] if not child and age < _ELDER else list(relations))
    first = random.choice(words[random.choice(("women", "men"))])
    kin = random.choice([name for name in words[relations[rel]] if name != first])
    family = random.choice(words["family"])
    return Person(
        number,
        first,
        family,
        born,
        f"{home}{street}, {town}, {area}99 9ZZ",
        random.choice(words["enjoyed_by_children" if child else "enjoyed"]),
        f"{kin} {family}",
        rel,
        f"01632 960{random.randint(0, 999):03}",
    )


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files("acpshare.demo").joinpath("people.yaml").read_text(encoding="utf-8"))
    return found


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
