"""The signer: signs a log only as an extension of what it signed before.

It trusts nothing of the database but leaf hashes, and these only as far as they extend the tree of
its own last state. It has its own key, its own state file and its own clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence.ledger import merkle, note
from evidence.ledger.signer_state import LogState, StateFile

EVERY = timedelta(minutes=10)
LARGEST_SKEW = timedelta(seconds=2)
REREAD_EVERY = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Head:
    """The database's claim about one log."""

    organization_id: UUID
    log_id: UUID
    size: int
    frontier: tuple[bytes, ...]


class LogSource(Protocol):
    """What the signer may see of the database, and the one thing that it writes."""

    def now(self) -> datetime:
        """The database's clock, aware UTC."""
        ...

    def heads(self) -> Sequence[Head]:
        """The head of every log."""
        ...

    def hashes(self, organization_id: UUID, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        """(seq, leaf hash) for start <= seq < stop, in order."""
        ...

    def publish(self, organization_id: UUID, checkpoint: note.Checkpoint, signed: str) -> None:
        """Insert the signed checkpoint."""
        ...


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A log that was not signed, and why."""

    log_id: UUID | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Round:
    """The result of one pass over all logs."""

    signed: tuple[UUID, ...]
    first_seen: tuple[UUID, ...]
    refused: tuple[Refusal, ...]


class _Refused(Exception):
    pass


class Signer:
    """Signs every log that grew, and every log whose last checkpoint is ten minutes old."""

    def __init__(
        self, *, source: LogSource, state: StateFile, key: Ed25519PrivateKey, host: str, clock: Callable[[], datetime]
    ) -> None:
        self._source, self._state, self._key, self._host, self._clock = source, state, key, host, clock
        self._reread_at: dict[UUID, datetime] = {}
        self._published: set[UUID] = set()

    def run(self) -> Round:
        """One pass. Raises StateDamaged; refusals of single logs are in the result, others go on."""
        known, now = self._state.load(), self._clock()
        skew = abs(self._source.now() - now)
        if skew > LARGEST_SKEW:
            reason = f"the clocks of signer and database differ by {skew.total_seconds():.1f} s"
            return Round(signed=(), first_seen=(), refused=(Refusal(log_id=None, reason=reason),))
        heads = self._source.heads()
        gone = known.keys() - {head.log_id for head in heads}
        refused = [Refusal(log_id=log, reason="the log is gone from the database") for log in sorted(gone, key=str)]
        first = tuple(head.log_id for head in heads if head.log_id not in known)
        due: list[tuple[Head, LogState]] = []
        for head in heads:
            try:
                state = self._next(head, known.get(head.log_id), now)
            except _Refused as error:
                refused.append(Refusal(log_id=head.log_id, reason=str(error)))
                continue
            if state is not None:
                due.append((head, state))
        self._publish(due, known)
        return Round(signed=tuple(head.log_id for head, _state in due), first_seen=first, refused=tuple(refused))

    def _next(self, head: Head, last: LogState | None, now: datetime) -> LogState | None:
        """What to sign of this log, None if its last checkpoint still says it all."""
        if last is not None and now < last.at:
            raise _Refused(f"time runs backwards: the last checkpoint is of {last.at.isoformat()}")
        frontier = self._extended(head, last)
        self._reread_if_due(head, last, now)
        if last is not None and last.size == head.size and now - last.at < EVERY and head.log_id in self._published:
            return None
        return LogState(size=head.size, root=merkle.frontier_root(frontier), frontier=frontier, at=now)

    def _publish(self, due: Sequence[tuple[Head, LogState]], known: Mapping[UUID, LogState]) -> None:
        """Remember, then sign: after a crash in between nothing forks, and a new process signs each log once anyway."""
        if not due:
            return
        self._published -= {head.log_id for head, _state in due}
        self._state.save({**known, **{head.log_id: state for head, state in due}})
        for head, state in due:
            checkpoint = note.Checkpoint(
                origin=f"{self._host}/{head.log_id}", size=state.size, root=state.root, at=state.at
            )
            self._source.publish(head.organization_id, checkpoint, note.sign(checkpoint, self._key))
            self._published.add(head.log_id)

    def _extended(self, head: Head, last: LogState | None) -> tuple[bytes, ...]:
        """Our own last frontier, extended by the new leaves; it must meet the head's claim."""
        size, frontier = (last.size, last.frontier) if last is not None else (0, ())
        if head.size < size:
            raise _Refused(f"the log is older than what was signed: {head.size} leaves, {size} were signed")
        for seq, leaf in self._source.hashes(head.organization_id, size, head.size):
            if seq != size:
                raise _Refused(f"leaf {size} is missing")
            frontier, size = merkle.extend(frontier, size, leaf), size + 1
        if size != head.size:
            raise _Refused(f"leaf {size} is missing")
        if frontier != head.frontier:
            raise _Refused("the log was rewritten: its head does not extend the tree that was signed")
        return frontier

    def _reread_if_due(self, head: Head, last: LogState | None, now: datetime) -> None:
        """Once per process and day: demand a consistency proof over all leaf hashes of the database."""
        due = self._reread_at.get(head.log_id)
        if last is None or last.size == 0 or (due is not None and now < due):
            return
        leaves = [leaf for _seq, leaf in self._source.hashes(head.organization_id, 0, head.size)]
        if len(leaves) != head.size:
            raise _Refused("a leaf that was signed is missing")
        proof = merkle.consistency_proof(leaves, last.size)
        new_root = merkle.frontier_root(head.frontier)
        if merkle.tree_root(leaves) != new_root or not merkle.verify_consistency(
            last.size, head.size, last.root, new_root, proof
        ):
            raise _Refused("the log was rewritten: its leaves are not those that were signed")
        self._reread_at[head.log_id] = now + REREAD_EVERY
