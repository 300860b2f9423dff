"""Talks to the control address of the stand-in AWS: which day it answers for, which external id its role trusts."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from datetime import date, datetime
from typing import Any


class StandInAway(RuntimeError):
    """The stand-in does not answer."""


class StandInControl:
    """`url` is the stand-in's address, `http://127.0.0.1:<port>`."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def answer_for(self, began_on: date, at: datetime | None) -> None:
        """Make the stand-in answer for the moment `at` (None: real time) of the story that began on `began_on`."""
        self._post("state", {"began_on": began_on.isoformat(), "at": at.isoformat() if at else None})

    def trust(self, account: str, external_id: str) -> None:
        """Write the external id into the trust policy of the account's audit role."""
        self._post("trust", {"account": account, "external_id": external_id})

    def _post(self, what: str, value: dict[str, Any]) -> None:
        """Send, again for up to ten seconds while the stand-in restarts. Raises `StandInAway`."""
        body = json.dumps(value).encode("utf-8")
        limit = time.monotonic() + 10
        while True:
            request = urllib.request.Request(f"{self._url}/_sandbox/{what}", body, method="POST")  # noqa: S310
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310  http on this machine only
                    answer.read()
                    return
            except urllib.error.HTTPError as refused:
                raise StandInAway(f"the stand-in refused {what}: {refused.read().decode('utf-8', 'replace')}") from None
            except OSError as problem:
                if time.monotonic() > limit:
                    raise StandInAway(f"the stand-in AWS does not answer at {self._url}") from problem
                time.sleep(0.3)
