"""Walking the pages of a listing by its Link header, and seeing in the sealed answers that it was whole. Pure but for `walk`.

GitHub ends a listing by leaving ``rel="next"`` out, and most of its listings have no total. A last page that is full is
therefore followed by one more request, which must be empty: a lost Link header would otherwise look like an end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from integrations.connectors.contract import Answer, SealedAnswer, Session
from integrations.connectors.github.answers import another_account, error_code, garbage, listing
from integrations.errors import ConnectorError, CursorLost

MAXIMUM_PAGES = 2000
_LINK = re.compile(r"<([^<>]*)>\s*((?:;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s\",;]+)\s*)*)")
_NEXT = re.compile(r";\s*rel\s*=\s*(?:\"(?:[^\"]*\s)?next(?:\s[^\"]*)?\"|next)(?=\s*(?:;|$))", re.IGNORECASE)
_BY_NUMBER = re.compile(r"/organizations/([0-9]+)/")


def walk(
    session: Session,
    service: str,
    operation: str,
    *,
    part: str = "",
    expected: frozenset[str] = frozenset(),
    **parameters: Any,
) -> Iterator[Answer]:
    """Calls until the last page, yielding each. Raises CursorLost when an address comes twice or never ends."""
    seen: set[str] = set()
    extra: dict[str, Any] = {}
    while True:
        answer = session.call(
            service, operation, part=part, expected=expected, **{**parameters, "per_page": session.page_size, **extra}
        )
        yield answer
        if answer.status >= 300 or "closing" in extra:
            return
        target = next_target(answer, session.account)
        if target is None:
            if len(listing(answer)) < session.page_size:
                return
            extra = {"page": _page(answer) + 1, "closing": True}
            continue
        if target in seen or len(seen) >= MAXIMUM_PAGES:
            raise CursorLost(
                "GitHub sent the same page address twice.", what_to_do="Nothing: the walk starts again by itself."
            )
        seen.add(target)
        extra = {"next": target}


def next_target(answer: Answer, account: str) -> str | None:
    """Path and query of the next page, None at the end. Raises Garbage for an address on another host and
    WrongAccount for one in another organization."""
    for address, attributes in _LINK.findall(answer.headers.get("link", "")):
        if not _NEXT.search(attributes):
            continue
        found = urlsplit(address)
        if found.netloc != answer.request["host"] or not found.path.startswith("/"):
            raise garbage()
        numbered = _BY_NUMBER.match(found.path)
        if numbered and account and numbered[1] != account:
            raise another_account()
        return f"{found.path}?{found.query}"
    return None


def _page(answer: Answer) -> int:
    given = parse_qs(str(answer.request["query"])).get("page", ["1"])[0]
    return int(given) if given.isascii() and given.isdigit() else 1


class Walk:
    """What the sealed pages of one listing prove: ``refused`` is the code of a refusal, ``broken`` a sentence, both
    else empty; ``items`` are the listed objects, each with the seal of its page."""

    def __init__(self, pages: Sequence[SealedAnswer], account: str) -> None:
        self.refused = next((error_code(p.answer) for p in pages if p.answer.status >= 300), "")
        self.items: list[tuple[Mapping[str, Any], int]] = [
            (item, page.seal) for page in pages if page.answer.status < 300 for item in listing(page.answer)
        ]
        self.broken = "" if self.refused else _fault(pages, account)

    @property
    def gap(self) -> str:
        """Why the listing is not whole, as a part of a sentence; empty when it is."""
        return f"GitHub refused the listing ({self.refused})" if self.refused else self.broken


def _fault(pages: Sequence[SealedAnswer], account: str) -> str:
    expected: str | None = None
    for place, page in enumerate(pages):
        given, last = page.answer.request["parameters"], place == len(pages) - 1
        if given.get("closing"):
            if listing(page.answer) or not last:
                return "the listing went on after its last page"
            return ""
        if given.get("next") != expected:
            return "the pages do not follow each other"
        try:
            expected = next_target(page.answer, account)
        except ConnectorError:
            return "a page names a next one that is not GitHub's"
        if expected is None and len(listing(page.answer)) < given["per_page"]:
            return "" if last else "the listing went on after its last page"
    return "the last page was not reached"
