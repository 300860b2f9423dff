"""A real organization from nothing, in pages, with script off: each step leaves something that works."""

from __future__ import annotations

import re
import secrets

from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import context
from tests.journeys.stack import Stack


def test_an_organization_is_founded_and_set_up_in_pages(browser: Browser, stack: Stack, olga):
    profile = context(browser, state=olga, script=False)
    page = profile.new_page()
    root = found(page, stack)

    page.goto(root)
    expect(page.locator("main")).to_contain_text("No observation window yet.")
    page.get_by_role("link", name="Go to set-up").click()
    page.get_by_role("link", name="Set the window").click()
    page.get_by_label("First day").fill("2026-09-01")
    page.get_by_label("Last day").fill("2026-08-01")
    page.get_by_role("button", name="Set the window").click()
    expect(page.get_by_role("alert")).to_contain_text("The last day is before the first.")
    page.get_by_label("Last day").fill("2026-11-30")
    page.get_by_role("button", name="Set the window").click()

    page.goto(f"{root}controls/adopt/?criterion=CC6.1")
    page.get_by_role("checkbox", name=re.compile("AC-02 ")).check()
    page.get_by_role("button", name="Adopt the chosen controls").click()
    expect(page.locator("main")).to_contain_text("1 control is in scope now.")

    page.goto(f"{root}controls/owners/?all=unowned")
    page.locator("select[name=owner]").select_option(index=1)
    page.get_by_role("button", name=re.compile("Give the chosen")).click()
    expect(page.locator("main")).to_contain_text("1 control has its owner.")

    page.goto(root)
    expect(page.locator("#v")).to_contain_text(re.compile("If the window closed today|The window has not started"))
    expect(page.locator("main")).to_contain_text("AC-02")
    page.goto(f"{root}controls/AC-02/")
    expect(page.locator("main")).to_contain_text(re.compile(r"0 of \d+ parts"))
    assert page.locator(".pill.pass").count() == 0
    profile.close()


def found(page: Page, stack: Stack) -> str:
    """Found an organization in the pages; its address, ending in a slash."""
    page.goto(f"{stack.address}/account/")
    page.get_by_role("link", name="Create an organization").click()
    name = f"Journey {secrets.token_hex(4)}"
    page.get_by_label("Name", exact=True).fill(name)
    slug = page.locator("input[name=slug]")
    if slug.count():
        slug.fill(name.lower().replace(" ", "-"))
    page.get_by_role("button", name="Create organization").click()
    root = re.search(r"(http.*?/o/[^/]+/)", page.url)
    assert root is not None, page.url
    return root.group(1)
