"""Measuring fairly on a machine that is never idle: both sides in one run, interleaved, medians and ratios."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ROUNDS = 7


@dataclass(frozen=True)
class Timing:
    """Seconds of each round of one side."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the rounds, in seconds."""
        return statistics.median(self.seconds)


def interleaved(
    sides: Mapping[str, Callable[[], object]], *, rounds: int = ROUNDS, repeat: int = 1
) -> dict[str, Timing]:
    """Time every side `rounds` times after one warm-up, taking turns; one timing covers `repeat` calls.

    The order of the sides turns with each round, so that none always runs after the same other one.
    """
    names = list(sides)
    kept: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            gc.collect()
            started = time.perf_counter()
            for _ in range(repeat):
                sides[name]()
            if number > 0:
                kept[name].append((time.perf_counter() - started) / repeat)
    return {name: Timing(tuple(values)) for name, values in kept.items()}


def alternating(sides: Mapping[str, Callable[[], object]], *, calls: int) -> dict[str, Timing]:
    """Time single calls, the sides taking turns call by call, after a tenth of them as warm-up.

    For calls of a millisecond: a burst of load on the machine then falls on every side alike.
    """
    kept: dict[str, list[float]] = {name: [] for name in sides}
    warm = max(1, calls // 10)
    for number in range(calls + warm):
        for name, call in sides.items():
            started = time.perf_counter()
            call()
            took = time.perf_counter() - started
            if number >= warm:
                kept[name].append(took)
    return {name: Timing(tuple(values)) for name, values in kept.items()}
