"""The one place that knows concrete classes: settings in, a working service out."""

from __future__ import annotations

import gc
import ipaddress
import signal
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from types import FrameType
from typing import NoReturn
from zoneinfo import ZoneInfo

import uvicorn

from acpshare.api.app import App, create_app
from acpshare.api.authentication import ClientTokens, NoAuthentication
from acpshare.api.pages import Pages
from acpshare.api.wire import Wire
from acpshare.artefacts import all_resources
from acpshare.interactions.components import Clock, Components, Ids
from acpshare.interactions.definitions import publish
from acpshare.interactions.operations.export_house import ExportHouse
from acpshare.observability import log
from acpshare.observability.events import SERVICE_STARTED, SERVICE_STOPPED
from acpshare.settings import Settings
from acpshare.storage import Store
from acpshare.storage.sql import open_store, upgrade
from acpshare.translation import Mappings, load_mappings
from acpshare.web.emergency import render_page, render_search

VERSION = version("acpshare")


class CannotStart(ValueError):
    """The settings do not allow the service to start; the text says what to set."""


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    return str(uuid.uuid4())


def prepared_store(settings: Settings) -> Store:
    """The store that the settings name. A server is left to `db upgrade` and `db reindex`; an SQLite file is made or
    migrated here, and what search does not find yet is indexed.
    """
    url = settings.database_url
    if url.startswith("sqlite"):
        path = url.partition(":///")[2]
        if path and path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        upgrade(url)
    store = open_store(url, base_url=settings.base_url, search_seconds=settings.search_seconds)
    if url.startswith("sqlite"):
        for _ in store.index.reindex():
            """Nothing to be done, but after an upgrade."""
    return store


def build_components(
    settings: Settings,
    *,
    demo: bool,
    store: Store | None = None,
    mappings: Mappings | None = None,
    definitions: Mapping[tuple[str, str], bytes] | None = None,
    clock: Clock = now,
    ids: Ids = new_id,
) -> Components:
    """What the interactions work with; what is not given is the real thing. Raises MappingsInvalid or Unavailable."""
    mappings = mappings or load_mappings(settings.mapping_paths)
    return Components(
        store=store or prepared_store(settings),
        mappings=mappings,
        definitions=all_resources(mappings) if definitions is None else definitions,
        clock=clock,
        ids=ids,
        zone=ZoneInfo(settings.time_zone),
        base_url=settings.base_url,
        version=VERSION,
        synthetic_only=demo,
        require_if_match=settings.require_if_match,
        most_entries=settings.most_bundle_entries,
        most_deletes=settings.most_conditional_deletes,
        ods_code=settings.ods_code,
        practice_setting=settings.practice_setting,
        exports=ExportHouse(settings.export_dir, settings.export_most, timedelta(hours=settings.export_hours)),
        quick_reads=settings.database_url.startswith("sqlite"),
    )


def build_app(settings: Settings, components: Components, *, demo: bool) -> App:
    """The application, with what it publishes in its store. Raises CannotStart where it would be open and must not."""
    clients = None if demo else _clients(settings)
    if demo:
        _loopback_only(settings.host)
    publish(components)
    pages = Pages(
        view=partial(render_page, demo=demo),
        search=lambda error: render_search(demo=demo, error=error),
        static=Path(str(files("acpshare"))) / "web" / "static",
    )
    return create_app(
        components,
        pages=pages,
        clients=clients,
        max_body_bytes=settings.max_body_bytes,
        secure=settings.base_url.startswith("https://"),
    )


def check_start(settings: Settings, *, demo: bool) -> None:
    """Everything that can be said against starting, before any file or database is touched. Raises CannotStart."""
    if demo:
        _loopback_only(settings.host)
    else:
        _clients(settings)


def run(settings: Settings, *, demo: bool, components: Components | None = None) -> None:
    """Answer requests until told to stop. Raises CannotStart, MappingsInvalid or Unavailable before the first."""
    check_start(settings, demo=demo)
    log.configure(settings.log_level)
    components = components or build_components(settings, demo=demo)
    app = build_app(settings, components, demo=demo)
    # The server's own access log prints queries, where NHS numbers are; and its name is nobody's business.
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_keep_alive=30,
        http=Wire,
        timeout_graceful_shutdown=20,
    )
    log.write(
        SERVICE_STARTED,
        mode="demo" if demo else "serve",
        version=VERSION,
        forms=len(components.mappings),
        database=settings.database_url.partition(":")[0],
    )
    # The server finishes what it has begun and then sends itself the signal again: so that the store is closed too.
    signal.signal(signal.SIGTERM, _end)
    components.export_worker.start()
    # What was made until now stays for ever: nobody need go through it again and again for what can be thrown away.
    gc.collect()
    gc.freeze()
    try:
        uvicorn.Server(config).run()
    finally:
        components.export_worker.stop()
        components.store.close()
        log.write(SERVICE_STOPPED)


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _clients(settings: Settings) -> ClientTokens:
    if settings.client_tokens_file is None:
        raise CannotStart(
            "acpshare serve does not start without authentication: set ACPSHARE_CLIENT_TOKENS_FILE to a file with one "
            "name:SHA-256-of-a-bearer-token for each client. To look around with synthetic people: acpshare demo."
        )
    try:
        return ClientTokens.load(settings.client_tokens_file)
    except NoAuthentication as refused:
        raise CannotStart(str(refused)) from None


def _loopback_only(host: str) -> None:
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise CannotStart("the demo is open to everybody who can reach it, so it listens on a loopback address only")
