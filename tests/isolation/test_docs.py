"""The table of threats names attacks that exist, and every attack."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.isolation.vectors import VECTORS

pytestmark = pytest.mark.campaign
THREATS = Path(__file__).resolve().parents[2] / "docs" / "security" / "threats.md"


def test_the_table_names_every_attack_and_no_other() -> None:
    text = THREATS.read_text(encoding="utf-8")
    assert set(re.findall(r"\b[CKLMOPRSW]\d\d\b", text)) == {vector.id for vector in VECTORS}


def test_every_file_that_the_table_names_exists() -> None:
    root = THREATS.parents[2]
    text = THREATS.read_text(encoding="utf-8")
    for name in re.findall(r"\btest_\w+\.py", text):
        assert list((root / "tests").rglob(name)), name
