"""What can go wrong between Attestry and a connected system, each with one sentence that says what to do.

``code`` is the short, stable word that the ledger of pulls keeps. A message never quotes an answer's text:
answers are sealed, and may hold anything.
"""

from __future__ import annotations

from organizations.errors import AttestryError


class IntegrationError(AttestryError):
    """Base of this room's errors."""


class UnknownConnection(IntegrationError):
    """The connection, stream or row named does not exist in this organization; a foreign one answers alike."""

    status = 404


class InvalidSettings(IntegrationError):
    """A setting that a person typed cannot be used. ``field`` names it."""

    def __init__(self, message: str, *, what_to_do: str, field: str) -> None:
        super().__init__(message, what_to_do=what_to_do)
        self.field = field


class LeaseLost(IntegrationError):
    """Another worker owns the row now, or it was finished: nothing may be written any more."""

    def __init__(self) -> None:
        super().__init__("Another worker has taken this work over.", what_to_do="Nothing: the other one finishes it.")


class ConnectorError(IntegrationError):
    """A call to the connected system did not bring what was asked for. The pull ends; nothing is skipped."""

    code = "failed"


class Deferred(ConnectorError):
    """Not a fault: the other side asks to come back later. ``retry_after`` in seconds, None when it did not say."""

    def __init__(self, message: str, *, retry_after: float | None) -> None:
        super().__init__(message, what_to_do="Nothing: the pull is tried again by itself.")
        self.retry_after = retry_after


class Throttled(Deferred):
    code = "throttled"


class NotReady(Deferred):
    code = "not_ready"


class CredentialRefused(ConnectorError):
    code = "credential_refused"


class PermissionMissing(ConnectorError):
    """``action`` is the permission to grant, as the connected system writes it."""

    code = "permission_missing"

    def __init__(self, message: str, *, what_to_do: str, action: str) -> None:
        super().__init__(message, what_to_do=what_to_do)
        self.action = action


class CursorLost(ConnectorError):
    """The walk cannot go on: the cursor expired, came twice, or a page was repeated."""

    code = "cursor_lost"


class Unreachable(ConnectorError):
    code = "unreachable"


class ServiceFailed(ConnectorError):
    code = "service_failed"


class Garbage(ConnectorError):
    """The answer is not what the service documents; it was sealed as it came and nothing was concluded from it."""

    code = "unreadable_answer"


class WrongAccount(ConnectorError):
    """The answer belongs to another account than the one this connection is pinned to."""

    code = "wrong_account"
