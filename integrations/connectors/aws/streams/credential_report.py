"""aws.iam.credential_report: one row for each user and one for root.

Whole when the number of rows equals SummaryMap.Users plus the root row. The report is true of the moment AWS
generated it, at most four hours before; `as_of` carries that moment.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from integrations.connectors.aws.answers import (
    account_of,
    document,
    error_code,
    instant,
    last_of_each_call,
    moment,
    of,
    summary,
    truth,
    whole,
)
from integrations.connectors.aws.walk import another_account
from integrations.connectors.contract import Found, Need, Normalised, SealedAnswer, Session, Stream, unknown
from integrations.errors import Garbage, NotReady

KEY = "aws.iam.credential_report"
ROOT = "<root_account>"
_GENERATE, _GET, _SUMMARY = "iam.GenerateCredentialReport", "iam.GetCredentialReport", "iam.GetAccountSummary"
_POLLS = (0.0, 0.3, 0.7, 1.0)
_COME_BACK_SECONDS = 15.0
_NO_TIME = frozenset({"N/A", "no_information", "not_supported"})


def fetch(session: Session) -> Iterator[object]:
    """Asks for a report, waits at most two seconds for it (longer waits go into the due row), reads it and the summary."""
    for pause in _POLLS:
        time.sleep(pause)
        state = document(session.call("iam", "GenerateCredentialReport")).findtext(".//State")
        yield None
        if (state or "").strip() == "COMPLETE":
            break
    else:
        raise NotReady("AWS is still writing the credential report.", retry_after=_COME_BACK_SECONDS)
    answer = session.call(
        "iam", "GetCredentialReport", expected=frozenset({"ReportInProgress", "ReportNotPresent", "ReportExpired"})
    )
    yield None
    if error_code(answer):
        raise NotReady("AWS is still writing the credential report.", retry_after=_COME_BACK_SECONDS)
    session.call("iam", "GetAccountSummary", part="second count")
    yield None


def normalise(answers: Sequence[SealedAnswer], account: str) -> Normalised:
    """The rows of the report. Raises Garbage when it is no CSV table, WrongAccount for rows of another account."""
    final = last_of_each_call(tuple(answers))
    reports = [a for a in of(final, _GET) if not error_code(a.answer)]
    if not reports:
        return Normalised(facts=(), items=0, complete=False, reason="The credential report was not read.")
    page = reports[-1]
    root = document(page.answer)
    generated = instant(root.findtext(".//GeneratedTime"))
    stamp = moment(root.findtext(".//GeneratedTime"), "GeneratedTime")
    facts = tuple(
        _fact(row, account=account, stamp=stamp, seal=page.seal) for row in _rows(root.findtext(".//Content") or "")
    )
    counts = [summary(a.answer).get("Users") for a in of(final, _SUMMARY) if not error_code(a.answer)]
    users = whole(counts[-1] if counts else None, "SummaryMap.Users")
    return _judge_completeness(facts, users, generated)


def _judge_completeness(
    facts: tuple[Found, ...], users: int | dict[str, str], generated: datetime | None
) -> Normalised:
    expected = users + 1 if isinstance(users, int) else None
    roots = sum(1 for fact in facts if fact.payload["is_root"])
    reason = ""
    if len({fact.key for fact in facts}) != len(facts):
        reason = "A row of the report came twice."
    elif generated is None:
        reason = "The report does not say when it was generated."
    elif expected is None:
        reason = "The number of users could not be read from the account summary."
    elif len(facts) != expected or roots != 1:
        reason = f"The report has {len(facts)} rows ({roots} for root); the account summary says {expected} with the root row."
    return Normalised(
        facts=facts, items=len(facts), complete=not reason, reason=reason, second_count=expected, as_of=generated
    )


def _rows(content: str) -> list[dict[str, str]]:
    try:
        text = base64.b64decode(content.strip(), validate=True).decode("utf-8")
        table = list(csv.DictReader(io.StringIO(text), strict=True))
    except (binascii.Error, ValueError, csv.Error):
        raise _not_a_report() from None
    if not table or any(
        not row.get("user") or not row.get("arn") or None in row or None in row.values() for row in table
    ):
        raise _not_a_report()
    return table


def _fact(row: dict[str, str], *, account: str, stamp: object, seal: int) -> Found:
    if account_of(row["arn"]) != account:
        raise another_account()
    payload: dict[str, object] = {
        "user": row["user"],
        "arn": row["arn"],
        "is_root": row["user"] == ROOT,
        "password_enabled": "not_supported"
        if row.get("password_enabled") == "not_supported"
        else _truth(row, "password_enabled"),
        "password_last_used": _time(row, "password_last_used"),
        "mfa_active": _truth(row, "mfa_active"),
        "generated_at": stamp,
    }
    for n in ("1", "2"):
        payload[f"access_key_{n}_active"] = _truth(row, f"access_key_{n}_active")
        payload[f"access_key_{n}_last_rotated"] = _time(row, f"access_key_{n}_last_rotated")
        payload[f"access_key_{n}_last_used"] = _time(row, f"access_key_{n}_last_used_date")
    return Found(kind="aws_credential_row", key=f"{account}/{row['arn']}", payload=payload, seal=seal)


def _truth(row: dict[str, str], column: str) -> bool | dict[str, str]:
    return truth(row.get(column), column)


def _time(row: dict[str, str], column: str) -> str | dict[str, str] | None:
    text = row.get(column)
    if text is None:
        return unknown(f"{column} is not in the report")
    return None if text in _NO_TIME else moment(text, column)


def _not_a_report() -> Garbage:
    return Garbage(
        "The credential report is not the table that AWS documents.",
        what_to_do="Pull again; if it stays, check what answers at the endpoint. The answer is sealed as it came.",
    )


STREAM = Stream(
    key=KEY,
    name="Credential report",
    kind="population",
    fact_kind="aws_credential_row",
    pull_every_hours=24,
    stale_after_hours=48,
    completeness="Terminal cursor reached, then row count equals SummaryMap.Users plus the root row",
    needs=(
        Need(
            action="iam:GenerateCredentialReport",
            operation=_GENERATE,
            loses="User MFA, key age and root use are not observed.",
        ),
        Need(
            action="iam:GetCredentialReport", operation=_GET, loses="User MFA, key age and root use are not observed."
        ),
        Need(
            action="iam:GetAccountSummary",
            operation=_SUMMARY,
            loses="The report cannot be shown to be whole, so nothing passes.",
        ),
    ),
    fetch=fetch,
    normalise=normalise,
)
