"""Starting and stopping PostgreSQL from a wheel, as a child of this process.

Facts behind the choices: design text dependencies.md, section 3. The wheel's own launcher is not used: as root it
opens the mode of every folder above the data and uses trust authentication.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from config.embedded.account import Account, server_account
from config.embedded.binaries import find_postgres, forget_copy, readable_postgres
from config.embedded.environment import setting
from config.embedded.errors import LaunchError
from config.embedded.ports import is_free
from config.embedded.processes import is_program, stop_child

_SETTINGS = (
    "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=120", "shared_buffers=128MB",
    "timezone=UTC", "log_timezone=UTC", "jit=off", "max_wal_size=512MB", "log_parameter_max_length_on_error=0",
    "password_encryption=scram-sha-256", "wal_level=minimal", "max_wal_senders=0", "log_checkpoints=off",
)  # fmt: skip
_ATTEMPTS = 4
# Tests hold many connections at once, in several processes and databases of one server; later settings win.
_THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")


@dataclass(frozen=True)
class Postgres:
    """A running server. `dsn` signs in as the superuser to the database `postgres`."""

    dsn: str
    port: int
    pid: int
    bin_dir: Path
    data: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    def stop(self, *, timeout: float = 30.0) -> None:
        """Stop the server (fast: open transactions are rolled back); kill it after `timeout` seconds.

        A private copy of the programs that the start had to make is removed again.
        """
        stop_child(self.process, (signal.SIGINT, signal.SIGQUIT), timeout)
        forget_copy(_pointer(self.data))


def start_postgres(
    data: Path, *, port: int, version: int = 18, durable: bool = True, log: int | None = None
) -> Postgres:
    """Start a server on 127.0.0.1:`port` with its files under `data`, made on the first call; return it when ready.

    `durable=False` switches every sync off and is for throw-away data only. `log` is a file descriptor for the
    server's messages (default: `data`/server.log). As root the server runs as another user (see account.py) and
    only paths under `data` change owner. A server that an earlier, killed run left on `data` is stopped first.
    Raises LaunchError when the server does not answer within 60 seconds.
    """
    account = server_account()
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    account.own(data)
    data.chmod(0o700)
    bin_dir = readable_postgres(find_postgres(version), account, _pointer(data))
    password = _superuser_password(data.parent / f"{data.name}.superuser")
    with _reachable(data, account) as (seen, handles):
        if not (data / "cluster" / "PG_VERSION").exists():
            sync = () if durable else ("--no-sync",)
            _initialise(_Place(data, seen, handles, account), bin_dir / "initdb", password, sync)
        _end_left_over(data / "cluster")
        settings = (*_SETTINGS, f"port={port}", *(() if durable else _THROW_AWAY))
        command = [str(bin_dir / "postgres"), "-D", f"{seen}/cluster"]
        for setting in settings:
            command += ["-c", setting]
        dsn = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        for attempt in range(1, _ATTEMPTS + 1):
            process = _spawn(command, account, handles, data / "server.log", log)
            if _answers(dsn, process):
                break
            if not is_free(port):
                raise LaunchError(f"PostgreSQL did not start: another program took port {port}.")
            # Children of a postmaster that was killed a moment ago may still hold its shared memory.
            if process.poll() is None or attempt == _ATTEMPTS:
                process.kill()
                raise LaunchError(f"PostgreSQL did not start; its messages are in {data / 'server.log'}.")
            time.sleep(1.0)
    return Postgres(dsn, port, process.pid, bin_dir, data, process)


def forget_private_programs(data: Path) -> None:
    """Remove the private copy of the programs that a start on `data` may have made; `Postgres.stop` does it itself."""
    forget_copy(_pointer(data.resolve()))


def _pointer(data: Path) -> Path:
    return data.parent / f"{data.name}.programs"


@contextmanager
def _reachable(data: Path, account: Account) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Give a path of `data` that `account` can walk to, and the descriptors a child must inherit for it.

    Below a folder that the dropped user may not enter (a 0700 home of root) the child gets `data` as an open
    descriptor and walks through /proc/self/fd: no mode above the data folder has to be opened for it.
    """
    if account.can_reach(data.parent):
        yield str(data), ()
        return
    if sys.platform != "linux":
        raise LaunchError(
            f"The user that PostgreSQL runs as cannot reach {data}: start as that user, or set ATTESTRY_DATA."
        )
    handle = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}", (handle,)
    finally:
        os.close(handle)


@dataclass(frozen=True)
class _Place:
    """The data folder, the path by which the account sees it, what a child must inherit for that, and the account."""

    data: Path
    seen: str
    handles: tuple[int, ...]
    account: Account


def _initialise(place: _Place, initdb: Path, password: str, sync: tuple[str, ...]) -> None:
    cluster, unfinished = place.data / "cluster", place.data / "cluster.new"
    if cluster.exists():
        raise LaunchError(f"{cluster} exists but is not a complete database; remove that folder and start again.")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a first start that was interrupted
    secret = place.data / "initdb.password"
    secret.touch(mode=0o600)
    try:
        secret.write_text(password)
        place.account.own(secret)
        command = [
            str(initdb), "-D", f"{place.seen}/cluster.new", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8",
            "--auth=scram-sha-256", f"--pwfile={place.seen}/initdb.password", *sync,
        ]  # fmt: skip
        with _message_file(place.data / "server.log") as messages:
            child = subprocess.run(
                command, check=False, env=_environment(), stdin=subprocess.DEVNULL, stdout=messages, stderr=messages,
                pass_fds=place.handles, **place.account.popen_options(),
            )  # fmt: skip
        if child.returncode != 0:
            raise LaunchError(f"initdb failed; its messages are in {place.data / 'server.log'}.")
        unfinished.rename(cluster)  # only a complete cluster ever has the real name
    finally:
        secret.unlink(missing_ok=True)


def _spawn(
    command: list[str], account: Account, handles: tuple[int, ...], log_file: Path, log: int | None
) -> subprocess.Popen[bytes]:
    with _message_file(log_file) as messages:
        target = messages if log is None else log
        return subprocess.Popen(
            command, env=_environment(), stdin=subprocess.DEVNULL, stdout=target, stderr=target, pass_fds=handles,
            **account.popen_options(),
        )  # fmt: skip


@contextmanager
def _message_file(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _environment() -> dict[str, str]:
    """The server needs a locale and nothing else; above all no password and no PG* variable of the caller."""
    return {"LC_ALL": "C.UTF-8", "PATH": setting("PATH", os.defpath)}


def _superuser_password(path: Path) -> str:
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text().strip()


def _end_left_over(cluster: Path) -> None:
    """Stop a server that a killed run left on `cluster`, or remove its lock file when that pid is another program."""
    lock = cluster / "postmaster.pid"
    if not lock.exists():
        return
    first = lock.read_text().splitlines()[0].strip()
    pid = int(first) if first.isdigit() else 0
    if pid and is_program(pid, "postgres"):
        os.kill(pid, signal.SIGINT)
        for _ in range(300):
            if not is_program(pid, "postgres"):
                break
            time.sleep(0.05)
        else:
            os.kill(pid, signal.SIGKILL)
            time.sleep(1.0)
    # What is left now belongs to no server: the pid is gone or was given to somebody else.
    lock.unlink(missing_ok=True)


def _answers(dsn: str, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the server lets the superuser in (True), or ended by itself or took 60 seconds (False)."""
    limit = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < limit:
        try:
            psycopg.connect(dsn, connect_timeout=3).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False
