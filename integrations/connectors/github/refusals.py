"""Says what a GitHub refusal means for a pull, and how long to wait when GitHub asks for it. Pure.

Sources: GitHub's REST documentation (rate limits, troubleshooting) and the notes on its behaviour in the domain texts.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from integrations.connectors.contract import Answer
from integrations.connectors.github.answers import message_of
from integrations.errors import (
    ConnectorError,
    CredentialRefused,
    CursorLost,
    Garbage,
    NotReady,
    PermissionMissing,
    ServiceFailed,
)

LONGEST_WAIT = 24 * 3600
# Refusals that concern a single item and leave it unknown.
ITEM = frozenset({"NotFound", "Forbidden", "PlanLimit", "Moved"})
_LIMIT_WORDS = ("rate limit", "please retry your request again later", "please wait a few minutes before you try again")


def is_limited(answer: Answer) -> bool:
    """Whether GitHub asks to slow down: the primary limit (nothing remaining), a secondary one, or a busy service
    that names a time. A 403 says both "not allowed" and "not now"; headers and message tell them apart."""
    told = "retry-after" in answer.headers
    if answer.status == 429:
        return True
    if answer.status == 403:
        said = message_of(answer).lower()
        return told or answer.headers.get("x-ratelimit-remaining") == "0" or any(w in said for w in _LIMIT_WORDS)
    return answer.status == 503 and told


def wait_seconds(answer: Answer) -> float | None:
    """How long GitHub asks to wait, by its own clock; None when it does not say.

    Order of GitHub's documentation: Retry-After, else the reset of the exhausted budget.
    """
    told = answer.headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return float(min(int(told[:9]), LONGEST_WAIT))
    now = _seconds(answer.headers.get("date", ""))
    reset = answer.headers.get("x-ratelimit-reset", "").strip()
    if told and now is not None and (until := _seconds(told)) is not None:
        return max(0.0, min(until - now, LONGEST_WAIT))
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit() and now is not None:
        # One second more: in which part of that second the budget returns is not said.
        return max(1.0, min(int(reset[:12]) - now + 1, LONGEST_WAIT))
    return None


def _seconds(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError):
        return None


def classify(*, code: str, status: int, action: str, walking: bool) -> ConnectorError:
    """The error for one refused call. ``action`` is the permission behind it; ``walking`` says that the call carried
    a page address."""
    if code == "Unauthorized":
        return CredentialRefused(
            "GitHub does not accept this connection's credential.",
            what_to_do="Enter the app's private key anew under “Rotate secret”, or install the app again, then test the connection.",
        )
    if walking and code in ("Unprocessable", "NotFound"):
        return CursorLost(
            "GitHub did not accept the address of the next page.",
            what_to_do="Nothing: the walk starts again by itself.",
        )
    if code in ("Forbidden", "NotFound", "PlanLimit"):
        plan = " or GitHub's plan does not have it" if code == "PlanLimit" else ""
        return PermissionMissing(
            f"The app may not read what {action} covers{plan}.",
            what_to_do=f"Give the app {action} and let an owner accept it, then test the connection.",
            action=action,
        )
    if status == 202:
        return NotReady("GitHub is still preparing the answer.", retry_after=None)
    if status >= 500:
        return ServiceFailed(
            f"GitHub answered with an error of its own ({status}).",
            what_to_do="Nothing at first: the pull is tried again by itself. If it lasts, look at githubstatus.com.",
        )
    return Garbage(
        f"GitHub refused a call in a way that Attestry does not know ({status}).",
        what_to_do="Pull again; if it stays, report this to whoever runs Attestry.",
    )
