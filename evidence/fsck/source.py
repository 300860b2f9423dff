"""The rows that an inspection reads, as it reads them. A database, or a test, hands them over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class HeadRow:
    """The head, and in the same snapshot the first sequence number that leaves and records do not reach."""

    log_id: UUID
    size: int
    frontier: tuple[bytes, ...]
    recorded_at: datetime
    leaves_end: int
    records_end: int


@dataclass(frozen=True, kw_only=True)
class LeafRow:
    seq: int
    body: bytes
    hash: bytes


@dataclass(frozen=True, kw_only=True)
class RecordRow:
    seq: int
    stream: str
    page: int
    object_id: UUID
    ct_sha256: bytes
    ct_len: int
    body_size: int
    codec: int
    chain_id: UUID
    connection_id: UUID | None
    observed_at: datetime
    sealed_at: datetime
    simulated: bool
    recorded_at: datetime
    simulated_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ChainRow:
    id: UUID
    stream: str
    week: str
    provider: str
    wrapped_key: bytes
    destroyed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CheckpointRow:
    id: UUID
    origin: str
    size: int
    root: bytes
    at: datetime
    key_type: int
    note: str
    recorded_at: datetime
    simulated_at: datetime | None


class Source(Protocol):
    """One organization's rows."""

    organization_id: UUID
    slug: str
    sandbox: bool

    def head(self) -> HeadRow | None: ...

    def leaves(self) -> Iterator[LeafRow]:
        """All leaves in order of seq."""
        ...

    def records(self) -> Iterator[RecordRow]:
        """All records in order of seq."""
        ...

    def chains(self) -> Sequence[ChainRow]: ...

    def checkpoints(self) -> Sequence[CheckpointRow]: ...
