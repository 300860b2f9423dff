"""Every page at both widths, in both themes: pictures, all accessibility rules, no sideways scrolling, keyboard."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import context, violations
from tests.journeys.pages import THEMES, WIDTHS, everything
from tests.journeys.stack import PROJECT, Stack


def test_every_page_keeps_all_accessibility_rules_at_both_widths_and_in_both_themes(
    browser: Browser, stack: Stack, olga, pictures, record_property
):
    broken: list[str] = []
    looked_at = 0
    for width in WIDTHS:
        for theme in THEMES:
            profile = context(browser, width=width, theme=theme, state=olga)
            page = profile.new_page()
            for name, address in everything(page, stack).items():
                page.goto(address)
                page.screenshot(path=pictures / f"{name}-{width}-{theme}.png", full_page=True)
                broken += [f"{name} {width} {theme}: {text}" for text in violations(page)]
                looked_at += 1
            profile.close()
    record_property("journeys", f"{looked_at} views (page × width × theme), {len(broken)} broken accessibility rules")
    assert broken == []


def test_the_auditors_pages_and_the_sign_in_page_keep_them_too(
    browser: Browser, stack: Stack, vera, pictures, record_property
):
    broken: list[str] = []
    looked_at = 0
    for width in WIDTHS:
        for theme in THEMES:
            profile = context(browser, width=width, theme=theme, state=vera)
            page = profile.new_page()
            for name, path in {"dashboard": "", "controls": "controls/", "evidence": "evidence/"}.items():
                page.goto(f"{stack.auditors}/o/{stack.slug}/{path}")
                page.screenshot(path=pictures / f"auditor-{name}-{width}-{theme}.png", full_page=True)
                broken += [f"auditor {name} {width} {theme}: {text}" for text in violations(page)]
                looked_at += 1
            profile.close()
            profile = context(browser, width=width, theme=theme)
            page = profile.new_page()
            page.goto(stack.address)
            page.screenshot(path=pictures / f"sign-in-{width}-{theme}.png", full_page=True)
            broken += [f"sign-in {width} {theme}: {text}" for text in violations(page)]
            looked_at += 1
            profile.close()
    record_property("journeys", f"{looked_at} views of the auditor's site and of sign-in")
    assert broken == []


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
    target = PROJECT / "docs" / "pictures" / name
    if target.parent.is_dir() and not target.exists():  # taken again with `make pictures`
        shutil.copy(pictures / name, target)
    assert (pictures / name).stat().st_size > 20_000
