"""An organization with something of everything that its pages and the API show; every text of it carries a marker."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections
from django.test.client import Client

from organizations.api.door import token_text
from tests.cast import Organization, Person, join, make_organization


@dataclass(frozen=True)
class Company:
    """What was made, and the real values for each kind of parameter of an address."""

    organization: Organization
    people: dict[str, Person]
    marker: str
    tokens: dict[str, str]
    ids: dict[str, Any]

    @property
    def slug(self) -> str:
        return self.organization.slug

    @property
    def owner(self) -> Person:
        return self.organization.owner


def make_company(letter: str, *, pages: int = 3) -> Company:
    """Found it, invite people, adopt and write controls, connect a system, seal pages."""
    marker = f"canary{letter}{secrets.token_hex(6)}"
    organization = make_organization("Marked", owner=f"Owner{marker}")
    people = {
        "bob": join(organization, f"Bob{marker}", "engineer"),
        "vera": join(organization, f"Vera{marker}", "auditor", until=datetime.now(UTC) + timedelta(days=30)),
        "vince": join(organization, f"Vince{marker}", "auditor", until=datetime.now(UTC) + timedelta(days=30)),
    }
    with organization.owner.bound(), connections["default"].cursor() as cursor:
        cursor.execute("select sec.rename_organization(%s)", (f"{marker} Holding",))
        ids = _rows(organization, people, marker)
        cursor.execute("select sec.new_api_token(%s, 'api_write', '1 day')", (f"{marker} token",))
        tokens = {"api_write": token_text(bytes(cursor.fetchone()[0]))}
        cursor.execute("select id from sec.api_tokens()")
        ids["token_id"] = cursor.fetchone()[0]
        cursor.execute("select sec.set_membership(%s, 'auditor', clock_timestamp())", (people["vince"].member_id,))
    ids["seq"] = _sealed(organization, marker, ids["connection_id"], pages)
    return Company(organization, people, marker, tokens, ids)


def _rows(organization: Organization, people: dict[str, Person], marker: str) -> dict[str, Any]:
    from compliance.services import adopt_controls, assign_owner, set_window, write_control
    from integrations.services import connect_aws
    from organizations.models import Invitation
    from organizations.services.invite import invite

    set_window(starts_on=date(2026, 9, 1), ends_on=date(2026, 11, 30))
    adopt_controls(keys=["AC-08"])
    key = f"C{marker[6].upper()}-{1000 + secrets.randbelow(9000)}"
    write_control(
        title=f"{marker} control", statement=f"{marker} statement.", checks=["aws.s3.bucket_not_public"], key=key
    )
    assign_owner(control_key=key, member_id=people["bob"].member_id)
    account = f"{secrets.randbelow(10**12):012}"
    role = f"arn:aws:iam::{account}:role/{marker}"
    connection = connect_aws(name=f"{marker} production", region="eu-central-1", role_arn=role, test=False)
    invite(email=f"invited.{marker}@example.test", role="viewer")
    return {
        "key": key,
        "connection_id": connection,
        "member_id": people["bob"].member_id,
        "invitation_id": Invitation.objects.values_list("id", flat=True)[0],
    }


def _sealed(organization: Organization, marker: str, connection_id: UUID, pages: int) -> int:
    from tests.evidence.pages import received, seal

    last = 0
    for _ in range(pages):
        last = seal(organization, received(f'{{"marker": "{marker}"}}'.encode()), connection_id=connection_id).seq
    return last


def browser(person: Person | None) -> Client:
    """A browser that shows errors as pages, as production does."""
    return Client(raise_request_exception=False) if person is None else person.client(raise_request_exception=False)
