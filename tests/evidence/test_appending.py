"""The log stays gapless and one tree whoever writes, and nobody but the database decides what a leaf says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DatabaseError, connections

from evidence.ledger import merkle
from evidence.models import Checkpoint, Record
from evidence.selectors.leaves import hashes, head
from evidence.services import append_page, open_chain, store_page
from organizations import scope
from tests.cast import Cast, Organization, make_organization
from tests.evidence.pages import STREAM, a_moment_ago, received, seal

WRITERS, EACH = 8, 12


def _write(organization: Organization) -> None:
    try:
        with organization.job():
            chain = open_chain(stream=STREAM, at=a_moment_ago())
        for number in range(EACH):
            stored = store_page(chain, received(page=number))
            try:
                with organization.job():
                    append_page(stored)
                    if number % 4 == 3:
                        raise ZeroDivisionError  # an aborted transaction takes its leaf with it
            except ZeroDivisionError:
                pass
    finally:
        connections.close_all()


def test_eight_concurrent_writers_with_aborts_leave_one_gapless_tree() -> None:
    a = make_organization()
    with ThreadPoolExecutor(WRITERS) as threads:
        for done in [threads.submit(_write, a) for _ in range(WRITERS)]:
            done.result()
    expected = WRITERS * EACH * 3 // 4
    with a.owner.bound(), connections[scope.ALIAS].cursor() as cursor:
        assert list(Record.objects.order_by("seq").values_list("seq", flat=True)) == list(range(expected))
        log = head()
        assert log is not None
        assert log.size == expected
        cursor.execute("select frontier from app.log_head where organization_id = %s", (a.id,))
        frontier = [bytes(node) for node in cursor.fetchone()[0]]
        assert merkle.frontier_root(frontier) == merkle.tree_root(hashes(expected))


def test_a_leaf_without_its_record_and_a_record_without_its_leaf_cannot_be(cast: Cast) -> None:
    with cast.job():
        chain = open_chain(stream=STREAM, at=a_moment_ago())
    stored = store_page(chain, received())
    with pytest.raises(ZeroDivisionError), cast.job():
        append_page(stored)
        raise ZeroDivisionError
    with cast.alice.bound():
        assert head() is None
        assert Record.objects.count() == 0


def test_a_reader_cannot_append(cast: Cast) -> None:
    with cast.job():
        chain = open_chain(stream=STREAM, at=a_moment_ago())
    stored = store_page(chain, received())
    with pytest.raises(DatabaseError), cast.vera.bound():
        append_page(stored)


def test_a_page_from_the_future_is_refused_by_the_database(cast: Cast) -> None:
    with cast.job():
        chain = open_chain(stream=STREAM, at=a_moment_ago())
    stored = store_page(chain, received(observed_at=a_moment_ago() + timedelta(minutes=1)))
    with pytest.raises(DatabaseError, match="observed after"), cast.job():
        append_page(stored)


@pytest.mark.parametrize(
    "statement",
    [
        "update app.leaf set body = body",
        "delete from app.leaf",
        "insert into app.leaf (seq, body, hash) values (99, 'x', 'x')",
        "update app.log_head set size = 0",
        "update app.evidence_record set stream = 'x'",
        "delete from app.evidence_record",
        "update app.evidence_keychain set stream = 'x'",
        "delete from app.evidence_checkpoint",
        """insert into app.evidence_checkpoint (id, origin, size, root, at, key_type, note)
           values (gen_random_uuid(), 'x', 1, 'x', now(), 1, 'x')""",
    ],
)
def test_the_runtime_role_cannot_change_what_was_sealed(cast: Cast, statement: str) -> None:
    seal(cast.a, received())
    with pytest.raises(DatabaseError, match="permission denied"), cast.olga.bound():
        connections[scope.ALIAS].cursor().execute(statement)


def test_checkpoints_are_seen_in_their_organization_only(cast: Cast, sign: object) -> None:
    seal(cast.a, received())
    sign()  # type: ignore[operator]
    with cast.alice.bound():
        assert Checkpoint.objects.count() == 1
    with cast.vera.bound():
        assert Checkpoint.objects.count() == 1
    with cast.mallory.bound():
        assert Checkpoint.objects.count() == 0
