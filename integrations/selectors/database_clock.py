"""The database's clock, which leases and due times live by, also in a sandbox."""

from __future__ import annotations

from datetime import datetime

from django.db import connections

from organizations import scope


def database_now() -> datetime:
    """Now, UTC."""
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found
