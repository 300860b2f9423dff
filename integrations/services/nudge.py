"""Wakes the dispatcher. Losing a nudge costs at most a second: the due row is the truth."""

from __future__ import annotations

import logging

import redis
from django.conf import settings
from django.db import transaction

from organizations import scope

NUDGE_KEY = "nudge"
_log = logging.getLogger(__name__)


def nudge_on_commit() -> None:
    """Push an empty nudge (no ids, no ticket) once the transaction has committed."""
    transaction.on_commit(_nudge, using=scope.ALIAS)


def _nudge() -> None:
    if not settings.REDIS_URL:
        return
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as broker:
            broker.lpush(NUDGE_KEY, 1)
            broker.ltrim(NUDGE_KEY, 0, 0)
    except redis.RedisError:
        _log.warning("The broker cannot be reached; the dispatcher will look by itself.")
