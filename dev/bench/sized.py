"""Organizations of a given size, made through the rooms' own services: n controls of their own and n sealed records."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.urls import reverse

from compliance.services import set_window, write_control
from evidence.services import append_page, open_chain, store_page
from evidence.types import ReceivedPage
from organizations import clock
from organizations.services.found import settle
from tests.cast import Organization, make_organization

CHECKS = (
    "aws.iam.root_mfa", "aws.iam.user_mfa", "aws.iam.access_key_age", "aws.s3.bucket_not_public", "aws.iam.root_not_used",
)  # fmt: skip
PAGES = (
    "dashboard", "controls", "control", "framework", "records", "record", "connections", "activity", "settings", "members",
    "tokens", "setup",
)  # fmt: skip


@dataclass(frozen=True)
class Sized:
    """One organization with `size` controls and records, seen by its owner."""

    organization: Organization
    size: int

    def path(self, page: str) -> str:
        """The address of a page by its URL name."""
        slug = self.organization.slug
        if page == "control":
            return reverse("control", args=[slug, "BIG-1"])
        if page == "record":
            return reverse("record", args=[slug, 0])
        return reverse(page, args=[slug])

    def browser(self) -> Callable[[str], int]:
        """Opens a page and answers with its status."""
        client = Client()
        token = base64.urlsafe_b64encode(self.organization.owner.token).rstrip(b"=").decode()
        client.cookies[settings.SESSION_TOKEN_COOKIE] = token
        return lambda page: client.get(self.path(page)).status_code


def organization_of(size: int) -> Sized:
    """A new organization with a window, `size` controls of one check each and `size` sealed records."""
    organization = make_organization(f"Size {size}")
    owner = organization.owner
    settle(token=owner.token, slug=owner.slug, time_zone="UTC")
    with owner.bound():
        today = clock.now().date()
        set_window(starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=60))
        for number in range(1, size + 1):
            write_control(
                key=f"BIG-{number}", title=f"Control number {number}", statement="Something is true all the time.",
                criteria=("CC6.1",), checks=(CHECKS[number % len(CHECKS)],), owner_id=owner.member_id,
            )  # fmt: skip
    _seal(organization, size)
    return Sized(organization, size)


def _seal(organization: Organization, count: int) -> None:
    with organization.job(task="pull"):
        now = clock.now()
        chain = open_chain(stream="aws.s3.buckets", at=now)
    for number in range(count):
        page = ReceivedPage(
            stream="aws.s3.buckets", page=number, status=200, headers={}, body=f"<page>{number}</page>".encode(),
            request={"method": "GET", "path": "/"}, observed_at=now, collector_version="bench",
            credential_identity="bench", counts={}, known_at=None,
        )  # fmt: skip
        stored = store_page(chain, page)
        with organization.job(task="pull"):
            append_page(stored)
