"""What the stand-in knows: plain JSON, changed through `change`, kept in one file so that a restart forgets nothing."""

from __future__ import annotations

import copy
import json
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dev.sandbox.github.population import population

State = dict[str, Any]


class Store:
    """The state of one stand-in. Reads give copies; one writer at a time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.RLock()
        if file.exists():
            self._state: State = json.loads(file.read_text(encoding="utf-8"))
        else:
            self._state = population()
            # Made here and never committed; they open nothing but this stand-in.
            self._state["tokens"] = ["github_pat_" + secrets.token_hex(24)]
            self._save()

    def read(self) -> State:
        """A copy of the whole state."""
        with self._lock:
            return copy.deepcopy(self._state)

    def change(self, how: Callable[[State], Any]) -> Any:
        """Let ``how`` change the state, and keep it. Returns what ``how`` returns."""
        with self._lock:
            found = how(self._state)
            self._save()
            return found

    def replace(self, state: State) -> None:
        """Take another state whole."""
        with self._lock:
            self._state = copy.deepcopy(state)
            self._save()

    def _save(self) -> None:
        draft = self._file.with_suffix(".draft")
        draft.write_text(json.dumps(self._state, sort_keys=True), encoding="utf-8")
        draft.replace(self._file)
