"""Every command of our own services in docker-compose.yml, run outside Docker against real servers.

The file is read as Compose reads it (anchors, `<<`, `${NAME:-default}`); of a service only its paths are replaced:
/data, /keys, /signer and /tmp become folders of the test, and the two programs of the image become this Python's.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from config.embedded.bootstrap import LOGINS
from config.embedded.ports import free_port
from config.embedded.postgres import start_postgres
from config.embedded.valkey import start_valkey
from config.supervisor.installation import PASSWORDS_OF
from tests.platform.installation import ROOT, group_members, left_over

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("platform")]

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {name: told for name, told in COMPOSE["services"].items() if "build" in told}
ENDING = ("bootstrap", "keys", "migrate")
STAYING = ("web", "auditor", "worker", "dispatcher", "beat", "signer")


class Outside:
    """One service's command with its environment, as a process of this machine."""

    def __init__(self, name: str, told: dict[str, str], base: Path) -> None:
        self.name, self.told, self.base = name, told, base
        self.log = base / f"{name}.log"

    def fill(self, text: str) -> str:
        def value(found: re.Match[str]) -> str:
            name, default = found[1], found[3]
            if name not in self.told and found[2] == ":?":
                raise AssertionError(f"{self.name} needs {name}, which deploy/env.example does not list")
            return self.told.get(name, default or "")

        text = re.sub(r"\$\{(\w+)(:[-?])?([^}]*)\}", value, text).replace("$$", "$")
        return re.sub(r"(?<![\w.])/(data|keys|signer|tmp)\b", rf"{self.base}/\1", text)

    def start(self) -> subprocess.Popen[bytes]:
        service = OURS[self.name]
        environment = {key: self.fill(str(value)) for key, value in service["environment"].items()}
        environment |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": "/nonexistent"}
        environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "ATTESTRY_STATIC": str(self.base / "collected")}
        with self.log.open("wb") as out:
            return subprocess.Popen(
                [self.fill(word) for word in service["command"]], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    base = tmp_path_factory.mktemp("compose")
    for name in ("data/blobs", "keys", "signer", "tmp", "collected"):
        (base / name).mkdir(parents=True)
    postgres = start_postgres(base / "pg", port=free_port(), durable=False)
    valkey = start_valkey(base / "valkey", port=free_port())
    told = {
        line.split("=")[0]: "x" * 40 for line in (ROOT / "deploy/env.example").read_text().splitlines() if "=" in line
    }
    told |= {
        "ATTESTRY_HOST": "attestry.example.com", "ATTESTRY_AUDITOR_HOST": "audit.example.com",
        "ATTESTRY_MAIL": "smtp://127.0.0.1:1", "POSTGRES_PASSWORD": str(urlsplit(postgres.dsn).password),
        "REDIS_PASSWORD": str(urlsplit(valkey.url).password), "DB_HOST": "127.0.0.1", "DB_PORT": str(postgres.port),
        "REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(valkey.port),
        "WEB_BIND": f"127.0.0.1:{free_port()}", "AUDITOR_BIND": f"127.0.0.1:{free_port()}",
    }  # fmt: skip
    yield base, told
    valkey.stop()
    postgres.stop()


def test_every_service_of_ours_is_run_below_and_waits_for_the_migrations() -> None:
    assert set(OURS) == set(ENDING + STAYING)
    for name in STAYING:
        assert OURS[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_each_service_is_given_the_passwords_of_its_own_roles_only() -> None:
    for name in (*STAYING, "migrate"):
        given = {key for key in OURS[name]["environment"] if key.startswith("DB_PASSWORD_")}
        assert given == {f"DB_PASSWORD_{role.upper()}" for role in PASSWORDS_OF[name]}, name
        assert "ATTESTRY_SUPERUSER_URL" not in OURS[name]["environment"]
    assert {key for key in OURS["bootstrap"]["environment"] if key.startswith("DB_PASSWORD_")} == {
        f"DB_PASSWORD_{role.upper()}" for role in LOGINS
    }
    mounted = {name: [str(volume) for volume in service.get("volumes", [])] for name, service in OURS.items()}
    assert [name for name in mounted if any(v.startswith("signer:") for v in mounted[name])] == ["keys", "signer"]
    assert not any("/keys" in volume for volume in mounted["dispatcher"] + mounted["beat"] + mounted["signer"])


def test_every_command_starts_becomes_ready_and_stops(servers: tuple[Path, dict[str, str]]) -> None:
    base, told = servers
    for name in ENDING:
        service = Outside(name, told, base)
        assert service.start().wait(90) == 0, f"{name}: {service.log.read_text()[-2000:]}"
    assert (base / "keys" / "master.key").exists()
    assert (base / "keys" / "signer.key.pub").exists()
    services = {name: Outside(name, told, base) for name in STAYING}
    processes = {name: service.start() for name, service in services.items()}
    try:
        for name, ready in READY.items():
            limit = time.monotonic() + 60
            while not ready(services[name], processes[name]):
                assert processes[name].poll() is None, f"{name} ended: {services[name].log.read_text()[-2000:]}"
                assert time.monotonic() < limit, f"{name} not ready: {services[name].log.read_text()[-2000:]}"
                time.sleep(0.1)
        for process in processes.values():
            process.send_signal(signal.SIGTERM)  # what `docker stop` sends
        ended = {name: process.wait(30) for name, process in processes.items()}
    finally:
        for process in processes.values():
            for pid in group_members(process.pid):
                os.kill(pid, signal.SIGKILL)
    assert set(ended.values()) <= {0, -signal.SIGTERM}, ended
    assert [line for line in left_over(str(base)) if "postgres" not in line and "valkey" not in line] == []


def _probe(service: Outside, _process: subprocess.Popen[bytes]) -> bool:
    """The service's own health check, asked at the address of this test."""
    check = [service.fill(word) for word in OURS[service.name]["healthcheck"]["test"][1:]]
    bind = service.told[f"{service.name.upper()}_BIND"]
    command = [sys.executable, *check[1:-1], check[-1].replace("127.0.0.1:8000", bind)]
    environment = {"PATH": os.environ["PATH"], "ATTESTRY_HOST_URL": "https://attestry.example.com"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).returncode == 0


def _says(words: str) -> Any:
    return lambda service, _process: words in service.log.read_text(errors="replace")


def _lives(service: Outside, process: subprocess.Popen[bytes]) -> bool:
    return time.time() - service.log.stat().st_ctime > 0 and process.poll() is None and _age(process) > 4


def _age(process: subprocess.Popen[bytes]) -> float:
    started = int(Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[19])
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    return uptime - started / os.sysconf("SC_CLK_TCK")


READY = {
    "web": _probe, "auditor": _probe, "worker": _says("worker is ready"), "dispatcher": _says("looking for due work"),
    "beat": _lives, "signer": _lives,
}  # fmt: skip
