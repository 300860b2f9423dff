"""Reads one stream of one connection: open, fetch and seal page by page, then normalise what was sealed."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta

from evidence.services import open_chain
from integrations.connectors import registry
from integrations.connectors.contract import Normalised, Stream
from integrations.connectors.credential import Credential
from integrations.errors import ConnectorError, Deferred, LeaseLost, WrongAccount
from integrations.models import Connection
from integrations.services import lease
from integrations.services.read_credential import read_credential
from integrations.services.sealing import PageSink, Paper
from inventory.types import PullOutcome, Reading, SeenFact
from organizations import clock
from organizations.gate.identifiers import uuid7
from organizations.tasks import Job

# AWS keeps a credential report for four hours; an older one is no reading of today.
_OLDEST_SOURCE = timedelta(hours=4, minutes=15)
_CLOCKS_APART = timedelta(minutes=5)
_SANDBOX_STALE_HOURS = 48


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a pull knows before it goes to the network. ``refused``: why the secret cannot be used, if so."""

    connector: registry.Connector
    stream: Stream
    credential: Credential
    refused: ConnectorError | None
    identity: str
    paper: Paper


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """A pull that came to an end. ``error`` is what ended it early, if anything did. A deferred one is not recorded in
    the inventory: nothing was concluded, the row is only tried again."""

    run: int
    reading: Reading
    error: ConnectorError | None
    milliseconds: int

    @property
    def deferred(self) -> bool:
        return isinstance(self.error, Deferred)


def read_stream(job: Job) -> Pulled:
    """UNBOUND; opens short bound transactions of its own, none of them around the network.

    Guarantees: every answer is sealed before it is read for facts; complete only when the stream's completeness rule
    held. Raises LeaseLost when another worker has the row; a ConnectorError ends the pull and is in the result.
    """
    plan = _begin(job)
    if plan is None:
        raise LeaseLost
    sink = PageSink(job, plan=plan.paper)
    walked = _walk(plan, sink)
    sink.flush()
    found, error = _normalised(plan, sink, walked)
    reading = _reading(job, plan, sink, found, replace(walked, error=error))
    return Pulled(
        run=plan.paper.run, reading=reading, error=error, milliseconds=int((time.monotonic() - plan.paper.began) * 1000)
    )


@dataclass(frozen=True, kw_only=True)
class Walked:
    """What the network part ended with."""

    account: str
    calls: int = 0
    error: ConnectorError | None = None


def _begin(job: Job) -> Plan | None:
    with job.bound() as bound:
        row = lease.take_over(job)
        if row is None:
            return None
        connection: Connection = Connection.objects.get(id=row.connection_id)
        connector = registry.connector(connection.connector)
        now = clock.now()
        paper = Paper(
            run=row.run,
            chain=open_chain(stream=row.stream, at=now),
            version=connector.version,
            now=now,
            simulated=bound.sandbox,
        )
        credential, error = read_credential(connection)
        return Plan(
            connector=connector,
            stream=connector.stream(row.stream),
            credential=credential,
            refused=error,
            identity=connection.identity,
            paper=paper,
        )


def _walk(plan: Plan, sink: PageSink) -> Walked:
    account, calls = plan.credential.account, _nothing_sent
    sink.identity = plan.identity
    if plan.refused is not None:
        return Walked(account=account, error=plan.refused)
    try:
        session = plan.connector.open_session(plan.credential, sink.take)
        calls = session.sent
        account, sink.identity = session.account, session.identity
        for _unit in plan.stream.fetch(session):
            sink.flush_full()
    except ConnectorError as error:
        return Walked(account=account, calls=max(calls(), sink.taken), error=error)
    return Walked(account=account, calls=calls())


def _nothing_sent() -> int:
    return 0


def _normalised(plan: Plan, sink: PageSink, walked: Walked) -> tuple[Normalised, ConnectorError | None]:
    nothing = Normalised(facts=(), items=0, complete=False, reason="")
    if isinstance(walked.error, (WrongAccount, Deferred)) or not walked.account:
        return nothing, walked.error
    try:
        found = plan.stream.normalise(sink.sealed, walked.account)
    except ConnectorError as unreadable:
        return nothing, walked.error or unreadable
    if found.complete and found.as_of is not None and not plan.paper.simulated:
        late, early = plan.paper.moment() - _OLDEST_SOURCE, plan.paper.moment() + _CLOCKS_APART
        if not late <= found.as_of <= early:
            found = replace(
                found, complete=False, reason="The answer is not of today: its own date is too far from this pull's."
            )
    return found, walked.error


def _reading(job: Job, plan: Plan, sink: PageSink, found: Normalised, walked: Walked) -> Reading:
    assert job.connection_id is not None
    paper, stream = plan.paper, plan.stream
    ended = paper.moment()
    as_of = found.as_of if found.as_of is not None and not paper.simulated and found.complete else ended
    complete = found.complete and walked.error is None
    outcome: PullOutcome = "complete" if complete else "partial" if found.facts and sink.sealed else "failed"
    facts = tuple(SeenFact(kind=f.kind, key=f.key, payload=f.payload, seal=f.seal) for f in found.facts)
    return Reading(
        connection_id=job.connection_id,
        stream=stream.key,
        pull_id=uuid7(),
        started_at=paper.now,
        observed_at=min(ended, as_of),
        outcome=outcome,
        reason=walked.error.message if walked.error is not None else found.reason,
        facts=facts if outcome != "failed" else (),
        pages=len(sink.sealed),
        items=found.items,
        calls=walked.calls,
        bytes_sealed=sink.bytes_sealed,
        completeness_rule=stream.completeness,
        second_count=found.second_count,
        collector_version=paper.version,
        credential_identity=sink.identity,
        seals=tuple(s.seal for s in sink.sealed),
        account=walked.account,
        stale_after_hours=_SANDBOX_STALE_HOURS if paper.simulated else stream.stale_after_hours,
    )
