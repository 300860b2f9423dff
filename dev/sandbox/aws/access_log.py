"""What the stand-in sent: one JSON line per answer, with the digest of the very bytes that went out.

A test can hold a sealed page against it: the product cannot have invented bytes that this log lists.
"""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import datetime
from pathlib import Path

from dev.sandbox.aws.clock import wall_clock


class AccessLog:
    """Append-only JSON lines in `file`; safe for several threads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)
        self._out = file.open("a", encoding="utf-8", buffering=1)
        self.calls = 0

    def note(self, *, account: str, action: str, path: str, status: int, body: bytes, at: datetime) -> None:
        """Record one answer. `at` is the moment the stand-in answered for; the wall clock is noted beside it."""
        line = json.dumps(
            {
                "time": wall_clock().isoformat(),
                "simulated_at": at.isoformat(),
                "account": account,
                "action": action,
                "path": path,
                "status": status,
                "sha256": hashlib.sha256(body).hexdigest(),
                "length": len(body),
            }
        )
        with self._lock:
            self.calls += 1
            self._out.write(line + "\n")

    def tail(self, count: int) -> list[str]:
        """The last `count` lines."""
        return self._file.read_text("utf-8").splitlines()[-count:]

    def close(self) -> None:
        """Close the file."""
        self._out.close()
