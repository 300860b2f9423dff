"""What SQL a page or service sends: counted, timed and kept with its parameters."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connections


@dataclass(frozen=True)
class Statement:
    """One statement as it was sent."""

    alias: str
    text: str
    parameters: tuple[Any, ...]
    seconds: float


@dataclass
class Sent:
    """Everything that was sent while it was listening."""

    statements: list[Statement] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many statements there were."""
        return len(self.statements)


@contextmanager
def listening() -> Iterator[Sent]:
    """Keep every statement that goes through Django's connections in this block."""
    sent = Sent()
    with ExitStack() as stack:
        for alias in connections:
            stack.enter_context(connections[alias].execute_wrapper(_keeper(alias, sent)))
        yield sent


def _keeper(alias: str, sent: Sent) -> Any:
    def keep(execute: Any, text: Any, parameters: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(text, parameters, many, context)
        finally:
            took = time.perf_counter() - started
            sent.statements.append(Statement(alias, str(text), tuple(parameters or ()), took))

    return keep
