"""Signing in the way a person does: address and password, then the code of the authenticator."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from typing import Any

from playwright.sync_api import Browser, Page

from tests.journeys.browser import context
from tests.journeys.stack import Stack


def code(secret: str, at: float | None = None) -> str:
    """The six digits of RFC 6238 for a base32 secret."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int((time.time() if at is None else at) // 30)), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def sign_in(page: Page, stack: Stack, name: str, *, at: str | None = None) -> None:
    """From the first page to the dashboard, in the pages. `at` is the address of the auditors' site."""
    person = stack.people[name]
    page.goto(at or stack.address)
    page.get_by_label("E-mail address").fill(person["email"])
    page.get_by_label("Password", exact=True).fill(person["password"])
    page.get_by_role("button", name="Sign in").click()
    # A code is good for one sign-in: with less than two seconds left, wait for the next one.
    left = 30 - time.time() % 30
    if left < 2:
        time.sleep(left)
    page.locator("input[name=code]").fill(code(person["totp_secret"]))
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()


def signed_in(browser: Browser, stack: Stack, name: str, *, at: str | None = None, theme: str = "") -> Any:
    """The cookies of a finished sign-in, for more contexts of the same person; `theme` sets the preference first."""
    profile = context(browser)
    page = profile.new_page()
    sign_in(page, stack, name, at=at)
    if theme:
        page.goto(f"{at or stack.address}/account/preferences/")
        page.locator("select[name=theme]").select_option(theme)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_load_state()
    state = profile.storage_state()
    profile.close()
    return state
