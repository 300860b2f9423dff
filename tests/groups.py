"""Which tests share a worker process, and in which order they come (a pytest plugin, see `addopts`).

Tests marked `xdist_group("name")` (in their file, or by the conftest of their folder) run one after the other in one
process: they share an installation, a browser or the machine's ports. pytest-xdist 3.8 writes the group into an
attribute that pytest 9.2 no longer reads, so without this plugin the marks do nothing.
Long groups come first, so that no process is left alone with one of them at the end.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FIRST = ("journeys", "platform", "sandbox-replay", "isolation", "isolation-http")
_MARK = re.compile(r'xdist_group\("([\w-]+)"\)')


@cache
def group_of(file: str) -> str:
    """Return the group that a test file (path from the project's root) or its folder's conftest names, or ''."""
    for path in (ROOT / file, (ROOT / file).parent / "conftest.py"):
        found = _MARK.search(path.read_text(encoding="utf-8")) if path.is_file() else None
        if found:
            return found[1]
    return ""


class Groups(LoadScopeScheduling):
    """Hands out whole groups, and everything else test by test."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0]) or nodeid


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups | None:
    """Take the place of `--dist loadgroup`; other ways of distributing stay as they are."""
    if config.getoption("dist") != "loadgroup":
        return None
    config.option.loadscopereorder = False
    return Groups(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long groups first; every worker does the same, and the order within a file stays."""

    def place(item: pytest.Item) -> int:
        group = group_of(item.path.relative_to(ROOT).as_posix())
        return LONGEST_FIRST.index(group) if group in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=place)
