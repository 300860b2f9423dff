"""Nine weeks at Halyard AI: what changed in its cloud accounts, when, and the sentence that tells it.

The account at a moment is a pure function of (first day, moment), so a killed replay, a restarted stand-in and a
test all see the same world.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
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
    tell = partial(_chapter, partial(moment, began_on))
    chapters = (*_people(tell), *_keys_and_root(tell), *_buckets(tell), *_lock_out(tell))
    return tuple(sorted(chapters, key=lambda chapter: chapter.at))


Tell = Callable[[int, str, str, str, str, Callable[[datetime], Alter]], Chapter]


def _chapter(
    at: Callable[[int, str], datetime],
    day: int,
    clock: str,
    account_id: str,
    thread: str,
    what: str,
    alter: Callable[[datetime], Alter],
) -> Chapter:
    """One chapter on simulated day `day`; `alter` is given the moment at which it happens."""
    when = at(day, clock)
    return Chapter(at=when, account_id=account_id, thread=thread, what=what, alter=alter(when))


def _people(tell: Tell) -> tuple[Chapter, ...]:
    return (
        tell(
            12, "09:30", PRODUCTION, "no-mfa", "Dana Reyes joins with a console password and no second factor",
            lambda at: changes.add_user(
                User(name="dana.reyes", created_at=at, console_since=at, groups=("operators",))
            ),
        ),
        tell(
            17, "11:00", PRODUCTION, "no-mfa", "Dana enrols a second factor",
            lambda at: changes.set_user("dana.reyes", mfa_since=at, signed_in_at=at - timedelta(minutes=2)),
        ),
        tell(
            38, "17:30", STAGING, "leaver", "Tom Weber leaves; his user is deleted the same day",
            lambda _at: changes.remove_user("tom.weber"),
        ),
    )  # fmt: skip


def _keys_and_root(tell: Tell) -> tuple[Chapter, ...]:
    # no chapter for the days on which keys turn 90 days old: age needs no event
    return (
        tell(
            20, "22:15", STAGING, "root-use", "The root user of staging signs in once, late in the evening",
            lambda at: changes.set_root(signed_in_at=at),
        ),
        tell(
            41, "15:20", PRODUCTION, "stale-key", "The key of metrics-export is replaced, 107 days after it was made",
            lambda at: changes.set_user(
                "metrics-export", keys=(AccessKey(key_id="AKIAHALYARDMETRICS02", created_at=at, used_daily=True),)
            ),
        ),
    )  # fmt: skip


def _buckets(tell: Tell) -> tuple[Chapter, ...]:
    exports = "halyard-prod-customer-exports"
    return (
        tell(
            27, "13:00", RESEARCH, "new-bucket", "A bucket for evaluation runs is created",
            lambda at: changes.add_bucket(Bucket(name="halyard-research-eval-runs", created_at=at, versioning="Off")),
        ),
        tell(
            33, "15:00", PRODUCTION, "public-bucket", "The export bucket is opened to the world for a customer demo",
            lambda _at: changes.set_bucket(exports, block_public=None, public_policy=True),
        ),
        tell(
            35, "15:00", PRODUCTION, "public-bucket", "The export bucket is closed again",
            lambda _at: changes.set_bucket(exports, block_public=True, public_policy=False),
        ),
        tell(
            52, "10:10", STAGING, "new-bucket", "A bucket for load test results is created",
            lambda at: changes.add_bucket(Bucket(name="halyard-staging-loadtest", created_at=at)),
        ),
    )  # fmt: skip


def _lock_out(tell: Tell) -> tuple[Chapter, ...]:
    return (
        tell(
            44, "18:00", RESEARCH, "outage", "A clean-up of trust policies locks out the audit role",
            lambda _at: changes.set_account(role_trusted=False),
        ),
        tell(
            47, "18:00", RESEARCH, "outage", "The audit role is trusted again, three daily reads later",
            lambda _at: changes.set_account(role_trusted=True),
        ),
    )  # fmt: skip


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
