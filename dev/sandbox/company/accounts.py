"""The three AWS accounts of Halyard AI as they stood before the window began. Synthetic ids throughout."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from dev.sandbox.company.calendar import moment
from dev.sandbox.world import AccessKey, Account, Bucket, Root, User

PRODUCTION = "310000000101"
STAGING = "310000000202"
RESEARCH = "310000000303"
NAMES = {PRODUCTION: "halyard-production", STAGING: "halyard-staging", RESEARCH: "halyard-research"}

At = Callable[..., datetime]


def accounts_at_start(began_on: date) -> dict[str, Account]:
    """Every account by id at the first minute of the story that starts on `began_on`."""
    at = partial(moment, began_on)
    return {a.account_id: a for a in (_production(at), _staging(at), _research(at))}


def _production(at: At) -> Account:
    return Account(
        account_id=PRODUCTION,
        name=NAMES[PRODUCTION],
        root=Root(created_at=at(-700), mfa_since=at(-699), signed_in_at=at(-412, "10:20")),
        groups=("administrators", "operators"),
        policies=("deploy-production",),
        users=_production_users(at),
        buckets=_production_buckets(at),
    )


def _production_users(at: At) -> tuple[User, ...]:
    return (
        User(
            name="olga.marin",
            created_at=at(-690),
            console_since=at(-690),
            signed_in_at=at(-20, "09:05"),
            mfa_since=at(-690),
            groups=("administrators",),
        ),
        User(
            name="bob.ito",
            created_at=at(-420),
            console_since=at(-420),
            signed_in_at=at(-2, "16:40"),
            mfa_since=at(-419),
            groups=("operators",),
        ),
        User(
            name="ci-deploy",
            created_at=at(-300),
            keys=(AccessKey(key_id="AKIAHALYARDPRODCI001", created_at=at(-20, "11:00"), used_daily=True),),
            attached_policies=("deploy-production",),
        ),
        User(
            name="metrics-export",
            created_at=at(-200),
            keys=(AccessKey(key_id="AKIAHALYARDMETRICS01", created_at=at(-66, "10:00"), used_daily=True),),
            inline_policies=("put-metrics",),
        ),
    )


def _production_buckets(at: At) -> tuple[Bucket, ...]:
    return (
        Bucket(name="halyard-prod-customer-exports", created_at=at(-600)),
        Bucket(name="halyard-prod-audit-trail", created_at=at(-690), encryption="aws:kms"),
        Bucket(name="halyard-prod-backups", created_at=at(-640), encryption="aws:kms"),
        Bucket(name="halyard-prod-web-assets", created_at=at(-500), versioning="Off"),
    )


def _staging(at: At) -> Account:
    return Account(
        account_id=STAGING,
        name=NAMES[STAGING],
        root=Root(created_at=at(-650), mfa_since=at(-649), signed_in_at=at(-230, "15:10")),
        groups=("engineers",),
        users=(
            User(
                name="bob.ito",
                created_at=at(-420),
                console_since=at(-420),
                signed_in_at=at(-6, "11:15"),
                mfa_since=at(-419),
                groups=("engineers",),
            ),
            User(
                name="tom.weber",
                created_at=at(-350),
                console_since=at(-350),
                signed_in_at=at(-9, "14:30"),
                mfa_since=at(-350),
                groups=("engineers",),
            ),
            User(
                name="loadtest",
                created_at=at(-120),
                keys=(AccessKey(key_id="AKIAHALYARDLOADTEST1", created_at=at(-32, "15:00"), used_daily=True),),
            ),
            User(
                name="nightly-tests",
                created_at=at(-180),
                keys=(AccessKey(key_id="AKIAHALYARDNIGHTLY01", created_at=at(-12, "10:30"), used_daily=True),),
            ),
        ),
        buckets=(
            Bucket(name="halyard-staging-uploads", created_at=at(-600)),
            Bucket(name="halyard-staging-snapshots", created_at=at(-300), versioning="Suspended"),
        ),
    )


def _research(at: At) -> Account:
    return Account(
        account_id=RESEARCH,
        name=NAMES[RESEARCH],
        root=Root(created_at=at(-380), mfa_since=at(-379)),
        groups=("researchers",),
        users=(
            User(
                name="mina.cho",
                created_at=at(-360),
                console_since=at(-360),
                signed_in_at=at(-3, "10:00"),
                mfa_since=at(-360),
                groups=("researchers",),
            ),
            User(
                name="train-runner",
                created_at=at(-150),
                keys=(AccessKey(key_id="AKIAHALYARDTRAIN0001", created_at=at(-15, "09:30"), used_daily=True),),
            ),
        ),
        buckets=(
            Bucket(name="halyard-research-models", created_at=at(-370), encryption="aws:kms"),
            Bucket(name="halyard-research-datasets", created_at=at(-370)),
        ),
    )
