"""The written scenario holds the facts that the product is shown with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dev.sandbox.company import changes
from dev.sandbox.company.accounts import NAMES, PRODUCTION, RESEARCH, STAGING, accounts_at_start
from dev.sandbox.company.calendar import DAYS, PULL_AT, day_of
from dev.sandbox.company.program import is_performed
from dev.sandbox.company.story import account_at, story
from dev.sandbox.world import Account
from tests.sandbox.conftest import BEGAN_ON, at


def pulled(account_id: str) -> list[Account]:
    """The account as each daily pull meets it, days 0 to 62."""
    return [account_at(BEGAN_ON, account_id, at(day, PULL_AT)) for day in range(DAYS)]


def days_where(account_id: str, holds: object) -> list[int]:
    return [day for day, account in enumerate(pulled(account_id)) if holds(account)]  # type: ignore[operator]


def oldest_key_days(account: Account, day: int) -> float:
    ages = [at(day, PULL_AT) - key.created_at for user in account.users for key in user.keys if key.active]
    return max(ages) / timedelta(days=1)


def test_the_export_bucket_is_met_public_by_exactly_two_daily_pulls() -> None:
    assert days_where(PRODUCTION, lambda a: any(b.public_policy for b in a.buckets)) == [34, 35]
    for other in (STAGING, RESEARCH):
        assert days_where(other, lambda a: any(b.public_policy or b.public_acl for b in a.buckets)) == []


def test_the_metrics_key_passes_ninety_days_and_is_replaced() -> None:
    old = [day for day, account in enumerate(pulled(PRODUCTION)) if oldest_key_days(account, day) > 90]
    assert old == list(range(25, 42)), "made on day -66: 90 days old on day 24 at ten, replaced on day 41"


def test_the_load_test_key_is_still_too_old_at_the_end() -> None:
    old = [day for day, account in enumerate(pulled(STAGING)) if oldest_key_days(account, day) > 90]
    assert old == list(range(59, DAYS))


def test_root_signs_in_once_inside_the_window() -> None:
    uses = {
        account.root.signed_in_at
        for account_id in NAMES
        for account in pulled(account_id)
        if account.root.signed_in_at and account.root.signed_in_at >= at(0, "00:00")
    }
    assert uses == {at(20, "22:15")}


def test_one_console_user_lacks_a_second_factor_for_a_while() -> None:
    def bare(account: Account) -> bool:
        return any(user.console_since and not user.mfa_since for user in account.users)

    assert days_where(PRODUCTION, bare) == [13, 14, 15, 16, 17]
    assert days_where(STAGING, bare) == days_where(RESEARCH, bare) == []


def test_the_audit_role_is_locked_out_for_three_daily_pulls() -> None:
    assert days_where(RESEARCH, lambda a: not a.role_trusted) == [45, 46, 47]


def test_roots_always_have_a_second_factor_and_no_keys() -> None:
    for account_id in NAMES:
        assert all(a.root.mfa_since and not a.root.keys for a in pulled(account_id))


def test_the_world_is_small_enough_to_replay() -> None:
    for account_id in NAMES:
        for account in pulled(account_id):
            assert 2 <= len(account.users) <= 10 and 2 <= len(account.buckets) <= 6


def test_two_reads_of_one_day_see_the_same_world() -> None:
    for account_id in NAMES:
        assert account_at(BEGAN_ON, account_id, at(9, "03:00")) == account_at(BEGAN_ON, account_id, at(9, "23:59"))


def test_machine_keys_are_used_on_every_day_and_never_in_the_future() -> None:
    for day, account in enumerate(pulled(PRODUCTION)):
        keys = [key for user in account.users for key in user.keys]
        assert all(key.last_used_at and key.last_used_at <= at(day, PULL_AT) for key in keys)
        assert day_of(BEGAN_ON, keys[0].last_used_at or at(0)) == day


def test_chapters_are_ordered_and_end_before_today() -> None:
    times = [chapter.at for chapter in story(BEGAN_ON)]
    assert times == sorted(times)
    assert times[0] > at(0, "00:00") and times[-1] < at(DAYS, "00:00")


def test_a_chapter_about_somebody_who_does_not_exist_is_an_error() -> None:
    account = accounts_at_start(BEGAN_ON)[PRODUCTION]
    for alter in (changes.remove_user("nobody"), changes.set_user("nobody"), changes.set_bucket("none")):
        with pytest.raises(LookupError):
            alter(account)
    assert changes.set_root(mfa_since=None)(account) == replace(account, root=replace(account.root, mfa_since=None))


def test_people_are_on_time_once_late_once_and_leave_the_newest_open() -> None:
    due = date(2026, 3, 31)

    def first_performed(number: int) -> int | None:
        days = range(-10, 30)
        held = [
            n for n in days if is_performed("HAL-06", number=number, due_on=due, today=due + timedelta(days=n), day=20)
        ]
        return min(held, default=None)

    assert [first_performed(number) for number in range(3)] == [-3, 2, None]
    weekly = [
        is_performed("HAL-07", number=0, due_on=due, today=due - timedelta(days=n), day=day)
        for day, n in ((20, 6), (20, 5), (56, 5), (56, 1), (56, 0))
    ]
    assert weekly == [False, True, False, False, True]
    assert not is_performed("HAL-08", number=0, due_on=due, today=due, day=80)
