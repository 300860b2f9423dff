"""The format of a backup: a tar file of parts, ended by a manifest with the SHA-256 of each."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
_PIECE = 1 << 20


class BackupError(Exception):
    """A backup could not be written or is not what it says; the message says what to do."""


class ArchiveWriter:
    """Writes parts into `path`, which appears only when `finish` was called; readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unfinished = path.with_name(f"{path.name}.new")
        handle = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._tar = tarfile.TarFile(fileobj=self._file, mode="w")
        self.digests: dict[str, str] = {}

    def add(self, path: Path, name: str) -> None:
        """Add the file `path` as `name`."""
        with path.open("rb") as file:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = os.fstat(file.fileno()).st_size, 0o600
            hashing = _Hashing(file)
            self._tar.addfile(entry, hashing)
        self.digests[name] = hashing.digest.hexdigest()

    def finish(self, about: dict[str, str]) -> None:
        """Write the manifest, sync, and give the file its name."""
        text = json.dumps({"format": FORMAT, "about": about, "sha256": self.digests}, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(text), 0o600
        self._tar.addfile(entry, io.BytesIO(text))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._unfinished.rename(self._path)

    def abandon(self) -> None:
        """Remove what was written so far; harmless after `finish`."""
        self._file.close()
        self._unfinished.unlink(missing_ok=True)


def verify(path: Path) -> dict[str, str]:
    """Read the whole backup and return what it says about itself.

    Raises BackupError when a part is missing, changed or not listed, or the format is another one.
    """
    digests: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(path, "r:") as tar:
            for entry, file in _files(tar):
                if entry.name == MANIFEST:
                    manifest = json.load(file)
                else:
                    digests[entry.name] = _digest(file)
    except (tarfile.TarError, ValueError) as error:
        raise BackupError(f"{path} is not a complete backup: {error}. Take another copy of it.") from None
    if manifest is None or manifest.get("format") != FORMAT:
        raise BackupError(f"{path} has no manifest of format {FORMAT}: it is incomplete, or of another version.")
    listed: dict[str, str] = manifest["sha256"]
    wrong = sorted(name for name in digests.keys() | listed.keys() if digests.get(name) != listed.get(name))
    if wrong:
        raise BackupError(f"{path} is damaged at {', '.join(wrong[:5])}. Take another copy of it.")
    return {str(key): str(value) for key, value in manifest["about"].items()}


def extract(path: Path, place: Callable[[str], Path]) -> None:
    """Write every part to the path that `place` gives for its name. Call `verify` first; no file is overwritten."""
    with tarfile.open(path, "r:") as tar:
        for entry, file in _files(tar):
            if entry.name == MANIFEST:
                continue
            target = place(entry.name)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                while piece := file.read(_PIECE):
                    out.write(piece)


def _files(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    for entry in tar:
        file = tar.extractfile(entry) if entry.isreg() else None
        if file is None:
            raise BackupError(f"The backup holds {entry.name!r}, which is not a plain file.")
        yield entry, file


def _digest(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while piece := file.read(_PIECE):
        found.update(piece)
    return found.hexdigest()


class _Hashing(io.RawIOBase):
    """Hashes what is read through it, so that a part is read once."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(size)
        self.digest.update(piece)
        return piece
