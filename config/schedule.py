"""The static schedule of beat: three entries that need no ticket, because none of them touches an organization.

Everything else that is due is a row in Postgres, leased by the dispatcher (`manage.py dispatch`). Two beats would only
do these three twice, which changes nothing.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis
from celery import shared_task
from django.conf import settings

HEARTBEAT_KEY = "attestry:heartbeat"
_DAY = 86_400.0
SIGNER_WAKE_KEY = "wake-signer"

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": {"task": "config.schedule.heartbeat", "schedule": 30.0, "options": {"expires": 60}},
    "publish_checkpoints": {
        "task": "config.schedule.publish_checkpoints", "schedule": 60.0, "options": {"expires": 60},
    },
    "housekeeping": {"task": "config.schedule.housekeeping", "schedule": 3600.0, "options": {"expires": 3600}},
}  # fmt: skip


@shared_task(name="config.schedule.heartbeat")
def heartbeat() -> None:
    """Note in Redis that broker, beat and worker work together: the Unix time, kept for a day."""
    with _broker() as broker:
        broker.set(HEARTBEAT_KEY, int(time.time()), ex=int(_DAY))


@shared_task(name="config.schedule.publish_checkpoints")
def publish_checkpoints() -> None:
    """Wake the signer, which alone may sign; one waiting nudge is as good as many."""
    with _broker() as broker:
        broker.lpush(SIGNER_WAKE_KEY, 1)
        broker.ltrim(SIGNER_WAKE_KEY, 0, 0)


@shared_task(name="config.schedule.housekeeping")
def housekeeping() -> int:
    """Remove what a killed writer left: parts of evidence files older than a day; return how many.

    A part has no content address yet and no row names it. Everything else that expires does so by its own time.
    """
    return remove_parts(settings.BLOBS, older_than=time.time() - _DAY)


def remove_parts(folder: Path, *, older_than: float) -> int:
    """Remove unfinished files below `folder` that were last written before the Unix time `older_than`."""
    removed = 0
    for part in folder.rglob(".*.part"):
        with suppress(FileNotFoundError):  # its writer may finish it this moment
            if part.stat().st_mtime < older_than:
                part.unlink()
                removed += 1
    return removed


def _broker() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5)
