"""The static schedule of beat: three entries that need no ticket, because none of them touches an organization.

Everything else that is due is a row in Postgres, leased by the dispatcher (`manage.py dispatch`). Two beats would only
do these three twice, which changes nothing.
"""

from __future__ import annotations

import time
from typing import Any

import redis
from celery import shared_task
from django.conf import settings
from django.core.management import call_command

HEARTBEAT_KEY = "attestry:heartbeat"
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
        broker.set(HEARTBEAT_KEY, int(time.time()), ex=86_400)


@shared_task(name="config.schedule.publish_checkpoints")
def publish_checkpoints() -> None:
    """Wake the signer, which alone may sign; one waiting nudge is as good as many."""
    with _broker() as broker:
        broker.lpush(SIGNER_WAKE_KEY, 1)
        broker.ltrim(SIGNER_WAKE_KEY, 0, 0)


@shared_task(name="config.schedule.housekeeping")
def housekeeping() -> None:
    """Remove what expired outside organizations: unfinished sign-ins and rate-limit counters expire by themselves,

    so today this only drops content types of removed models.
    """
    call_command("remove_stale_contenttypes", interactive=False, include_stale_apps=False, verbosity=0)


def _broker() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5)
