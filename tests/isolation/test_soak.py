"""Two organizations, one connection: nothing crosses, nothing is silently empty, whatever the last borrower did."""

from __future__ import annotations

import os

import pytest

from tests.cast import Organization, make_organization
from tests.isolation.soak import Soak
from tests.tally import count

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("isolation-http")]
FULL = os.environ.get("ATTESTRY_CAMPAIGN") == "full"


@pytest.fixture(scope="module")
def two() -> tuple[Organization, Organization]:
    from organizations import scope
    from organizations.services.record_activity import record_activity

    pair = make_organization("Alpha"), make_organization("Bravo")
    for one in pair:
        with scope.session(one.owner.token, one.slug):
            record_activity("soak.start", subject="soak", detail={})
    return pair


@pytest.mark.parametrize(("pooled", "threads"), [(1, 4), (4, 8)])
def test_nothing_crosses_a_pooled_connection(two: tuple[Organization, Organization], pooled: int, threads: int) -> None:
    soak = Soak(two, pooled=pooled)
    counts = (
        soak.run(threads=threads, units=50_000, seconds=3600)
        if FULL and pooled == 4
        else soak.run(threads=threads, units=50_000, seconds=4)
    )
    count("isolation soak units", counts["units"])
    count("isolation soak unbound reads that raised", counts["raised"])
    assert counts["read"] > 100
    assert not [kind for kind in counts if kind.startswith("error")], counts
    assert (counts["leak"], counts["empty"], counts["silent"], counts["let_in"]) == (0, 0, 0, 0)
    assert counts["raised"] == counts["asked unbound"] > 0
    assert counts["blocked"] == counts["foreign writes"] > 0


def test_the_soak_notices_a_pool_that_does_not_reset(two: tuple[Organization, Organization]) -> None:
    counts = Soak(two, pooled=1, reset=None).run(threads=2, units=200, seconds=3)
    assert [kind for kind in counts if kind.startswith("error")]
