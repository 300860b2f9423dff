"""The time at which people come and go.

Access of people begins and ends by the database's clock, in a sandbox
organization too: only what is observed lives in simulated time there.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connections

from organizations import scope


def wall_clock() -> datetime:
    """Return the database's present, aware, UTC."""
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found
