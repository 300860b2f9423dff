"""The people of Halyard AI who sign in, and their generated secrets (one set per installation)."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

COMPANY = "Halyard AI"
SLUG = "halyard"
TIME_ZONE = "America/New_York"


@dataclass(frozen=True)
class SimulatedPerson:
    """Who signs in: `role` as the product names it; `days_left` bounds an auditor's membership."""

    key: str
    name: str
    email: str
    role: str
    days_left: int | None = None


PEOPLE = (
    SimulatedPerson("olga", "Olga Marin", "olga.marin@halyard.example", "owner"),
    SimulatedPerson("alice", "Alice Brandt", "alice.brandt@halyard.example", "security_owner"),
    SimulatedPerson("bob", "Bob Ito", "bob.ito@halyard.example", "engineer"),
    SimulatedPerson("vera", "Vera Lindholm", "vera.lindholm@halyard.example", "auditor", days_left=90),
)


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """What one person needs to sign in to this installation's sandbox. `totp_secret` is base32 without padding."""

    name: str
    email: str
    role: str
    password: str
    totp_secret: str


_WORDS = [
    "anchor",
    "basalt",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "garnet",
    "harbor",
    "island",
    "juniper",
    "kelp",
    "lantern",
    "meadow",
    "nectar",
    "orchard",
    "pebble",
    "quartz",
    "river",
    "saffron",
    "timber",
    "umber",
    "velvet",
    "willow",
    "yarrow",
    "zephyr",
    "beacon",
    "copper",
    "dune",
    "echo",
    "fern",
]


def _password() -> str:
    words = "-".join(secrets.choice(_WORDS) for _ in range(4))
    return f"{words}-{secrets.randbelow(9000) + 1000}"


def _totp_secret() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii").rstrip("=")


def sign_ins(path: Path) -> dict[str, SignIn]:
    """The sign-ins of this installation by person key, made once and kept in `path` (mode 0600).

    Guarantees: the same answer on every later call. The file never leaves the data folder.
    """
    if path.exists():
        found = json.loads(path.read_text("utf-8"))
        return {key: SignIn(**value) for key, value in found.items()}
    made = {
        p.key: SignIn(name=p.name, email=p.email, role=p.role, password=_password(), totp_secret=_totp_secret())
        for p in PEOPLE
    }
    write_private(path, json.dumps({key: asdict(value) for key, value in made.items()}, indent=2) + "\n")
    return made


def write_private(path: Path, text: str) -> None:
    """Write `text` so that only the owner can read it, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
