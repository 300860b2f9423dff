"""One marker in every text of each organization; then every byte that leaves for B is searched for A's."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import redis
from django.conf import settings
from django.test import override_settings
from psycopg.conninfo import make_conninfo

from tests.isolation.company import Company, browser, make_company
from tests.isolation.ground import rows
from tests.isolation.matrix import addresses, filled
from tests.tally import count

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("isolation-http")]


class Kept(logging.Handler):
    """Every line that anything logged, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter().format(record))


@pytest.fixture(scope="module")
def logged() -> Iterator[Kept]:
    kept, root = Kept(), logging.getLogger()
    level = root.level
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    yield kept
    root.removeHandler(kept)
    root.setLevel(level)


@pytest.fixture(scope="module")
def pair(logged: Kept) -> tuple[Company, Company]:
    return make_company("a"), make_company("b")


@pytest.fixture(scope="module")
def shown(pair: tuple[Company, Company]) -> dict[str, dict[str, bytes]]:
    """Every page and every answer of the API, of each company for itself, asked in turns."""
    answers: dict[str, dict[str, bytes]] = {company.marker: {} for company in pair}
    for address in sorted(set(addresses())):
        for company in pair:
            url = filled(address, slug=company.slug, ids=company.ids)
            headers = {"Authorization": f"Bearer {company.tokens['api_write']}"} if address.startswith("/api/") else {}
            response = browser(company.owner).get(url, headers=headers)
            if response.status_code == 200:
                answers[company.marker][url] = bytes(response.content) + str(response.headers).encode()
    for company in pair:
        client, home = browser(company.owner), f"/o/{company.slug}/settings"
        # Something that goes out by mail; the suite's own backend would keep it in a list.
        with override_settings(EMAIL_BACKEND="accounts.mail.PageBackend"):
            client.post(f"{home}/mail-test/")
            client.post(f"{home}/members/invite/", {"email": f"mailed.{company.marker}@example.test", "role": "viewer"})
        for path in ("/account/", "/account/sessions/", "/account/security/", "/account/preferences/"):
            answers[company.marker][path] = bytes(client.get(path).content)
    return answers


def test_pages_and_answers_show_their_own_marker_and_no_other(
    pair: tuple[Company, Company], shown: dict[str, dict[str, bytes]]
) -> None:
    for mine, other in (pair, pair[::-1]):
        assert len([url for url, body in shown[mine.marker].items() if mine.marker.encode() in body]) >= 10
        assert not [url for url, body in shown[mine.marker].items() if other.marker.encode() in body]
        count("isolation canary: pages and answers searched", len(shown[mine.marker]))


def test_no_marker_is_in_the_cache_or_the_broker(pair: tuple[Company, Company], shown: object) -> None:
    server = redis.Redis.from_url(settings.REDIS_URL)
    found = []
    for key in server.scan_iter(count=1000):
        kind = server.type(key).decode()
        read: dict[str, Any] = {"string": server.get, "list": lambda k: server.lrange(k, 0, -1), "hash": server.hgetall,
                                "set": server.smembers, "zset": lambda k: server.zrange(k, 0, -1)}  # fmt: skip
        text = repr(key) + repr(read[kind](key))
        found += [key for company in pair if company.marker in text]
    assert not found


def test_a_mail_of_one_holds_nothing_of_the_other(pair: tuple[Company, Company], shown: object) -> None:
    place = make_conninfo(os.environ["ATTESTRY_TEST_SERVER"], dbname=settings.DATABASES["default"]["NAME"])
    with psycopg.connect(place) as root:
        mails = [text for (text,) in rows(root, "select m::text from signin.accounts_storedmail m")]
    for mine, other in (pair, pair[::-1]):
        own = [text for text in mails if mine.marker in text]
        assert own
        assert not [text for text in own if other.marker in text]
        count("isolation canary: mails searched", len(own))


def test_no_marker_is_in_the_logs(pair: tuple[Company, Company], shown: object, logged: Kept) -> None:
    assert logged.lines
    assert not [line for line in logged.lines for company in pair if company.marker in line]
    count("isolation canary: log lines searched", len(logged.lines))


def test_no_marker_is_in_the_names_of_stored_files(pair: tuple[Company, Company], shown: object) -> None:
    files = [path for path in settings.BLOBS.rglob("*") if path.is_file()]
    assert files
    markers = [company.marker.encode() for company in pair]
    assert not [
        path for path in files if any(marker.decode() in str(path) or marker in path.read_bytes() for marker in markers)
    ]
    count("isolation canary: stored files searched", len(files))
