"""The faults, and what must come of each on every GitHub stream. A cell is an `Expected` or a reason why it cannot exist."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

from tests.integrations.conformance.faults import Expected, NotApplicable, Row, only
from tests.integrations.conformance.proxy import Exchange, Fault
from tests.integrations.github.proxy import refuse, reshaped

ORG, PEOPLE, REPOS, GUARDS = "gh.org", "gh.people", "gh.repos", "gh.protection"
STREAMS = (ORG, PEOPLE, REPOS, GUARDS)
# The call that carries a stream's population, and its first request in a pull (the session asks orgs.get once itself).
MAIN = {ORG: "orgs.get", PEOPLE: "orgs.members", REPOS: "orgs.repos", GUARDS: "orgs.repos"}
FIRST = {ORG: 2, PEOPLE: 1, REPOS: 1, GUARDS: 1}

_ONE = NotApplicable("the organization is one answer, not a listing")
_UNASKED = NotApplicable("the stream does not make this call")
_WHOLE = NotApplicable("one answer holds every item; there is no call for a single one")


def row(name: str, make: Callable[[str], Fault], cell: Expected, **others: Expected | NotApplicable) -> Row:
    """The same cell on every stream, apart from those named (org, people, repos, guards)."""
    names = {"org": ORG, "people": PEOPLE, "repos": REPOS, "guards": GUARDS}
    return Row(name, make, dict.fromkeys(STREAMS, cell) | {names[n]: other for n, other in others.items()})


def main(change: Fault) -> Callable[[str], Fault]:
    """The change on every request of a stream's main call."""
    return lambda stream: only(MAIN[stream], change)


def once(change: Fault) -> Callable[[str], Fault]:
    return lambda stream: only(MAIN[stream], change, nth=FIRST[stream])


def _without_link(e: Exchange) -> Exchange:
    return replace(e, headers={k: v for k, v in e.headers.items() if k != "link"})


def _linked(e: Exchange, change: Callable[[str], str]) -> Exchange:
    return replace(e, headers=e.headers | {"link": change(e.headers["link"])}) if "link" in e.headers else e


_NEXT = re.compile(r"([?&])page=[0-9]+([^<>]*>; rel=\"next\")")


def _loop(e: Exchange) -> Exchange:
    return _linked(e, lambda link: _NEXT.sub(r"\1page=2\2", link))


def _repeat(stream: str) -> Fault:
    first: dict[str, bytes] = {}

    def change(e: Exchange) -> Exchange:
        if not e.cursor:
            first["page"] = e.body
        return e if not e.cursor else replace(e, body=first["page"])

    return only(MAIN[stream], change)


def _empty_middle(e: Exchange) -> Exchange:
    """The first page sends on to page 77, which is empty and sends on to page 2."""
    if not e.cursor:
        return _linked(e, lambda link: _NEXT.sub(r"\1page=77\2", link))
    if e.cursor == "77":
        back = re.sub(r"([?&])page=[0-9]+", r"\1page=2", e.headers["link"].partition(",")[0])
        return replace(e, headers=e.headers | {"link": back.replace("prev", "next")})
    return e


def _field(e: Exchange, old: str, new: str) -> Exchange:
    return replace(e, body=e.body.replace(f'"{old}":'.encode(), f'"{new}":'.encode()))


def _renamed(stream: str) -> Fault:
    old = {
        ORG: "two_factor_requirement_enabled", PEOPLE: "login", REPOS: "visibility", GUARDS: "required_approving_review_count",
    }[stream]  # fmt: skip
    return lambda e: _field(e, old, "something_else")


def _retyped(stream: str) -> Fault:
    pattern, text = {
        ORG: (rb'"two_factor_requirement_enabled":true', b'"two_factor_requirement_enabled":"yes"'),
        PEOPLE: (rb'"login":"[^"]*"', b'"login":7'),
        REPOS: (rb'"archived":(true|false)', b'"archived":"perhaps"'),
        GUARDS: (rb'"required_approving_review_count":[0-9]+', b'"required_approving_review_count":"one"'),
    }[stream]
    return lambda e: replace(e, body=re.sub(pattern, text, e.body))


