"""One installation, one browser and one sign-in per person for all journeys; without a browser they are counted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.browser import executable, launch
from tests.journeys.people import signed_in
from tests.journeys.stack import PROJECT, Stack, running
from tests.tally import count, not_run

HERE = Path(__file__).parent
# The browser's driver keeps an event loop in this thread for the whole run, and Django would refuse the database to
# every later test of this worker process. No test of ours runs on that loop.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
NO_BROWSER = "journeys not run: no Chromium found"


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All journeys share one installation, so one worker runs them; without a browser they say that they did not."""
    ours = [item for item in items if HERE in item.path.parents]
    if executable() is None and os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0":
        not_run("journeys", len(ours), "no Chromium found")  # once, not by every worker
    for item in ours:
        item.add_marker(pytest.mark.xdist_group("journeys"))
        item.add_marker(pytest.mark.journey)
        if executable() is None and os.environ.get("CI") != "true":
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how many journeys did not run, and what the ones that did looked at."""
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(r.longrepr)]
    if skipped:
        terminalreporter.write_line(f"journeys not run: {len(skipped)} (no Chromium found)")
    for report in terminalreporter.stats.get("passed", []):
        for name, text in report.user_properties:
            if name == "journeys":
                terminalreporter.write_line(f"journeys: {text}")


@pytest.fixture(autouse=True)
def _counted() -> Iterator[None]:
    yield
    count("journeys")


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    assert executable() is not None, NO_BROWSER  # with CI=true this is a failure
    with running() as stack:
        yield stack


@pytest.fixture(scope="session")
def browser(stack: Stack) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def olga(browser: Browser, stack: Stack) -> Any:
    """Cookies of the owner, whose theme is the system's."""
    return signed_in(browser, stack, "olga", theme="system")


@pytest.fixture(scope="session")
def vera(browser: Browser, stack: Stack) -> Any:
    """Cookies of the auditor, from the auditors' own site."""
    return signed_in(browser, stack, "vera", at=stack.auditors)


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots go; outside version control."""
    folder = PROJECT / ".attestry" / "journeys"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
