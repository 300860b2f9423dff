"""Where the parts of an installation lie: under the data folder unless a setting says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from config.backup.archive import BackupError

# What belongs to an installation beside its database. Ports, logs and the broker's queue do not: rows are the truth.
FOLDERS = ("blobs", "keys", "signer", "sandbox", "aws")


@dataclass(frozen=True)
class Layout:
    """The data folder, the evidence folder, and files that have a place of their own (by their name in a backup)."""

    data: Path
    blobs: Path
    elsewhere: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Any) -> Layout:
        """The layout that Django's settings describe."""
        files = {
            "keys/master.key": settings.KEY_FILE, "keys/signer.key": settings.SIGNER_KEY_FILE,
            "keys/signer.key.pub": settings.SIGNER_PUBLIC_KEY_FILE, "signer/state.json": settings.SIGNER_STATE_FILE,
        }  # fmt: skip
        return cls(settings.DATA, settings.BLOBS, {n: p for n, p in files.items() if p != settings.DATA / n})

    def files(self) -> Iterator[tuple[Path, str]]:
        """Every file to keep, with its name in a backup; those this user may not read are an error of the caller."""
        for folder in FOLDERS:
            root = self.blobs if folder == "blobs" else self.data / folder
            for path in sorted(root.rglob("*")) if root.is_dir() else ():
                name = f"{folder}/{path.relative_to(root).as_posix()}"
                if path.is_file() and not path.is_symlink() and name not in self.elsewhere and path.suffix != ".part":
                    yield path, name
        for name, path in self.elsewhere.items():
            if path.is_file():
                yield path, name

    def place(self, name: str) -> Path:
        """Return where the part `name` belongs. Raises BackupError for a name that would leave the installation."""
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts:
            raise BackupError(f"The backup holds the name {name!r}, which no backup of ours has.")
        if name in self.elsewhere:
            return self.elsewhere[name]
        return self.blobs / parts.relative_to("blobs") if parts.parts[0] == "blobs" else self.data / parts

    def check_empty(self) -> None:
        """Raises BackupError when anything of an installation is there already; nothing is ever overwritten."""
        taken = [path for folder in (self.data, self.blobs) for path in folder.rglob("*") if path.is_file()]
        taken += [path for path in self.elsewhere.values() if path.exists()]
        if taken:
            raise BackupError(f"{taken[0].parent} is not empty; a backup is brought back into a new installation.")
