"""One installation through its life: first start, kill -9 of everything, a busy port, backup, Ctrl-C, restore."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from config.backup.archive import BackupError, verify
from config.embedded.ports import free_port
from config.embedded.postgres import start_postgres
from config.supervisor.installation import PASSWORDS_OF
from tests.platform.installation import ROOT, Place, Running, get, left_over

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("platform")]

PROCESSES = {"postgres", "valkey", "web", "auditor", "worker", "dispatcher", "beat", "signer"}


def test_an_installation_lives_through_kill_9_a_busy_port_and_ctrl_c_and_comes_back_from_a_backup(place: Place) -> None:
    closed = place.data.parent
    before = [(path, path.stat().st_mode, path.stat().st_uid) for path in (closed, *closed.parents)]

    first = place.up("--no-sandbox")
    first.wait_for("processes are up")
    assert set(first.children()) >= PROCESSES
    for address in (first.url, first.auditor_url):
        status, page = get(address)
        assert (status, "Attestry" in page) == (200, True)
    assert "Key file:" in first.said
    assert "loses the evidence" in first.said
    each_process_knows_only_its_own_passwords(first)
    note_something(place.data, 1)
    again = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env=environment(place.data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 1
    assert "already running" in again.stdout

    port = int(first.url.rsplit(":", 1)[1])
    first.kill_everything()
    with socket.socket() as busy:
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        busy.bind(("127.0.0.1", port))
        busy.listen()
        second = place.up("--no-sandbox", port=port)
    assert f"port {port} is in use, taking" in second.said
    assert second.url != first.url
    assert "up to date" in second.said
    assert get(second.url)[0] == 200
    assert noted(place.data) == 1
    second.wait_for("processes are up")
    print(f"ready after {first.seconds:.1f} s the first time, {second.seconds:.1f} s after kill -9")

    assert "sealed 3" in run(place.data, "tests/platform/seal_something.py")
    assert "nothing is wrong" in manage(place.data, "evidence_fsck")
    target = closed / "attestry.backup"
    taken = manage(place.data, "backup", str(target))
    assert "3 evidence files" in taken
    assert target.stat().st_mode & 0o077 == 0

    assert second.interrupt() == 0
    assert "Attestry is stopped" in second.said
    assert left_over(str(closed)) == []
    assert "not running" in manage(place.data, "down")
    after = [(path, path.stat().st_mode, path.stat().st_uid) for path in (closed, *closed.parents)]
    assert after == before, "nothing above the data folder changed its mode or owner"
    the_backup_comes_back(place.data, target, closed / "elsewhere")
    the_restored_installation_works(Place(closed / "elsewhere"))


def each_process_knows_only_its_own_passwords(running: Running) -> None:
    for name, pid in running.children().items():
        given = (Path("/proc") / str(pid) / "environ").read_bytes().decode().split("\0")
        passwords = {
            word.split("=")[0].removeprefix("DB_PASSWORD_").lower() for word in given if "DB_PASSWORD_" in word
        }
        assert passwords == set(PASSWORDS_OF.get(name, ())), name
        assert not any("postgres:" in word for word in given), f"{name} knows the superuser"


def the_backup_comes_back(data: Path, backup: Path, elsewhere: Path) -> None:
    manage(elsewhere, "restore", str(backup))
    assert (elsewhere / "keys" / "master.key").read_bytes() == (data / "keys" / "master.key").read_bytes()
    assert contents(elsewhere) == contents(data)
    with pytest.raises(AssertionError, match="not empty"):
        manage(elsewhere, "restore", str(backup))  # never into a folder in use
    with backup.open("r+b") as file:
        file.seek(backup.stat().st_size // 2)
        file.write(b"\xff\x00\xff")
    with pytest.raises((BackupError, tarfile.TarError)):
        verify(backup)


def the_restored_installation_works(place: Place) -> None:
    """Its seals hold, and a byte that is changed in it is found."""
    running = place.up("--no-sandbox")
    try:
        assert get(running.url)[0] == 200
        assert "nothing is wrong" in manage(place.data, "evidence_fsck")
        blob = next(path for path in sorted((place.data / "blobs").rglob("*")) if path.is_file())
        changed = bytearray(blob.read_bytes())
        changed[len(changed) // 2] ^= 1
        blob.chmod(0o600)
        blob.write_bytes(changed)
        with pytest.raises(AssertionError, match="Evidence is damaged"):
            manage(place.data, "evidence_fsck")
    finally:
        place.end()


def contents(data: Path) -> dict[str, object]:
    """Every row of every table, by digest, and the rights on every table, function and schema."""
    server = start_postgres(data / "postgres", port=free_port())
    try:
        with psycopg.connect(make_conninfo(server.dsn, dbname="attestry")) as connection:
            tables = connection.execute(
                "select format('%I.%I', schemaname, tablename) from pg_tables "
                "where schemaname in ('app', 'sec', 'signin') order by 1"
            ).fetchall()
            assert len(tables) > 10
            found: dict[str, object] = {}
            for (table,) in tables:
                digest = f"select count(*), md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table} t"
                found[table] = connection.execute(digest).fetchone()  # type: ignore[arg-type]
            for what, query in RIGHTS.items():
                found[what] = connection.execute(query).fetchall()  # type: ignore[arg-type]
            return found
    finally:
        server.stop()


RIGHTS = {
    "tables": "select relname, relacl::text, relrowsecurity, relforcerowsecurity, relowner::regrole::text from pg_class "
    "where relnamespace in ('app'::regnamespace, 'sec'::regnamespace, 'signin'::regnamespace) order by 1",
    "functions": "select oid::regprocedure::text, proacl::text, prosecdef, proowner::regrole::text, md5(prosrc) from pg_proc "
    "where pronamespace = 'sec'::regnamespace order by 1",
    "policies": "select schemaname, tablename, policyname, permissive, roles::text, cmd, qual, with_check from pg_policies order by 1, 2, 3",
    "catalogue": "select proname, proacl::text from pg_proc where proname in ('pg_notify', 'lo_create') order by 1",
    "database": "select datacl::text from pg_database where datname = 'attestry'",
}


def environment(data: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(data.parent), "ATTESTRY_DATA": str(data)}


def manage(data: Path, *words: str) -> str:
    return run(data, "manage.py", *words)


def run(data: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment(data),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)
    return done.stdout


def superuser(data: Path) -> str:
    import json

    told = json.loads((data / "run" / "environment.json").read_text())
    password = (data / "postgres.superuser").read_text().strip()
    return make_conninfo(told["DATABASE_URL"], user="postgres", password=password)


def note_something(data: Path, number: int) -> None:
    with psycopg.connect(superuser(data)) as connection:
        connection.execute("create table sec.test_note as select %s::int as number", [number])


def noted(data: Path) -> int:
    with psycopg.connect(superuser(data)) as connection:
        row = connection.execute("select number from sec.test_note").fetchone()
        assert row is not None
        return int(row[0])
