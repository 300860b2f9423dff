"""What the walls do not stop, each shown, so that the list in docs/security/residuals.md is neither longer nor shorter
than the truth. A test here that fails because the attack no longer works is good news: take it off the list."""

from __future__ import annotations

import pytest

from tests.isolation.ground import Ground, rows, value
from tests.tally import count

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("isolation")]


@pytest.fixture(autouse=True)
def _close(protected: Ground):
    yield
    protected.close()
    count("isolation residuals, each shown")


def test_estimates_of_the_planner_tell_that_an_organization_has_rows(protected: Ground) -> None:
    """X1: EXPLAIN's estimate is made from samples of all rows. Needs SQL of one's own; no page shows a plan."""
    root = protected.superuser()
    root.execute("analyze app.evidence_record")
    plan = value(
        protected.mallory(),
        "explain (format json) select 1 from app.evidence_record where organization_id = %s",
        (protected.a.id,),
    )
    assert plan[0]["Plan"]["Plan Rows"] >= 1 or plan[0]["Plan"]["Plans"]


def test_total_sizes_are_visible(protected: Ground) -> None:
    """X2: the size of a table over all organizations."""
    total = value(protected.mallory(), "select reltuples from pg_class where oid = 'app.evidence_record'::regclass")
    assert total > len(protected.b.rows["evidence_record"])


def test_locks_can_slow_the_server(protected: Ground) -> None:
    """X3: advisory locks (the dispatcher's too), locks on projections, long statements, settings of one's own role."""
    holder = protected.mallory()
    holder.execute("select pg_advisory_xact_lock(4711)")
    assert value(protected.connect("app_sched"), "select pg_try_advisory_xact_lock(4711)") is False


def test_the_notify_statement_carries_text(protected: Ground) -> None:
    """X4: NOTIFY cannot be revoked, so two people who both have SQL of their own can talk. Nothing of ours listens."""
    listener = protected.connect(autocommit=True)
    listener.execute("listen talk")
    sender = protected.mallory()
    sender.execute("notify talk, 'hello'")
    sender.commit()
    assert [note.payload for note in listener.notifies(timeout=3, stop_after=1)] == ["hello"]


def test_sql_of_ones_own_inside_one_organization_can_add_to_it(protected: Ground) -> None:
    """X5: an injection in A can read A and append to A's ledgers; what it cannot is change them or leave A."""
    connection = protected.bound(protected.a, "bob")
    assert rows(connection, "select 1 from app.evidence_record")
    query = "insert into app.compliance_control (organization_id, id, key, origin) values (%s, gen_random_uuid(), 'added', 'own')"
    assert connection.execute(query, (protected.a.id,)).rowcount == 1
