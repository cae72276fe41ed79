"""The service on a real socket with a real database, and a client that holds every answer against the contract."""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import uvicorn

from acpshare import bootstrap
from acpshare.api.app import App
from acpshare.api.wire import Wire
from acpshare.artefacts import all_resources
from acpshare.interactions.components import Components
from acpshare.observability import log
from acpshare.settings import Settings
from acpshare.storage import Counts, Store
from acpshare.storage.sql import open_store
from tests.support.forms import MAPPINGS

ROOT = Path(__file__).resolve().parents[2]
BASE = "/fhir/R4"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
NUMBER = "9990000018"
OUTSIDE_TEST_RANGE = "4" + "0" * 8 + "4"
"""Valid by its check digit, and put together here so that no file holds a number that could be somebody's."""
FHIR_JSON = "application/fhir+json"
CONTRACT: dict[str, Any] = json.loads((ROOT / "openapi" / "acpshare.json").read_text(encoding="utf-8"))
_DEFINITIONS = all_resources(MAPPINGS)


@dataclass
class Clock:
    """A moment that only a test moves."""

    now: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Service:
    components: Components
    client: httpx.Client
    clock: Clock
    logs: io.StringIO
    port: int
    app: App

    def log_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.logs.getvalue().splitlines()]

    @property
    def store(self) -> Store:
        return self.components.store

    def counts(self) -> Counts:
        """How much there is, beside what the service publishes."""
        with self.store.read() as reading:
            counts = reading.counts()
        published = Counter(type for type, _ in self.components.definitions)
        return replace(counts, resources={**(Counter(counts.resources) - published)})

    def record(self, form: dict[str, Any], **headers: str) -> httpx.Response:
        return self.post("QuestionnaireResponse", form, **headers)

    def post(self, path: str, body: dict[str, Any] | bytes, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"{BASE}/{path}", content=content, headers={"Content-Type": FHIR_JSON} | named)

    def get(self, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(f"{BASE}/{path}", headers=named)

    def view(self, number: str = NUMBER) -> dict[str, Any]:
        """The compact emergency view."""
        answer = self.get(f"Patient/$emergency-view?identifier={NHS}|{number}", Accept="application/json")
        assert answer.status_code == 200, answer.text
        view: dict[str, Any] = answer.json()
        return view

    def populated(self, form: str, number: str = NUMBER) -> dict[str, Any]:
        """The person's plan as a form, ready to be edited and sent back."""
        answer = self.get(f"Questionnaire/{form}/$populate?identifier={NHS}|{number}")
        assert answer.status_code == 200, answer.text
        response: dict[str, Any] = answer.json()["parameter"][0]["resource"]
        return response | {"status": "completed"}


def issues(answer: httpx.Response) -> list[dict[str, Any]]:
    """The issues of an OperationOutcome, which every refusal is."""
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome"
    found: list[dict[str, Any]] = body["issue"]
    return found


def codes(answer: httpx.Response) -> set[str]:
    """Safety rules and Spine codes of a refusal."""
    return {coding["code"] for issue in issues(answer) for coding in issue.get("details", {}).get("coding", ())}


def check_contract(answer: httpx.Response) -> None:
    """Hold an answer against openapi/acpshare.json: address, status, headers, format and shape."""
    answer.read()
    fixed_first = sorted(CONTRACT["paths"], key=lambda path: path.count("{"))
    found = next((path for path in fixed_first if _pattern(path).fullmatch(answer.request.url.path)), None)
    method = answer.request.method.lower()
    if found is None or method in ("options", "head") or method not in CONTRACT["paths"][found]:
        return
    responses = CONTRACT["paths"][found][method]["responses"]
    assert str(answer.status_code) in responses, f"{method} {found} may not answer {answer.status_code}"
    promised = resolved(responses[str(answer.status_code)], CONTRACT)
    for header in promised.get("headers", ()):
        assert header in answer.headers, f"{method} {found} {answer.status_code} promises {header}"
    if not answer.content:
        return
    media_type = answer.headers["content-type"].partition(";")[0]
    assert media_type in promised["content"], f"{method} {found} {answer.status_code} as {media_type}"
    if media_type.endswith(("/json", "+json")):
        schema = promised["content"][media_type]["schema"] | {"components": CONTRACT["components"]}
        jsonschema.validate(answer.json(), schema)


def resolved(described: dict[str, Any], contract: dict[str, Any]) -> dict[str, Any]:
    """What a reference within the contract leads to."""
    found = contract
    if "$ref" not in described:
        return described
    for part in described["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[a-z]+\\\}", r"[^/]+", re.escape(path)))


