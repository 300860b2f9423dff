"""One error shape for the whole API: RFC 9457 problem details."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from rest_framework import exceptions
from rest_framework.response import Response

from organizations.database_refusals import refusal_of
from organizations.errors import AttestryError

CONTENT_TYPE = "application/problem+json"
MISSING = "This does not exist, or you cannot see it."


def problem(
    status: int, detail: str, *, what_to_do: str = "", errors: list[Mapping[str, str]] | None = None
) -> dict[str, Any]:
    """The body of every answer of 400 or more; `errors` names fields where there are any."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "what_to_do": what_to_do,
        "errors": errors or [],
    }


def answer_error(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Django REST framework's exception handler. None lets Django answer 500, which `ApiErrorsMiddleware` puts in shape."""
    status, detail, what_to_do = _described(error)
    if status is None:
        return None
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    return Response(
        problem(status, detail, what_to_do=what_to_do), status=status, headers=headers, content_type=CONTENT_TYPE
    )


def _described(error: Exception) -> tuple[int | None, str, str]:
    if isinstance(error, AttestryError):
        return error.status, error.message, error.what_to_do
    if isinstance(error, Http404):
        return HTTPStatus.NOT_FOUND, MISSING, ""
    if isinstance(error, PermissionDenied):
        return HTTPStatus.FORBIDDEN, "This token may not do that.", "Use a token with the role api_write."
    if isinstance(error, exceptions.APIException):
        return error.status_code, _sentence(error.detail), ""
    if isinstance(error, ValidationError):
        return HTTPStatus.BAD_REQUEST, " ".join(error.messages), ""
    refusal = refusal_of(error)
    if refusal is not None:
        return refusal.status, refusal.message, refusal.what_to_do
    return None, "", ""


def _sentence(detail: Any) -> str:
    if isinstance(detail, list):
        return " ".join(_sentence(item) for item in detail)
    if isinstance(detail, dict):
        return " ".join(f"{key}: {_sentence(item)}" for key, item in detail.items())
    return str(detail)


class ApiErrorsMiddleware:
    """What Django itself answers under /api/ (no such route, a bad host, a crash) gets the API's shape too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith("/api/") or response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        if response.headers.get("Content-Type", "").startswith(CONTENT_TYPE):
            return response
        status = response.status_code
        detail = MISSING if status == HTTPStatus.NOT_FOUND else "The request could not be answered."
        kept = {name: value for name, value in response.headers.items() if name in {"Allow", "WWW-Authenticate"}}
        kept["Cache-Control"] = "private, no-store"
        return HttpResponse(
            orjson.dumps(problem(status, detail)), status=status, content_type=CONTENT_TYPE, headers=kept
        )
