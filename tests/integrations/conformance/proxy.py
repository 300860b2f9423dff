"""A faulting HTTP proxy in front of the stand-in: the real SDK talks to it over TCP, as it would to AWS.

It also cuts listings into pages, which the stand-in does not. A fault sees every exchange and may change the answer,
answer itself, cut the answer short or reset the connection.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

S3_OPERATIONS = {
    "policyStatus": "GetBucketPolicyStatus", "acl": "GetBucketAcl", "publicAccessBlock": "GetPublicAccessBlock",
    "encryption": "GetBucketEncryption", "versioning": "GetBucketVersioning",
}  # fmt: skip
# operation: (list element, size parameter, cursor parameter, element that says there is more)
PAGED = {
    "GetAccountAuthorizationDetails": ("UserDetailList", "MaxItems", "Marker", "IsTruncated"),
    "ListVirtualMFADevices": ("VirtualMFADevices", "MaxItems", "Marker", "IsTruncated"),
    "ListBuckets": ("Buckets", "max-buckets", "continuation-token", None),
}


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. ``nth`` counts the requests of this operation, from 1; ``cursor`` is what it asked for.
    ``cut`` sends only so many bytes of the body; ``reset`` breaks the connection instead of answering."""

    operation: str
    bucket: str
    nth: int
    cursor: str
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    reset: bool = False

    def answer(self, body: bytes | str, *, status: int = 200, **headers: str) -> Exchange:
        """The same exchange with another answer."""
        raw = body.encode() if isinstance(body, str) else body
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, body=raw, status=status, headers={"content-type": "text/xml", **given})

    def error(self, code: str, status: int, **headers: str) -> Exchange:
        """The same exchange refused, in the shape of the service."""
        inner = f"<Code>{code}</Code><Message>fault</Message>"
        s3 = self.operation == "ListBuckets" or bool(self.bucket)
        body = (
            f"<Error>{inner}</Error>"
            if s3
            else f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error></ErrorResponse>"
        )
        return self.answer(body, status=status, **headers)


Fault = Callable[[Exchange], Exchange]


class FaultProxy:
    """Runs in a thread of its own. ``fault`` may be replaced between pulls; ``seen`` lists the operations asked for."""

    def __init__(self, upstream: str) -> None:
        target = urlsplit(upstream)
        self._upstream = (target.hostname or "", target.port or 80)
        self.fault: Fault = lambda exchange: exchange
        self.seen: list[str] = []
        self.delay = 0.0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> FaultProxy:
        self._thread.start()
        self._ready.wait(10)
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(5)

    def _end(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_later(0.1, self._loop.stop)

    def use(self, fault: Fault) -> None:
        """From here on this fault, with counters at zero."""
        self.fault, self.seen = fault, []

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self._ready.set()
        self._loop.run_forever()
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await _head(reader):
                body = await reader.readexactly(int(head.headers.get("content-length", 0)))
                if not await self._answer(head, body, writer):
                    return
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: _Head, body: bytes, writer: asyncio.StreamWriter) -> bool:
        asked = _asked(head, body)
        status, headers, answered = await self._forward(head, asked)
        await asyncio.sleep(self.delay)
        if status < 300 and asked.operation in PAGED:
            answered = _cut_into_pages(asked, answered)
        self.seen.append(asked.operation)
        nth = self.seen.count(asked.operation)
        exchange = Exchange(asked.operation, asked.bucket, nth, asked.cursor, status, answered, headers)
        exchange = self.fault(exchange)
        if exchange.reset:
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False
        lines = [f"HTTP/1.1 {exchange.status} OK", f"content-length: {len(exchange.body)}"]
        lines += [f"{name}: {value}" for name, value in exchange.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + exchange.body[: exchange.cut])
        await writer.drain()
        return exchange.cut is None

    async def _forward(self, head: _Head, asked: _Asked) -> tuple[int, dict[str, str], bytes]:
        reader, writer = await asyncio.open_connection(*self._upstream)
        headers = {k: v for k, v in head.headers.items() if k not in ("content-length", "connection", "expect")}
        headers |= {"content-length": str(len(asked.body)), "connection": "close"}
        lines = [f"{head.method} {asked.target} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + asked.body)
        answer = await _head(reader)
        assert answer is not None
        raw = await reader.read()
        writer.close()
        kept = {
            k: v
            for k, v in answer.headers.items()
            if k in ("content-type", "x-amzn-requestid", "x-amz-request-id", "date")
        }
        return int(answer.target), kept, raw


@dataclass(frozen=True)
class _Head:
    method: str
    target: str
    headers: dict[str, str]


@dataclass(frozen=True)
class _Asked:
    operation: str
    bucket: str
    target: str
    body: bytes
    cursor: str
    size: int


async def _head(reader: asyncio.StreamReader) -> _Head | None:
    raw = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not raw:
        return None
    first, *rest = raw.decode("latin-1").rstrip().split("\r\n")
    method, target, *_ = first.split(" ")
    pairs = (line.split(":", 1) for line in rest)
    return _Head(method, target, {k.strip().lower(): v.strip() for k, v in pairs})


def _asked(head: _Head, body: bytes) -> _Asked:
    """What was asked for, with the paging taken out: the proxy pages, the stand-in answers whole."""
    path, _, query = head.target.partition("?")
    if head.method == "POST":
        form = parse_qs(body.decode())
        operation = form["Action"][0]
        _, size, cursor, _ = PAGED.get(operation, ("", "MaxItems", "Marker", ""))
        kept = [(k, v) for k, v in parse_qsl(body.decode()) if k not in (size, cursor)]
        return _Asked(
            operation,
            "",
            head.target,
            urlencode(kept).encode(),
            form.get(cursor, [""])[0],
            int(form.get(size, ["1000"])[0]),
        )
    bucket = path.strip("/")
    if bucket:
        operation = next((S3_OPERATIONS[k] for k in re.split("[&=]", query) if k in S3_OPERATIONS), "?")
        return _Asked(operation, bucket, head.target, body, "", 1000)
    asked = parse_qs(query)
    return _Asked(
        "ListBuckets",
        "",
        path,
        body,
        asked.get("continuation-token", [""])[0],
        int(asked.get("max-buckets", ["1000"])[0]),
    )


def _cut_into_pages(asked: _Asked, body: bytes) -> bytes:
    listed, _, _, more = PAGED[asked.operation]
    root = ET.fromstring(body)
    space = root.tag.partition("}")[0] + "}"
    ET.register_namespace("", space[1:-1])
    parent = root.find(f".//{space}{listed}")
    assert parent is not None
    items = list(parent)
    place = asked.cursor.removeprefix("page-")
    start = int(place) if place.isdigit() else 0
    for item in items[:start] + items[start + asked.size :]:
        parent.remove(item)
    end = start + asked.size
    holder = root if more is None else root[0]
    for tag in ("IsTruncated", "Marker", "ContinuationToken"):
        for old in holder.findall(f"{space}{tag}"):
            holder.remove(old)
    if more is not None:
        ET.SubElement(holder, f"{space}{more}").text = "true" if end < len(items) else "false"
    if end < len(items):
        ET.SubElement(holder, f"{space}{'ContinuationToken' if more is None else 'Marker'}").text = f"page-{end}"
    return ET.tostring(root, xml_declaration=True, encoding="utf-8")
