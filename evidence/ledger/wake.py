"""The bell between whoever appends a leaf and the signer. Losing a ring costs seconds, nothing else."""

from __future__ import annotations

import logging
import time
from functools import cache

import redis
from django.conf import settings
from django.db import transaction

log = logging.getLogger("evidence.signer")
BELL = "wake-signer"


class SignerBell:
    """A Redis list of at most one empty entry: no ids, nothing to forge."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_connect_timeout=0.3, socket_timeout=30) if url else None

    def ring(self) -> None:
        """Wake the signer if Redis is there; it looks by itself otherwise."""
        if self._redis is None:
            return
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.lpush(BELL, "")
                pipe.ltrim(BELL, 0, 0)
                pipe.execute()
        except redis.RedisError as error:
            log.warning("the signer was not woken: %s", error)

    def wait(self, seconds: float) -> None:
        """Return at a ring, or after ``seconds``."""
        if self._redis is None:
            time.sleep(seconds)
            return
        try:
            self._redis.blpop([BELL], timeout=seconds)
        except redis.RedisError:
            time.sleep(seconds)


@cache
def _bell() -> SignerBell:
    return SignerBell(settings.REDIS_URL)


def ring_on_commit() -> None:
    """Ring once the open transaction has committed; never fails the act."""
    transaction.on_commit(_bell().ring, robust=True)
