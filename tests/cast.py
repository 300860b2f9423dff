"""The standing cast. Olga owns A, Alice is its security owner, Bob an engineer, Vera the auditor of one engagement of A;
Mallory owns B and is what every isolation test is about."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.conf import settings
from django.db import connections
from django.test import Client

from organizations import scope


@dataclass(frozen=True)
class Person:
    """Somebody with a live session in one organization."""

    name: str
    email: str
    user_id: UUID
    token: bytes
    slug: str
    organization_id: UUID
    member_id: UUID
    role: str
    password: str = field(default="", repr=False)

    @contextmanager
    def bound(self) -> Iterator[scope.Scope]:
        """The scope that this person's request would open; for an auditor on the auditor's connection."""
        if self.role == "auditor":
            with auditor_connection(), scope.session(self.token, self.slug) as bound:
                yield bound
        else:
            with scope.session(self.token, self.slug) as bound:
                yield bound

    def client(self, **defaults: Any) -> Client:
        """A browser without script that carries this person's cookie."""
        client = Client(**defaults)
        client.cookies[settings.SESSION_TOKEN_COOKIE] = base64.urlsafe_b64encode(self.token).rstrip(b"=").decode()
        return client


@dataclass(frozen=True)
class Organization:
    """One organization and its people by role."""

    id: UUID
    slug: str
    owner: Person

    @contextmanager
    def job(self, *, task: str = "pull", connection_id: UUID | None = None) -> Iterator[scope.Scope]:
        """The scope of a worker with a ticket that the dispatcher's role minted."""
        with scope.job(mint(self.id, connection_id, task), task=task, connection_id=connection_id) as bound:
            yield bound


@dataclass(frozen=True)
class Cast:
    """A with Olga, Alice, Bob and Vera; B with Mallory."""

    a: Organization
    b: Organization
    olga: Person
    alice: Person
    bob: Person
    vera: Person
    mallory: Person

    def job(self, *, task: str = "pull", connection_id: UUID | None = None) -> Any:
        """A worker's scope in A."""
        return self.a.job(task=task, connection_id=connection_id)


@contextmanager
def auditor_connection() -> Iterator[None]:
    """Make `default` the auditor process's role for a while; in production that is a process of its own."""
    web = connections["default"]
    connections["default"] = connections["audit"]
    try:
        yield
    finally:
        connections["default"] = web


def mint(organization_id: UUID, connection_id: UUID | None, task: str) -> bytes:
    """A job ticket, as the dispatcher makes it."""
    with psycopg.connect(settings.ROLE_DSN["app_sched"], autocommit=True) as connection:
        row = connection.execute(
            "select sec.mint_job(%s, %s, %s, '15 minutes')", (organization_id, connection_id, task)
        ).fetchone()
    assert row is not None
    return bytes(row[0])


def sign_in_value(query: str, parameters: tuple[Any, ...]) -> Any:
    """One value, asked as the sign-in role."""
    with connections["signin"].cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone()[0]


def open_session(user_id: UUID, factors: tuple[str, ...] = ("password", "totp")) -> bytes:
    """A session token, as the accounts room opens it after every required factor."""
    return bytes(sign_in_value("select sec.open_session(%s, %s, '8 hours')", (user_id, list(factors))))


def make_user(name: str, *, password: str = "") -> tuple[UUID, str]:
    """A person of the accounts room: id and address."""
    from accounts.models import User

    email = f"{name.lower()}.{secrets.token_hex(4)}@example.test"
    user = User(id=uuid4(), email=email, name=f"{name} Example")
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    return user.id, email


def make_organization(name: str = "Example", *, owner: str = "Olga", slug: str = "") -> Organization:
    """A new organization with its owner signed in with two factors."""
    slug = slug or f"t-{secrets.token_hex(6)}"
    user_id, email = make_user(owner)
    token = open_session(user_id)
    person = f"{owner} Example"
    found = "select sec.found_organization(%s, %s, %s, %s, %s)"
    organization_id = sign_in_value(found, (token, slug, name, person, email))
    with scope.session(token, slug) as bound:
        member_id = bound.actor_id
    olga = Person(person, email, user_id, token, slug, organization_id, member_id, "owner")
    return Organization(organization_id, slug, olga)


def join(organization: Organization, name: str, role: str, *, until: datetime | None = None) -> Person:
    """Somebody invited by the owner who has accepted and signed in with two factors."""
    user_id, email = make_user(name)
    token = open_session(user_id)
    with scope.session(organization.owner.token, organization.slug), connections["default"].cursor() as cursor:
        cursor.execute(
            "select sec.invite(%s, %s, coalesce(%s::timestamptz, 'infinity'), '1 hour')", (email, role, until)
        )
        secret = bytes(cursor.fetchone()[0])
    sign_in_value("select sec.accept_invitation(%s, %s, %s, %s)", (token, secret, email, f"{name} Example"))
    with auditor_connection() if role == "auditor" else _as_it_is(), scope.session(token, organization.slug) as bound:
        member_id = bound.actor_id
    return Person(f"{name} Example", email, user_id, token, organization.slug, organization.id, member_id, role)


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


def make_cast() -> Cast:
    """Everybody, in two new organizations."""
    a, b = make_organization("Alpha"), make_organization("Bravo", owner="Mallory")
    until = datetime.now(UTC) + timedelta(days=30)
    return Cast(
        a=a,
        b=b,
        olga=a.owner,
        alice=join(a, "Alice", "security_owner"),
        bob=join(a, "Bob", "engineer"),
        vera=join(a, "Vera", "auditor", until=until),
        mallory=b.owner,
    )
