"""The folder of blobs, read as plain files."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Blobs:
    """The files of one organization under ``root``."""

    root: Path
    organization_id: UUID

    def path(self, digest: bytes) -> Path:
        """Where the file with this digest has to be."""
        return self.root / str(self.organization_id) / digest.hex()[:2] / digest.hex()

    def read(self, digest: bytes) -> bytes | None:
        """The file's bytes, unchecked; None if there is none."""
        try:
            return self.path(digest).read_bytes()
        except FileNotFoundError:
            return None

    def orphans(self, cited: Collection[str], *, older_than: float) -> Iterator[str]:
        """Names of files that no record cites and that are older than ``older_than`` seconds."""
        now = time.time()
        for file in sorted((self.root / str(self.organization_id)).glob("*/*")):
            if file.name not in cited and _written_at(file) <= now - older_than:
                yield file.name


def _written_at(file: Path) -> float:
    """When the file was written; never, if it is gone: a writer's temporary file is."""
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def stray_folders(root: Path, organizations: Collection[UUID]) -> list[str]:
    """Names under ``root`` that belong to no organization with a log."""
    if not root.is_dir():
        return []
    known = {str(organization) for organization in organizations}
    return sorted(entry.name for entry in root.iterdir() if entry.name not in known)
