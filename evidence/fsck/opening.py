"""Opening an object from nothing but the master key, the wrapped key and evidence/FORMAT.md."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evidence.fsck.source import ChainRow

LARGEST_CONTENT = 64 * 1024 * 1024
STANDS_ALONE, HAS_BASE = 1, 2


class CannotOpen(Exception):
    """The object does not open; ``kind`` is the kind of finding."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A decrypted object."""

    content: bytes = field(repr=False)
    body_size: int
    commitment: bytes
    codec: int
    base: UUID | None
    known_at: datetime | None


def organization_key(master: bytes, organization_id: UUID) -> bytes:
    """HKDF-SHA256 by hand (RFC 5869), one block: extract with the salt, expand with the info."""
    extracted = hmac.digest(b"attestry", master, "sha256")
    return hmac.digest(extracted, b"organization-key/1|" + organization_id.bytes + b"\x01", "sha256")


def chain_key(master: bytes, organization_id: UUID, chain: ChainRow) -> bytes:
    """The data key of a chain. Raises CannotOpen."""
    provider, wrapped = chain.provider, chain.wrapped_key
    if provider != "local-1" or wrapped[:1] != b"\x01":
        raise CannotOpen("key.form", f"the key provider {provider!r} or the form of its key is not known")
    cipher = AESGCM(organization_key(master, organization_id))
    bound = f"attestry/wrap/1|{organization_id}|chain:{chain.id}|{chain.stream}|{chain.week}".encode()
    try:
        return cipher.decrypt(wrapped[1:13], wrapped[13:], bound)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("key.unwrap", "its wrapped key does not open with this organization's key") from error


def open_object(
    data: bytes, *, key: bytes, organization_id: UUID, object_id: UUID, base: Callable[[UUID], bytes]
) -> Opened:
    """Decrypt, decompress and split one object. Raises CannotOpen."""
    try:
        plain = AESGCM(key).decrypt(data[:12], data[12:], f"attestry/object/1|{organization_id}|{object_id}".encode())
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("blob.decrypt", "it does not decrypt as this organization's object") from error
    if len(plain) < 50 or plain[0] != 1 or plain[1] not in (STANDS_ALONE, HAS_BASE):
        raise CannotOpen("blob.form", "the decrypted object has an unknown form")
    salt, base_id = plain[2:34], UUID(bytes=plain[34:50])
    codec = plain[1]
    if (codec == HAS_BASE) == (base_id.int == 0):
        raise CannotOpen("blob.base", "codec and base object contradict each other")
    content = _expand(plain[50:], base(base_id) if codec == HAS_BASE else None)
    body_size, known_at = _envelope(content)
    return Opened(
        content=content,
        body_size=body_size,
        commitment=hmac.digest(salt, content, hashlib.sha256),
        codec=codec,
        base=base_id if codec == HAS_BASE else None,
        known_at=known_at,
    )


def _expand(frame: bytes, dictionary: bytes | None) -> bytes:
    raw = None
    if dictionary is not None:
        raw = zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    try:
        size = zstandard.frame_content_size(frame)
        if 0 < size <= LARGEST_CONTENT:
            return zstandard.ZstdDecompressor(dict_data=raw, max_window_size=2**27).decompress(
                frame, max_output_size=size
            )
    except zstandard.ZstdError as error:
        raise CannotOpen("blob.codec", f"it does not decompress: {error}") from error
    raise CannotOpen("blob.codec", "its content size is missing or too large")


def _envelope(content: bytes) -> tuple[int, datetime | None]:
    """(size of the body, known_at) of a content."""
    length = int.from_bytes(content[:4], "big")
    try:
        envelope = json.loads(content[4 : 4 + length])
        known_at = envelope["known_at"]
        moment = datetime.fromisoformat(known_at) if known_at else None
    except (ValueError, KeyError, TypeError) as error:
        raise CannotOpen("blob.envelope", "its envelope cannot be read") from error
    if len(content) < 4 + length or envelope.get("v") != 1 or (moment is not None and moment.tzinfo is None):
        raise CannotOpen("blob.envelope", "its envelope has an unknown form")
    return len(content) - 4 - length, moment
