"""What a command takes from its surroundings: settings, and the form editions that they name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from acpshare.outcome import Invalid, Issue, IssueType, error

if TYPE_CHECKING:
    from acpshare.settings import Settings
    from acpshare.storage.sql import SqlStore
    from acpshare.translation import Mappings


def settings(**given: object) -> Settings:
    """Settings from the environment, and what the command line says instead. Raises Invalid with every problem."""
    from pydantic import ValidationError

    from acpshare.settings import Settings

    try:
        found = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as faults:
        raise Invalid(*(_issue(tuple(fault["loc"]), fault["msg"]) for fault in faults.errors())) from None
    if missing := no_such_files(found.mapping_paths):
        raise Invalid(*missing)
    return found


def _issue(place: Sequence[int | str], what: str) -> Issue:
    name = f"ACPSHARE_{str(place[0]).upper()}" if place else "settings"
    return error(IssueType.VALUE, what.removeprefix("Value error, "), name)


def no_such_files(paths: Sequence[Path]) -> tuple[Issue, ...]:
    return tuple(
        error(IssueType.NOT_FOUND, "there is no such file or folder", str(path)) for path in paths if not path.exists()
    )


def known_forms(extra: Sequence[Path] = ()) -> Mappings:
    """The shipped editions and all local ones. Raises MappingsInvalid, or Invalid when a path leads nowhere."""
    from acpshare.translation import load_mappings

    if missing := no_such_files(extra):
        raise Invalid(*missing)
    return load_mappings(tuple(dict.fromkeys((*settings().mapping_paths, *extra))))


def existing_store() -> SqlStore:
    """The store of ACPSHARE_DATABASE_URL, which is there already: looking at it never makes one."""
    from acpshare.storage.sql import open_store
    from acpshare.storage.sql.engine import sqlite_file

    given = settings()
    url = given.database_url
    file = sqlite_file(url)
    if file is not None and not file.is_file():
        raise Invalid(error(IssueType.NOT_FOUND, f"there is no database file {file}", "ACPSHARE_DATABASE_URL"))
    return open_store(url, base_url=given.base_url)
