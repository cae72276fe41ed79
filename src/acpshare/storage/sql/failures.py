"""What a database refuses, as a Failure that names the kind of error and never a value."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from acpshare.outcome import Conflict, Failure, Invalid, IssueType, Unavailable, error


@contextmanager
def as_failures() -> Iterator[None]:
    """Turn what an engine raises into a Failure. The engine's own words go no further: they quote rows."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, psycopg.Error) as problem:
        raise _failure(problem) from None


def _failure(problem: Exception) -> Failure:
    code = _code(problem)
    origin = problem.orig if isinstance(problem, DBAPIError) else problem
    if isinstance(origin, (sqlite3.IntegrityError, psycopg.IntegrityError)):
        return Conflict(error(IssueType.CONFLICT, f"the database has it already in another way ({code})"))
    if isinstance(origin, (sqlite3.DataError, psycopg.DataError)):
        return Invalid(error(IssueType.VALUE, f"the database cannot hold such a value ({code})"))
    return Unavailable(error(IssueType.TRANSIENT, f"the database did not answer as it should: try again ({code})"))


def _code(problem: Exception) -> str:
    """SQLSTATE or SQLite's error name: says what went wrong and nothing about whom."""
    origin = problem.orig if isinstance(problem, DBAPIError) else problem
    code = getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorname", None)
    return str(code or type(origin).__name__)
