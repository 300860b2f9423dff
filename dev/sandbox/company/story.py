"""Nine weeks at Halyard AI: what changed in its cloud accounts, when, and the sentence that tells it.

The account at a moment is a pure function of (first day, moment), so a killed replay, a restarted stand-in and a
test all see the same world.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from dev.sandbox.company import changes
from dev.sandbox.company.accounts import PRODUCTION, RESEARCH, STAGING, accounts_at_start
from dev.sandbox.company.calendar import day_of, moment
from dev.sandbox.company.changes import Alter
from dev.sandbox.world import AccessKey, Account, Bucket, User

KEY_MAX_DAYS = 90  # the age limit that the story plays with; the product has its own parameter


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One dated change of one account. `thread` groups the chapters of one incident for tests and docs."""

    at: datetime
    account_id: str
    thread: str
    what: str
    alter: Alter


def story(began_on: date) -> tuple[Chapter, ...]:
    """Every chapter of the story that starts on `began_on`, in the order in which they happen."""
    at = partial(moment, began_on)

    def chapter(day: int, clock: str, account: str, thread: str, what: str, alter: Alter) -> Chapter:
        return Chapter(at=at(day, clock), account_id=account, thread=thread, what=what, alter=alter)

    chapters = [
        chapter(
            12, "09:30", PRODUCTION, "no-mfa", "Dana Reyes joins with a console password and no second factor",
            changes.add_user(User(name="dana.reyes", created_at=at(12, "09:30"), console_since=at(12, "09:30"),
                                  groups=("operators",))),
        ),
        chapter(
            17, "11:00", PRODUCTION, "no-mfa", "Dana enrols a second factor",
            changes.set_user("dana.reyes", mfa_since=at(17, "11:00"), signed_in_at=at(17, "10:58")),
        ),
        chapter(
            20, "22:15", STAGING, "root-use", "The root user of staging signs in once, late in the evening",
            changes.set_root(signed_in_at=at(20, "22:15")),
        ),
        # no chapter for the day on which the key of metrics-export turns 90 days old: age needs no event
        chapter(
            41, "15:20", PRODUCTION, "stale-key", "The key of metrics-export is replaced, 107 days after it was made",
            changes.set_user("metrics-export", keys=(
                AccessKey(key_id="AKIAHALYARDMETRICS02", created_at=at(41, "15:20"), used_daily=True),)),
        ),
        chapter(
            27, "13:00", RESEARCH, "new-bucket", "A bucket for evaluation runs is created",
            changes.add_bucket(Bucket(name="halyard-research-eval-runs", created_at=at(27, "13:00"), versioning="Off")),
        ),
        chapter(
            33, "15:00", PRODUCTION, "public-bucket", "The export bucket is opened to the world for a customer demo",
            changes.set_bucket("halyard-prod-customer-exports", block_public=None, public_policy=True),
        ),
        chapter(
            35, "15:00", PRODUCTION, "public-bucket", "The export bucket is closed again",
            changes.set_bucket("halyard-prod-customer-exports", block_public=True, public_policy=False),
        ),
        chapter(
            38, "17:30", STAGING, "leaver", "Tom Weber leaves; his user is deleted the same day",
            changes.remove_user("tom.weber"),
        ),
        chapter(
            44, "18:00", RESEARCH, "outage", "A clean-up of trust policies locks out the audit role",
            changes.set_account(role_trusted=False),
        ),
        chapter(
            47, "18:00", RESEARCH, "outage", "The audit role is trusted again, three daily reads later",
            changes.set_account(role_trusted=True),
        ),
        chapter(
            52, "10:10", STAGING, "new-bucket", "A bucket for load test results is created",
            changes.add_bucket(Bucket(name="halyard-staging-loadtest", created_at=at(52, "10:10"))),
        ),
    ]  # fmt: skip
    return tuple(sorted(chapters, key=lambda c: c.at))


def account_at(began_on: date, account_id: str, at: datetime) -> Account:
    """The account as it stands at `at` (UTC). Raises KeyError for an account that the company does not have."""
    account = accounts_at_start(began_on)[account_id]
    for chapter in story(began_on):
        if chapter.account_id == account_id and chapter.at <= at:
            account = chapter.alter(account)
    return _with_daily_use(began_on, account, at)


def _with_daily_use(began_on: date, account: Account, at: datetime) -> Account:
    """Machine keys are used every night at 02:00 company time; two reads of one day see the same value."""
    used = moment(began_on, day_of(began_on, at), "02:00")
    if used > at:
        used = moment(began_on, day_of(began_on, at) - 1, "02:00")

    def touch(key: AccessKey) -> AccessKey:
        return replace(key, last_used_at=used) if key.used_daily and used >= key.created_at else key

    users = tuple(replace(u, keys=tuple(touch(k) for k in u.keys)) for u in account.users)
    return replace(account, users=users)
