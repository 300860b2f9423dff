"""The few variables that the launcher itself reads: it runs before, and without, the Django settings."""

from __future__ import annotations

import os  # the launcher's part of config/settings.py


def setting(name: str, default: str = "") -> str:
    """Return the environment variable `name`: ATTESTRY_PG_BIN, ATTESTRY_REDIS_SERVER, ATTESTRY_RUN_AS, PATH."""
    return os.environ.get(name, default)
