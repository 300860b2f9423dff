"""How the supervisor finds out that a process can be used."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

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


def wrote(path: Path) -> Callable[[Child], bool]:
    """Ready when `path` exists."""
    return lambda _child: path.exists()
