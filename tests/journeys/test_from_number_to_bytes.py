"""From a number on the dashboard to the sealed bytes, verified: with script and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import context
from tests.journeys.people import sign_in
from tests.journeys.stack import Stack


@pytest.mark.parametrize(("script", "person"), [(True, "alice"), (False, "bob")], ids=["with script", "script off"])
def test_from_sign_in_over_the_dashboard_to_the_verified_record(browser: Browser, stack: Stack, script, person):
    profile = context(browser, script=script)
    page = profile.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    sign_in(page, stack, person)
    if "/o/" not in page.url:
        page.get_by_role("link", name=re.compile("Halyard AI")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Weekly review")
    expect(page.locator("#v")).to_contain_text("If the window closed today")
    candidates = int(page.locator(".counts .exc dd").inner_text())
    assert candidates >= 1
    shown = sum(int(text) for text in page.locator(".counts dd").all_inner_texts())
    assert f"{shown}" in page.locator(".seg small").last.inner_text()

    item = page.locator("section[aria-labelledby=lc] a.item").first
    key = item.locator("b").inner_text().split()[0]
    item.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(key)
    expect(page.locator(".pill.exc").first).to_contain_text("Candidate")
    row = page.locator("section[aria-labelledby=f] tbody tr, section[aria-labelledby=fe] tbody tr").first
    assert len(row.locator("td").nth(1).inner_text()) > 10  # the reason, in words
    row.locator("a[href*='/evidence/']").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("page")
    page.get_by_role("link", name=re.compile("^Verify")).first.click()
    verification = page.locator("#verification")
    expect(verification).to_contain_text(re.compile("verified", re.IGNORECASE))
    assert verification.locator("svg.exc, .pill.exc").count() == 0
    assert [text for text in refused if "Content Security Policy" in text] == []
    profile.close()


def test_the_heatmap_cell_opens_exactly_its_week(browser: Browser, stack: Stack, olga):
    profile = context(browser, state=olga, script=False)
    page = profile.new_page()
    page.goto(stack.page())
    cell = page.locator("a.cell.x").first
    week = (cell.get_attribute("href") or "").rpartition("week=")[2]
    cell.click()
    assert page.url.endswith(f"?week={week}")
    expect(page.locator("#list")).to_have_attribute("open", "")
    profile.close()


def test_the_auditor_reads_and_cannot_change(browser: Browser, stack: Stack, vera):
    profile = context(browser, state=vera)
    page = profile.new_page()
    page.goto(f"{stack.auditors}/o/{stack.slug}/")
    expect(page.locator("body")).to_contain_text("Read only.")
    expect(page.locator("body")).to_contain_text(re.compile("Access ends"))
    page.locator("section[aria-labelledby=lc] a.item").first.click()
    expect(page.locator(".pill.exc").first).to_contain_text("Candidate")
    assert page.get_by_role("button", name="Change owner").count() == 0
    assert page.goto(f"{stack.auditors}/o/{stack.slug}/controls/adopt/").status == 403
    profile.close()


def test_the_theme_is_switched_by_a_form_and_stays(browser: Browser, stack: Stack, olga):
    profile = context(browser, state=olga, script=False)
    page = profile.new_page()
    page.goto(stack.page())
    before = page.locator("html").get_attribute("data-theme")
    page.locator(".foot [data-theme-form] button").click()
    after = page.locator("html").get_attribute("data-theme")
    assert after in ("light", "dark")
    assert after != before
    assert page.url == stack.page()
    page.goto(stack.page("controls/"))
    expect(page.locator("html")).to_have_attribute("data-theme", str(after))
    page.goto(f"{stack.address}/account/preferences/")
    page.locator("select[name=theme]").select_option("system")
    page.locator("main form button[type=submit]").first.click()
    profile.close()
