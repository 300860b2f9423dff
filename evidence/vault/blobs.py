"""The store of ciphertext: content-addressed, written once, read back before anything cites it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings

from evidence.errors import BlobDamaged, BlobMissing


class BlobStore(Protocol):
    """Bytes of one organization under their SHA-256."""

    def put(self, *, organization_id: UUID, data: bytes) -> bytes:
        """Store ``data`` durably, read it back, return its SHA-256. Safe to repeat."""
        ...

    def get(self, *, organization_id: UUID, digest: bytes) -> bytes:
        """The bytes under ``digest``, checked. Raises BlobMissing, BlobDamaged."""
        ...


class FileStore:
    """Files at ``<root>/<organization>/<first two hex digits>/<SHA-256 in hex>``, mode 0400."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, *, organization_id: UUID, data: bytes) -> bytes:
        digest = hashlib.sha256(data).digest()
        final = self._path(organization_id, digest)
        self._make_directory(final.parent)
        temporary = final.with_name(f".{secrets.token_hex(8)}.part")
        try:
            self._write(temporary, data)
            with contextlib.suppress(FileExistsError):
                os.link(temporary, final)
            _sync_directory(final.parent)
        finally:
            temporary.unlink(missing_ok=True)
        self.get(organization_id=organization_id, digest=digest)
        return digest

    def get(self, *, organization_id: UUID, digest: bytes) -> bytes:
        path = self._path(organization_id, digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise BlobMissing(
                f"The store has no object {digest.hex()[:12]}…",
                what_to_do="Restore the blob folder from the backup, then run manage.py evidence_fsck.",
            ) from error
        if hashlib.sha256(data).digest() != digest:
            raise BlobDamaged(
                f"The object {digest.hex()[:12]}… was changed after it was stored.",
                what_to_do="Restore this file from the backup, then run manage.py evidence_fsck.",
            )
        return data

    def _path(self, organization_id: UUID, digest: bytes) -> Path:
        name = digest.hex()
        return self._root / str(organization_id) / name[:2] / name

    def _write(self, path: Path, data: bytes) -> None:
        """All bytes on the disk or an exception; the file is read-only from its first moment."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _make_directory(self, directory: Path) -> None:
        """Make the folder durable too: a new name lives in its parent's bytes."""
        if directory.is_dir():
            return
        for step in (self._root, directory.parent, directory):
            step.mkdir(mode=0o700, parents=step is self._root, exist_ok=True)
            _sync_directory(step.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@cache
def blob_store() -> BlobStore:
    """The store of this installation (settings). An object store with locks replaces only this."""
    return FileStore(Path(settings.BLOBS))
