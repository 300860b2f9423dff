"""Who may call as which account: the platform's key, one static key per account, and assumed roles.

sts:AssumeRole is answered here because moto accepts any external id. A role is handed out only when the role
exists, is trusted at that moment, and the external id is exactly the one in its trust policy.
"""

from __future__ import annotations

import json
import secrets
import threading
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from xml.sax.saxutils import escape

from dev.sandbox.aws.clock import wall_clock
from dev.sandbox.aws.wire import Answer, Call, query_result, refusal
from dev.sandbox.company.people import write_private
from dev.sandbox.world import Account

STS = "https://sts.amazonaws.com/doc/2011-06-15/"
PLATFORM_ACCOUNT = "310000000999"
ROLE_SECONDS = 3600


class Trust:
    """Keys, external ids and open role sessions. External ids and keys live in `file`; sessions in memory."""

    def __init__(self, file: Path, account_ids: list[str]) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._sessions: dict[str, tuple[str, datetime]] = {}
        self._kept = json.loads(file.read_text("utf-8")) if file.exists() else self._made(account_ids)

    def _made(self, account_ids: list[str]) -> dict[str, dict[str, dict[str, str]]]:
        made = {
            "platform": {"key": {"id": "AKIAATTESTRYPLATFORM", "secret": secrets.token_hex(20)}},
            "accounts": {
                account_id: {
                    "external_id": f"attestry-{secrets.token_hex(12)}",
                    "key_id": f"AKIASTATIC{account_id[-10:]}",
                    "key_secret": secrets.token_hex(20),
                }
                for account_id in account_ids
            },
        }
        write_private(self._file, json.dumps(made, indent=2) + "\n")
        return made

    def account(self, account_id: str) -> dict[str, str]:
        """External id and static key of one account, as its administrator would hand them over."""
        return dict(self._kept["accounts"][account_id])

    def trust(self, account_id: str, external_id: str) -> None:
        """The account's administrator writes `external_id` into the role's trust policy."""
        with self._lock:
            self._kept["accounts"][account_id]["external_id"] = external_id
            write_private(self._file, json.dumps(self._kept, indent=2) + "\n")

    def account_of(self, key_id: str) -> str | None:
        """The account that a key calls as; the platform's own account for any other well-formed long-term key."""
        for account_id, kept in self._kept["accounts"].items():
            if key_id == kept["key_id"]:
                return str(account_id)
        if key_id.startswith("ASIA"):
            account_id, until = self._sessions.get(key_id, (None, datetime.min.replace(tzinfo=UTC)))
            return account_id if wall_clock() < until else None
        return PLATFORM_ACCOUNT if key_id else None

    def assume_role(self, call: Call, account: Account | None) -> Answer:
        """Answer sts:AssumeRole; `account` is the one named by the role's ARN, None if there is none."""
        role, given = call.form.get("RoleArn", ""), call.form.get("ExternalId", "")
        wanted = self._kept["accounts"][account.account_id]["external_id"] if account else ""
        allowed = account is not None and account.role_trusted and role == account.role_arn
        if account is None or not allowed or not compare_digest(given.encode(), wanted.encode()):
            caller = f"arn:aws:iam::{PLATFORM_ACCOUNT}:user/attestry"
            message = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}"
            return refusal(call, 403, "AccessDenied", message)
        return self._hand_out(call, account)

    def _hand_out(self, call: Call, account: Account) -> Answer:
        key_id = "ASIA" + secrets.token_hex(8).upper()
        until = wall_clock() + timedelta(seconds=ROLE_SECONDS)
        with self._lock:
            now = wall_clock()
            self._sessions = {key: kept for key, kept in self._sessions.items() if kept[1] > now}
            self._sessions[key_id] = (account.account_id, until)
        session = escape(call.form.get("RoleSessionName", "session"))
        arn = f"arn:aws:sts::{account.account_id}:assumed-role/AttestryAudit/{session}"
        result = (
            f"<AssumedRoleUser><AssumedRoleId>AROASANDBOX:{session}</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>"
            f"<Credentials><AccessKeyId>{key_id}</AccessKeyId><SecretAccessKey>{secrets.token_hex(20)}</SecretAccessKey>"
            f"<SessionToken>{secrets.token_hex(32)}</SessionToken>"
            f"<Expiration>{until.strftime('%Y-%m-%dT%H:%M:%SZ')}</Expiration></Credentials>"
        )
        return query_result("AssumeRole", STS, result)

    def caller_identity(self, call: Call, account_id: str) -> Answer:
        """Answer sts:GetCallerIdentity."""
        if call.key_id.startswith("ASIA"):
            arn, who = f"arn:aws:sts::{account_id}:assumed-role/AttestryAudit/attestry", "AROASANDBOX:attestry"
        else:
            arn, who = f"arn:aws:iam::{account_id}:user/attestry", "AIDASANDBOX"
        inner = f"<Arn>{arn}</Arn><UserId>{who}</UserId><Account>{account_id}</Account>"
        return query_result("GetCallerIdentity", STS, inner)
