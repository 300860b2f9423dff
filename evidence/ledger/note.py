"""C2SP signed notes and tlog checkpoints. Pure.

    <host>/<log uuid>            origin
    42                           size
    base64                       root
    time 2026-11-20T19:00:00Z    extension: when it was signed
                                 (empty line)
    — <origin> base64(key id · Ed25519 signature)

The key id is the first four bytes of SHA-256(name · newline · key type 0x01 · public key), so the
type of key travels with every signature and another type can be added beside it.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 1
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_NAME = re.compile(r"[!-*,-~]+/[0-9a-f-]{36}")


class NoteMalformed(ValueError):
    """The text is not a checkpoint of ours."""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What a checkpoint says: log, size, root, and when (aware UTC) it was said."""

    origin: str
    size: int
    root: bytes
    at: datetime

    def text(self) -> str:
        """The signed text, with its final newline."""
        root = base64.b64encode(self.root).decode()
        moment = self.at.astimezone(UTC).strftime(_TIME)
        return f"{self.origin}\n{self.size}\n{root}\ntime {moment}\n"


def key_id(name: str, public: Ed25519PublicKey) -> bytes:
    """The four bytes that name a key (and its type) in a signature line."""
    return sha256(name.encode() + b"\n" + bytes((ED25519,)) + public.public_bytes_raw()).digest()[:4]


def verifier_key(name: str, public: Ed25519PublicKey) -> str:
    """The public key in the text form that C2SP tools read: name+id+base64."""
    key = base64.b64encode(bytes((ED25519,)) + public.public_bytes_raw()).decode()
    return f"{name}+{key_id(name, public).hex()}+{key}"


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The whole note. The key's name is the origin, as C2SP advises for logs."""
    text = checkpoint.text()
    signature = key_id(checkpoint.origin, key.public_key()) + key.sign(text.encode())
    return f"{text}\n— {checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def parse(note: str) -> Checkpoint:
    """What the note says, not whether it is signed. Raises NoteMalformed."""
    text, separator, _signatures = note.partition("\n\n")
    lines = text.split("\n")
    if not separator or len(lines) != 4 or not lines[3].startswith("time "):
        raise NoteMalformed("not a checkpoint")
    origin, size, root, moment = lines
    try:
        if not _NAME.fullmatch(origin) or not re.fullmatch(r"0|[1-9][0-9]{0,15}", size):
            raise NoteMalformed("origin or size")
        at = datetime.strptime(moment[5:], _TIME).replace(tzinfo=UTC)
        parsed = Checkpoint(origin=origin, size=int(size), root=_decoded(root), at=at)
    except ValueError as error:
        raise NoteMalformed("not a checkpoint") from error
    if len(parsed.root) != 32 or parsed.text() != text + "\n":
        raise NoteMalformed("not in canonical form")
    return parsed


def _decoded(text: str) -> bytes:
    """The bytes of base64 in its one canonical writing; nothing for any other writing of them."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return b""
    return data if base64.b64encode(data).decode() == text else b""


def verify(note: str, public: Ed25519PublicKey) -> Checkpoint | None:
    """The checkpoint if this key signed exactly this note, else None. Other keys' lines are ignored."""
    try:
        checkpoint = parse(note)
    except NoteMalformed:
        return None
    _text, _separator, lines = note.partition("\n\n")
    wanted = key_id(checkpoint.origin, public)
    if not lines.endswith("\n"):
        return None
    # Not splitlines(): a note knows one line end.
    for line in lines[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        signature = _decoded(encoded)
        if dash != "—" or name != checkpoint.origin or signature[:4] != wanted:
            continue
        try:
            public.verify(signature[4:], checkpoint.text().encode())
        except InvalidSignature:
            return None
        return checkpoint
    return None
