"""Key providers: who wraps the data keys of an organization.

The shape is that of a key management service: wrap and unwrap small secrets under a key of the
organization that never leaves the provider, with a context that is authenticated. The local
provider derives each organization's key from one master key file.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from evidence.errors import KeyUnavailable
from evidence.keyfiles import KeyFileProblem, read_master_key

_WRAP_VERSION = b"\x01"
_NONCE = 12
_LARGEST_SECRET = 64 * 1024


class KeyProvider(Protocol):
    """Wraps secrets under the key of one organization."""

    name: str

    def wrap(self, *, organization_id: UUID, context: str, key: bytes) -> bytes:
        """The secret ``key`` encrypted under the organization's key, bound to ``context``."""
        ...

    def unwrap(self, *, organization_id: UUID, context: str, wrapped: bytes) -> bytes:
        """What :meth:`wrap` took in. Raises KeyUnavailable for another organization or context."""
        ...


class LocalKeyFile:
    """Keys from one file: organization key = HKDF-SHA256(master key, organization id)."""

    name = "local-1"

    def __init__(self, path: Path) -> None:
        self._path = path

    def __repr__(self) -> str:
        return f"LocalKeyFile({str(self._path)!r})"

    def wrap(self, *, organization_id: UUID, context: str, key: bytes) -> bytes:
        if len(key) > _LARGEST_SECRET:
            raise ValueError("a wrapped secret is at most 64 KiB")
        nonce = os.urandom(_NONCE)
        cipher = self._cipher(organization_id)
        return _WRAP_VERSION + nonce + cipher.encrypt(nonce, key, _associated(organization_id, context))

    def unwrap(self, *, organization_id: UUID, context: str, wrapped: bytes) -> bytes:
        if wrapped[:1] != _WRAP_VERSION or len(wrapped) < 1 + _NONCE + 16:
            raise _unavailable("The wrapped key has an unknown form.")
        nonce, sealed = wrapped[1 : 1 + _NONCE], wrapped[1 + _NONCE :]
        try:
            return self._cipher(organization_id).decrypt(nonce, sealed, _associated(organization_id, context))
        except InvalidTag as error:
            raise _unavailable("The wrapped key does not open with this organization's key.") from error

    def _cipher(self, organization_id: UUID) -> AESGCM:
        try:
            master = read_master_key(self._path)
        except KeyFileProblem as error:
            raise _unavailable(str(error)) from error
        derive = HKDF(
            algorithm=SHA256(), length=32, salt=b"attestry", info=b"organization-key/1|" + organization_id.bytes
        )
        return AESGCM(derive.derive(master))


def chain_context(*, chain_id: UUID, stream: str, week: str) -> str:
    """What a chain's wrapped data key is bound to, beside the organization."""
    return f"chain:{chain_id}|{stream}|{week}"


def _associated(organization_id: UUID, context: str) -> bytes:
    return f"attestry/wrap/1|{organization_id}|{context}".encode()


def _unavailable(message: str) -> KeyUnavailable:
    return KeyUnavailable(message, what_to_do="Put the master key file of this installation back in its place.")


@cache
def key_provider() -> KeyProvider:
    """The provider of this installation (settings). A key management service replaces only this."""
    return LocalKeyFile(Path(settings.KEY_FILE))
