"""Making and reading the two key files of an installation that has no KMS.

``master.key`` is the root of every organization's key: whoever loses it loses the evidence.
``signer.key`` belongs to the signer process alone; its public half lies beside it for everybody.
No Django here: the launcher makes both before anything is configured.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class KeyFileProblem(Exception):
    """A key file is missing, readable by others, or not a key. The message says what to do."""


def ensure_master_key(path: Path) -> bool:
    """Write 32 random bytes (base64, mode 0400) unless the file is there; True if it was made."""
    return _write_once(path, base64.b64encode(secrets.token_bytes(32)) + b"\n", 0o400)


def ensure_signer_key(path: Path) -> bool:
    """Write an Ed25519 key (mode 0400) and ``<path>.pub`` (0444) unless there; True if it was made."""
    made = _write_once(path, base64.b64encode(secrets.token_bytes(32)) + b"\n", 0o400)
    public = read_signer_key(path).public_key().public_bytes_raw()
    _write_once(public_path(path), base64.b64encode(public) + b"\n", 0o444)
    return made


def public_path(path: Path) -> Path:
    """Where the public half of the signer key at ``path`` lies."""
    return path.with_name(path.name + ".pub")


def read_master_key(path: Path) -> bytes:
    """The 32 bytes of the master key. Raises KeyFileProblem."""
    return _read(path, private=True)


def read_signer_key(path: Path) -> Ed25519PrivateKey:
    """The signer's private key. Raises KeyFileProblem."""
    return Ed25519PrivateKey.from_private_bytes(_read(path, private=True))


def read_public_key(path: Path) -> Ed25519PublicKey:
    """The signer's public key. Raises KeyFileProblem."""
    return Ed25519PublicKey.from_public_bytes(_read(path, private=False))


def _read(path: Path, *, private: bool) -> bytes:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(1024)
    except OSError as error:
        raise KeyFileProblem(f"The key file {path} cannot be read: {error.strerror}.") from error
    if private and mode & 0o077:
        raise KeyFileProblem(f"The key file {path} is open to other users; run chmod 400 on it.")
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise KeyFileProblem(f"The key file {path} is not base64.") from error
    if len(key) != 32:
        raise KeyFileProblem(f"The key file {path} holds {len(key)} bytes where 32 are needed.")
    return key


def _write_once(path: Path, content: bytes, mode: int) -> bool:
    """Create ``path`` whole or not at all, never over an existing file."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    return True
