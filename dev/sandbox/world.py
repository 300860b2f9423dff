"""What a simulated cloud account holds at one moment: frozen values, no behaviour, no clock.

The story (`dev/sandbox/company`) makes these values, the stand-in (`dev/sandbox/aws`) answers from them.
All times are aware UTC datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class AccessKey:
    """One programmatic key. `used_daily` makes the last use follow the simulated day."""

    key_id: str
    created_at: datetime
    active: bool = True
    used_daily: bool = False
    last_used_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class User:
    """One IAM user; `console_since` is None for a user without a password."""

    name: str
    created_at: datetime
    console_since: datetime | None = None
    signed_in_at: datetime | None = None
    mfa_since: datetime | None = None
    keys: tuple[AccessKey, ...] = ()
    groups: tuple[str, ...] = ()
    attached_policies: tuple[str, ...] = ()
    inline_policies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Root:
    """The root user of an account."""

    created_at: datetime
    mfa_since: datetime | None
    signed_in_at: datetime | None = None
    keys: tuple[AccessKey, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """One bucket. `block_public` None means that no block configuration exists."""

    name: str
    created_at: datetime
    block_public: bool | None = True
    public_policy: bool = False
    public_acl: bool = False
    versioning: str = "Enabled"
    encryption: str = "AES256"


@dataclass(frozen=True, kw_only=True)
class Account:
    """One cloud account at one moment.

    `role_trusted`: the audit role may be assumed. `reachable`: the API answers at all.
    `denied`: actions (`s3:GetBucketAcl`) that the audit role lacks.
    """

    account_id: str
    name: str
    root: Root
    users: tuple[User, ...] = ()
    groups: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    role_trusted: bool = True
    reachable: bool = True
    denied: frozenset[str] = frozenset()

    @property
    def role_arn(self) -> str:
        """The role that Attestry assumes in this account."""
        return f"arn:aws:iam::{self.account_id}:role/AttestryAudit"
