"""The API's description, generated from the code on request."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from drf_spectacular.generators import SchemaGenerator


def description() -> dict[str, Any]:
    """OpenAPI 3.1 of every route."""
    generator: Any = SchemaGenerator  # untyped in its package
    found: dict[str, Any] = generator().get_schema(request=None, public=True)
    return found


def openapi(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/openapi.json. Public: it describes routes, not data."""
    return HttpResponse(orjson.dumps(description()), content_type="application/json")
