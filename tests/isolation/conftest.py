"""The grounds of the database part, made once per process."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.isolation.ground import Ground
from tests.isolation.walls import take_walls_off
from tests.isolation.world import make_world


@pytest.fixture(scope="session")
def protected() -> Iterator[Ground]:
    """The world behind all its walls."""
    ground = make_world(f"isolation_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    yield ground
    ground.close()


@pytest.fixture(scope="session")
def opened(protected: Ground) -> Iterator[Ground]:
    """The same world without walls."""
    ground = take_walls_off(protected)
    yield ground
    ground.close()
