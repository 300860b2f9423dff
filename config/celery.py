"""The Celery application of the worker and of beat.

Truth is a row in Postgres with lease and fence; a message only says "look now". Losing every message loses nothing,
and running one twice does nothing the second time. Facts behind the settings: design text dependencies.md, 6.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import psycopg
from celery import Celery
from celery.signals import worker_init, worker_ready
from django.conf import settings
from kombu.entity import Queue

from config.schedule import BEAT_SCHEDULE
from organizations.gate.boot import UnsafeDatabase, refuse_unsafe_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")  # noqa: TID251 - before settings exist

TASK_SECONDS = 900

app = Celery("attestry")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_soft_time_limit=TASK_SECONDS - 60,
    task_time_limit=TASK_SECONDS,
    # Must exceed the hard limit, or a long task is delivered a second time while it still runs.
    broker_transport_options={"visibility_timeout": 3600},
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    timezone="UTC",
    enable_utc=True,
    task_default_queue="collect",
    task_queues=[Queue(name) for name in ("interactive", "collect", "export", "housekeeping")],  # type: ignore[no-untyped-call]
    task_routes={
        "*.interactive.*": {"queue": "interactive"},
        "*.exports.*": {"queue": "export"},
        "config.schedule.*": {"queue": "housekeeping"},
    },
    # A page of a program's secrets must not reach a log through a task's arguments.
    worker_redirect_stdouts=False,
    worker_hijack_root_logger=False,
    beat_schedule=BEAT_SCHEDULE,
)
app.autodiscover_tasks()
app.autodiscover_tasks(["config"], related_name="schedule")
app.conf.imports = ("config.pipeline",)


@worker_ready.connect
def say_ready(**_told: Any) -> None:
    """Say that the worker takes work now: the supervisor waits for this line."""
    sys.stdout.write("worker is ready\n")
    sys.stdout.flush()


@worker_init.connect
def refuse_unsafe(**_told: Any) -> None:
    """Celery swallows what a signal raises, so a worker that must not serve ends itself."""
    try:
        refuse_unsafe_database()
    except (UnsafeDatabase, psycopg.OperationalError) as error:
        raise SystemExit(str(error)) from None
