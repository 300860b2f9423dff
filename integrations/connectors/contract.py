"""What every connector offers: a spec, a probe, and streams with `fetch` (network) and `normalise` (pure).

Pure: no Django, no vendor SDK. Moments are aware UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, TypeAlias

Payload: TypeAlias = Mapping[str, Any]
StreamKind: TypeAlias = Literal["configuration", "population", "events"]


def unknown(reason: str) -> dict[str, str]:
    """The marker for a field that could not be read. It is never replaced by a default."""
    return {"unknown": reason}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer as the transport received it. ``call`` numbers the calls of a pull, so that an answer and its
    retries share one; ``part`` says which walk of the stream the call belongs to; ``request`` holds method, path
    and parameters without any secret; ``headers`` only the allow-listed ones."""

    call: int
    part: str
    operation: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    request: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SealedAnswer:
    """An answer that is in the ledger: what `normalise` reads. ``seal`` is its number there."""

    seal: int
    answer: Answer


@dataclass(frozen=True, kw_only=True)
class Found:
    """One normalised resource, citing the seal it was read from."""

    kind: str
    key: str
    payload: Payload
    seal: int


@dataclass(frozen=True, kw_only=True)
class Normalised:
    """What the sealed answers of one pull say. ``complete`` only if the stream's completeness rule held;
    ``reason`` says in one sentence why not, or what stayed unknown; ``items`` counts the population;
    ``second_count`` is what another call counted; ``as_of`` is the age the source itself gives (else None)."""

    facts: tuple[Found, ...]
    items: int
    complete: bool
    reason: str
    second_count: int | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Need:
    """One permission a stream needs. ``loses`` is what the gap costs, as people read it."""

    action: str
    operation: str
    loses: str
    optional: bool = False


class Session(Protocol):
    """An open session of a connector: makes calls, hands every answer to the recorder, counts them."""

    account: str
    identity: str
    page_size: int

    def call(
        self, service: str, operation: str, *, part: str = "", expected: frozenset[str] = frozenset(), **parameters: Any
    ) -> Answer:
        """The last answer of one call. Raises ConnectorError unless it is a success or carries an ``expected`` code."""
        ...


Recorder: TypeAlias = Callable[[Answer], None]


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One kind of thing read from a connection. ``completeness`` is the rule in words, as the coverage row keeps it.
    ``fetch`` yields after each unit of work (the engine seals what was received so far) and raises, never skips;
    ``normalise`` is pure."""

    key: str
    name: str
    kind: StreamKind
    fact_kind: str
    pull_every_hours: int
    stale_after_hours: int
    completeness: str
    needs: tuple[Need, ...]
    fetch: Callable[[Session], Iterator[object]]
    normalise: Callable[[Sequence[SealedAnswer], str], Normalised]


@dataclass(frozen=True, kw_only=True)
class ProbeItem:
    """What the credential can really do. ``granted`` is None when there was nothing to try it on."""

    stream: str
    action: str
    granted: bool | None
    note: str


@dataclass(frozen=True, kw_only=True)
class ProbeResult:
    """``account`` and ``identity`` as the system itself says who we are there."""

    ok: bool
    account: str
    identity: str
    sentence: str
    what_to_do: str
    items: tuple[ProbeItem, ...]
