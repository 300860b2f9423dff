"""The API's door: what it takes, what it refuses, and in which shape."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from organizations.api.door import token_text
from tests.cast import Cast


def make_token(cast: Cast, role: str = "api_read") -> str:
    with cast.olga.bound(), connection.cursor() as cursor:
        cursor.execute("select sec.new_api_token('test', %s, '1 day')", (role,))
        return token_text(bytes(cursor.fetchone()[0]))


def get(path: str, token: str | None = None, **headers: str):
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return Client(raise_request_exception=False).get(path, headers=headers)


def assert_problem(response, status: int) -> None:
    assert response.status_code == status
    assert response["Content-Type"].startswith("application/problem+json")
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail", "what_to_do", "errors"}
    assert body["status"] == status
    assert body["detail"]


def test_a_token_reads_its_own_organization(cast: Cast) -> None:
    response = get(f"/api/v1/o/{cast.a.slug}/", make_token(cast))
    assert response.status_code == 200
    assert response.json()["id"] == str(cast.a.id)
    assert response["Cache-Control"] == "private, no-store"


def test_each_read_of_a_token_is_noted(cast: Cast) -> None:
    get(f"/api/v1/o/{cast.a.slug}/members/", make_token(cast))
    with cast.olga.bound(), connection.cursor() as cursor:
        cursor.execute("select kind, item ->> 'item' from sec.events(0) where kind like 'read.%%'")
        assert cursor.fetchall() == [("read.api", f"GET /api/v1/o/{cast.a.slug}/members/")]


@pytest.mark.parametrize("token", [None, "", "at_short", "at_" + "A" * 43, "wrong"])
def test_without_a_good_token_it_answers_401_in_one_shape(cast: Cast, token: str | None) -> None:
    response = get(f"/api/v1/o/{cast.a.slug}/", token)
    assert_problem(response, 401)
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_foreign_slug_and_a_missing_one_answer_alike(cast: Cast) -> None:
    token = make_token(cast)
    foreign, missing = get(f"/api/v1/o/{cast.b.slug}/", token), get("/api/v1/o/nobody-here/", token)
    assert_problem(foreign, 404)
    assert foreign.content == missing.content


def test_a_token_ends_with_its_makers_membership(cast: Cast) -> None:
    with cast.alice.bound(), connection.cursor() as cursor:
        cursor.execute("select sec.new_api_token('alice', 'api_read', '1 day')")
        token = token_text(bytes(cursor.fetchone()[0]))
    assert get(f"/api/v1/o/{cast.a.slug}/", token).status_code == 200
    with cast.olga.bound(), connection.cursor() as cursor:
        cursor.execute("select sec.set_membership(%s, 'viewer', '-infinity')", (cast.alice.member_id,))
    assert_problem(get(f"/api/v1/o/{cast.a.slug}/", token), 401)


@pytest.mark.parametrize("query", ["nope=1", "x=%00", "a=1&a=2"])
def test_undeclared_parameters_are_refused_by_name(cast: Cast, query: str) -> None:
    assert_problem(get(f"/api/v1/o/{cast.a.slug}/?{query}", make_token(cast)), 400)


def test_a_wrong_method_and_a_wrong_path_have_the_same_shape(cast: Cast) -> None:
    token = make_token(cast)
    wrong = Client().put(f"/api/v1/o/{cast.a.slug}/", headers={"Authorization": f"Bearer {token}"})
    assert_problem(wrong, 405)
    assert_problem(get("/api/v1/nothing/here"), 404)
