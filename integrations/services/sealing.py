"""Puts the answers of a pull into the vault, page by page, while the pull goes on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from evidence.services import append_page, store_page
from evidence.types import Chain, ReceivedPage, StoredPage
from integrations.connectors.contract import Answer, SealedAnswer
from integrations.services import lease
from organizations.tasks import Job

_PAGES_OF_ONE_TRANSACTION = 25


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What every page of one pull carries. ``now`` is the organization's clock when the pull began."""

    run: int
    chain: Chain
    version: str
    now: datetime
    simulated: bool
    began: float = field(default_factory=time.monotonic)

    def moment(self) -> datetime:
        """Now, by the organization's clock: it stands still during a pull in a sandbox."""
        return self.now if self.simulated else self.now + timedelta(seconds=time.monotonic() - self.began)


class PageSink:
    """Takes answers from the transport. Each is encrypted and stored at once (no database, no transaction open); its
    leaf follows in a short bound transaction that first proves the lease. `normalise` sees only what has a leaf."""

    def __init__(self, job: Job, *, plan: Paper) -> None:
        self._job, self._paper = job, plan
        self._waiting: list[tuple[Answer, StoredPage]] = []
        self.taken = 0
        self.identity = ""
        self.sealed: list[SealedAnswer] = []
        self.bytes_sealed = 0

    def take(self, answer: Answer) -> None:
        """One answer as received. Raises OSError when the store fails: then the pull ends."""
        page = ReceivedPage(
            stream=self._paper.chain.stream,
            page=self.taken,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            request=answer.request,
            observed_at=self._paper.moment(),
            collector_version=self._paper.version,
            credential_identity=self.identity,
            counts={"call": answer.call, "bytes": len(answer.body)},
            known_at=self._paper.now if self._paper.simulated else None,
        )
        self._waiting.append((answer, store_page(self._paper.chain, page)))
        self.taken += 1

    def flush_full(self) -> None:
        """Append the leaves of a full batch. Called between the units of work of a fetch."""
        if len(self._waiting) >= _PAGES_OF_ONE_TRANSACTION:
            self.flush()

    def flush(self) -> None:
        """Append the leaves of everything stored so far. Raises LeaseLost; then no leaf was written."""
        if not self._waiting:
            return
        with self._job.bound():
            lease.extend(self._job, self._paper.run)
            seals = [(answer, append_page(stored)) for answer, stored in self._waiting]
        self._waiting.clear()
        for answer, seal in seals:
            self.sealed.append(SealedAnswer(seal=seal.seq, answer=answer))
            self.bytes_sealed += seal.bytes_sealed
