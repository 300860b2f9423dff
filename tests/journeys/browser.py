"""The system's Chromium, and how its absence is told."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing but the pages under test goes over the network.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--metrics-recording-only",
    "--disable-domain-reliability",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,CertificateTransparencyComponentUpdater",
)
AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()


def executable() -> str | None:
    """Where the browser is, None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """A browser without a window. As root it needs `--no-sandbox`."""
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return playwright.chromium.launch(executable_path=executable(), args=arguments)


def context(
    browser: Browser, *, width: int = 1280, theme: str = "light", script: bool = True, state=None
) -> BrowserContext:
    """A browser profile of its own; `state` carries the cookies of a sign-in."""
    return browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,
        java_script_enabled=script,
        storage_state=state,
        reduced_motion="reduce",
    )


def violations(page: Page) -> list[str]:
    """What axe finds with all of its rules, none disabled; each with the first element that breaks it.

    Injected by `evaluate`: a script element would break the page's own policy.
    """
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{v['id']}: {v['help']} ({len(v['nodes'])}×) {v['nodes'][0]['html'][:200]}" for v in found["violations"]]
