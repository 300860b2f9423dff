"""The API's door of the scope: a bearer token bound through the same gate as a person's session."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, ClassVar

import orjson
from django.db import connections, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from organizations import scope
from organizations.api.errors import CONTENT_TYPE, problem
from organizations.api.parameters import Parameter, read_parameters
from organizations.api.schema import ApiSchema
from organizations.roles import API_READERS

PREFIX = "at_"


def token_text(token: bytes) -> str:
    """How a token is shown to people, once."""
    return PREFIX + base64.urlsafe_b64encode(token).rstrip(b"=").decode()


class ApiView(APIView):
    """One route under /api/v1/o/<slug>/. Runs bound and renders bound; rolls back whatever answers 400 or more.

    Subclasses say `answer` (a dataclass, or Page[...] of one), `parameters` and `allowed_roles`, and write
    `get(request, slug, ...)` or `post`; `self.values` holds the typed query parameters.
    """

    allowed_roles: ClassVar[frozenset[str]] = API_READERS
    answer: ClassVar[Any] = None
    body: ClassVar[Any] = None
    parameters: ClassVar[Sequence[Parameter]] = ()
    summary: ClassVar[str] = ""
    schema = ApiSchema()
    values: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        token = _token(request)
        if token is None:
            return _unauthorized("This needs a token.")
        try:
            with scope.api_token(token) as bound:
                return self._bound(bound, request, *args, **kwargs)
        except scope.Denied:
            return _unauthorized("This token is unknown, revoked or has ended.")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Right after content negotiation: the slug is the token's own, the role may do this, the parameters are typed."""
        super().initial(request, *args, **kwargs)
        bound = scope.current()
        if bound.slug != kwargs.get("slug"):
            raise Http404
        if bound.role not in self.allowed_roles:
            self.permission_denied(request, message="This token may only read. Use a token with the role api_write.")
        self.values = read_parameters(request._request.GET, self.parameters)  # noqa: SLF001 -- the plain QueryDict

    def _bound(self, bound: scope.Scope, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, Response):
            response.render()
        if response.status_code >= 400:
            transaction.set_rollback(True, using=scope.ALIAS)
        else:
            with connections[scope.ALIAS].cursor() as cursor:
                cursor.execute(
                    "select sec.note_read('api', %s)", (f"{request.method} {request.get_full_path()}"[:500],)
                )
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _unauthorized(detail: str) -> HttpResponse:
    return HttpResponse(
        orjson.dumps(problem(401, detail, what_to_do="Send a token as Authorization: Bearer at_…")),
        status=401,
        content_type=CONTENT_TYPE,
        headers={"WWW-Authenticate": "Bearer", "Cache-Control": "private, no-store"},
    )


def _token(request: HttpRequest) -> bytes | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value.startswith(PREFIX) or len(value) > 60:
        return None
    text = value.removeprefix(PREFIX)
    try:
        token = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return token if len(token) == 32 else None
