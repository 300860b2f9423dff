"""How the supervisor finds out that a process can be used."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import redis

from config.supervisor.child import Child

# Never through a proxy: these are processes of this machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(url: str) -> Callable[[Child], bool]:
    """Ready when `url` answers 200."""

    # The name that people use, because a web process answers to no other; the address because `localhost` may be ::1.
    request = urllib.request.Request(url, headers={"Host": f"localhost:{urlsplit(url).port}"})  # noqa: S310 - http on this machine

    def ready(_child: Child) -> bool:
        try:
            with _OPENER.open(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    return ready


def said(words: str) -> Callable[[Child], bool]:
    """Ready when the process has written a line with `words`."""
    return lambda child: any(words in line for line in child.said)


def lives(seconds: float) -> Callable[[Child], bool]:
    """Ready when the process is still alive after `seconds`; for programs that have no address to ask."""
    return lambda child: child.alive_for >= seconds


def beats(redis_url: str, key: str, *, within: float) -> Callable[[Child], bool]:
    """Alive while `key` in Redis holds a Unix time not older than `within` seconds; a younger process gets that long.

    A pid says nothing about a consumer that lost its broker without noticing. A broker that does not answer is not
    the process's fault.
    """

    def alive(child: Child) -> bool:
        if child.alive_for < within:
            return True
        try:
            with redis.Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2) as broker:
                beat = broker.get(key)
        except redis.RedisError:
            return True
        return isinstance(beat, bytes) and time.time() - int(beat) < within

    return alive


def wrote(path: Path) -> Callable[[Child], bool]:
    """Ready when `path` exists."""
    return lambda _child: path.exists()
