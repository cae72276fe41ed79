"""The application: FastAPI's, with the routes of the registry and every refusal in FHIR's words."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException

from acpshare.api.authentication import ClientTokens
from acpshare.api.contract import contract
from acpshare.api.door import House
from acpshare.api.edge import Edge
from acpshare.api.emergency import EmergencyDoor
from acpshare.api.errors import on_failure, on_router_refusal
from acpshare.api.pages import Pages, page_routes
from acpshare.api.routes import build_routes
from acpshare.api.start import openapi_handler, start_handler
from acpshare.interactions.components import Components
from acpshare.outcome import Failure

App = FastAPI
"""For those who hold the application without knowing the framework."""


def create_app(
    components: Components,
    *,
    pages: Pages,
    clients: ClientTokens | None = None,
    max_body_bytes: int = 5_000_000,
    secure: bool = False,
) -> FastAPI:
    """The service as an ASGI application. Without `clients` it is open to everybody: for the demo only."""
    house = House(components, clients, max_body_bytes)
    app = FastAPI(
        title="acpshare",
        version=components.version,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={Failure: on_failure, HTTPException: on_router_refusal},
        # Its spans hold the query, where NHS numbers are.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    extra = {"openapi": openapi_handler(), "start": start_handler()}
    app.router.routes.append(build_routes(house, EmergencyDoor(house, pages.view), extra))
    app.router.routes.extend(page_routes(house, pages))
    app.add_middleware(Edge, request_ids=components.ids, secure=secure)

    def openapi() -> dict[str, Any]:
        return contract(components.version)

    app.openapi = openapi  # type: ignore[method-assign]
    app.state.components = components
    return app
