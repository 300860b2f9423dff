"""Says what an AWS refusal means for a pull. Pure: codes and status in, our own errors out.

Sources: AWS API references (common errors) and the notes on AWS behaviour in the domain texts.
"""

from __future__ import annotations

from integrations.errors import (
    ConnectorError,
    CredentialRefused,
    CursorLost,
    Garbage,
    PermissionMissing,
    ServiceFailed,
    Throttled,
)

THROTTLING = frozenset({
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
    "RequestLimitExceeded", "TooManyRequestsException", "SlowDown", "BandwidthLimitExceeded", "PriorRequestNotComplete",
    "LimitExceededException", "LimitExceeded", "EC2ThrottledException", "HTTP 429",
})  # fmt: skip
_CREDENTIAL = frozenset({
    "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidAccessKeyId", "ExpiredToken", "ExpiredTokenException",
    "UnrecognizedClientException", "AuthFailure", "InvalidToken", "IncompleteSignature", "MissingAuthenticationToken",
    "MissingAuthenticationTokenException", "InvalidSignatureException", "RequestExpired", "HTTP 401",
})  # fmt: skip
ACCESS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AllAccessDisabled", "HTTP 403"})
_CURSOR = frozenset(
    {"InvalidInput", "InvalidMarker", "InvalidArgument", "ValidationError", "ValidationException", "InvalidNextToken"}
)


def classify(*, code: str, status: int, action: str, walking: bool, retry_after: float | None) -> ConnectorError:
    """The error for one refused call. ``action`` is the IAM permission behind it; ``walking`` says that the call
    carried a cursor; ``retry_after`` in seconds as the answer gave it."""
    if code in THROTTLING or status == 429:
        return Throttled("AWS asks to slow down.", retry_after=retry_after)
    if code in _CREDENTIAL:
        return CredentialRefused(
            "AWS does not accept this connection's credential.",
            what_to_do="Rotate the secret of this connection, or repair the role's trust policy, then test the connection.",
        )
    if code in ACCESS and action == "sts:AssumeRole":
        return CredentialRefused(
            "AWS does not let Attestry assume the role.",
            what_to_do="Check the role's name, and that its trust policy names our principal and your external id.",
        )
    if code in ACCESS:
        return PermissionMissing(
            f"The credential may not call {action}.",
            what_to_do=f"Add {action} to the policy of the role or user, then test the connection.",
            action=action,
        )
    if walking and code in _CURSOR:
        return CursorLost(
            "AWS did not accept the cursor of the next page.", what_to_do="Nothing: the walk starts again by itself."
        )
    if status >= 500:
        return ServiceFailed(
            f"AWS answered {action} with an error of its own ({status}).",
            what_to_do="Nothing at first: the pull is tried again by itself. If it lasts, look at the AWS Health Dashboard.",
        )
    return Garbage(
        f"AWS refused {action} in a way that Attestry does not know ({_printable(code)}).",
        what_to_do="Pull again; if it stays, report this code to whoever runs Attestry.",
    )


def _printable(code: str) -> str:
    return "".join(c for c in code if c.isascii() and (c.isalnum() or c in "._ -"))[:60]
