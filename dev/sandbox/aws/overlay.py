"""The WSGI application of the stand-in: decides who calls, answers what moto cannot, notes every byte sent."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from dev.sandbox.aws import moto_state
from dev.sandbox.aws.access_log import AccessLog
from dev.sandbox.aws.clock import StandInClock
from dev.sandbox.aws.credential_report import credential_report
from dev.sandbox.aws.trust import PLATFORM_ACCOUNT, Trust
from dev.sandbox.aws.wire import Answer, Call, query_result, read_call, refusal
from dev.sandbox.company.accounts import NAMES
from dev.sandbox.company.story import account_at
from dev.sandbox.world import Account

IAM = "https://iam.amazonaws.com/doc/2010-05-08/"
S3 = "http://s3.amazonaws.com/doc/2006-03-01/"
READ_ONLY = ("Get", "List", "Generate", "Describe", "Simulate")
Start = Callable[..., Any]


class StandIn:
    """One simulated AWS with three accounts; `moto` is the WSGI application that answers the ordinary calls."""

    def __init__(
        self, *, moto: Callable[..., Iterable[bytes]], clock: StandInClock, trust: Trust, log: AccessLog
    ) -> None:
        self._moto = moto
        self.clock, self.trust, self.log = clock, trust, log
        self.outages: dict[str, str] = {}  # account id -> "unavailable" | "refused"
        self._installed: dict[str, Account] = {}
        self._lock = threading.RLock()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        with self._lock:
            call = read_call(environ)
            now = self.clock.now()
            account_id = self._account_called(call)
            if self.outages.get(account_id) == "refused":
                return _hang_up(environ)
            answer = self._own_answer(call, account_id, now)
            if answer is not None:
                return self._send(answer, call, account_id, now, start)
            return self._through_moto(environ, call, account_id, now, start)

    def _account_called(self, call: Call) -> str:
        if call.service == "sts" and call.action == "AssumeRole":
            return _account_in(call.form.get("RoleArn", ""))
        return self.trust.account_of(call.key_id) or ""

    def _own_answer(self, call: Call, account_id: str, now: datetime) -> Answer | None:
        if account_id in self.outages:
            return refusal(call, 503, "ServiceUnavailable", "Service is unable to handle request.")
        account = self._account(account_id, now) if account_id in NAMES else None
        if call.service == "sts":
            if call.action == "AssumeRole":
                return self.trust.assume_role(call, account)
            if call.action == "GetCallerIdentity" and account_id:
                return self.trust.caller_identity(call, account_id)
        if account is None:
            return _unknown_caller(call, account_id)
        if not _allowed(call, account):
            who = f"arn:aws:sts::{account_id}:assumed-role/AttestryAudit/attestry"
            message = f"User: {who} is not authorized to perform: {call.service}:{call.action}"
            return refusal(call, 403, "AccessDenied", message)
        return _overlaid(call, account, now)

    def _account(self, account_id: str, now: datetime) -> Account:
        """The account as of now, also placed in moto when it changed since the last call."""
        account = account_at(self.clock.began_on, account_id, now)
        if self._installed.get(account_id) != account:
            moto_state.install(account)
            self._installed[account_id] = account
        return account

    def _through_moto(
        self, environ: dict[str, Any], call: Call, account_id: str, now: datetime, start: Start
    ) -> Iterable[bytes]:
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = account_id
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        kept: list[Any] = []

        def keep(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            kept[:] = [status, headers]

        body = b"".join(self._moto(environ, keep))
        status, headers = kept
        self._note(call, account_id, int(status.split(" ", 1)[0]), body, now)
        start(status, headers)
        return [body]

    def _send(self, answer: Answer, call: Call, account_id: str, now: datetime, start: Start) -> Iterable[bytes]:
        self._note(call, account_id, answer.status, answer.body, now)
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body)))]
        start(f"{answer.status} {'OK' if answer.status == 200 else 'Error'}", headers)
        return [answer.body]

    def _note(self, call: Call, account_id: str, status: int, body: bytes, now: datetime) -> None:
        action = f"{call.service}:{call.action}"
        self.log.note(account=account_id, action=action, path=call.path, status=status, body=body, at=now)


def _overlaid(call: Call, account: Account, now: datetime) -> Answer | None:
    """The calls whose answer moto gets wrong; None leaves the call to moto."""
    if call.service == "s3" and call.action == "GetBucketVersioning":
        return _versioning(call, account)
    if call.service != "iam":
        return None
    if call.action == "GenerateCredentialReport":
        return query_result(call.action, IAM, "<State>COMPLETE</State>")
    if call.action == "GetCredentialReport":
        content = base64.b64encode(credential_report(account)).decode("ascii")
        made = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        inner = (
            f"<Content>{content}</Content><ReportFormat>text/csv</ReportFormat><GeneratedTime>{made}</GeneratedTime>"
        )
        return query_result(call.action, IAM, inner)
    return None


def _versioning(call: Call, account: Account) -> Answer:
    """moto names the root element after the call; S3 documents VersioningConfiguration, empty if never enabled."""
    kept = next(b.versioning for b in account.buckets if b.name == _bucket(call))
    inner = f"<Status>{kept}</Status>" if kept != "Off" else ""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<VersioningConfiguration xmlns="{S3}">{inner}</VersioningConfiguration>'
    return Answer(200, text.encode("utf-8"), "application/xml")


def _bucket(call: Call) -> str:
    return call.path.split("?", 1)[0].strip("/")


def _allowed(call: Call, account: Account) -> bool:
    """The audit role reads settings of its own account and nothing else, minus what the story withholds."""
    if f"{call.service}:{call.action}" in account.denied or call.action in ("GetObject", "ListObjects"):
        return False
    own = {bucket.name for bucket in account.buckets}  # moto would answer for any account's bucket
    if call.service == "s3" and call.action != "ListBuckets" and _bucket(call) not in own:
        return False
    return call.action.startswith(READ_ONLY)


def _unknown_caller(call: Call, account_id: str) -> Answer:
    if account_id == PLATFORM_ACCOUNT:
        return refusal(call, 403, "AccessDenied", "The platform's own key may only assume roles.")
    code = "InvalidAccessKeyId" if call.service == "s3" else "InvalidClientTokenId"
    return refusal(call, 403, code, "The security token included in the request is invalid.")


def _account_in(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) == 6 else ""


def _hang_up(environ: dict[str, Any]) -> Iterable[bytes]:
    """End the connection without an answer, as a host does that is not there."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("simulated outage: connection refused")
