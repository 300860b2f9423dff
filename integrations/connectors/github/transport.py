"""Takes the bytes below the SDK: status, allow-listed headers and body after content-decoding.

Given to PyGithub as its connection, so every request passes here and nothing else sends. The host is fixed; nothing is
followed elsewhere. A limit ends the call (the due row waits, not the worker). Request headers, and with them
credentials, are never recorded.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import ItemsView, Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3
from urllib3.exceptions import HTTPError

from integrations.connectors.contract import Answer, Recorder
from integrations.connectors.github.refusals import is_limited, wait_seconds
from integrations.connectors.github.spec import origin
from integrations.errors import Garbage, Throttled, Unreachable

KEPT_HEADERS = frozenset({
    "content-type", "content-length", "date", "etag", "link", "location", "retry-after", "x-github-request-id", "x-github-api-version-selected",
    "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-ratelimit-used", "x-ratelimit-resource",
})  # fmt: skip
NEVER_RECORDED = frozenset({"apps.token"})
LARGEST_ANSWER = 10 * 1024 * 1024
# Pauses before the second and the third try of a GET that broke off or met a 5xx.
PAUSES = (0.2, 0.6)
_TIMEOUT = urllib3.Timeout(connect=5, read=15)
_CHUNK = 64 * 1024
# What the SDK would follow or wait for by itself.
_NOT_FOR_THE_SDK = frozenset({202, 301, 302, 307, 308})


class Stopped(Exception):
    """The SDK must not go on with this answer; `RecordingTransport.last` has it."""


class RecordingTransport:
    """Sends requests for one session. ``sent`` counts them; ``last`` is the newest answer of the current call."""

    def __init__(self, *, endpoint: str, record: Recorder) -> None:
        self._origin = urlsplit(origin(endpoint))
        self._record = record
        self._http = _pool(self._origin.hostname or "", direct=bool(endpoint))
        self._call, self._part, self._operation = 0, "", ""
        self._parameters: Mapping[str, Any] = {}
        self.sent = 0
        self.last: Answer | None = None

    def begin(self, *, call: int, part: str, operation: str, parameters: Mapping[str, Any]) -> None:
        """A new call starts: its answers carry this number, part, operation and parameters."""
        self._call, self._part, self._operation, self._parameters = call, part, operation, dict(parameters)
        self.last = None

    def connect(self, host: str, port: int | None = None, **_: Any) -> Connection:
        """PyGithub's connection class. Raises Unreachable for another host than the fixed one."""
        if host != self._origin.hostname or (port or self._origin.port) != self._origin.port:
            raise elsewhere()
        return Connection(self, host)

    def send(self, verb: str, target: str, headers: Mapping[str, str], body: Any) -> Answer:
        """The last of at most three answers, each recorded. Raises Throttled, Unreachable, Garbage."""
        tries = 1 + (len(PAUSES) if verb == "GET" else 0)
        for attempt in range(1, tries + 1):
            try:
                answer = self._once(verb, target, headers, body)
            except Unreachable:
                if attempt == tries:
                    raise
            else:
                if is_limited(answer):
                    raise Throttled("GitHub asks to slow down.", retry_after=wait_seconds(answer))
                if answer.status < 500 or attempt == tries:
                    return answer
            time.sleep(PAUSES[attempt - 1])
        raise AssertionError

    def _once(self, verb: str, target: str, headers: Mapping[str, str], body: Any) -> Answer:
        self.sent += 1
        sending = {**headers, "Accept-Encoding": "gzip", "Host": self._origin.netloc}
        url = f"{self._origin.scheme}://{self._origin.netloc}{target}"
        try:
            response = self._http.request(
                verb,
                url,
                body=body,
                headers=sending,
                timeout=_TIMEOUT,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            raw = _whole(response)
        except (HTTPError, OSError) as broken:
            raise _unreachable(broken) from None
        path, _, query = target.partition("?")
        answer = Answer(
            call=self._call,
            part=self._part,
            operation=self._operation,
            status=response.status,
            # By name, not by item: a header of several lines (Link) is one value here, joined as HTTP allows.
            headers={k.lower(): response.headers[k] for k in response.headers if k.lower() in KEPT_HEADERS},
            body=_decoded(raw, response.headers.get("content-encoding", "")),
            request={
                "operation": self._operation, "method": verb, "host": self._origin.netloc, "path": path, "query": query,
                "parameters": self._parameters, "part": self._part, "call": self._call,
            },
        )  # fmt: skip
        self.last = answer
        if self._operation not in NEVER_RECORDED:
            self._record(answer)
        return answer


class Connection:
    """What PyGithub expects of a connection."""

    def __init__(self, transport: RecordingTransport, host: str) -> None:
        self.host = host
        self._transport = transport
        self._asked: tuple[str, str, Mapping[str, str], Any] = ("GET", "/", {}, None)

    def request(self, verb: str, url: str, input: Any, headers: Mapping[str, str], stream: bool = False) -> None:  # noqa: A002
        self._asked = (verb, url, headers, input)

    def getresponse(self) -> Response:
        verb, target, headers, body = self._asked
        answer = self._transport.send(verb, target, headers, body)
        if answer.status in _NOT_FOR_THE_SDK:
            raise Stopped
        return Response(answer)

    def close(self) -> None:
        """Nothing: the pool belongs to the transport."""


class Response:
    """An answer that was read already, in the shape that PyGithub reads from."""

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self._answer = answer

    def getheaders(self) -> ItemsView[str, str]:
        # The SDK turns the budget's headers into numbers; a source that sends something else must not end the pull.
        return {k: v for k, v in self._answer.headers.items() if not k.startswith("x-ratelimit")}.items()

    def read(self) -> str:
        return self._answer.body.decode("utf-8", "replace")


def _pool(host: str, *, direct: bool) -> urllib3.PoolManager:
    proxy = "" if direct or proxy_bypass(host) else getproxies().get("https", "")
    if proxy:
        return urllib3.ProxyManager(proxy, ca_certs=certifi.where())
    return urllib3.PoolManager(ca_certs=certifi.where())


def _whole(response: Any) -> bytes:
    """The entity body as sent. Raises urllib3's errors when it is shorter than announced."""
    raw = bytearray()
    for chunk in response.stream(_CHUNK, decode_content=False):
        raw += chunk
        if len(raw) > LARGEST_ANSWER:
            raise _too_large()
    announced = response.headers.get("content-length", "")
    if announced.isdigit() and int(announced) != len(raw):
        raise HTTPError("truncated")
    return bytes(raw)


def _decoded(raw: bytes, encoding: str) -> bytes:
    if encoding.strip().lower() in ("", "identity"):
        return raw
    if encoding.strip().lower() != "gzip":
        raise Garbage(
            "GitHub answered in an encoding that was not asked for.",
            what_to_do="Check any proxy between Attestry and GitHub.",
        )
    inflate = zlib.decompressobj(wbits=31)
    try:
        body = inflate.decompress(raw, LARGEST_ANSWER)
    except zlib.error:
        raise Garbage(
            "GitHub's answer cannot be decompressed.",
            what_to_do="Pull again; check any proxy between Attestry and GitHub.",
        ) from None
    if inflate.unconsumed_tail:
        raise _too_large()
    return body


def _too_large() -> Garbage:
    return Garbage("GitHub's answer is larger than 10 MiB.", what_to_do="Report this to whoever runs Attestry.")


def _unreachable(cause: Exception) -> Unreachable:
    word = "did not answer" if isinstance(cause, urllib3.exceptions.TimeoutError) else "broke the connection off"
    return Unreachable(
        f"GitHub {word}.", what_to_do="Check the network between the worker and GitHub; then pull again."
    )


def elsewhere() -> Unreachable:
    """The error for an address outside the fixed host."""
    return Unreachable(
        "The request was for a host that is not GitHub's.",
        what_to_do="Check any proxy between Attestry and GitHub; the answer is sealed as it came.",
    )
