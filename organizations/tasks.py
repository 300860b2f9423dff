"""The base of every Celery task that touches an organization: no ticket, no work.

The message carries ids, a fence and the job ticket that the dispatcher minted for exactly one organization,
connection and task. The task binds with it (`scope.job`); a forged, old or foreign message opens nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from celery import Task, shared_task

from organizations import scope

_log = logging.getLogger(__name__)


class MissingTicket(RuntimeError):
    """A message without a usable ticket: nothing was done. It is logged as an error, because nobody honest sends one."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One leased piece of work. ``id`` is the due row, ``fence`` its number at the time of the lease."""

    id: UUID
    connection_id: UUID | None
    task: str
    fence: int
    ticket: bytes = field(repr=False)

    def bound(self) -> AbstractContextManager[scope.Scope]:
        """The scope that this job's ticket opens: one transaction. Raises `scope.Denied` when the ticket has ended."""
        return scope.job(self.ticket, task=self.task, connection_id=self.connection_id)


class TicketTask(Task):
    """Turns the message into a `Job` and refuses everything that is not one."""

    abstract = True
    ticketed = True

    def __call__(self, *args: Any, **message: Any) -> None:
        try:
            job = _job(self.name, args, message)
        except (KeyError, TypeError, ValueError):
            # Not the message itself: it may hold anything.
            _log.error("Task %s was called without a usable job ticket.", self.name)
            raise MissingTicket(self.name) from None
        self.run(job)


def ticketed(name: str) -> Callable[[Callable[[Job], None]], TicketTask]:
    """Register a function of one `Job` as the Celery task ``name``, which is also the task that its ticket must name."""

    def register(work: Callable[[Job], None]) -> TicketTask:
        task: TicketTask = shared_task(name=name, base=TicketTask)(work)
        return task

    return register


def _job(task: str, args: tuple[Any, ...], message: dict[str, Any]) -> Job:
    if args:
        raise TypeError("a job is sent by name")
    ticket = bytes.fromhex(message["ticket"])
    if len(ticket) != 32:
        raise ValueError("a ticket has 32 bytes")
    connection = message["connection_id"]
    return Job(
        id=UUID(message["job_id"]),
        connection_id=UUID(connection) if connection is not None else None,
        task=task,
        fence=int(message["fence"]),
        ticket=ticket,
    )
