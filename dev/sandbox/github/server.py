"""Starts the stand-in on a port of this machine and keeps its files in one folder.

Its control address is `/_sandbox/` (healthz, state: GET and PUT); everything else is GitHub's.
"""

from __future__ import annotations

import json
import secrets
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import jwt

from dev.sandbox.github.routes import route
from dev.sandbox.github.state import State, Store
from dev.sandbox.github.wire import Call, Reply, refused, tagged

HOST = "127.0.0.1"
_TOKEN_PATH = "/app/installations/"


class StandInGithub:
    """A running stand-in. `port` 0 takes a free port; the real one is in `self.port`."""

    def __init__(self, *, port: int, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.store = Store(data / "state.json")
        self.asked: list[str] = []
        stand_in = self

        class Handler(_Handler):
            serving = stand_in

        self._server = ThreadingHTTPServer((HOST, port), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_port
        self.url = f"http://{HOST}:{self.port}"

    def serve(self) -> None:
        """Answer until `stop` is called from another thread or a signal handler."""
        self._server.serve_forever(poll_interval=0.05)

    def start(self) -> StandInGithub:
        """Answer in a thread of this process (tests)."""
        Thread(target=self.serve, daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self.close()

    def close(self) -> None:
        """Give the port back."""
        self._server.server_close()

    def now(self) -> float:
        """Epoch seconds by the stand-in's clock."""
        told = self.store.read()["now"]
        return time.time() if told is None else float(told)

    def answer(self, call: Call) -> Reply:
        """The whole answer to one call, budget and ETag included."""
        if call.path.startswith("/_sandbox/"):
            return self._control(call)
        self.asked.append(f"{call.method} {call.path}")
        if "user-agent" not in call.headers:
            return refused(
                403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
            )
        if call.method == "POST" and call.path.startswith(_TOKEN_PATH):
            return self._hand_out(call)
        state = self.store.read()
        if call.headers.get("authorization", "").partition(" ")[2] not in state["tokens"]:
            return refused(401, "Bad credentials")
        if state["secondary_limit"] is not None:
            wait = state["secondary_limit"].get("retry_after")
            headers = [("Retry-After", str(wait))] if wait is not None else []
            return self._budgeted(
                refused(
                    403,
                    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                    *headers,
                ),
                state,
            )
        if state["budget"]["used"] >= state["budget"]["limit"]:
            return self._budgeted(refused(403, "API rate limit exceeded for installation ID 90001."), state)
        reply = tagged(call, route(state, call))
        if reply.status != 304:
            state["budget"]["used"] = self.store.change(_spend)
        return self._budgeted(reply, state)

    def _budgeted(self, reply: Reply, state: State) -> Reply:
        budget = state["budget"]
        told = {
            "X-RateLimit-Limit": budget["limit"], "X-RateLimit-Used": budget["used"], "X-RateLimit-Resource": "core",
            "X-RateLimit-Remaining": max(0, budget["limit"] - budget["used"]),
            "X-RateLimit-Reset": int(self.now()) // 3600 * 3600 + 3600,
        }  # fmt: skip
        return Reply(reply.status, reply.body, (*reply.headers, *((k, str(v)) for k, v in told.items())))

    def _hand_out(self, call: Call) -> Reply:
        state = self.store.read()
        app = state["app"]
        try:
            claims: dict[str, Any] = jwt.decode(
                call.headers.get("authorization", "").partition(" ")[2], app["public_key"], algorithms=["RS256"]
            )
        except (jwt.PyJWTError, ValueError):
            return refused(401, "A JSON web token could not be decoded")
        if str(claims.get("iss")) != app["id"] or call.path != f"{_TOKEN_PATH}{app['installation']}/access_tokens":
            return refused(404, "Not Found")
        token = "ghs_" + secrets.token_hex(20)
        self.store.change(lambda s: s["tokens"].append(token))
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now() + 3600))
        return Reply(201, {"token": token, "expires_at": expires, "permissions": app["permissions"]})

    def _control(self, call: Call) -> Reply:
        if call.path == "/_sandbox/healthz":
            return Reply(200, {"ok": True})
        if call.path == "/_sandbox/state" and call.method == "PUT":
            self.store.replace(json.loads(call.body))
            return Reply(204, None)
        return Reply(200, self.store.read()) if call.path == "/_sandbox/state" else refused(404, "Not Found")


def _spend(state: State) -> int:
    state["budget"]["used"] += 1
    return int(state["budget"]["used"])


class _Handler(BaseHTTPRequestHandler):
    """One connection. Every header of a reply is a line of its own."""

    protocol_version = "HTTP/1.1"
    # GitHub sends an answer in one piece; so does this.
    wbufsize = -1
    serving: StandInGithub

    def _serve(self) -> None:
        target = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        call = Call(
            method=self.command,
            path=unquote(target.path),
            query=dict(parse_qsl(target.query, keep_blank_values=True)),
            headers=headers,
            body=body,
            base=f"http://{headers.get('host', '')}",
        )
        reply = self.serving.answer(call)
        raw = reply.raw()
        self.send_response_only(reply.status)
        self.send_header("Date", formatdate(self.serving.now(), usegmt=True))
        self.send_header("Content-Type", "application/json; charset=utf-8")
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = _serve  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Quiet: `StandInGithub.asked` has what was asked."""
