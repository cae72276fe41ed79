"""What works at exports: beside the requests of a server, or of several, one job at a time each.

A job is leased; how far it is, is kept with the lease renewed, after its lines are on the disk. A process that is
killed loses nothing but what it wrote since: whoever takes the job over cuts that off and goes on.
"""

from __future__ import annotations

import shutil
import time
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from acpshare.interactions.operations.export_files import Files, Lost, remove
from acpshare.interactions.operations.export_progress import Progress
from acpshare.interactions.operations.export_request import ExportRequest
from acpshare.interactions.operations.export_source import Source
from acpshare.observability.events import EXPORT_COMPLETE, EXPORT_FAILED
from acpshare.observability.log import write
from acpshare.outcome import Unavailable
from acpshare.storage import Job, JobState

if TYPE_CHECKING:
    from acpshare.interactions.components import Components

LEASE = timedelta(seconds=10)
OFTEN = 0.5
"""Seconds after which a worker keeps how far it is."""
PAUSE = 5.0
"""Seconds after which a server looks for jobs that others have left."""


class _NotOurs(Exception):
    """The job was cancelled, or another worker has it now."""


class _Stopped(Exception):
    """The server is about to end."""


class ExportWorker:
    def __init__(self, components: Components) -> None:
        self._components = components
        self._jobs = components.store.jobs
        self._name = str(uuid.uuid4())
        self._ends = Event()
        self._guard = Lock()
        self._again = False
        self._thread: Thread | None = None

    def start(self) -> None:
        """Look for jobs now and from now on, until `stop`: for a server."""
        Thread(target=self._watch, name="export-watch", daemon=True).start()

    def stop(self) -> None:
        """Leave the job, as it is, to whoever comes next."""
        self._ends.set()
        thread = self._thread
        if thread is not None:
            thread.join(10)

    def wake(self) -> None:
        """There may be something to do: one thread does it, and ends when there is no more."""
        with self._guard:
            self._again = True
            if self._thread is None and not self._ends.is_set():
                self._thread = Thread(target=self._run, name="export", daemon=True)
                self._thread.start()

    def folder(self, id: str) -> Path:
        return self._components.exports.folder / id

    def _watch(self) -> None:
        while not self._ends.is_set():
            self.wake()
            self._ends.wait(PAUSE)

    def _run(self) -> None:
        while True:
            with self._guard:
                if not self._again or self._ends.is_set():
                    self._thread = None
                    return
                self._again = False
            try:
                self._work_off()
                self._take_away()
            except Unavailable:  # the database is away: another time
                continue
            except Exception as fault:  # noqa: BLE001  a thread that ends says nothing to anybody
                write(EXPORT_FAILED, exception=type(fault).__name__)

    def _work_off(self) -> None:
        clock = self._components.clock
        while not self._ends.is_set():
            job = self._jobs.claim(self._name, clock(), clock() + LEASE)
            if job is None:
                return
            try:
                _Export(self._components, self.folder(job.id), job, self._ends).run()
            except _NotOurs:
                if self._jobs.get(job.id) is None:
                    remove(self.folder(job.id))
            except _Stopped:
                return
            except Unavailable:
                raise
            except Exception as fault:  # noqa: BLE001  whatever it is, the job must not be tried for ever
                write(EXPORT_FAILED, exception=type(fault).__name__)
                expires = clock() + self._components.exports.kept
                self._jobs.keep(replace(job, state=JobState.FAILED, expires=expires))

    def _take_away(self) -> None:
        """What has expired, and folders that belong to no job."""
        now, known = self._components.clock(), self._jobs.every()
        for job in known:
            if job.expires is not None and job.expires <= now and self._jobs.remove(job.id):
                remove(self.folder(job.id))


class _Export:
    """One job in this worker's hands."""

    def __init__(self, components: Components, folder: Path, job: Job, ends: Event) -> None:
        self._components = components
        self._folder = folder
        self._job = job
        self._ends = ends
        self._request = ExportRequest.load(job.request)
        self._progress = Progress.load(job.progress)
        self._kept = time.monotonic()

    def run(self) -> None:
        try:
            files = Files(self._folder, self._progress.files)
        except Lost:  # another machine's disk, say: everything anew
            shutil.rmtree(self._folder, ignore_errors=True)
            files, self._progress = Files(self._folder), Progress()
        source = self._source()
        while self._progress.portion < self._progress.portions:
            self._step(source, files)
            if time.monotonic() - self._kept > OFTEN:
                self._keep(files, JobState.UNFINISHED)
            if self._ends.is_set():
                self._keep(files, JobState.UNFINISHED)
                raise _Stopped
        self._keep(files, JobState.COMPLETE)
        write(EXPORT_COMPLETE, level=self._request.level, resources=self._progress.seen, files=len(files.listed))

    def _source(self) -> Source:
        cut = self._progress.cut or self._cut()
        source = Source(self._components, self._request, cut)
        if self._progress.cut is None:
            total = self._total(source)
            self._progress = replace(self._progress, cut=cut, portions=source.portions, total=total)
        return source

    def _total(self, source: Source) -> int:
        """How many resources will be looked at; 0 where that is not known, and the figure goes by portions."""
        if self._request.since is not None or self._request.people is not None:
            return 0
        with self._components.store.read() as reading:
            counts = reading.counts().resources
        return sum(counts.get(type, 0) for type in source.types)

    def _cut(self) -> datetime:
        """An instant up to which everything is recorded: no write that bears an earlier one is still under way."""
        now = self._components.clock()
        cut = now.replace(microsecond=now.microsecond // 1000 * 1000)  # as the manifest has it
        begun = time.monotonic()
        while not self._components.store.jobs.settled(time.monotonic() - begun):
            if self._ends.wait(0.1):
                raise _Stopped
            if time.monotonic() - self._kept > OFTEN:
                self._renew(self._job)
        return cut

    def _step(self, source: Source, files: Files) -> None:
        with self._components.store.read() as reading:
            page = source.page(reading, self._progress.place)
        self._progress = self._progress.after(page, files)

    def _keep(self, files: Files, state: JobState) -> None:
        files.sync()
        self._progress = replace(self._progress, files=tuple(files.listed))
        expires = self._components.clock() + self._components.exports.kept if state is JobState.COMPLETE else None
        self._renew(replace(self._job, progress=self._progress.dump(), state=state, expires=expires))

    def _renew(self, job: Job) -> None:
        until = None if self._ends.is_set() else self._components.clock() + LEASE
        self._job = replace(job, leased_until=until)
        if not self._components.store.jobs.keep(self._job):
            raise _NotOurs
        self._kept = time.monotonic()
