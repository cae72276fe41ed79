"""The HTTP status of a failure, of a request and of each entry of a batch. https://hl7.org/fhir/R4/http.html#2.21.0.4"""

from __future__ import annotations

from http import HTTPStatus

from acpshare.outcome import (
    Conflict,
    Duplicate,
    Failure,
    Forbidden,
    Gone,
    Invalid,
    Malformed,
    MethodNotAllowed,
    MultipleMatches,
    NotAcceptable,
    NotFound,
    Throttled,
    TimedOut,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    VersionConflict,
)

STATUS: dict[type[Failure], HTTPStatus] = {
    Malformed: HTTPStatus.BAD_REQUEST,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Conflict: HTTPStatus.CONFLICT,
    Duplicate: HTTPStatus.CONFLICT,
    Gone: HTTPStatus.GONE,
    VersionConflict: HTTPStatus.PRECONDITION_FAILED,
    MultipleMatches: HTTPStatus.PRECONDITION_FAILED,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TimedOut: HTTPStatus.REQUEST_TIMEOUT,
    Throttled: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Looked up through the failure's ancestors, so `Unsafe` answers as `Invalid` does."""


def status_of(failure: Failure) -> HTTPStatus:
    return next(STATUS[kind] for kind in type(failure).__mro__ if kind in STATUS)
