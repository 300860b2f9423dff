"""Walking the pages of a listing: once over the network, and once more over the sealed answers to see that it was whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrations.connectors.aws.answers import document, error_code
from integrations.connectors.contract import Answer, SealedAnswer, Session
from integrations.errors import CursorLost, WrongAccount

MAXIMUM_PAGES = 2000


def walk(
    session: Session,
    service: str,
    operation: str,
    *,
    size: str,
    cursor: str,
    part: str = "",
    page_size: int | None = None,
    more: str | None = "IsTruncated",
    expected: frozenset[str] = frozenset(),
    **parameters: object,
) -> Iterator[Answer]:
    """Calls until the terminal cursor, yielding each page. ``size`` and ``cursor`` name the parameters.

    Raises CursorLost when a cursor comes twice or never ends: a loop must end the pull, not the worker.
    """
    seen: set[str] = set()
    token: str | None = None
    while True:
        extra = {cursor: token} if token else {}
        answer = session.call(
            service,
            operation,
            part=part,
            expected=expected,
            **{size: page_size or session.page_size},
            **extra,
            **parameters,
        )
        yield answer
        token = next_cursor(answer, cursor=cursor, more=more)
        if token is None:
            return
        if token in seen or len(seen) >= MAXIMUM_PAGES:
            raise CursorLost(
                "AWS sent the same page cursor twice.", what_to_do="Nothing: the walk starts again by itself."
            )
        seen.add(token)


def next_cursor(answer: Answer, *, cursor: str, more: str | None) -> str | None:
    """The cursor that an answer ends with; None when it says that it is the last page.

    A page that announces more but gives no cursor is not an end: it raises CursorLost.
    """
    if answer.status >= 300:
        return None
    root = document(answer)
    token = (root.findtext(f".//{cursor}") or "").strip() or None
    if more is None:
        return token
    truncated = (root.findtext(f".//{more}") or "").strip().lower()
    if truncated == "true" and token is None:
        raise CursorLost(
            "AWS announced another page without saying where.", what_to_do="Nothing: the walk starts again by itself."
        )
    return token if truncated == "true" else None


class Walk:
    """What the sealed pages of one listing prove: ``refused`` is the code of a refusal, ``broken`` a sentence, both else empty."""

    def __init__(self, pages: Sequence[SealedAnswer], *, cursor: str, more: str | None) -> None:
        self.refused = next((error_code(p.answer) for p in pages if p.answer.status >= 300), "")
        self.broken = "" if self.refused else self._fault(pages, cursor, more)

    @staticmethod
    def _fault(pages: Sequence[SealedAnswer], cursor: str, more: str | None) -> str:
        asked: str | None = None
        for place, page in enumerate(pages):
            if page.answer.request["parameters"].get(cursor) != asked:
                return "the pages do not follow each other"
            try:
                asked = next_cursor(page.answer, cursor=cursor, more=more)
            except CursorLost:
                return "a page announced another one without saying where"
            if asked is None:
                return "" if place == len(pages) - 1 else "the listing went on after its last page"
        return "the last page was not reached"


def another_account() -> WrongAccount:
    """The error for an answer about an account that this connection is not pinned to."""
    return WrongAccount(
        "The answer came from another AWS account than the one this connection belongs to.",
        what_to_do="Check the role ARN or the access key; make a new connection for another account.",
    )
