"""The opener: what binds, what is refused, and that nothing is read unbound."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from organizations import clock, scope
from organizations.models import Activity, Member
from organizations.selectors import members, organization
from organizations.services.record_activity import record_activity
from tests.cast import Cast, auditor_connection, make_organization, open_session


def test_a_member_is_bound_with_role_and_organization(cast: Cast) -> None:
    with cast.alice.bound() as bound:
        assert (bound.organization_id, bound.actor_id, bound.role) == (
            cast.a.id,
            cast.alice.member_id,
            "security_owner",
        )
        assert organization().name == "Alpha"
        assert {member.role for member in members()} == {"owner", "security_owner", "engineer", "auditor"}


def test_a_foreign_slug_and_an_unknown_slug_are_denied_alike(cast: Cast) -> None:
    for slug in (cast.b.slug, "no-such-organization"):
        with pytest.raises(scope.Denied), scope.session(cast.alice.token, slug):
            pass


def test_an_unbound_read_raises_before_any_sql() -> None:
    with pytest.raises(scope.Unbound):
        Member.objects.count()


def test_an_unbound_raw_read_raises_in_the_database(cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="no organization context"), connection.cursor() as cursor:
        cursor.execute("select count(*) from organizations_member where email <> ''")


def test_a_scope_inside_a_scope_is_refused(cast: Cast) -> None:
    with cast.olga.bound(), pytest.raises(scope.AlreadyBound), scope.session(cast.mallory.token, cast.b.slug):
        pass


def test_an_auditor_binds_in_the_auditor_process_alone_and_writes_nothing(cast: Cast) -> None:
    with pytest.raises(scope.Denied), scope.session(cast.vera.token, cast.a.slug):
        pass
    with auditor_connection(), pytest.raises(scope.Denied), scope.session(cast.olga.token, cast.a.slug):
        pass
    with cast.vera.bound() as bound:
        assert bound.role == "auditor"
        with pytest.raises(DatabaseError), transaction.atomic():
            record_activity("auditor.wrote")
        with connection.cursor() as cursor:
            cursor.execute("select 1")


def test_an_owner_without_a_second_factor_is_not_bound(cast: Cast) -> None:
    weak = open_session(cast.olga.user_id, ("password",))
    with pytest.raises(scope.Denied), scope.session(weak, cast.a.slug):
        pass
    recovered = open_session(cast.olga.user_id, ("password", "recovery"))
    with scope.session(recovered, cast.a.slug) as bound:
        assert bound.role == "owner"


def test_activity_is_written_once_with_actor_and_database_time(cast: Cast) -> None:
    with cast.bob.bound():
        record_activity("thing.done", subject="thing:1", detail={"n": 1})
    with cast.olga.bound():
        entry = Activity.objects.get(action="thing.done")
        assert entry.actor_id == cast.bob.member_id
        assert entry.known_at == entry.recorded_at
        assert entry.simulated_at is None
    with cast.mallory.bound():
        assert not Activity.objects.filter(action="thing.done").exists()


def test_a_ticket_binds_its_own_task_alone(cast: Cast) -> None:
    with cast.job(task="pull") as bound:
        assert bound.role == "worker"
        assert not clock.is_simulated()
        with pytest.raises(DatabaseError, match="sandbox"), transaction.atomic():
            clock.advance(clock.now())


def test_a_refused_value_rolls_everything_back(cast: Cast) -> None:
    with pytest.raises(RuntimeError), cast.olga.bound():
        record_activity("never.kept")
        raise RuntimeError
    with cast.olga.bound():
        assert not Activity.objects.filter(action="never.kept").exists()


def test_two_organizations_have_their_own_rows() -> None:
    one, two = make_organization("One"), make_organization("Two")
    with two.owner.bound():
        assert [member.id for member in members()] == [two.owner.member_id]
    with one.owner.bound():
        assert [member.id for member in members()] == [one.owner.member_id]
