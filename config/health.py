"""Two addresses for whoever watches the processes: is this one alive, and can it do its work."""

from __future__ import annotations

import logging

import redis
from django.conf import settings
from django.db import DatabaseError, connections
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process serves requests; asks nobody else, so that a slow database restarts no web."""
    return JsonResponse({"status": "alive", "process": settings.PROCESS})


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part that a page needs answers, else 503; which part, never why (that is in the log)."""
    parts = {f"database.{alias}": _database_answers(alias) for alias in ("default", "signin") if alias in connections}
    parts["broker"] = _broker_answers()
    ready = all(parts.values())
    words = {name: "ready" if answers else "not ready" for name, answers in parts.items()}
    return JsonResponse({"status": "ready" if ready else "not ready", "parts": words}, status=200 if ready else 503)


def _database_answers(alias: str) -> bool:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("select 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        logger.exception("database %s does not answer", alias)
        return False


def _broker_answers() -> bool:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as broker:
            return bool(broker.ping())
    except redis.RedisError:
        logger.exception("broker does not answer")
        return False
