"""The list of attacks. One line each: what it does, as whom, and how the wall answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.isolation.ground import Ground

Attack = Callable[[Ground], Any]
# The attack ran and got nothing: no row, no change, no difference between foreign and missing.
NOTHING = "nothing"


@dataclass(frozen=True)
class Vector:
    """An attack gives its loot, something true, when it worked. `refusal`: how the protected ground answers it.

    `server`: PostgreSQL refuses it whatever we do; it is counted apart. `threat`: row of security.md.
    """

    id: str
    role: str
    refusal: str
    threat: str
    server: bool
    line: str
    attack: Attack


VECTORS: list[Vector] = []


def vector(
    id_: str, *, role: str = "app_rt", refusal: str = NOTHING, threat: str, server: bool = False
) -> Callable[[Attack], Attack]:
    """Register an attack; its docstring is its one line."""

    def register(attack: Attack) -> Attack:
        line = (attack.__doc__ or "").strip()
        assert line and "\n" not in line, f"{id_}: one line says what it does"
        assert all(known.id != id_ for known in VECTORS), f"{id_} exists twice"
        VECTORS.append(Vector(id_, role, refusal, threat, server, line, attack))
        return attack

    return register


@dataclass(frozen=True)
class Outcome:
    """What an attack brought: loot, or the code of the refusal, or nothing."""

    loot: Any
    refusal: str

    @property
    def worked(self) -> bool:
        return bool(self.loot)


def run(vector: Vector, ground: Ground) -> Outcome:
    """Run one attack and throw away what it did."""
    try:
        loot = vector.attack(ground)
    except psycopg.Error as error:
        return Outcome(None, error.sqlstate or type(error).__name__)
    finally:
        ground.close()
    return Outcome(loot, NOTHING if not loot else "")
