"""From a failure to an answer: one function for a whole request.

https://hl7.org/fhir/R4/http.html#2.21.0.4
"""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.parse import unquote_plus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from acpshare.api.answers import LingeringResponse, resource_response
from acpshare.api.rendering import Rendition, best_effort, dressed
from acpshare.interactions.operation_outcome import operation_outcome
from acpshare.interactions.statuses import status_of
from acpshare.outcome import (
    Failure,
    Issue,
    IssueType,
    Severity,
    Throttled,
    TooLarge,
    Unauthenticated,
    Unavailable,
)

_HEADERS: dict[type[Failure], dict[str, str]] = {
    Unauthenticated: {"WWW-Authenticate": 'Bearer realm="acpshare"'},
    Throttled: {"Retry-After": "5"},
    Unavailable: {"Retry-After": "5"},
}

_FORMAT = re.compile(rb"(?:^|&)_format=([^&]*)")
_ROUTER = {
    404: (IssueType.NOT_FOUND, "there is nothing at this address", "RESOURCE_NOT_FOUND"),
    405: (IssueType.NOT_SUPPORTED, "this address does not take this method", "UNSUPPORTED_SERVICE"),
}


def failure_response(failure: Failure) -> Response:
    """The answer to a request that was refused, with every issue at once."""
    status = status_of(failure)
    headers = next((_HEADERS[kind] for kind in type(failure).__mro__ if kind in _HEADERS), {})
    outcome = operation_outcome(failure.issues)
    if isinstance(failure, TooLarge):
        return LingeringResponse(outcome, status)
    return resource_response(outcome, status, headers=headers)


def crash_response(correlation_id: str) -> Response:
    """The answer to a fault of ours: a fixed sentence, never the exception's text."""
    reason = f"the service failed to answer; please report this with the id {correlation_id}"
    issue = Issue(Severity.FATAL, IssueType.EXCEPTION, reason, spine="INTERNAL_SERVER_ERROR")
    return resource_response(operation_outcome((issue,)), HTTPStatus.INTERNAL_SERVER_ERROR)


async def on_failure(request: Request, failure: Exception) -> Response:
    if not isinstance(failure, Failure):
        raise failure
    response = failure_response(failure)
    return response if isinstance(response, LingeringResponse) else in_the_form_asked_for(request, response)


def in_the_form_asked_for(request: Request, refusal: Response) -> Response:
    """Refusals, too, are written as the client reads; as JSON where what it asked for cannot be told."""
    wanted: Rendition | None = request.scope.get("acpshare.rendition")
    if wanted is None:
        accept = ",".join(request.headers.getlist("accept"))
        format = _FORMAT.search(request.scope["query_string"])
        wanted = best_effort(accept, unquote_plus(format[1].decode("latin-1")) if format else None)
    return dressed(refusal, wanted)


async def on_router_refusal(request: Request, refusal: Exception) -> Response:
    """The router's own refusals, in FHIR's words."""
    if not isinstance(refusal, HTTPException):
        raise refusal
    known = (IssueType.INVALID, "the request was refused", None)
    code, reason, spine = _ROUTER.get(refusal.status_code, known)
    outcome = operation_outcome((Issue(Severity.ERROR, code, reason, spine=spine),))
    response = resource_response(outcome, refusal.status_code, headers=dict(refusal.headers or {}))
    return in_the_form_asked_for(request, response)
