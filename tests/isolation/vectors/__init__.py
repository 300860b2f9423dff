"""The attacks, by what they aim at."""

from __future__ import annotations

from tests.isolation.vectors import context, log, machines, people, pool, reading, secrets, server, writing
from tests.isolation.vectors.registry import VECTORS

__all__ = ["VECTORS", "context", "log", "machines", "people", "pool", "reading", "secrets", "server", "writing"]
