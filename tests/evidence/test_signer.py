"""The signer signs a log only as an extension of what it signed before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence.fsck.signed import NotSigned, read_note
from evidence.ledger import merkle, note
from evidence.ledger.signer import Head, Signer
from evidence.ledger.signer_state import StateDamaged, StateFile

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@dataclass
class FakeLog:
    """A database with one log that a test can rewrite as an operator could."""

    leaves: list[bytes] = field(default_factory=list)
    organization_id: UUID = field(default_factory=uuid4)
    log_id: UUID = field(default_factory=uuid4)
    clock: datetime = START
    skew: timedelta = timedelta(0)
    published: list[str] = field(default_factory=list)
    fail: Exception | None = None
    gone: bool = False

    def now(self) -> datetime:
        return self.clock + self.skew

    def heads(self) -> Sequence[Head]:
        frontier: tuple[bytes, ...] = ()
        for size, leaf in enumerate(self.leaves):
            frontier = merkle.extend(frontier, size, leaf)
        mine = Head(organization_id=self.organization_id, log_id=self.log_id, size=len(self.leaves), frontier=frontier)
        return [] if self.gone else [mine]

    def hashes(self, organization_id: UUID, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        assert organization_id == self.organization_id
        yield from ((seq, self.leaves[seq]) for seq in range(start, min(stop, len(self.leaves))))

    def publish(self, organization_id: UUID, checkpoint: note.Checkpoint, signed: str) -> None:
        if self.fail is not None:
            raise self.fail
        self.published.append(signed)

    def grow(self, count: int) -> None:
        self.leaves += [merkle.leaf_hash(uuid4().bytes) for _ in range(count)]


def _signer(log: FakeLog, path: Path) -> Signer:
    return Signer(source=log, state=StateFile(path), key=KEY, host="attestry.example", clock=lambda: log.clock)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "signer" / "state.json"


def test_a_checkpoint_is_a_c2sp_signed_note_that_both_readers_accept(state: Path) -> None:
    log = FakeLog()
    log.grow(3)
    done = _signer(log, state).run()
    assert done.signed == done.first_seen == (log.log_id,)
    said = note.verify(log.published[0], KEY.public_key())
    assert said is not None
    assert (said.origin, said.size, said.root, said.at) == (
        f"attestry.example/{log.log_id}", 3, merkle.tree_root(log.leaves), START)  # fmt: skip
    assert read_note(log.published[0], KEY.public_key()).root == said.root
    lines = log.published[0].split("\n")
    assert lines[1] == "3"
    assert lines[3] == "time 2026-11-20T12:00:00.000000Z"
    assert lines[4] == ""
    assert lines[5].startswith(f"— {said.origin} ")


def test_a_log_that_did_not_grow_is_signed_again_after_ten_minutes_and_not_before(state: Path) -> None:
    log = FakeLog()
    log.grow(1)
    signer = _signer(log, state)
    signer.run()
    log.clock += timedelta(minutes=9, seconds=59)
    assert signer.run().signed == ()
    log.clock += timedelta(seconds=1)
    assert signer.run().signed == (log.log_id,)
    log.grow(1)
    assert signer.run().signed == (log.log_id,)


def test_a_restored_older_log_is_refused(state: Path) -> None:
    log = FakeLog()
    log.grow(10)
    _signer(log, state).run()
    log.leaves = log.leaves[:9]
    for signer in (_signer(log, state), _signer(log, state)):
        (refusal,) = signer.run().refused
        assert "older than what was signed" in refusal.reason
    assert len(log.published) == 1


def test_a_restored_log_that_grew_again_is_refused(state: Path) -> None:
    """The fork: cut back to 9, then 5 other leaves. Larger than what was signed, but another tree."""
    log = FakeLog()
    log.grow(10)
    signer = _signer(log, state)
    signer.run()
    log.leaves = log.leaves[:9]
    log.grow(5)
    (refusal,) = signer.run().refused
    assert "rewritten" in refusal.reason


@pytest.mark.parametrize("seq", [0, 4, 6])
def test_a_rewritten_leaf_with_a_matching_head_is_refused(state: Path, seq: int) -> None:
    log = FakeLog()
    log.grow(7)
    signer = _signer(log, state)
    signer.run()
    log.leaves[seq] = merkle.leaf_hash(b"another truth")
    log.grow(2)
    (refusal,) = signer.run().refused
    assert "rewritten" in refusal.reason


def test_a_rewritten_old_leaf_is_refused_even_if_the_head_was_left_alone(state: Path) -> None:
    """The head still extends what was signed; only reading all leaves again shows it."""
    log = FakeLog()
    log.grow(7)
    _signer(log, state).run()
    (head,) = log.heads()
    log.heads = lambda: [head]  # type: ignore[method-assign]
    log.leaves[2] = merkle.leaf_hash(b"another truth")
    (refusal,) = _signer(log, state).run().refused
    assert "rewritten" in refusal.reason


def test_a_log_that_disappeared_is_refused_by_name(state: Path) -> None:
    log = FakeLog()
    log.grow(1)
    signer = _signer(log, state)
    signer.run()
    log.gone = True
    (refusal,) = signer.run().refused
    assert refusal.log_id == log.log_id


def test_time_that_runs_backwards_is_refused(state: Path) -> None:
    log = FakeLog()
    log.grow(1)
    signer = _signer(log, state)
    signer.run()
    log.clock -= timedelta(seconds=1)
    log.grow(1)
    (refusal,) = signer.run().refused
    assert "backwards" in refusal.reason


@pytest.mark.parametrize(("seconds", "signed"), [(2.0, 1), (-2.0, 1), (2.1, 0), (-2.1, 0), (3600, 0)])
def test_clocks_more_than_two_seconds_apart_sign_nothing(state: Path, seconds: float, signed: int) -> None:
    log = FakeLog(skew=timedelta(seconds=seconds))
    log.grow(1)
    done = _signer(log, state).run()
    assert len(done.signed) == signed
    assert len(done.refused) == 1 - signed


def test_a_checkpoint_that_could_not_be_published_is_signed_again_at_once(state: Path) -> None:
    log = FakeLog(fail=OSError("server away"))
    log.grow(4)
    signer = _signer(log, state)
    with pytest.raises(OSError, match="server away"):
        signer.run()
    log.fail = None
    assert signer.run().signed == (log.log_id,)
    assert len(log.published) == 1


def test_a_state_file_that_cannot_be_written_publishes_nothing(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = FakeLog()
    log.grow(4)
    signer = _signer(log, state)
    signer.run()
    before = state.read_bytes()
    log.grow(1)

    def full(_descriptor: int) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr("evidence.ledger.signer_state.os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        signer.run()
    assert state.read_bytes() == before
    assert len(log.published) == 1
    assert [entry.name for entry in state.parent.iterdir()] == [state.name]


def test_a_damaged_state_file_signs_nothing(state: Path) -> None:
    log = FakeLog()
    log.grow(1)
    _signer(log, state).run()
    state.write_text(state.read_text()[:-9])
    with pytest.raises(StateDamaged):
        _signer(log, state).run()


SIGNED = note.sign(note.Checkpoint(origin=f"attestry.example/{uuid4()}", size=42, root=bytes(range(32)), at=START), KEY)


def test_no_single_changed_character_of_a_note_is_accepted_by_either_reader() -> None:
    for at in range(len(SIGNED)):
        for character in "0129abyzABYZ/+= \n—\u2028":
            changed = SIGNED[:at] + character + SIGNED[at + 1 :]
            if changed != SIGNED:
                assert note.verify(changed, KEY.public_key()) is None, (at, character)
                with pytest.raises(NotSigned):
                    read_note(changed, KEY.public_key())


def test_another_key_does_not_verify() -> None:
    other = Ed25519PrivateKey.generate().public_key()
    assert note.verify(SIGNED, other) is None
    with pytest.raises(NotSigned):
        read_note(SIGNED, other)
