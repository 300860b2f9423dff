"""Reading signed notes: the text, then every signature line of the one key that is trusted."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_NOTE = re.compile(
    r"(?P<text>(?P<origin>[^\s+]+)\n(?P<size>0|[1-9][0-9]{0,15})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"time (?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n)\n"
    r"(?P<lines>(?:— [^\s+]+ [A-Za-z0-9+/]+={0,2}\n)+)"
)
_ED25519 = b"\x01"


class NotSigned(ValueError):
    """The note is malformed or not signed by the trusted key; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a note says."""

    origin: str
    size: int
    root: bytes
    at: datetime


def read_note(note: str, public: Ed25519PublicKey) -> Said:
    """What the trusted key has signed. Raises NotSigned."""
    found = _NOTE.fullmatch(note)
    if found is None:
        raise NotSigned("it is not a signed note of a checkpoint")
    origin = found["origin"]
    name = hashlib.sha256(origin.encode() + b"\n" + _ED25519 + public.public_bytes_raw()).digest()[:4]
    if not any(_holds(line, origin, name, found["text"], public) for line in found["lines"].rstrip("\n").split("\n")):
        raise NotSigned("it carries no valid signature of the signer's key")
    at = datetime.strptime(found["at"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    return Said(origin=origin, size=int(found["size"]), root=base64.b64decode(found["root"]), at=at)


def _holds(line: str, origin: str, name: bytes, text: str, public: Ed25519PublicKey) -> bool:
    _dash, signer, encoded = line.split(" ")
    try:
        signature = base64.b64decode(encoded, validate=True)
    except ValueError:
        return False
    # Base64 has spare bits at its end: only the canonical writing is the note that was published.
    if base64.b64encode(signature).decode() != encoded:
        return False
    if signer != origin or signature[:4] != name:
        return False
    try:
        public.verify(signature[4:], text.encode())
    except InvalidSignature:
        return False
    return True
