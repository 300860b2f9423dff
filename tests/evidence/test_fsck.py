"""Whatever is changed behind our back is found and named."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from evidence.fsck import Report
from evidence.ledger.signer import Round
from evidence.types import Seal
from tests.cast import Organization, make_organization
from tests.evidence.pages import received, seal, users

Inspect = Callable[..., Report]
Sign = Callable[[], Round]
Superuser = psycopg.Connection[Any]


def _kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings if finding.severity == "wrong"}


def _file(organization: Organization, superuser: Superuser, seq: int) -> Path:
    row = superuser.execute(
        "select ct_sha256 from app.evidence_record where organization_id = %s and seq = %s", (organization.id, seq)
    ).fetchone()
    name = bytes(row[0]).hex()
    return settings.BLOBS / str(organization.id) / name[:2] / name


@pytest.fixture
def sealed(sign: Sign) -> tuple[Organization, list[Seal]]:
    """Five records, a checkpoint over the first three and one over all; record 3 and 4 have a base."""
    a, connection = make_organization(), uuid4()
    seals = [seal(a, received(users(50, seed=1), page=n), connection_id=connection) for n in range(3)]
    sign()
    seals += [seal(a, received(users(50, seed=1), page=n), connection_id=connection) for n in range(2)]
    sign()
    return a, seals


def test_untouched_evidence_has_nothing_wrong(sealed: Any, inspect: Inspect) -> None:
    report = inspect(sealed[0])
    assert report.findings == []
    assert (report.leaves, report.records, report.opened, report.checkpoints, report.signed_size) == (5, 5, 5, 2, 5)


@pytest.mark.parametrize("seq", range(5))
def test_a_flipped_byte_in_a_stored_object_is_found(
    sealed: Any, inspect: Inspect, superuser: Superuser, seq: int
) -> None:
    file = _file(sealed[0], superuser, seq)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(data)
    report = inspect(sealed[0])
    wanted = {"blob.digest"} | ({"blob.base"} if seq < 2 else set())
    assert _kinds(report) == wanted
    assert f"object of leaf {seq}" in {f.where for f in report.findings}


# (what is changed, the kinds of finding that must name it)
CHANGES = {
    "a byte of a leaf's text": (
        "update app.leaf set body = set_byte(body, 200, get_byte(body, 200) # 1) where organization_id = %s and seq = 1",
        {"leaf.hash"},
    ),
    "a leaf's text with its hash": (
        """update app.leaf set body = b, hash = sha256('\\x00'::bytea || b) from (
             select seq as s, convert_to(replace(convert_from(body, 'UTF8'), '"page":1', '"page":7'), 'UTF8') as b
             from app.leaf where organization_id = %s and seq = 1) x where organization_id = %s and seq = x.s""",
        {"record.field", "head.frontier", "checkpoint.root", "pin.root"},
    ),
    "a leaf's hash": (
        "update app.leaf set hash = set_byte(hash, 0, get_byte(hash, 0) # 1) where organization_id = %s and seq = 1",
        {"leaf.hash", "head.frontier", "checkpoint.root", "pin.root"},
    ),
    "a deleted leaf": ("delete from app.leaf where organization_id = %s and seq = 1", {"leaf.gap", "head.size"}),
    "the last leaf cut off": (
        "delete from app.leaf where organization_id = %s and seq = 4",
        {"head.size", "head.frontier", "record.surplus", "checkpoint.truncated", "pin.truncated"},
    ),
    "a leaf that the head does not cover": (
        "insert into app.leaf select organization_id, 5, body, hash from app.leaf where organization_id = %s and seq = 4",
        {"leaf.surplus"},
    ),
    "the head's size": (
        "update app.log_head set size = 4 where organization_id = %s",
        {"leaf.surplus", "record.surplus", "checkpoint.truncated"},
    ),
    "the head's frontier": (
        "update app.log_head set frontier[1] = sha256('x') where organization_id = %s",
        {"head.frontier"},
    ),
    "a record's stream": (
        "update app.evidence_record set stream = 'aws.s3.buckets' where organization_id = %s and seq = 1",
        {"record.field"},
    ),
    "a record's time": (
        "update app.evidence_record set observed_at = observed_at - interval '1 day' where organization_id = %s and seq = 1",
        {"record.field"},
    ),
    "a record's seal time": (
        "update app.evidence_record set sealed_at = sealed_at - interval '1 day' where organization_id = %s and seq = 1",
        {"record.field"},
    ),
    "a record's size": (
        "update app.evidence_record set body_size = 1 where organization_id = %s and seq = 1",
        {"record.field"},
    ),
    "a record's connection": (
        "update app.evidence_record set connection_id = gen_random_uuid() where organization_id = %s and seq = 1",
        {"record.field"},
    ),
    "a record's object": (
        "update app.evidence_record set object_id = gen_random_uuid() where organization_id = %s and seq = 4",
        {"blob.decrypt"},
    ),
    "a record's connection taken away": (
        "update app.evidence_record set connection_id = null where organization_id = %s and seq = 1",
        {"record.field"},
    ),
    "a record's row time": (
        "update app.evidence_record set recorded_at = recorded_at - interval '1 hour' where organization_id = %s and seq = 1",
        {"record.time"},
    ),
    "a record's simulated time": (
        "update app.evidence_record set simulated_at = now() where organization_id = %s and seq = 1",
        {"record.time"},
    ),
    "the head's time": ("update app.log_head set recorded_at = now() where organization_id = %s", {"head.time"}),
    "a chain's week": ("update app.evidence_keychain set week = '2020-W01' where organization_id = %s", {"key.unwrap"}),
    "a chain's stream": (
        "update app.evidence_keychain set stream = 'x' where organization_id = %s",
        {"key.stream", "key.unwrap"},
    ),
    "a chain's provider": ("update app.evidence_keychain set provider = 'x' where organization_id = %s", {"key.form"}),
    "a checkpoint's key type": (
        "update app.evidence_checkpoint set key_type = 2 where organization_id = %s and size = 3",
        {"checkpoint.row"},
    ),
    "a checkpoint's row time": (
        "update app.evidence_checkpoint set recorded_at = recorded_at - interval '1 hour' where organization_id = %s and size = 3",
        {"checkpoint.time"},
    ),
    "a deleted record": ("delete from app.evidence_record where organization_id = %s and seq = 4", {"record.missing"}),
    "a wrapped key": (
        "update app.evidence_keychain set wrapped_key = set_byte(wrapped_key, 20, get_byte(wrapped_key, 20) # 1) where organization_id = %s",
        {"key.unwrap"},
    ),
    "a key destroyed without a leaf": (
        "update app.evidence_keychain set destroyed_at = now(), wrapped_key = '' where organization_id = %s",
        {"key.destroyed"},
    ),
    "a byte of a checkpoint's text": (
        "update app.evidence_checkpoint set note = replace(note, E'\\n3\\n', E'\\n4\\n') where organization_id = %s",
        {"checkpoint.signature"},
    ),
    "a checkpoint's signature": (
        "update app.evidence_checkpoint set note = left(note, -8) || 'AAAAAA=' || E'\\n' where organization_id = %s and size = 3",
        {"checkpoint.signature"},
    ),
    "a checkpoint's row": (
        "update app.evidence_checkpoint set root = sha256('x') where organization_id = %s and size = 3",
        {"checkpoint.row"},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_in_the_database_is_found_and_named(
    change: str, sealed: Any, inspect: Inspect, superuser: Superuser
) -> None:
    statement, kinds = CHANGES[change]
    superuser.execute("set session_replication_role = replica")
    done = superuser.execute(statement, (sealed[0].id,) * statement.count("%s"))
    assert done.rowcount >= 1
    found = _kinds(inspect(sealed[0]))
    assert kinds <= found, inspect(sealed[0]).findings
    assert found, "nothing was found"


def test_a_log_cut_back_with_its_checkpoint_is_found_by_the_signers_memory_alone(
    sealed: Any, inspect: Inspect, superuser: Superuser
) -> None:
    """The classic that nobody without a pin can see: everything that is left is consistent."""
    a = sealed[0]
    superuser.execute("set session_replication_role = replica")
    hashes = [
        bytes(row[0])
        for row in superuser.execute("select hash from app.leaf where organization_id = %s order by seq", (a.id,))
    ]
    from evidence.ledger import merkle

    frontier: tuple[bytes, ...] = ()
    for size, leaf in enumerate(hashes[:3]):
        frontier = merkle.extend(frontier, size, leaf)
    for seq in (3, 4):
        _file(a, superuser, seq).unlink()
    superuser.execute("delete from app.leaf where organization_id = %s and seq >= 3", (a.id,))
    superuser.execute("delete from app.evidence_record where organization_id = %s and seq >= 3", (a.id,))
    superuser.execute("delete from app.evidence_checkpoint where organization_id = %s and size > 3", (a.id,))
    superuser.execute(
        "update app.log_head set size = 3, frontier = %s, recorded_at = %s where organization_id = %s",
        (list(frontier), sealed[1][2].recorded_at, a.id),
    )
    assert _kinds(inspect(a, pinned=False)) == set()
    assert _kinds(inspect(a)) == {"pin.truncated"}


def test_objects_swapped_between_organizations_do_not_open(sign: Sign, inspect: Inspect, superuser: Superuser) -> None:
    a, b = make_organization(), make_organization()
    for organization in (a, b):
        seal(organization, received())
    sign()
    one, two = _file(a, superuser, 0), _file(b, superuser, 0)
    one_bytes, two_bytes = one.read_bytes(), two.read_bytes()
    for file, data in ((one, two_bytes), (two, one_bytes)):
        file.chmod(0o600)
        file.write_bytes(data)
    assert "blob.digest" in _kinds(inspect(a))
    # Even if row and leaf are made to cite the foreign object, the key and the bound organization refuse it.
    superuser.execute("set session_replication_role = replica")
    digest = two.name
    foreign = settings.BLOBS / str(a.id) / digest[:2] / digest
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_bytes(two_bytes)
    superuser.execute(
        "update app.evidence_record set ct_sha256 = %s, object_id = (select object_id from app.evidence_record"
        " where organization_id = %s) where organization_id = %s",
        (bytes.fromhex(digest), b.id, a.id),
    )
    superuser.execute(
        "update app.leaf set body = convert_to(regexp_replace(convert_from(body, 'UTF8'), '\"ct_sha256\":\"[0-9a-f]+\"', %s), 'UTF8')"
        " where organization_id = %s",
        (f'"ct_sha256":"{digest}"', a.id),
    )
    assert "blob.decrypt" in _kinds(inspect(a))


def test_a_missing_object_and_an_orphan_are_named(sealed: Any, inspect: Inspect, superuser: Superuser) -> None:
    a = sealed[0]
    file = _file(a, superuser, 4)
    file.rename(file.with_name("0" * 64))
    report = inspect(a)
    assert _kinds(report) == {"blob.missing"}
    assert [(f.kind, f.severity) for f in report.findings if f.severity == "note"] == [("blob.orphan", "note")]


def test_a_log_that_grows_and_is_signed_meanwhile_gives_no_false_alarm(sign: Sign, inspect: Inspect) -> None:
    a = make_organization()
    seal(a, received())
    stop = threading.Event()

    def write() -> None:
        try:
            while not stop.is_set():
                seal(a, received(users(20)))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as threads:
        writers = [threads.submit(write) for _ in range(3)]
        try:
            for _ in range(5):
                sign()
                report = inspect(a, pinned=False)
                assert [f for f in report.findings if f.severity == "wrong"] == []
        finally:
            stop.set()
        for writer in writers:
            writer.result()
    sign()
    assert inspect(a).findings == []
