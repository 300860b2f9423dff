"""What one installation consists of: folders, keys, passwords, ports, and the variables each process is given."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from config.embedded.bootstrap import LOGINS

DATABASE = "attestry"

# Which role passwords a process is given, and nothing beyond: a worker cannot sign anybody in, only the dispatcher
# mints tickets, only the signer writes checkpoints (design: security.md 4.2).
PASSWORDS_OF: Mapping[str, tuple[str, ...]] = {
    "migrate": ("app_migrate",),
    "web": ("app_rt", "app_signin"),
    "auditor": ("app_audit", "app_signin"),
    "worker": ("app_rt",),
    "dispatcher": ("app_sched",),
    "beat": (),
    "signer": ("app_signer",),
    "manage": ("app_rt", "app_signin", "app_sched", "app_migrate", "app_audit", "app_signer"),
}
# Of the caller's environment only this passes: no database or cloud credential of the person who types `make up`.
_PASSED = (
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "WEB_CONCURRENCY", "ATTESTRY_PG_BIN",
    "ATTESTRY_REDIS_SERVER", "ATTESTRY_RUN_AS", "ATTESTRY_MAIL", "ATTESTRY_BLOBS", "ATTESTRY_KEY_FILE",
    "ATTESTRY_SIGNER_KEY_FILE",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the parts of a running installation listen; the two URLs carry credentials."""

    database_url: str
    redis_url: str
    web: str
    auditor: str
    aws: str


@dataclass(frozen=True)
class Installation:
    """A project folder with one data folder."""

    project: Path
    data: Path
    caller: Mapping[str, str]

    def prepare(self) -> None:
        """Make the data folder and its parts, closed to other users."""
        for folder in (self.data, self.data / "keys", self.data / "run", self.data / "logs"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @cached_property
    def passwords(self) -> dict[str, str]:
        """The password of every login role, made once and kept in `keys/roles.json`."""
        path = self.data / "keys" / "roles.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        missing = [role for role in LOGINS if role not in known]
        if missing:
            known |= {role: secrets.token_urlsafe(24) for role in missing}
            _write_secret(path, json.dumps(known, indent=1))
        return known

    @cached_property
    def secret_key(self) -> str:
        """Django's signing key, made once and kept in `keys/secret-key`."""
        path = self.data / "keys" / "secret-key"
        if not path.exists():
            _write_secret(path, secrets.token_urlsafe(48))
        return path.read_text().strip()

    def environment(self, process: str, addresses: Addresses) -> dict[str, str]:
        """Return all variables of a process: what it is told, and of the secrets only those it needs."""
        given = {name: self.caller[name] for name in _PASSED if name in self.caller}
        given |= {
            "PYTHONUNBUFFERED": "1",
            "NO_PROXY": "localhost,127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ATTESTRY_MODE": "embedded",
            "ATTESTRY_PROCESS": process,
            "ATTESTRY_DATA": str(self.data),
            "ATTESTRY_SECRET_KEY": self.secret_key,
            "ATTESTRY_HOST_URL": addresses.web,
            "ATTESTRY_AUDITOR_URL": addresses.auditor,
            "ATTESTRY_AWS_ENDPOINT": addresses.aws,
            "DATABASE_URL": without_credentials(addresses.database_url),
            "REDIS_URL": addresses.redis_url,
        }
        if process == "worker":  # Celery warns root at length; these servers are for one person
            given["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser"
        return given | {f"DB_PASSWORD_{role.upper()}": self.passwords[role] for role in PASSWORDS_OF[process]}

    def command(self, *words: str) -> tuple[str, ...]:
        """Return `manage.py words...` with this Python."""
        return (sys.executable, str(self.project / "manage.py"), *words)


def without_credentials(url: str) -> str:
    """Return a database URL without user and password: those are for the bootstrap alone."""
    parts = urlsplit(url)
    host = parts.hostname or "127.0.0.1"
    place = f"{host}:{parts.port}" if parts.port else host
    return urlunsplit((parts.scheme, place, parts.path, parts.query, ""))


def _write_secret(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".new")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    unfinished.rename(path)
