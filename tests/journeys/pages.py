"""Every page that is looked at: pictures, accessibility rules, keyboard, sideways scrolling."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.journeys.stack import Stack

WIDTHS = (1280, 390)
THEMES = ("light", "dark")

# Name of the picture, path below /o/<slug>/. A new page adds one line here.
PAGES = {
    "dashboard": "",
    "dashboard-all": "?rows=all",
    "controls": "controls/",
    "controls-nothing": "controls/?q=no+such+control",
    "framework": "framework/",
    "adopt": "controls/adopt/",
    "write": "controls/write/",
    "owners": "controls/owners/",
    "window": "window/",
    "setup": "setup/",
    "evidence": "evidence/",
    "connections": "connections/",
    "connect": "connect/",
    "activity": "activity/",
    "settings": "settings/",
    "members": "settings/members/",
    "tokens": "settings/tokens/",
    "not-found": "controls/NO-99/",
}
# Pages outside an organization.
ACCOUNT = {
    "account": "/account/",
    "security": "/account/security/",
    "sessions": "/account/sessions/",
    "preferences": "/account/preferences/",
}


def found_by_walking(page: Page, stack: Stack) -> dict[str, str]:
    """Addresses that only the data know: a failing control, one with a missing part, a record, a connection."""
    page.goto(stack.page())
    found = {"control-candidate": page.locator("section[aria-labelledby=lc] a.item").first.get_attribute("href")}
    page.goto(stack.page("controls/?state=not_observed"))
    blind = page.locator("main tbody a.strong")
    if blind.count():
        found["control-not-observed"] = blind.first.get_attribute("href")
    page.goto(stack.page("controls/?state=operating"))
    fine = page.locator("main tbody a.strong")
    if fine.count():
        found["control-operating"] = fine.first.get_attribute("href")
    page.goto(stack.address + str(found["control-candidate"]))
    record = page.locator("main a[href*='/evidence/']").first.get_attribute("href")
    found["record"] = record
    found["record-verified"] = f"{record}?verify=1"
    page.goto(stack.page("connections/"))
    connection = page.locator("main a[href*='/connections/']").first
    if connection.count():
        found["connection"] = connection.get_attribute("href")
    return {name: stack.address + str(path) for name, path in found.items() if path}


def everything(page: Page, stack: Stack) -> dict[str, str]:
    """All addresses by the name of their picture."""
    return (
        {name: stack.page(path) for name, path in PAGES.items()}
        | {name: stack.address + path for name, path in ACCOUNT.items()}
        | found_by_walking(page, stack)
    )
