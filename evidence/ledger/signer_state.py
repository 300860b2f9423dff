"""What the signer itself remembers of each log: its pin against rewritten and restored databases."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class LogState:
    """The last tree that was signed: size, root, frontier, and the aware UTC time of its checkpoint."""

    size: int
    root: bytes
    frontier: tuple[bytes, ...]
    at: datetime


class StateDamaged(Exception):
    """The state file cannot be read. The signer then signs nothing: it would accept any history."""


class StateFile:
    """One JSON file, replaced whole (temporary, fsync, rename), never half written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> dict[UUID, LogState]:
        """All remembered logs; empty before the first checkpoint. Raises StateDamaged."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        try:
            return {UUID(log): _from_json(entry) for log, entry in json.loads(text)["logs"].items()}
        except (ValueError, KeyError, TypeError) as error:
            raise StateDamaged(f"{self._path} is damaged: {error}. Restore it from the backup.") from error

    def save(self, logs: Mapping[UUID, LogState]) -> None:
        """Replace the file durably. Raises OSError and leaves the old one in place if that fails."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = json.dumps(
            {"v": 1, "logs": {str(log): _to_json(state) for log, state in sorted(logs.items())}}, indent=1
        )
        temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(6)}")
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        finally:
            temporary.unlink(missing_ok=True)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _to_json(state: LogState) -> dict[str, object]:
    return {
        "size": state.size,
        "root": state.root.hex(),
        "frontier": [node.hex() for node in state.frontier],
        "at": state.at.isoformat(),
    }


def _from_json(entry: Mapping[str, object]) -> LogState:
    size, frontier, at = entry["size"], entry["frontier"], datetime.fromisoformat(str(entry["at"]))
    if not isinstance(size, int) or not isinstance(frontier, list) or at.tzinfo is None:
        raise ValueError("entry of a log")
    nodes = tuple(bytes.fromhex(str(node)) for node in frontier)
    return LogState(size=size, root=bytes.fromhex(str(entry["root"])), frontier=nodes, at=at)
