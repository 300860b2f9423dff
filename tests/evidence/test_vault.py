"""Bytes on the disk, keys, and what happens when either fails."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from evidence.errors import BlobDamaged, BlobMissing, KeyUnavailable, PageTooLarge, SealBroken, SecretInEnvelope
from evidence.keyfiles import KeyFileProblem, ensure_master_key, ensure_signer_key, read_master_key
from evidence.models import Record
from evidence.selectors import open_record, records
from evidence.services import append_page, open_chain, store_page
from evidence.types import Chain
from evidence.vault import codec, envelope, sealing
from evidence.vault.blobs import FileStore
from evidence.vault.keys import LocalKeyFile
from organizations import scope
from tests.cast import make_organization
from tests.evidence.pages import STREAM, a_moment_ago, received, seal, users

A, B, OBJECT, OTHER = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
KEY = bytes(range(32))


def _never(_object_id: UUID) -> bytes:
    raise AssertionError("no base was needed")


# --- sealing -----------------------------------------------------------------


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2000), st.binary(max_size=2000))
def test_any_content_opens_again_with_and_without_a_base(content: bytes, base: bytes) -> None:
    alone = sealing.seal(content, key=KEY, organization_id=A, object_id=OBJECT)
    assert (
        sealing.unseal(alone.ciphertext, key=KEY, organization_id=A, object_id=OBJECT, base_content=_never)[0]
        == content
    )
    based = sealing.seal(content, key=KEY, organization_id=A, object_id=OBJECT, base=(OTHER, base))
    opened, salt = sealing.unseal(
        based.ciphertext, key=KEY, organization_id=A, object_id=OBJECT, base_content=lambda _: base
    )
    assert opened == content
    assert sealing.commitment(salt, content) == based.pt_commit


@pytest.mark.parametrize(
    ("key", "organization", "object_id"), [(bytes(32), A, OBJECT), (KEY, B, OBJECT), (KEY, A, OTHER)]
)
def test_another_key_organization_or_object_does_not_open_it(key: bytes, organization: UUID, object_id: UUID) -> None:
    sealed = sealing.seal(b"content", key=KEY, organization_id=A, object_id=OBJECT)
    with pytest.raises(SealBroken):
        sealing.unseal(
            sealed.ciphertext, key=key, organization_id=organization, object_id=object_id, base_content=_never
        )


def test_no_single_flipped_byte_of_an_object_opens() -> None:
    sealed = sealing.seal(b"content" * 20, key=KEY, organization_id=A, object_id=OBJECT).ciphertext
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 0x80
        with pytest.raises(SealBroken):
            sealing.unseal(bytes(changed), key=KEY, organization_id=A, object_id=OBJECT, base_content=_never)


def test_the_same_content_never_gives_the_same_bytes_or_commitment_twice() -> None:
    seals = [sealing.seal(b"content", key=KEY, organization_id=A, object_id=OBJECT) for _ in range(50)]
    assert len({s.ciphertext[:12] for s in seals}) == len({s.pt_commit for s in seals}) == 50


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_as_content_and_as_a_frame(data: bytes) -> None:
    with pytest.raises(SealBroken):
        envelope.unpack(data)
    with pytest.raises(SealBroken):
        codec.decompress(data)


def test_a_frame_that_states_an_absurd_size_is_not_expanded() -> None:
    import zstandard

    bomb = zstandard.ZstdCompressor(level=1).compress(bytes(envelope.LARGEST_CONTENT + 1))
    assert len(bomb) < 10_000
    with pytest.raises(SealBroken):
        codec.decompress(bomb)


def test_a_credential_in_the_request_line_and_a_page_too_large_are_refused() -> None:
    with pytest.raises(SecretInEnvelope):
        envelope.pack(received(request={"method": "GET", "parameters": [{"Authorization": "AWS4"}]}))
    with pytest.raises(PageTooLarge):
        envelope.pack(received(bytes(envelope.LARGEST_CONTENT)))


def test_keys_never_show_in_a_repr() -> None:
    chain = Chain(organization_id=A, id=OBJECT, stream=STREAM, week="2026-W47", key=b"SECRETKEY")
    page = received(b"SECRETBODY")
    assert "SECRET" not in repr(chain) + repr(page) + repr(envelope.unpack(envelope.pack(page)))


# --- second, unchanged pull --------------------------------------------------


def test_an_unchanged_second_pull_adds_at_most_two_percent_of_the_bytes() -> None:
    a = make_organization()
    first = sum(seal(a, received(users(1000, seed=page), page=page)).bytes_sealed for page in range(3))
    second = [seal(a, received(users(1000, seed=page), page=page)) for page in range(3)]
    assert sum(s.bytes_sealed for s in second) <= 0.02 * first
    with a.owner.bound():
        assert [open_record(s.seq).body for s in second] == [users(1000, seed=page) for page in range(3)]
        assert list(Record.objects.order_by("seq").values_list("codec", flat=True)) == [1, 1, 1, 2, 2, 2]


def test_a_dictionary_never_leaves_its_week_or_its_stream() -> None:
    from datetime import timedelta

    a, body = make_organization(), users(200)
    last_week = a_moment_ago() - timedelta(days=7)
    for page in (
        received(body, observed_at=last_week),
        received(body),
        received(body, stream="aws.s3.buckets"),
        received(body),
    ):
        seal(a, page)
    with a.owner.bound():
        rows = list(Record.objects.order_by("seq").values_list("codec", "chain_id"))
    assert [row[0] for row in rows] == [1, 1, 1, 2]
    assert len({row[1] for row in rows}) == 3
    assert rows[1][1] == rows[3][1]


def test_a_page_that_changed_a_lot_stands_alone_and_becomes_the_next_base() -> None:
    a = make_organization()
    for body in (users(300, seed=1), os.urandom(20_000), users(300, seed=1)):
        seal(a, received(body))
    with a.owner.bound():
        assert [r.seq for r in records()] == [2, 1, 0]
        assert open_record(1).view.size == 20_000
        assert list(Record.objects.order_by("seq").values_list("codec", flat=True)) == [1, 1, 1]


# --- the store ---------------------------------------------------------------


def test_a_stored_object_is_read_only_and_lies_under_its_digest(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "blobs")
    digest = store.put(organization_id=A, data=b"ciphertext")
    assert store.put(organization_id=A, data=b"ciphertext") == digest
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert file.name == digest.hex()
    assert stat.S_IMODE(file.stat().st_mode) == 0o400
    assert store.get(organization_id=A, digest=digest) == b"ciphertext"
    with pytest.raises(BlobMissing):
        store.get(organization_id=B, digest=digest)


@pytest.mark.parametrize("call", ["fsync", "link", "fdopen"])
def test_a_store_that_fails_at_any_step_leaves_no_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "no space left")

    store = FileStore(tmp_path / "blobs")
    store.put(organization_id=A, data=b"the folder exists")
    with monkeypatch.context() as patched:
        patched.setattr(f"evidence.vault.blobs.os.{call}", full)
        with pytest.raises(OSError, match="no space"):
            store.put(organization_id=A, data=b"new")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_bytes_torn_between_writing_and_reading_back_are_not_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    a = make_organization()
    with a.job():
        chain = open_chain(stream=STREAM, at=a_moment_ago())
    real = FileStore._write
    monkeypatch.setattr(FileStore, "_write", lambda self, path, data: real(self, path, data[: len(data) // 2]))
    with pytest.raises(BlobDamaged):
        store_page(chain, received())
    with a.owner.bound():
        assert records() == []


def test_a_page_enters_only_the_chain_of_its_stream_and_organization() -> None:
    a, b = make_organization(), make_organization()
    with a.job():
        chain = open_chain(stream=STREAM, at=a_moment_ago())
    with pytest.raises(ValueError, match="cannot enter the chain"):
        store_page(chain, received(stream="aws.s3.buckets"))
    stored = store_page(chain, received())
    with b.job(), pytest.raises(ValueError, match="another organization"):
        append_page(stored)
    with pytest.raises(scope.Unbound):
        append_page(stored)
    with pytest.raises(scope.Unbound):
        open_chain(stream=STREAM, at=a_moment_ago())


# --- keys --------------------------------------------------------------------


def test_a_wrapped_key_opens_only_for_its_organization_and_context(tmp_path: Path) -> None:
    ensure_master_key(tmp_path / "master.key")
    provider = LocalKeyFile(tmp_path / "master.key")
    wrapped = provider.wrap(organization_id=A, context="chain:1", key=KEY)
    assert provider.unwrap(organization_id=A, context="chain:1", wrapped=wrapped) == KEY
    for organization, context in ((B, "chain:1"), (A, "chain:2")):
        with pytest.raises(KeyUnavailable):
            provider.unwrap(organization_id=organization, context=context, wrapped=wrapped)
    with pytest.raises(KeyUnavailable):
        provider.unwrap(organization_id=A, context="chain:1", wrapped=b"")


def test_key_files_are_made_once_and_refused_when_others_can_read_them(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    assert ensure_master_key(path)
    key = read_master_key(path)
    assert not ensure_master_key(path)
    assert read_master_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    path.chmod(0o440)
    with pytest.raises(KeyFileProblem, match="chmod 400"):
        read_master_key(path)
    path.chmod(0o600)
    path.write_text("not a key")
    with pytest.raises(KeyFileProblem):
        read_master_key(path)
    assert ensure_signer_key(tmp_path / "signer.key")
    assert not ensure_signer_key(tmp_path / "signer.key")
    assert stat.S_IMODE((tmp_path / "signer.key.pub").stat().st_mode) == 0o444


def test_two_who_open_a_new_chain_at_once_get_the_same_key() -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    a, stream = make_organization(), f"t.{uuid4().hex[:8]}"

    def opened() -> Chain:
        try:
            with a.job():
                return open_chain(stream=stream, at=a_moment_ago())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        chains = [f.result() for f in [threads.submit(opened) for _ in range(6)]]
    assert len({(chain.id, chain.key) for chain in chains}) == 1
    assert (settings.BLOBS / str(a.id)).exists() is False
