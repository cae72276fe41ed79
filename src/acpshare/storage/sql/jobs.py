"""Jobs in a database: each call a transaction of its own. https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    Row,
    String,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from acpshare.storage.jobs import Job, Jobs, JobState
from acpshare.storage.sql.tables import KEY, METADATA, Instant

export_job = Table(
    "export_job",
    METADATA,
    Column("id", KEY, primary_key=True),
    Column("client", String, nullable=False),
    Column("requested", Instant, nullable=False),
    Column("request", LargeBinary, nullable=False),
    Column("progress", LargeBinary, nullable=False),
    Column("state", String, nullable=False),
    Column("expires", Instant),
    Column("worker", String),
    Column("leased_until", Instant),
    comment="Exports that were asked for: how far each is, and which process is at it until when",
)
_OLDEST_FIRST = (export_job.c.requested, export_job.c.id)
_UNFINISHED = export_job.c.state == JobState.UNFINISHED.value
_LONG_ENOUGH = 1.0
"""Seconds between the moment that a write takes for its own and its first statement, at the very most."""
_LONGEST_WRITE = 60.0
"""A transaction that has written nothing by then is a reader: a backup, say. It is not waited for."""
_STILL_WRITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND backend_type = 'client backend' AND xact_start <= clock_timestamp() - make_interval(secs => :since) "
    "AND (backend_xid IS NOT NULL OR :since < :longest)"
)


class SqlJobs(Jobs):
    """`begun` begins a write and commits at its end; `looking` is for what only looks."""

    def __init__(
        self,
        begun: Callable[[], AbstractContextManager[Connection]],
        looking: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._begun = begun
        self._looking = looking

    def add(self, job: Job, most: int) -> bool:
        with self._begun() as connection:
            if connection.dialect.name == "postgresql":  # else two at once would each find room for the last
                connection.execute(text("LOCK TABLE export_job IN SHARE ROW EXCLUSIVE MODE"))
            count = connection.execute(select(func.count()).select_from(export_job).where(_UNFINISHED)).scalar_one()
            if count >= most:
                return False
            connection.execute(insert(export_job).values(_values(job)))
            return True

    def get(self, id: str) -> Job | None:
        with self._looking() as connection:
            row = connection.execute(select(export_job).where(export_job.c.id == id)).first()
            return None if row is None else _job(row)

    def every(self) -> Sequence[Job]:
        with self._looking() as connection:
            return [_job(row) for row in connection.execute(select(export_job).order_by(*_OLDEST_FIRST))]

    def claim(self, worker: str, now: datetime, until: datetime) -> Job | None:
        free = or_(export_job.c.leased_until.is_(None), export_job.c.leased_until <= now)
        oldest = select(export_job).where(_UNFINISHED, free).order_by(*_OLDEST_FIRST).limit(1)
        with self._begun() as connection:
            row = connection.execute(oldest.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            mine = {"worker": worker, "leased_until": until}
            connection.execute(update(export_job).where(export_job.c.id == row.id).values(mine))
            return replace(_job(row), worker=worker, leased_until=until)

    def keep(self, job: Job) -> bool:
        mine = (export_job.c.id == job.id, export_job.c.worker == job.worker)
        with self._begun() as connection:
            return connection.execute(update(export_job).where(*mine).values(_values(job))).rowcount == 1

    def remove(self, id: str) -> bool:
        with self._begun() as connection:
            return connection.execute(delete(export_job).where(export_job.c.id == id)).rowcount == 1

    def settled(self, since: float) -> bool:
        with self._begun() as connection:
            if connection.dialect.name == "sqlite":  # this was its turn to write: nobody else is at it
                return True
            if since < _LONG_ENOUGH:
                return False
            key = {"since": since, "longest": _LONGEST_WRITE}
            return int(connection.execute(_STILL_WRITING, key).scalar_one()) == 0


def _values(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "client": job.client,
        "requested": job.requested,
        "request": job.request,
        "progress": job.progress,
        "state": job.state.value,
        "expires": job.expires,
        "worker": job.worker,
        "leased_until": job.leased_until,
    }


def _job(row: Row[*tuple[Any, ...]]) -> Job:
    id, client, requested, request, progress, state, expires, worker, leased_until = row
    return Job(id, client, requested, request, progress, JobState(state), expires, worker, leased_until)
