"""kill -9 of a real worker in mid-pull, Valkey flushed and killed, the dispatcher doubled; then the ledgers are counted.

Runs as a process of its own on a database of its own (`test_kills.py` starts it) and prints one JSON object.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ACCOUNTS = ("310000000101", "310000000202", "310000000303")
STREAMS = 4


class Campaign:
    """The processes around one organization with three connections."""

    def __init__(self, folder: Path, kills: int) -> None:
        from config.embedded.ports import free_port
        from config.embedded.valkey import start_valkey
        from dev.sandbox.aws.server import StandInServer
        from tests.cast import make_organization
        from tests.integrations.conformance.proxy import FaultProxy

        self.folder, self.kills = folder, kills
        self.port = free_port()
        self._start_valkey = lambda: start_valkey(folder / "valkey", port=self.port)
        self.valkey = self._start_valkey()
        self.stand_in = StandInServer(port=0, data=folder / "aws").start()
        self.proxy = FaultProxy(self.stand_in.url).start()
        self.proxy.delay = 0.03
        self.organization = make_organization()
        self.env = os.environ | {"REDIS_URL": self.valkey.url, "ATTESTRY_AWS_ENDPOINT": self.proxy.url}
        self.connections = self._connect()
        self.children: list[subprocess.Popen[bytes]] = []
        self.seen = Counter()

    def _connect(self) -> list[Any]:
        from django.conf import settings

        from integrations import services

        settings.AWS_ENDPOINT, settings.REDIS_URL = self.proxy.url, self.valkey.url
        made = []
        with self.organization.owner.bound():
            for account in ACCOUNTS:
                self.stand_in.trust.trust(account, services.external_id())
                role = f"arn:aws:iam::{account}:role/AttestryAudit"
                made.append(services.connect_aws(name=account, region="eu-central-1", role_arn=role, test=False))
        return made

    def spawn(self, kind: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{kind}.log").open("ab")
        command = [sys.executable, "-W", "ignore", "-m", "tests.integrations.kills.process", kind]
        child = subprocess.Popen(command, env=self.env, stdout=log, stderr=log, start_new_session=True)
        self.children.append(child)
        return child

    def make_due(self) -> None:
        from integrations import services

        with self.organization.owner.bound():
            services.make_due(self.connections)

    def unfinished(self) -> int:
        from integrations import selectors

        with self.organization.owner.bound():
            return selectors.unfinished(self.connections)

    def drain(self, seconds: float = 180) -> None:
        limit = time.monotonic() + seconds
        while self.unfinished():
            if time.monotonic() > limit:
                said = (self.folder / "worker.log").read_text()[-1500:]
                raise TimeoutError(f"{self.unfinished()} rows are not finished; the worker said: {said}")
            time.sleep(0.1)

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """kill -9 of the whole worker, parent and children, without a word."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        self.seen["kill -9 of the worker"] += 1

    def wait_for_calls(self, number: int) -> None:
        """Until so many requests went through: the worker is in mid-pull."""
        limit = time.monotonic() + 30
        while len(self.proxy.seen) < number and time.monotonic() < limit:
            time.sleep(0.005)

    def run(self) -> dict[str, Any]:
        random.seed(7)
        for _ in range(2):
            self.spawn("dispatcher")
        worker = self.spawn("worker")
        self.make_due()
        self.drain()
        latency = self.latency()
        for n in range(self.kills):
            self.proxy.seen.clear()
            self.make_due()
            self.wait_for_calls(random.randint(2, 40))
            self.kill(worker)
            if n % 3 == 1:
                self.flush()
            if n % 3 == 2:
                self.kill_valkey()
            worker = self.spawn("worker")
            self.drain()
        return self.count() | {"seconds from asking to the first request": latency}

    def latency(self) -> float:
        """Seconds from "pull now" to the first request that the system sees, with everything idle."""
        from integrations import services

        self.proxy.seen.clear()
        started = time.monotonic()
        with self.organization.owner.bound():
            services.pull_now(self.connections[0], "aws.iam.summary")
        self.wait_for_calls(1)
        taken = time.monotonic() - started
        self.drain()
        return round(taken, 3)

    def flush(self) -> None:
        import redis

        with redis.Redis.from_url(self.valkey.url) as broker:
            broker.flushall()
        self.seen["Valkey flushed"] += 1

    def kill_valkey(self) -> None:
        os.kill(self.valkey.pid, signal.SIGKILL)
        self.valkey.process.wait()
        self.valkey = self._start_valkey()
        self.seen["Valkey killed"] += 1

    def count(self) -> dict[str, Any]:
        from compliance.models import Flip
        from integrations.models import Due, Pull
        from inventory.models import Coverage, FactVersion

        with self.organization.owner.bound():
            pulls = list(Pull.objects.values_list("id", "outcome", "stream", "connection_id", "items"))
            coverage = list(Coverage.objects.values_list("pull_id", "outcome"))
            versions = Counter(FactVersion.objects.values_list("connection_id", "kind", "key", "digest", "present"))
            rows = list(Due.objects.filter(task="pull").values_list("last_outcome", "lease_until", "quarantined_at"))
            flips = Counter(Flip.objects.values_list("check_id", "resource_key"))
            gone = Flip.objects.filter(outcome="gone").count() + FactVersion.objects.filter(present=False).count()
        sizes: dict[tuple[Any, str], set[int]] = {}
        for _id, _outcome, stream, connection, items in pulls:
            sizes.setdefault((connection, stream), set()).add(items)
        return {
            "done": dict(self.seen),
            "rounds": self.kills + 1,
            "lost": sum(1 for outcome, lease, quarantine in rows if outcome != "complete" or lease or quarantine),
            "pulls": len(pulls),
            "pulls expected": (self.kills + 1) * STREAMS * len(ACCOUNTS),
            "not complete": sum(1 for _id, outcome, *_ in pulls if outcome != "complete"),
            "coverage doubled or missing": len(set(coverage) ^ {(p[0], p[1]) for p in pulls})
            + len(coverage)
            - len(set(coverage)),
            "fact versions doubled": sum(n - 1 for n in versions.values()),
            "flips doubled": sum(n - 1 for n in flips.values()),
            "facts": sum(versions.values()),
            "resources ended": gone,
            "findings of the vault's inspection": len(self.inspect()),
            "populations of two sizes": sum(1 for found in sizes.values() if len(found) > 1),
        }

    def inspect(self) -> list[Any]:
        """What re-deriving every seal finds wrong; pages that a killed worker stored without a leaf are notes."""
        from tests.evidence.inspection import inspected

        return [found for found in inspected(self.organization.id).findings if found.severity == "wrong"]

    def stop(self) -> None:
        for child in self.children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.proxy.stop()
        self.stand_in.stop()
        self.valkey.stop()


def main() -> None:
    """Arguments: a folder, how many kills."""
    import django

    django.setup()
    assert urlsplit(os.environ["DATABASE_URL"]).path.startswith("/attestry_kills")
    campaign = Campaign(Path(sys.argv[1]), int(sys.argv[2]))
    try:
        found = campaign.run()
    finally:
        campaign.stop()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
