"""Whether a person's Patient bears a label of confidentiality, asked in the statement that reads what is to be shown.

It looks for the label's system in the stored text itself, so that no index can be behind: whether the record is then
restricted, whoever shows it finds out. https://hl7.org/fhir/R4/security-labels.html
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ScalarSelect, String, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement, FromClause
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from acpshare.fhir.restricted import CONFIDENTIALITY, ESCAPE
from acpshare.storage.sql.tables import resource, resource_version

_PATIENT = literal_column("'Patient'", String())
_LABEL, _ESCAPE = CONFIDENTIALITY.encode().hex(), ESCAPE.hex()


class _Labelled(FunctionElement[bool]):
    """Whether a text names the system of the labels, or may do so in escapes."""

    inherit_cache = True
    type = Boolean()


@compiles(_Labelled)
def _by_instr(element: _Labelled, compiler: SQLCompiler, **how: Any) -> str:
    text = compiler.process(element.clauses, **how)
    return f"(instr({text}, x'{_LABEL}') > 0 OR instr({text}, x'{_ESCAPE}') > 0)"


@compiles(_Labelled, "postgresql")
def _by_position(element: _Labelled, compiler: SQLCompiler, **how: Any) -> str:
    text = compiler.process(element.clauses, **how)
    named, escaped = (f"pg_catalog.position({text}, decode('{part}', 'hex')) > 0" for part in (_LABEL, _ESCAPE))
    return f"({named} OR {escaped})"


def labelled(person: ColumnElement[str]) -> ScalarSelect[Any]:
    """Of the person in whose compartment something lies: null where there is no Patient, or a deleted one.

    Two looks by key: that way round no planner can read the versions that are past.
    """
    current, version = resource.alias(), resource_version.alias()
    number = select(current.c.version_id).where(*_of(current, person)).correlate_except(current).scalar_subquery()
    text = select(_Labelled(version.c.text)).where(*_of(version, person), version.c.version_id == number)
    return text.correlate_except(version).scalar_subquery()


def _of(table: FromClause, person: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
    return table.c.person == person, table.c.type == _PATIENT, table.c.id == person
