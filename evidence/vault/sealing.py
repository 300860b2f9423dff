"""Content to ciphertext and back. The byte format is written down in evidence/FORMAT.md.

object file = nonce (12) · AES-256-GCM( head (50) · zstd frame of the content )
head        = format 1 · codec · salt (32) · base object id (16, zero when there is none)
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evidence.errors import SealBroken
from evidence.vault import codec

_FORMAT = 1
_NONCE = 12
_SALT = 32
_HEAD = 2 + _SALT + 16
_NO_BASE = UUID(int=0)
_WORTH_A_BASE = 0.5
_REPEATS = 0.01


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """Ciphertext and what the leaf commits to."""

    ciphertext: bytes = field(repr=False)
    ct_sha256: bytes
    pt_commit: bytes
    codec: int


def commitment(salt: bytes, content: bytes) -> bytes:
    """HMAC-SHA256(salt, content): after the key is gone nobody can test guesses."""
    return hmac.digest(salt, content, "sha256")


def seal(
    content: bytes, *, key: bytes, organization_id: UUID, object_id: UUID, base: tuple[UUID, bytes] | None = None
) -> Sealed:
    """Compress and encrypt ``content``; ``base`` is (object id, content) of an earlier page of the chain.

    The base is used only if it at least halves the bytes; otherwise this page stands alone and can
    be a base itself.
    """
    frame, used, base_id = _smallest(content, base)
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    head = bytes((_FORMAT, used)) + salt + base_id.bytes
    ciphertext = nonce + AESGCM(key).encrypt(nonce, head + frame, associated(organization_id, object_id))
    return Sealed(
        ciphertext=ciphertext,
        ct_sha256=hashlib.sha256(ciphertext).digest(),
        pt_commit=commitment(salt, content),
        codec=used,
    )


def _smallest(content: bytes, base: tuple[UUID, bytes] | None) -> tuple[bytes, int, UUID]:
    """(frame, codec, base id). A page that all but repeats its base is not compressed a second time to compare."""
    based = None if base is None else codec.compress(content, base[1])
    if base is not None and based is not None and len(based) <= len(content) * _REPEATS:
        return based, codec.DICTIONARY, base[0]
    alone = codec.compress(content)
    if base is not None and based is not None and len(based) <= len(alone) * _WORTH_A_BASE:
        return based, codec.DICTIONARY, base[0]
    return alone, codec.PLAIN, _NO_BASE


def unseal(
    ciphertext: bytes, *, key: bytes, organization_id: UUID, object_id: UUID, base_content: Callable[[UUID], bytes]
) -> tuple[bytes, bytes]:
    """(content, salt) of a sealed object; ``base_content`` opens the base if the object names one.

    Raises SealBroken if key, organization or object id are not those it was sealed with.
    """
    try:
        plain = AESGCM(key).decrypt(ciphertext[:_NONCE], ciphertext[_NONCE:], associated(organization_id, object_id))
    except (InvalidTag, ValueError) as error:
        raise SealBroken(
            "The record does not decrypt as what it was sealed as.",
            what_to_do="Run manage.py evidence_fsck and keep the file as it is.",
        ) from error
    if len(plain) < _HEAD or plain[0] != _FORMAT or plain[1] not in (codec.PLAIN, codec.DICTIONARY):
        raise SealBroken("The record has an unknown form.", what_to_do="Open it with a newer version of Attestry.")
    salt, base_id = plain[2 : 2 + _SALT], UUID(bytes=plain[2 + _SALT : _HEAD])
    dictionary = base_content(base_id) if plain[1] == codec.DICTIONARY else None
    return codec.decompress(plain[_HEAD:], dictionary), salt


def associated(organization_id: UUID, object_id: UUID) -> bytes:
    """What binds ciphertext to its place: organization, object and version of the format."""
    return f"attestry/object/{_FORMAT}|{organization_id}|{object_id}".encode()
