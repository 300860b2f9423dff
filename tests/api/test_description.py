"""The description is generated from the code and held against real answers."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import get_resolver
from jsonschema import Draft202012Validator

from config.api.openapi import description
from organizations.api.door import ApiView
from tests.api.test_door import get, make_token
from tests.cast import Cast


def api_routes() -> dict[str, type[ApiView]]:
    """Every route under /api/v1/o/<slug>/ by its path below it."""
    found = {}
    for prefix in get_resolver().url_patterns:
        if str(prefix.pattern) != "api/v1/":
            continue
        for room in prefix.url_patterns:
            for route in getattr(room, "url_patterns", []):
                found[str(route.pattern)] = route.callback.view_class
    return found


def test_the_description_is_served_to_anybody() -> None:
    response = Client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.1")


def test_every_route_is_described_and_nothing_else() -> None:
    described = {path.removeprefix("/api/v1/o/{slug}/") for path in description()["paths"] if "{slug}" in path}
    import re

    routed = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path) for path in api_routes()}
    assert described == routed


def test_every_route_is_a_view_of_the_door() -> None:
    assert all(issubclass(view, ApiView) and view.summary and view.answer for view in api_routes().values())


@pytest.mark.parametrize("path", [path for path in api_routes() if "<" not in path])
def test_a_real_answer_is_what_the_description_says(cast: Cast, path: str) -> None:
    response = get(f"/api/v1/o/{cast.a.slug}/{path}", make_token(cast))
    if response.status_code == 405:
        return
    assert response.status_code == 200, response.content
    operation = description()["paths"][f"/api/v1/o/{{slug}}/{path}"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator(schema).validate(response.json())
