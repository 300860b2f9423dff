"""Received pages for tests, and the short way to seal one."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from evidence.services import append_page, open_chain, store_page
from evidence.types import ReceivedPage, Seal
from tests.cast import Organization

STREAM = "aws.iam.summary"


def a_moment_ago() -> datetime:
    """A time that is surely not after the database's clock."""
    return datetime.fromtimestamp(time.time(), UTC) - timedelta(seconds=5)


def users(count: int, *, seed: int = 0) -> bytes:
    """An answer of a size worth compressing."""
    return json.dumps(
        [
            {"UserName": f"user-{n}-{seed}", "Arn": f"arn:aws:iam::1:user/u{n}", "Id": (n * 2654435761 + seed) % 2**32}
            for n in range(count)
        ]
    ).encode()


def received(
    body: bytes = b'{"AccountMFAEnabled": 1}', *, page: int = 0, stream: str = STREAM, **changes: Any
) -> ReceivedPage:
    """One answer of a stand-in for AWS."""
    given: dict[str, Any] = {
        "stream": stream,
        "page": page,
        "status": 200,
        "headers": {"Date": "Fri, 20 Nov 2026 19:00:00 GMT", "x-amzn-RequestId": str(uuid4()), "Set-Cookie": "no"},
        "body": body,
        "request": {"method": "POST", "path": "/", "parameters": {"Action": "GetAccountSummary"}},
        "observed_at": a_moment_ago(),
        "collector_version": "aws-1",
        "credential_identity": "arn:aws:sts::1:assumed-role/attestry",
        "counts": {"items": 1},
    }
    return ReceivedPage(**(given | changes))


def seal(organization: Organization, page: ReceivedPage, *, connection_id: UUID | None = None) -> Seal:
    """Open, store, append: what a pull does for one page."""
    with organization.job(connection_id=connection_id):
        chain = open_chain(stream=page.stream, at=page.observed_at)
    stored = store_page(chain, page)
    with organization.job(connection_id=connection_id):
        return append_page(stored)
