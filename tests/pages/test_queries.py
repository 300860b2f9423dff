"""The number of queries does not grow with the number of controls (P11, P12)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from compliance.models import Control, ControlOwner, ControlVersion
from compliance.services import set_window
from organizations import clock, scope
from tests.cast import Cast

CHECKS = ("aws.iam.root_mfa", "aws.iam.user_mfa", "aws.s3.bucket_not_public")
PAGES = ("", "?rows=all", "controls/", "controls/T-0001/", "framework/", "controls/adopt/", "controls/owners/")


def add_controls(cast: Cast, first: int, count: int) -> None:
    with cast.alice.bound() as bound:
        now = clock.now()
        for number in range(first, first + count):
            control = Control.objects.create(key=f"T-{number:04}", origin="own")
            ControlVersion.objects.create(
                control=control,
                version=1,
                effective_at=now - timedelta(days=60),
                title=f"Control {number}",
                statement="We do it.",
                criteria=["CC6.1"],
                lane="own",
                duty=["continuous"],
                frequency="continuous",
                checks=[CHECKS[number % 3]],
                manual=[],
                actor_id=bound.actor_id,
            )
            ControlOwner.objects.create(
                control=control, member_id=cast.bob.member_id, since=now, actor_id=bound.actor_id
            )


def queries(cast: Cast, path: str) -> int:
    client = cast.alice.client()
    with CaptureQueriesContext(connections[scope.ALIAS]) as found:
        assert client.get(f"/o/{cast.alice.slug}/{path}").status_code == 200
    return len(found)


@pytest.mark.slow
def test_every_page_asks_the_same_number_of_queries_at_10_and_at_1000_controls(cast: Cast):
    with cast.alice.bound():
        today = clock.now().date()
        set_window(starts_on=today - timedelta(days=40), ends_on=today + timedelta(days=50))
    add_controls(cast, 0, 10)
    few = {path: queries(cast, path) for path in PAGES}
    add_controls(cast, 10, 990)
    many = {path: queries(cast, path) for path in PAGES}
    print("queries per page:", ", ".join(f"{path or 'dashboard'} {count}" for path, count in many.items()))
    assert few == many


def test_the_framework_selector_asks_at_most_twelve_queries(cast: Cast):
    from compliance.selectors.framework import framework

    add_controls(cast, 0, 10)
    with cast.alice.bound():
        today = clock.now().date()
        set_window(starts_on=today - timedelta(days=40), ends_on=today + timedelta(days=50))
    with cast.alice.bound():
        now = clock.now()
        with CaptureQueriesContext(connections[scope.ALIAS]) as found:
            framework(as_of=now)
    assert len(found) <= 12
