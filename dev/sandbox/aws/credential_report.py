"""The IAM credential report of one account: the CSV that AWS writes, root row and real times included.

Columns and special values as in AWS's documentation of credential reports (N/A, no_information, not_supported).
"""

from __future__ import annotations

import csv
import io
from datetime import datetime

from dev.sandbox.world import AccessKey, Account, Root, User

COLUMNS = [
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
]
_NO_CERTIFICATES = ["false", "N/A", "false", "N/A"]


def credential_report(account: Account) -> bytes:
    """The report's CSV, root first, users by name."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerow(_root_row(account.account_id, account.root))
    for user in sorted(account.users, key=lambda u: u.name):
        writer.writerow(_user_row(account.account_id, user))
    return out.getvalue().encode("utf-8")


def _root_row(account_id: str, root: Root) -> list[str]:
    return [
        "<root_account>",
        f"arn:aws:iam::{account_id}:root",
        _time(root.created_at),
        "not_supported",
        _time(root.signed_in_at) if root.signed_in_at else "no_information",
        "not_supported",
        "not_supported",
        _flag(root.mfa_since is not None),
        *_keys(root.keys),
        *_NO_CERTIFICATES,
    ]


def _user_row(account_id: str, user: User) -> list[str]:
    signed_in = _time(user.signed_in_at) if user.signed_in_at else "no_information"
    return [
        user.name,
        f"arn:aws:iam::{account_id}:user/{user.name}",
        _time(user.created_at),
        _flag(user.console_since is not None),
        signed_in if user.console_since else "N/A",
        _time(user.console_since) if user.console_since else "N/A",
        "N/A",
        _flag(user.mfa_since is not None),
        *_keys(user.keys),
        *_NO_CERTIFICATES,
    ]


def _keys(keys: tuple[AccessKey, ...]) -> list[str]:
    cells: list[str] = []
    for key in keys[:2]:
        used = _time(key.last_used_at) if key.last_used_at else "N/A"
        place = ["us-east-1", "s3"] if key.last_used_at else ["N/A", "N/A"]
        cells += [_flag(key.active), _time(key.created_at), used, *place]
    while len(cells) < 10:
        cells += ["false", "N/A", "N/A", "N/A", "N/A"]
    return cells


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _flag(value: bool) -> str:
    return "true" if value else "false"
