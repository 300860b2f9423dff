"""Runs a real worker or dispatcher with short leases, so that a campaign need not wait minutes: python -m ... worker."""

from __future__ import annotations

import sys
from datetime import timedelta

LEASE_SECONDS = 4


def main(kind: str) -> None:
    """Start the process of this kind; it ends by signal."""
    import django

    django.setup()
    if kind == "dispatcher":
        from django.core.management import call_command

        from config import dispatcher

        dispatcher.LEASE = f"{LEASE_SECONDS} seconds"
        call_command("dispatch")
        return
    from config.celery import app
    from integrations.services import lease

    lease.LEASE = timedelta(seconds=LEASE_SECONDS)
    app.worker_main(
        [
            "worker",
            "--concurrency",
            "2",
            "--queues",
            "collect",
            "--without-gossip",
            "--without-mingle",
            "--loglevel",
            "WARNING",
        ]
    )


if __name__ == "__main__":
    main(sys.argv[1])