def _in_rows(stream: str) -> Fault:
    if stream == PEOPLE:
        return only(
            MAIN[stream], lambda e: _linked(e, lambda link: link.replace("/organizations/777/", "/organizations/778/"))
        )
    if stream == ORG:
        return only("orgs.get", _number, nth=2)
    return only("orgs.repos", lambda e: replace(e, body=e.body.replace(b'"id":777', b'"id":778')))


def _number(e: Exchange) -> Exchange:
    return reshaped(e, json.loads(e.body) | {"id": 778})


def _item(status: int, message: str) -> Callable[[str], Fault]:
    """Who has no second factor, and the guards of one repository."""

    def make(stream: str) -> Fault:
        def change(e: Exchange) -> Exchange:
            hit = e.operation == "orgs.members 2fa_disabled" or (
                e.operation == "repos.protection" and e.bucket == "classic"
            )
            return refuse(e, status, message) if hit else e

        return change

    return make


def _rules(e: Exchange) -> Exchange:
    return refuse(e, 403, "Resource not accessible by integration") if e.bucket == "ruled" else e


_SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
_DATE = "Mon, 05 Jan 2026 08:00:00 GMT"
_DEEP = "[" * 20_000 + "]" * 20_000
_GARBAGE = "<html><body>Sign in to the guest network</body>"
_UNKNOWN = {
    "people": Expected("complete", unknown="two_factor"),
    "guards": Expected("complete", unknown="required_approvals"),
}
_FAILED = Expected("failed", "unreadable_answer")

