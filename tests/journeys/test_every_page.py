"""Every page at both widths, in both themes: pictures, all accessibility rules, no sideways scrolling, keyboard."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import context, violations
from tests.journeys.pages import THEMES, WIDTHS, everything
from tests.journeys.stack import PROJECT, Stack


def look(browser: Browser, state, addresses, prefix: str, pictures: Path) -> tuple[int, list[str]]:
    """(views looked at, broken rules): each address at both widths in both themes, with a picture of each view."""
    broken: list[str] = []
    views = 0
    profile = context(browser, state=state)
    page = profile.new_page()
    for name, address in addresses(page).items():
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=THEMES[0])
            answer = page.goto(address)
            if answer is None or answer.status != (404 if name == "not-found" else 200):
                broken.append(f"{prefix}{name}: answered {answer and answer.status}")
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                page.screenshot(path=pictures / f"{prefix}{name}-{width}-{theme}.png", full_page=True)
                broken += [f"{prefix}{name} {width} {theme}: {text}" for text in violations(page)]
                views += 1
    profile.close()
    return views, broken


def test_every_page_keeps_all_accessibility_rules_at_both_widths_and_in_both_themes(
    browser: Browser, stack: Stack, olga, pictures, record_property
):
    views, broken = look(browser, olga, lambda page: everything(page, stack), "", pictures)
    record_property("journeys", f"{views} views (page × width × theme), {len(broken)} broken accessibility rules")
    assert broken == []


def test_the_auditors_pages_and_the_sign_in_page_keep_them_too(
    browser: Browser, stack: Stack, vera, pictures, record_property
):
    root = f"{stack.auditors}/o/{stack.slug}/"
    paths = {"dashboard": root, "controls": f"{root}controls/", "evidence": f"{root}evidence/"}
    views, broken = look(browser, vera, lambda page: paths, "auditor-", pictures)
    more, also = look(browser, None, lambda page: {"sign-in": stack.address}, "", pictures)
    record_property(
        "journeys", f"{views + more} views of the auditors' site and of sign-in, {len(broken + also)} broken"
    )
    assert broken + also == []


def test_no_page_scrolls_sideways_at_320_pixels(browser: Browser, stack: Stack, olga):
    profile = context(browser, width=320, state=olga)
    page = profile.new_page()
    wide = []
    for name, address in everything(page, stack).items():
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide.append(f"{name}: {width}")
    profile.close()
    assert wide == []


def test_the_dashboard_is_walked_by_keyboard_alone(browser: Browser, stack: Stack, olga):
    profile = context(browser, state=olga)
    page = profile.new_page()
    page.goto(stack.page())
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_class("skip")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    seen: list[str] = []
    for _step in range(120):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.className || document.activeElement.tagName"))
        if seen[-1].startswith("cell"):
            break
    assert any(name == "item" for name in seen), "the lists come before the heatmap"
    assert seen[-1].startswith("cell"), "the heatmap is reached"
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.id")
    assert second.split(".")[0] == first.split(".")[0]
    assert second != first
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.id") == first
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.className").startswith("cell"), "one tab stop"
    profile.close()


def test_the_phone_menu_opens_without_script(browser: Browser, stack: Stack, olga):
    profile = context(browser, width=390, state=olga, script=False)
    page = profile.new_page()
    page.goto(stack.page())
    page.locator(".topbar summary").click()
    link = page.locator(".topbar nav a", has_text="Framework")
    box = link.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    link.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("criteria")
    profile.close()


@pytest.mark.parametrize(("width", "theme", "name"), [(1280, "light", "dashboard.png")])
def test_the_picture_of_the_readme_is_taken(browser: Browser, stack: Stack, olga, pictures, width, theme, name):
    profile = context(browser, width=width, theme=theme, state=olga)
    page = profile.new_page()
    page.goto(stack.page())
    page.screenshot(path=pictures / name, full_page=True)
    profile.close()
    if os.environ.get("ATTESTRY_PICTURES"):  # `make journeys`
        target = PROJECT / "docs" / "pictures" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(pictures / name, target)
    assert (pictures / name).stat().st_size > 20_000
