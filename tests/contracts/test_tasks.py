"""Every Celery task needs a ticket, or stands on the list of the three that touch no organization."""

from __future__ import annotations

from celery import current_app

import config.pipeline  # noqa: F401 -- registers the tasks of the pipeline
from config.celery import app
from config.schedule import BEAT_SCHEDULE
from organizations.tasks import TicketTask

# Without a ticket, each with its reason. A stale entry fails below.
TICKETLESS = {
    "config.schedule.heartbeat": "writes a time to Redis",
    "config.schedule.publish_checkpoints": "wakes the signer, which alone may sign",
    "config.schedule.housekeeping": "removes unfinished files that no row names",
}


def tasks() -> dict[str, object]:
    app.loader.import_default_modules()
    return {name: task for name, task in current_app.tasks.items() if not name.startswith("celery.")}


def test_every_task_needs_a_ticket_or_has_a_reason() -> None:
    without = {name for name, task in tasks().items() if not isinstance(task, TicketTask)}
    assert without == set(TICKETLESS)


def test_the_dispatcher_can_send_every_ticketed_task() -> None:
    assert {name for name, task in tasks().items() if isinstance(task, TicketTask)} == {"pull", "probe", "rejudge"}


def test_beat_sends_only_what_needs_no_ticket() -> None:
    assert {entry["task"] for entry in BEAT_SCHEDULE.values()} == set(TICKETLESS)
