"""The stand-in's own control address under /_sandbox/: never part of AWS, bound to this machine only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from dev.sandbox.aws.overlay import StandIn
from dev.sandbox.company.accounts import NAMES

PREFIX = "/_sandbox/"


class Control:
    """WSGI application: answers /_sandbox/ itself and passes everything else to the stand-in.

    GET healthz · GET or POST state {"began_on", "at"|null} · POST outage {"account", "mode": null|"unavailable"|"refused"}
    · POST trust {"account", "external_id"} · GET log (last lines).
    """

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "/")
        if not path.startswith(PREFIX):
            return self._stand_in(environ, start)
        try:
            status, answer = self._answer(environ["REQUEST_METHOD"], path.removeprefix(PREFIX), _json(environ))
        except (ValueError, KeyError, TypeError) as problem:
            status, answer = HTTPStatus.BAD_REQUEST, {"error": str(problem)}
        body = json.dumps(answer).encode("utf-8")
        start(
            f"{status.value} {status.phrase}",
            [("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
        )
        return [body]

    def _answer(self, method: str, what: str, sent: dict[str, Any]) -> tuple[HTTPStatus, Any]:
        stand_in = self._stand_in
        if what == "healthz":
            return HTTPStatus.OK, {"ok": True, "calls": stand_in.log.calls, **stand_in.clock.described()}
        if what == "state":
            if method == "POST":
                at = datetime.fromisoformat(sent["at"]) if sent.get("at") else None
                stand_in.clock.set(date.fromisoformat(sent["began_on"]), at)
            return HTTPStatus.OK, stand_in.clock.described()
        if what == "log":
            return HTTPStatus.OK, [json.loads(line) for line in stand_in.log.tail(1000)]
        if method == "POST" and what == "outage":
            self._set_outage(sent["account"], sent.get("mode"))
            return HTTPStatus.OK, dict(stand_in.outages)
        if method == "POST" and what == "trust":
            stand_in.trust.trust(_known(sent["account"]), str(sent["external_id"]))
            return HTTPStatus.OK, {"ok": True}
        return HTTPStatus.NOT_FOUND, {"error": f"no {method} /_sandbox/{what}"}

    def _set_outage(self, account: str, mode: str | None) -> None:
        if mode not in (None, "unavailable", "refused"):
            raise ValueError(f"unknown outage mode {mode!r}")
        if mode is None:
            self._stand_in.outages.pop(_known(account), None)
        else:
            self._stand_in.outages[_known(account)] = mode


def _known(account: str) -> str:
    if account not in NAMES:
        raise ValueError(f"no account {account}")
    return account


def _json(environ: dict[str, Any]) -> dict[str, Any]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    found = json.loads(environ["wsgi.input"].read(length)) if length else {}
    if not isinstance(found, dict):
        raise TypeError("expected a JSON object")
    return found
