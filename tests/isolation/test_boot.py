"""A process whose database would not keep organizations apart does not serve."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from psycopg.conninfo import make_conninfo

from config.embedded.bootstrap import LOGINS, bootstrap_database, bootstrap_roles
from config.embedded.ports import free_port
from config.embedded.postgres import Postgres, start_postgres
from organizations.gate.boot import EXPECTED, refuse_unsafe_database, too_old, unsafe
from tests.tally import count

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("isolation-http")]
ROOT = Path(__file__).resolve().parents[2]
PROCESSES = {
    "web": [sys.executable, "-c", "import config.wsgi"],
    "auditor": [sys.executable, "-c", "import config.wsgi"],
    "worker": [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--pool", "solo", "-Q", "none"],
    "dispatcher": [sys.executable, "manage.py", "dispatch", "--once"],
    "signer": [sys.executable, "manage.py", "sign_checkpoints", "--once"],
}


def test_every_runtime_role_of_this_server_is_accepted() -> None:
    for roles in EXPECTED.values():
        for role in roles:
            assert unsafe(settings.ROLE_DSN[role], role=role, old_servers=True) == []
    refuse_unsafe_database()


def test_the_superuser_is_refused() -> None:
    place = make_conninfo(os.environ["ATTESTRY_TEST_SERVER"], dbname=settings.DATABASES["default"]["NAME"])
    reasons = unsafe(place, role="app_rt", old_servers=True)
    assert "It is a superuser." in reasons
    assert "It bypasses row-level security." in reasons
    assert "The database says postgres." in reasons


def test_another_process_s_role_is_refused() -> None:
    assert unsafe(settings.ROLE_DSN["app_sched"], role="app_rt", old_servers=True) == ["The database says app_sched."]


def test_the_role_of_migrations_is_refused() -> None:
    assert "It owns tables or schemas, or is a member of a role." in unsafe(
        settings.ROLE_DSN["app_migrate"], role="app_migrate", old_servers=True
    )


@pytest.mark.parametrize(
    ("version", "old"),
    [
        (150015, True),
        (150016, False),
        (160011, True),
        (160012, False),
        (170007, True),
        (170008, False),
        (180001, True),
        (180002, False),
        (140020, True),
        (190000, False),
    ],
)
def test_servers_with_known_faults_are_too_old(version: int, old: bool) -> None:
    assert too_old(version) is old


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Postgres, dict[str, str]]]:
    """A server of its own, because a role belongs to the whole server."""
    folder = tmp_path_factory.mktemp("unsafe")
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o111)
        if parent.name.startswith("pytest-of"):
            break
    server = start_postgres(folder / "pg", port=free_port(), durable=False)
    passwords = {role: f"pw-{role}" for role in LOGINS}
    bootstrap_roles(server.dsn, passwords)
    bootstrap_database(server.dsn, "attestry")
    yield server, passwords
    server.stop()


def start(process: str, server: Postgres, passwords: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("DB_PASSWORD", "ATTESTRY_TEST"))
    }
    environment |= {f"DB_PASSWORD_{role.upper()}": password for role, password in passwords.items()}
    environment |= {
        "DATABASE_URL": f"postgresql://127.0.0.1:{server.port}/attestry",
        "ATTESTRY_PROCESS": process,
        "ATTESTRY_MODE": "embedded",
    }
    return subprocess.run(
        PROCESSES[process], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_does_not_start_as_superuser(process: str, another: tuple[Postgres, dict[str, str]]) -> None:
    server, passwords = another
    role = EXPECTED[process][0]
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(f"alter role {role} superuser")
        try:
            ended = start(process, server, passwords)
        finally:
            connection.execute(f"alter role {role} nosuperuser")
    assert ended.returncode != 0
    assert "It is a superuser." in ended.stderr + ended.stdout
    count("isolation processes that refused to start")


@pytest.mark.parametrize("power", ["bypassrls", "createrole", "inherit"])
def test_a_powerful_role_is_refused(power: str, another: tuple[Postgres, dict[str, str]]) -> None:
    server, passwords = another
    place = make_conninfo(server.dsn, dbname="attestry", user="app_rt", password=passwords["app_rt"])
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(f"alter role app_rt {power}")
        try:
            assert unsafe(place, role="app_rt", old_servers=True)
        finally:
            connection.execute(f"alter role app_rt no{power}")


def test_the_web_starts_with_the_right_role(another: tuple[Postgres, dict[str, str]]) -> None:
    server, passwords = another
    ended = start("web", server, passwords)
    assert ended.returncode == 0, ended.stderr