ROWS = (
    row("no fault", lambda s: lambda e: e, Expected("complete")),
    row("several Link header lines", main(lambda e: _linked(e, lambda link: link.replace(", <", "\n<"))), Expected("complete"), org=_ONE),
    row("cut pagination", main(_without_link), Expected("partial"), org=_ONE),
    row("cut pagination of who lacks a second factor", lambda s: lambda e: _without_link(e) if "2fa" in e.operation else e,
        Expected("complete"), org=_UNASKED, repos=_UNASKED, guards=_UNASKED, people=Expected("complete", unknown="two_factor")),
    row("cut pagination of a branch's rules", lambda s: only("repos.rules", _without_link), Expected("complete"), org=_UNASKED, repos=_UNASKED, people=_UNASKED,
        guards=_UNKNOWN["guards"]),
    row("cursor loop", main(_loop), Expected("partial", "cursor_lost"), org=_ONE, guards=Expected("failed", "cursor_lost")),
    row("repeated page", _repeat, Expected("partial"), org=_ONE),
    row("empty middle page", main(_empty_middle), Expected("complete"), org=_ONE),
    row("expired cursor", main(lambda e: refuse(e, 422, "Validation Failed") if e.cursor else e), Expected("partial", "cursor_lost"), org=_ONE, guards=Expected("failed", "cursor_lost")),
    row("next page on another host", main(lambda e: _linked(e, lambda link: link.replace("http://127.0.0.1", "http://127.0.0.2"))),
        Expected("partial", "unreadable_answer"), org=_ONE, guards=_FAILED),
    row("primary limit", main(lambda e: refuse(e, 403, "API rate limit exceeded for installation ID 1.", date=_DATE, x_ratelimit_remaining="0", x_ratelimit_reset="1767600120")),
        Expected("deferred", "throttled", retry_after=121)),
    row("secondary limit, Retry-After", main(lambda e: refuse(e, 403, _SECONDARY, retry_after="97", x_ratelimit_remaining="4000")),
        Expected("deferred", "throttled", retry_after=97)),
    row("secondary limit, no Retry-After", main(lambda e: refuse(e, 403, _SECONDARY, x_ratelimit_remaining="4000")),
        Expected("deferred", "throttled")),
    row("429, Retry-After as a date", main(lambda e: refuse(e, 429, "Too many requests", date=_DATE, retry_after="Mon, 05 Jan 2026 08:01:30 GMT")),
        Expected("deferred", "throttled", retry_after=90)),
    row("busy service, Retry-After", main(lambda e: refuse(e, 503, "Service unavailable", retry_after="30")), Expected("deferred", "throttled", retry_after=30)),
    row("202 not ready", main(lambda e: e.answer("{}", status=202)), Expected("deferred", "not_ready")),
    row("403 on one item", _item(403, "Resource not accessible by integration"), Expected("complete"), org=_WHOLE, repos=_WHOLE, **_UNKNOWN),
    row("404 Not Found on one item", _item(404, "Not Found"), Expected("complete"), org=_WHOLE, repos=_WHOLE, **_UNKNOWN),
    row("plan limit on one item", _item(403, "Upgrade to GitHub Pro or make this repository public to enable this feature."),
        Expected("complete"), org=_WHOLE, repos=_WHOLE, **_UNKNOWN),
    row("moved, one item", _item(301, "Moved Permanently"), Expected("complete"), org=_WHOLE, repos=_WHOLE, **_UNKNOWN),
    row("403 on one item's rules", lambda s: only("repos.rules", _rules), Expected("complete"), org=_UNASKED, repos=_UNASKED, people=_UNASKED, guards=_UNKNOWN["guards"]),
    row("403 on all", main(lambda e: refuse(e, 403, "Resource not accessible by integration")), Expected("failed", "permission_missing")),
    row("404 on all", main(lambda e: refuse(e, 404, "Not Found")), Expected("failed", "permission_missing")),
    row("401", main(lambda e: refuse(e, 401, "Bad credentials")), Expected("failed", "credential_refused")),
    row("5xx once", once(lambda e: refuse(e, 502, "Server Error")), Expected("complete")),
    row("5xx for ever", main(lambda e: refuse(e, 502, "Server Error")), Expected("failed", "service_failed")),
    row("reset once", once(lambda e: replace(e, reset=True)), Expected("complete")),
    row("reset for ever", main(lambda e: replace(e, reset=True)), Expected("failed", "unreachable")),
    row("truncated body", main(lambda e: replace(e, cut=len(e.body) // 2)), Expected("failed", "unreachable")),
    row("moved, all", main(lambda e: refuse(e, 301, "Moved Permanently", location="http://127.0.0.2/elsewhere")), _FAILED),
    row("garbage body", main(lambda e: e.answer(_GARBAGE, content_type="text/html")), _FAILED),
    row("another shape", main(lambda e: e.answer('"fine"')), _FAILED),
    row("not UTF-8", main(lambda e: e.answer('{"login":"é"}'.encode("utf-16"))), _FAILED),
    row("20,000 levels deep", main(lambda e: e.answer(_DEEP)), _FAILED),
    row("field renamed", _renamed, Expected("complete"), org=Expected("complete", unknown="two_factor_required"), people=Expected("complete", unknown="login"),
        repos=Expected("complete", unknown="visibility"), guards=Expected("complete", unknown="required_approvals")),
    row("type changed", _retyped, Expected("complete"), org=Expected("complete", unknown="two_factor_required"), people=Expected("complete", unknown="login"),
        repos=Expected("complete", unknown="archived"), guards=Expected("complete", unknown="required_approvals")),
    row("a text no database holds", lambda s: lambda e: replace(e, body=re.sub(rb'"(login|name)":"\w', rb'"\1":"\\u0000', e.body)) if e.operation != "orgs.get" or s == ORG else e,
        Expected("complete"), org=Expected("complete", unknown="login"), people=Expected("complete", unknown="login"), repos=Expected("complete", unknown="name"),
        guards=Expected("failed")),
    row("another organization answers", lambda s: only("orgs.get", _number), Expected("failed", "wrong_account")),
    row("another organization in the rows", _in_rows, Expected("failed", "wrong_account")),
)  # fmt: skip
