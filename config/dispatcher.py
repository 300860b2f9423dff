"""The dispatcher: the only process that leases due rows, mints job tickets and sends work (role `app_sched`).

It looks once a second, and at once after a nudge. Two of it are harmless: rows are claimed with SKIP LOCKED, and a
lease that ran out is due again, so there is no reaper and nothing to hand over. It sees ids and times of due rows and
no customer data. SQL: design text dependencies.md, section 6.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import redis
from kombu.exceptions import OperationalError

NUDGE_KEY = "nudge"
# An organization's share of leases at one time, so that nobody's backlog starves the others.
CAP = 30
BATCH = 100
# Time for a worker to pick the message up; it then takes a longer lease itself. A lost message is sent again after it.
LEASE = "2 minutes"
# As long as the longest pull may take; sec.mint_job allows an hour at most.
TICKET = "1 hour"
_log = logging.getLogger(__name__)

_CLAIM = """
with ranked as (
  select organization_id, id, row_number() over (partition by organization_id order by next_run_at, id) as place
  from app.integrations_due
  where next_run_at <= now() and quarantined_at is null and (lease_until is null or lease_until < now())),
busy as (
  select organization_id, count(*) as running from app.integrations_due where lease_until >= now() group by 1),
pick as (
  select d.organization_id, d.id
  from app.integrations_due d join ranked r using (organization_id, id) left join busy b using (organization_id)
  where r.place <= %(cap)s - coalesce(b.running, 0)
    and d.next_run_at <= now() and d.quarantined_at is null and (d.lease_until is null or d.lease_until < now())
  order by r.place, d.next_run_at limit %(batch)s for update of d skip locked)
update app.integrations_due d
set lease_until = now() + %(lease)s::interval, fence = d.fence + 1
from pick p where (d.organization_id, d.id) = (p.organization_id, p.id)
returning d.organization_id, d.id, d.connection_id, d.task, d.fence
"""
_MINT = "select sec.mint_job(%s, %s, %s, %s::interval)"


@dataclass(frozen=True, kw_only=True)
class Message:
    """One leased row with its ticket, ready to send."""

    task: str
    job_id: UUID
    connection_id: UUID | None
    fence: int
    ticket: bytes

    def arguments(self) -> dict[str, Any]:
        """What goes over the broker: ids, a fence and the ticket, nothing else."""
        connection = str(self.connection_id) if self.connection_id else None
        return {
            "job_id": str(self.job_id),
            "connection_id": connection,
            "fence": self.fence,
            "ticket": self.ticket.hex(),
        }


def claim(connection: psycopg.Connection[Any], *, cap: int = CAP, batch: int = BATCH) -> list[Message]:
    """Lease what is due, fairly between organizations, and mint a ticket for each row, in one transaction.

    The advisory lock makes the cap strict when dispatchers overlap.
    """
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(4711)")
        rows = connection.execute(_CLAIM, {"cap": cap, "batch": batch, "lease": LEASE}).fetchall()
        return [
            Message(
                task=task,
                job_id=row_id,
                connection_id=conn,
                fence=fence,
                ticket=_mint(connection, organization, conn, task),
            )
            for organization, row_id, conn, task, fence in rows
        ]


def _mint(connection: psycopg.Connection[Any], organization: UUID, conn: UUID | None, task: str) -> bytes:
    row = connection.execute(_MINT, (organization, conn, task, TICKET)).fetchone()
    assert row is not None
    return bytes(row[0])


class Dispatcher:
    """The loop. ``send`` puts one message on the broker; ``stop`` ends the loop after the current look."""

    def __init__(self, *, dsn: str, redis_url: str, send: Callable[[Message], None]) -> None:
        self._dsn, self._send, self._going = dsn, send, True
        self._broker = redis.Redis.from_url(redis_url, socket_timeout=3, socket_connect_timeout=2)
        self._connection: psycopg.Connection[Any] | None = None

    def stop(self, *_: object) -> None:
        self._going = False

    def run(self) -> None:
        """Until `stop` (SIGTERM, SIGINT). A database or broker that is away is waited for, never given up on."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        _log.info("Dispatcher is looking for due work.")
        full = False
        while self._going:
            if not full:
                self._wait()
            full = self.look() >= BATCH

    def look(self) -> int:
        """One look: claim, then send after the commit. Returns how many were sent. A message that is lost here costs
        the rest of its short lease and nothing else; where the broker refused it, the row is given back at once."""
        try:
            if self._connection is None or self._connection.closed:
                self._connection = psycopg.connect(self._dsn, autocommit=True, prepare_threshold=None)
            messages = claim(self._connection)
        except psycopg.Error as error:
            _log.warning("The database cannot be asked: %s", type(error).__name__)
            self._connection = None
            return 0
        sent = 0
        for message in messages:
            try:
                self._send(message)
                sent += 1
            except (OSError, redis.RedisError, OperationalError) as error:
                _log.warning("The broker did not take a message: %s", type(error).__name__)
                self._give_back(message)
        return sent

    def _give_back(self, message: Message) -> None:
        assert self._connection is not None
        self._connection.execute(
            "update app.integrations_due set lease_until = null where id = %s and fence = %s",
            (message.job_id, message.fence),
        )

    def _wait(self) -> None:
        """Up to one second, less when somebody nudges. A backlog of nudges is one look."""
        try:
            if self._broker.blpop([NUDGE_KEY], timeout=1):
                self._broker.delete(NUDGE_KEY)
        except redis.RedisError:
            time.sleep(1)
