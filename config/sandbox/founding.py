"""Makes the people of the sandbox company and founds it. Every step may have been done by an earlier, killed run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import psycopg
from django.conf import settings

from accounts.errors import AddressTaken
from accounts.selectors import find_person
from accounts.services import close_session, create_person, open_session
from dev.sandbox.company.people import COMPANY, PEOPLE, SLUG, TIME_ZONE, SignIn
from organizations import scope
from organizations.selectors import members
from organizations.services.found import settle
from organizations.services.invite import accept, invite

FACTORS = ("password", "totp")


@dataclass(frozen=True)
class Company:
    """The sandbox organization, its people's ids and an open session of each, by person key."""

    organization_id: UUID
    slug: str
    people: Mapping[str, UUID]
    tokens: Mapping[str, bytes]

    @contextmanager
    def bound(self, key: str) -> Iterator[scope.Scope]:
        """The scope of one person's act."""
        with scope.session(self.tokens[key], self.slug) as opened:
            yield opened


@contextmanager
def open_company(sign_ins: Mapping[str, SignIn], *, starts_at: datetime, slug: str = SLUG) -> Iterator[Company]:
    """The company with its people, made where missing; its clock starts at `starts_at` (UTC) when it is founded now.

    Sessions are opened for the set-up and closed when the block ends.
    """
    ids = {person.key: _person(sign_ins[person.key]) for person in PEOPLE}
    tokens = {key: open_session(person_id=found, factors=FACTORS) for key, found in ids.items()}
    try:
        organization_id = _founded(tokens["olga"], sign_ins["olga"], slug, starts_at)
        company = Company(organization_id=organization_id, slug=slug, people=ids, tokens=tokens)
        _everybody_joined(company, sign_ins)
        yield company
    finally:
        for token in tokens.values():
            close_session(token=token)


def _person(sign_in: SignIn) -> UUID:
    try:
        return create_person(sign_in.email, sign_in.name, sign_in.password, sign_in.totp_secret).id
    except AddressTaken:
        found = find_person(sign_in.email)
        if found is None:
            raise
        return found.id


def _founded(token: bytes, owner: SignIn, slug: str, starts_at: datetime) -> UUID:
    """The organization's id. Only the migration role may found a sandbox: simulated time is decided at birth."""
    founded = (token, slug, COMPANY, owner.name, owner.email, starts_at)
    with (
        psycopg.connect(settings.ROLE_DSN["app_migrate"], autocommit=True) as connection,
        suppress(psycopg.errors.UniqueViolation),  # founded by an earlier run
    ):
        connection.execute("select sec.found_sandbox(%s, %s, %s, %s, %s, %s)", founded)
    settle(token=token, slug=slug, time_zone=TIME_ZONE)
    with scope.session(token, slug) as opened:
        return opened.organization_id


def _everybody_joined(company: Company, sign_ins: Mapping[str, SignIn]) -> None:
    with company.bound("olga"):
        present = {member.email for member in members()}
    for person in PEOPLE:
        if sign_ins[person.key].email in present:
            continue
        until = None
        if person.days_left is not None:
            last_day = datetime.now(UTC).date() + timedelta(days=person.days_left)  # noqa: TID251  real access, real time
            until = datetime.combine(last_day, time(23, 59, 59), UTC)
        with company.bound("olga"):
            invited = invite(email=sign_ins[person.key].email, role=person.role, until=until)
        accept(token=company.tokens[person.key], secret=invited.secret)
