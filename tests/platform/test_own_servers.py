"""`DATABASE_URL` and `REDIS_URL` switch `make up` to servers that somebody else runs (here: PostgreSQL 16)."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from config.embedded.ports import free_port
from config.embedded.postgres import start_postgres
from config.embedded.valkey import start_valkey
from tests.platform.installation import Place, get

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("platform")]


def test_up_uses_the_servers_it_is_told_and_starts_none_of_its_own(place: Place, tmp_path: Path) -> None:
    postgres = start_postgres(tmp_path / "pg", port=free_port(), version=16, durable=False)
    valkey = start_valkey(tmp_path / "valkey", port=free_port())
    try:
        told = {"DATABASE_URL": postgres.dsn.rpartition("/")[0] + "/somebodys", "REDIS_URL": valkey.url}
        running = place.up("--no-sandbox", environment=told)
        running.wait_for("processes are up")
        assert not {"postgres", "valkey"} & set(running.children())
        assert not (place.data / "postgres").exists()
        assert get(running.url)[0] == 200
        for pid in running.children().values():
            given = Path(f"/proc/{pid}/environ").read_bytes()
            assert postgres.dsn.split("@")[0].encode() not in given, "no process of ours knows the superuser"
        with psycopg.connect(make_conninfo(postgres.dsn, dbname="somebodys")) as connection:
            applied = connection.execute("select count(*) from app.django_migrations").fetchone()
            assert applied is not None
            assert applied[0] > 5
        assert running.interrupt() == 0
        with psycopg.connect(postgres.dsn):
            pass  # their server goes on
    finally:
        place.end()
        valkey.stop()
        postgres.stop()
