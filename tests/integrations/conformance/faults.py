"""The faults, and what must come of each on every stream. A cell is an `Expected` or a reason why it cannot exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tests.integrations.conformance.proxy import PAGED, Exchange, Fault

SUMMARY, REPORT, DETAILS, BUCKETS = (
    "aws.iam.summary", "aws.iam.credential_report", "aws.iam.authorization_details", "aws.s3.buckets",
)  # fmt: skip
STREAMS = (SUMMARY, REPORT, DETAILS, BUCKETS)
# The call that carries the population of a stream, and the one that is walked in pages.
MAIN = {
    SUMMARY: "GetAccountSummary", REPORT: "GetCredentialReport", DETAILS: "GetAccountAuthorizationDetails", BUCKETS: "ListBuckets",
}  # fmt: skip
WALKED = {SUMMARY: "ListVirtualMFADevices", DETAILS: "GetAccountAuthorizationDetails", BUCKETS: "ListBuckets"}
ACCOUNT, OTHER = "310000000101", "999999999999"


@dataclass(frozen=True)
class Expected:
    """``outcome`` and ``code`` of the pull; ``unknown`` a payload field that must carry the marker on at least one fact;
    ``passes`` whether a pass may have been judged at all."""

    outcome: str
    code: str = ""
    unknown: str = ""
    passes: bool = False
    retry_after: float | None = None
    items: int | None = None


@dataclass(frozen=True)
class NotApplicable:
    """Why a cell cannot exist."""

    reason: str


Cell = Expected | NotApplicable


@dataclass(frozen=True)
class Row:
    """One fault: made for a stream, and its expected cell on each."""

    name: str
    make: Callable[[str], Fault]
    cells: Mapping[str, Cell]


def only(operation: str, change: Fault, *, nth: int | None = None) -> Fault:
    """The change on one operation (its nth request, or every one)."""
    return lambda e: change(e) if e.operation == operation and nth in (None, e.nth) else e


def everywhere(cell: Cell, **others: Cell) -> dict[str, Cell]:
    """The same cell on every stream, apart from those named (summary, report, details, buckets)."""
    names = {"summary": SUMMARY, "report": REPORT, "details": DETAILS, "buckets": BUCKETS}
    return dict.fromkeys(STREAMS, cell) | {names[name]: other for name, other in others.items()}


def _walked(make: Callable[[str], Fault]) -> Callable[[str], Fault]:
    return lambda stream: make(WALKED[stream]) if stream in WALKED else (lambda e: e)


def _cut(operation: str) -> Fault:
    def change(e: Exchange) -> Exchange:
        body = re.sub(rb"<IsTruncated>true", b"<IsTruncated>false", e.body)
        return replace(e, body=re.sub(rb"<(Marker|ContinuationToken)>[^<]*</\1>", b"", body))

    return only(operation, change)


def _loop(operation: str) -> Fault:
    def change(e: Exchange) -> Exchange:
        again = re.sub(rb"<(Marker|ContinuationToken)>[^<]*<", rb"<\1>page-2<", e.body)
        return replace(e, body=again if b"page-2" in again else e.body)

    return only(operation, change)


def _repeat(operation: str) -> Fault:
    first: dict[str, bytes] = {}
    listed = PAGED[operation][0].encode()

    def change(e: Exchange) -> Exchange:
        found = re.search(rb"<" + listed + rb">.*</" + listed + rb">", e.body, re.DOTALL)
        assert found
        if not e.cursor:
            first["page"] = found[0]
        return e if not e.cursor else replace(e, body=e.body.replace(found[0], first["page"]))

    return only(operation, change)


def _empty_middle(operation: str) -> Fault:
    listed = PAGED[operation][0]

    def change(e: Exchange) -> Exchange:
        if e.cursor:
            return e
        # The first page sends on to an empty one, which sends on to where the first really ended.
        return replace(e, body=re.sub(rb"<(Marker|ContinuationToken)>[^<]*<", rb"<\1>page-empty<", e.body))

    def serve(e: Exchange) -> Exchange:
        if e.operation != operation:
            return e
        if e.cursor == "page-empty":
            cursor = "ContinuationToken" if operation == "ListBuckets" else "Marker"
            more = "" if operation == "ListBuckets" else "<IsTruncated>true</IsTruncated>"
            inner = f"<{listed}></{listed}>{more}<{cursor}>page-1</{cursor}>"
            return e.answer(f"<R><Result>{inner}</Result></R>" if operation != "ListBuckets" else f"<R>{inner}</R>")
        return change(e)

    return serve


def _garbage(e: Exchange) -> Exchange:
    return e.answer("<html><body>Sign in to the guest network</body>", content_type="text/html")


def _laughs(e: Exchange) -> Exchange:
    bombs = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    return e.answer(f'<!DOCTYPE r [<!ENTITY a0 "ha">{bombs}]><r>&a9;</r>')


def _deep(e: Exchange) -> Exchange:
    return e.answer("<a>" * 20_000 + "</a>" * 20_000)


RENAMED = {
    SUMMARY: (b"AccountMFAEnabled", b"AccountMfaSwitchedOn", "account_mfa_enabled"),
    DETAILS: (b"CreateDate", b"CreatedOn", "created_at"),
    BUCKETS: (b"AccessControlList", b"AccessList", "acl_public"),
}
RETYPED = {
    SUMMARY: (rb"(<key>AccountMFAEnabled</key>\s*<value>)1", rb"\1yes", "account_mfa_enabled"),
    DETAILS: (rb"<CreateDate>[^<]*<", b"<CreateDate>lately<", "created_at"),
    BUCKETS: (rb"<BlockPublicAcls>[^<]*<", b"<BlockPublicAcls>perhaps<", "block_public"),
}


def _in_report(change: Callable[[str], str]) -> Fault:
    import base64

    def rewrite(e: Exchange) -> Exchange:
        found = re.search(rb"<Content>([^<]*)<", e.body)
        if not found:
            return e
        table = base64.b64decode(found[1]).decode()
        return replace(e, body=e.body.replace(found[1], base64.b64encode(change(table).encode())))

    return only("GetCredentialReport", rewrite)


def _renamed(stream: str) -> Fault:
    if stream == REPORT:
        return _in_report(lambda table: table.replace("mfa_active", "second_factor", 1))
    old, new, _field = RENAMED[stream]
    return lambda e: replace(e, body=e.body.replace(old, new))


def _retyped(stream: str) -> Fault:
    if stream == REPORT:
        # mfa_active is the eighth column.
        return _in_report(lambda table: re.sub(r"(?m)^((?:[^,]*,){7})(true|false)", r"\1perhaps", table))
    old, new, _field = RETYPED[stream]
    return lambda e: replace(e, body=re.sub(old, new, e.body))


def _another_account(operations: str) -> Callable[[str], Fault]:
    def make(stream: str) -> Fault:
        def change(e: Exchange) -> Exchange:
            body = e.body.replace(ACCOUNT.encode(), OTHER.encode())
            return replace(e, body=body) if (e.operation == "GetCallerIdentity") == (operations == "identity") else e

        if stream == REPORT and operations == "rows":
            return _in_report(lambda table: table.replace(ACCOUNT, OTHER))
        return change

    return make


_NO_PAGES = NotApplicable("the report is one answer, not a listing")
_ONE_ANSWER = NotApplicable("one answer holds every item; there is no call for a single one")
_DEVICES = Expected("complete", unknown="virtual_mfa_serials", passes=True)

ROWS = (
    Row("no fault", lambda s: lambda e: e, everywhere(Expected("complete", passes=True))),
    Row(
        "cut pagination", _walked(_cut),
        # The later listings of buckets are cut at other places: what the first one lost is found and read.
        everywhere(Expected("partial"), report=_NO_PAGES, buckets=Expected("complete", passes=True, items=4),
                   summary=NotApplicable("AWS gives no second count of MFA devices; the judged fields do not rest on this listing")),
    ),
    Row("cursor loop", _walked(_loop), everywhere(Expected("partial", "cursor_lost"), report=_NO_PAGES, buckets=Expected("failed", "cursor_lost"))),
    Row("repeated page", _walked(_repeat), everywhere(Expected("partial"), report=_NO_PAGES, summary=_DEVICES)),
    Row("empty middle page", _walked(_empty_middle), everywhere(Expected("complete", passes=True), report=_NO_PAGES)),
    Row(
        "expired cursor",
        _walked(lambda op: only(op, lambda e: e.error("ValidationError" if op != "ListBuckets" else "InvalidArgument", 400) if e.cursor else e)),
        everywhere(Expected("partial", "cursor_lost"), report=_NO_PAGES, buckets=Expected("failed", "cursor_lost")),
    ),
    Row(
        "throttled, Retry-After", lambda s: only(MAIN[s], lambda e: e.error("SlowDown" if s == BUCKETS else "Throttling", 503 if s == BUCKETS else 400, retry_after="97")),
        everywhere(Expected("deferred", "throttled", retry_after=97)),
    ),
    Row(
        "throttled once, no Retry-After", lambda s: only(MAIN[s], lambda e: e.error("Throttling", 400), nth=1),
        everywhere(Expected("complete", passes=True)),
    ),
    Row(
        "throttled for ever", lambda s: only(MAIN[s], lambda e: e.error("Throttling", 400)),
        everywhere(Expected("deferred", "throttled", retry_after=60)),
    ),
    Row(
        "403 on one item",
        lambda s: only("ListVirtualMFADevices", lambda e: e.error("AccessDenied", 403)) if s == SUMMARY
        else only("GetBucketAcl", lambda e: e.error("AccessDenied", 403), nth=1),
        {SUMMARY: _DEVICES, REPORT: _ONE_ANSWER, DETAILS: _ONE_ANSWER, BUCKETS: Expected("complete", unknown="acl_public", passes=True)},
    ),
    Row("403 on all", lambda s: only(MAIN[s], lambda e: e.error("AccessDenied", 403)), everywhere(Expected("failed", "permission_missing"))),
    Row("5xx once", lambda s: only(MAIN[s], lambda e: e.error("InternalError", 500), nth=1), everywhere(Expected("complete", passes=True))),
    Row("5xx for ever", lambda s: only(MAIN[s], lambda e: e.error("InternalError", 500)), everywhere(Expected("failed", "service_failed"))),
    Row("reset once", lambda s: only(MAIN[s], lambda e: replace(e, reset=True), nth=1), everywhere(Expected("complete", passes=True))),
    Row("reset for ever", lambda s: only(MAIN[s], lambda e: replace(e, reset=True)), everywhere(Expected("failed", "unreachable"))),
    Row(
        "truncated body", lambda s: only(MAIN[s], lambda e: replace(e, cut=len(e.body) // 2)),
        everywhere(Expected("failed", "unreachable")),
    ),
    Row("garbage body", lambda s: only(MAIN[s], _garbage), everywhere(Expected("failed", "unreadable_answer"))),
    Row("entity bomb", lambda s: only(MAIN[s], _laughs), everywhere(Expected("failed", "unreadable_answer"))),
    Row("20,000 levels deep", lambda s: only(MAIN[s], _deep), everywhere(Expected("failed", "unreadable_answer"))),
    Row(
        "field renamed", _renamed,
        {
            SUMMARY: Expected("complete", unknown="account_mfa_enabled"),
            REPORT: Expected("complete", unknown="mfa_active", passes=True),
            DETAILS: Expected("complete", unknown="created_at", passes=True),
            BUCKETS: Expected("complete", unknown="acl_public"),
        },
    ),
    Row(
        "type changed", _retyped,
        {
            SUMMARY: Expected("complete", unknown="account_mfa_enabled"),
            REPORT: Expected("complete", unknown="mfa_active", passes=True),
            DETAILS: Expected("complete", unknown="created_at", passes=True),
            BUCKETS: Expected("complete", unknown="block_public", passes=True),
        },
    ),
    Row("another account answers", _another_account("identity"), everywhere(Expected("failed", "wrong_account"))),
    Row(
        "another account in the rows", _another_account("rows"),
        everywhere(Expected("failed", "wrong_account"),
                   buckets=NotApplicable("a listing of buckets names no account; GetCallerIdentity of the same session does")),
    ),
)  # fmt: skip
