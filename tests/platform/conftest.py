"""Installations that several tests share: starting everything takes seconds."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.installation import Place


@pytest.fixture
def place() -> Iterator[Place]:
    """A data folder below a closed folder, as a clone in somebody's home is."""
    closed = Path(tempfile.mkdtemp(prefix="attestry-up-"))  # mode 0700
    place = Place(closed / "data")
    yield place
    place.end()
    shutil.rmtree(closed, ignore_errors=True)