@contextlib.contextmanager
def running(database_url: str, *, tokens: Path | None = None, **settings: Any) -> Iterator[Service]:
    """The service, in demo mode unless there is a tokens file."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        chosen = Settings(database_url=database_url, port=port, client_tokens_file=tokens, **settings)
        clock, logs = Clock(), io.StringIO()
        log.configure("debug", logs)
        components = bootstrap.build_components(
            chosen, demo=tokens is None, store=open_store(database_url, base_url=chosen.base_url), mappings=MAPPINGS, definitions=_DEFINITIONS,
            clock=clock,
        )  # fmt: skip
        app = bootstrap.build_app(chosen, components, demo=tokens is None)
        server = uvicorn.Server(uvicorn.Config(app, http=Wire, log_config=None, access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.002)
        hooks = {"response": [check_contract]}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", event_hooks=hooks, timeout=30) as client:
            yield Service(components, client, clock, logs, port, app)
        server.should_exit = True
        thread.join(10)
        components.store.close()


@pytest.fixture
def service(served_sqlite_url: str) -> Iterator[Service]:
    """The demo service on an SQLite database that holds nobody."""
    with running(served_sqlite_url) as started:
        yield started


@pytest.fixture
def service_on_each(served_database_url: str) -> Iterator[Service]:
    """The demo service, once on each database."""
    with running(served_database_url) as started:
        yield started


def golden(form: str, case: str) -> dict[str, Any]:
    """A filled form of the golden cases."""
    text = (ROOT / "tests" / "golden" / form / case / "form.json").read_text(encoding="utf-8")
    filled: dict[str, Any] = json.loads(text)
    return filled


def said(response: dict[str, Any]) -> dict[str, list[Any]]:
    """Every answer by linkId, as JSON values."""
    found: dict[str, list[Any]] = {}
    pending = list(response.get("item", ()))
    while pending:
        item = pending.pop(0)
        if "answer" in item:
            found.setdefault(item["linkId"], []).extend(next(iter(answer.values())) for answer in item["answer"])
        pending = [*item.get("item", ()), *pending]
    return found


def with_answer(response: dict[str, Any], link_id: str, *answers: dict[str, Any], group: str = "") -> dict[str, Any]:
    """The response with one item answered so, or added to its group."""
    copy: dict[str, Any] = json.loads(json.dumps(response))
    for item in _walk(copy):
        if item["linkId"] == link_id:
            item["answer"] = list(answers)
            return copy
    for item in _walk(copy):
        if item["linkId"] == group:
            item.setdefault("item", []).append({"linkId": link_id, "answer": list(answers)})
            return copy
    copy["item"].append({"linkId": group, "item": [{"linkId": link_id, "answer": list(answers)}]})
    return copy


def _walk(response: dict[str, Any]) -> Iterator[dict[str, Any]]:
    pending = list(response.get("item", ()))
    while pending:
        item = pending.pop(0)
        yield item
        pending = [*item.get("item", ()), *pending]


def plan_of(answer: httpx.Response) -> tuple[str, int]:
    """The CarePlan and the version that a recording made, from its Link header."""
    match = re.search(r"/CarePlan/([^/]+)/_history/([0-9]+)>", answer.headers["link"])
    assert match is not None
    return match[1], int(match[2])
