"""Every attack against the protected ground and against the open one."""

from __future__ import annotations

import pytest

from tests.isolation.ground import Ground
from tests.isolation.vectors import VECTORS
from tests.isolation.vectors.registry import NOTHING, Vector, run
from tests.tally import count

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("isolation")]


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{vector.id}-{vector.attack.__name__}" for vector in VECTORS])
def test_the_wall_holds_and_without_it_the_attack_works(vector: Vector, protected: Ground, opened: Ground) -> None:
    held = run(vector, protected)
    assert not held.worked, f"{vector.line} It worked: {held.loot!r:.300}"
    assert held.refusal == vector.refusal, f"{vector.line} Refused, but not by the wall that is meant to."
    without = run(vector, opened)
    if vector.server:
        assert not without.worked, f"{vector.line} Counted as refused by the server, but it works without our walls."
        count("isolation vectors refused by the server anyway")
    else:
        assert without.worked, f"{vector.line} It fails without walls too ({without.refusal}), so it proves nothing."
        count("isolation vectors protected, and working without walls")


def test_every_attack_has_its_own_mechanism() -> None:
    assert len({vector.line for vector in VECTORS}) == len(VECTORS)
    assert len([vector for vector in VECTORS if not vector.server]) >= 60
    assert NOTHING in {vector.refusal for vector in VECTORS}
