"""What the evidence room hands out and takes in: frozen values, no models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

JSON: TypeAlias = Any
"""A JSON value: scalar, list or object with text keys."""

RecordState: TypeAlias = Literal["sealed", "waiting", "mismatch"]


@dataclass(frozen=True, kw_only=True)
class ReceivedPage:
    """One answer exactly as the transport received it, before anything parsed it.

    ``body`` is the entity body after content-decoding; ``request`` holds method, path and
    parameters without any secret; ``observed_at`` and ``known_at`` are aware UTC times.
    """

    stream: str
    page: int
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    request: Mapping[str, JSON]
    observed_at: datetime
    collector_version: str
    credential_identity: str
    counts: Mapping[str, int]
    known_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Base:
    """An earlier, self-contained page of the same chain, usable as a dictionary."""

    object_id: UUID
    ct_sha256: bytes


@dataclass(frozen=True, kw_only=True)
class Chain:
    """The data key of one (organization, stream, ISO week), unwrapped for one piece of work.

    Lives in memory only. ``bases`` gives, per page index, the newest page of this chain that was
    stored without a dictionary.
    """

    organization_id: UUID
    id: UUID
    stream: str
    week: str
    key: bytes = field(repr=False)
    bases: Mapping[int, Base] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class StoredPage:
    """A page whose ciphertext is in the store and was read back; it has no leaf yet."""

    organization_id: UUID
    chain_id: UUID
    stream: str
    page: int
    object_id: UUID
    ct_sha256: bytes
    ct_len: int
    pt_commit: bytes
    codec: int
    body_size: int
    observed_at: datetime
    known_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Seal:
    """The place of one record in the organization's log. Times are aware UTC."""

    seq: int
    leaf_hash: bytes
    object_id: UUID
    recorded_at: datetime
    observed_at: datetime
    bytes_sealed: int


@dataclass(frozen=True, kw_only=True)
class RecordView:
    """One sealed item as lists show it, without decrypting anything.

    ``size`` is the size of the body as received, ``sealed_size`` that of the ciphertext, both in
    bytes; ``digest`` is the SHA-256 of the ciphertext in hex.
    """

    seq: int
    stream: str
    connection_id: UUID | None
    observed_at: datetime
    recorded_at: datetime
    known_at: datetime | None
    page: int
    size: int
    sealed_size: int
    digest: str
    simulated: bool
    state: RecordState

    @property
    def short_digest(self) -> str:
        """The first and last four hex digits, as pages print them."""
        return f"{self.digest[:4]}…{self.digest[-4:]}"


@dataclass(frozen=True, kw_only=True)
class OpenedRecord:
    """A decrypted record: the envelope's fields and the body as received."""

    view: RecordView
    request: Mapping[str, JSON]
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    collector_version: str
    credential_identity: str
    counts: Mapping[str, int]
    known_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that was checked. ``ok`` is None when it could not be checked yet."""

    key: str
    name: str
    ok: bool | None
    detail: str


@dataclass(frozen=True, kw_only=True)
class ProofNode:
    """One step of an inclusion proof: our hash joined with a neighbour on one side."""

    side: Literal["left", "right"]
    neighbour: str
    result: str


@dataclass(frozen=True, kw_only=True)
class CheckpointView:
    """A signed size and root of the organization's log."""

    origin: str
    size: int
    root: str
    at: datetime
    note: str
    signed_by: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    """The result of verifying one record. ``ok`` is True only if every step was checked and held."""

    ok: bool
    waiting: bool
    steps: tuple[Step, ...]
    checkpoint: CheckpointView | None
    path: tuple[ProofNode, ...]
    leaf: str
    leaf_hash: str


@dataclass(frozen=True, kw_only=True)
class Anchoring:
    """How far the log is covered by a signed checkpoint.

    ``unanchored_since`` is the seal time of the oldest leaf that no checkpoint covers, or None.
    """

    size: int
    signed_size: int
    signed_at: datetime | None
    unanchored_since: datetime | None
