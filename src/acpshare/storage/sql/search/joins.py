"""Joins that are carried out in the order in which they are written.

SQLite keeps the order of a CROSS JOIN, PostgreSQL that of any written join while `join_collapse_limit` is 1. The
conditions stand in WHERE. https://www.sqlite.org/lang_select.html
https://www.postgresql.org/docs/current/explicit-joins.html
"""

from __future__ import annotations

from itertools import product
from typing import Any

from sqlalchemy import Exists, FromClause, Join, Select, exists, literal_column, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from acpshare.storage.sql.search.values import Condition


class Then(Join):
    """First the rows of the left, then for each of them those of the right."""

    inherit_cache = True

    def __init__(self, left: FromClause, right: FromClause) -> None:
        super().__init__(left, right, true())


@compiles(Then)
def _cross_join(element: Then, compiler: SQLCompiler, **how: Any) -> str:
    how["asfrom"] = True
    linter = how.get("from_linter")
    if linter is not None:
        linter.edges.update(product(element.left._from_objects, element.right._from_objects))  # noqa: SLF001 - as visit_join
    return f"{compiler.process(element.left, **how)} CROSS JOIN {compiler.process(element.right, **how)}"


def there_is(*tables: FromClause, where: tuple[Condition, ...]) -> Exists:
    """A probe. OFFSET keeps PostgreSQL from making a join of it, whose order it would then choose."""
    found = tables[0]
    for table in tables[1:]:
        found = Then(found, table)
    one: Select[*tuple[Any, ...]] = select(literal_column("1")).select_from(found).where(*where)
    return exists(one.offset(literal_column("0")).correlate_except(*tables))
