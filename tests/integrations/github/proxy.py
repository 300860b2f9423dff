"""The faulting proxy in front of the stand-in GitHub: what `conformance.proxy` is for AWS, with GitHub's operations."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from typing import Any
from urllib.parse import parse_qs

from tests.integrations.conformance.proxy import Exchange, FaultProxy

_OPERATIONS = (
    ("orgs.get", r"/orgs/[^/]+"),
    ("orgs.members", r"/org(?:s|anizations)/[^/]+/members"),
    ("orgs.outside_collaborators", r"/org(?:s|anizations)/[^/]+/outside_collaborators"),
    ("orgs.repos", r"/org(?:s|anizations)/[^/]+/repos"),
    ("repos.protection", r"/repos/[^/]+/(?P<repo>[^/]+)/branches/.+/protection"),
    ("repos.rules", r"/repos/[^/]+/(?P<repo>[^/]+)/rules/branches/.+"),
    ("repos.ruleset", r"/repos/[^/]+/(?P<repo>[^/]+)/rulesets/[0-9]+"),
)


def refuse(exchange: Exchange, status: int, message: str, **headers: str) -> Exchange:
    """The exchange refused in GitHub's shape; header names with _ for -."""
    body = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
    return exchange.answer(json.dumps(body), status=status, content_type="application/json", **headers)


def reshaped(exchange: Exchange, body: Any) -> Exchange:
    """The exchange with another JSON body and its own headers kept."""
    return exchange.answer(json.dumps(body), status=exchange.status, **exchange.headers)


class GithubProxy(FaultProxy):
    """``Exchange.bucket`` is the repository, ``cursor`` the page asked for, ``operation`` the connector's name of the
    call; a filtered listing has its filter after a space (``orgs.members 2fa_disabled``)."""

    async def _answer(self, head: Any, body: bytes, writer: asyncio.StreamWriter) -> bool:
        path, _, query = head.target.partition("?")
        operation, repository = _name(path, query)
        status, headers, answered = await self._pass_on(head, body)
        self.seen.append(operation)
        page = parse_qs(query).get("page", [""])[0]
        exchange = self.fault(
            Exchange(operation, repository, self.seen.count(operation), page, status, answered, headers)
        )
        if exchange.reset:
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False
        lines = [f"HTTP/1.1 {exchange.status} OK", f"content-length: {len(exchange.body)}"]
        lines += [f"{name}: {part}" for name, value in exchange.headers.items() for part in value.split("\n")]
        writer.write("\r\n".join([*lines, "", ""]).encode() + exchange.body[: exchange.cut])
        await writer.drain()
        return exchange.cut is None

    async def _pass_on(self, head: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
        reader, writer = await asyncio.open_connection(*self._upstream)
        headers = {k: v for k, v in head.headers.items() if k not in ("content-length", "connection")}
        headers |= {"content-length": str(len(body)), "connection": "close"}
        lines = [f"{head.method} {head.target} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
        raw = await reader.read()
        writer.close()
        kept: dict[str, str] = {}
        for line in rest:
            name, _, value = line.partition(":")
            if name.lower() not in ("content-length", "connection", "server"):
                kept[name.lower()] = "\n".join([*filter(None, [kept.get(name.lower())]), value.strip()])
        return int(first.split(" ")[1]), kept, raw


def _name(path: str, query: str) -> tuple[str, str]:
    for operation, pattern in _OPERATIONS:
        found = re.fullmatch(pattern, path)
        if found:
            wanted = parse_qs(query).get("filter", ["all"])[0]
            name = operation if wanted == "all" else f"{operation} {wanted}"
            return name, found.groupdict().get("repo") or ""
    return path, ""
