"""What Halyard AI has decided to be judged by: controls from the library, its own, who owns which, and what its people
do by hand on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dev.sandbox.company.calendar import FIRST_PULL_DAY

# Library controls. Most need more than the first connector can read, and say so: "2 of 5 parts".
ADOPTED = (
    "GOV-01", "GOV-05", "GOV-07", "AC-01", "AC-02", "AC-03", "AC-04", "AC-06", "AC-07", "AC-08", "AC-14",
    "NET-01", "NET-02", "DAT-01", "LOG-01", "LOG-02", "IR-01", "CHG-01", "VUL-01", "VEN-01", "AVL-01",
)  # fmt: skip

OWNERS = {"GOV": "olga", "IR": "alice", "VEN": "alice", "CHG": "bob", "VUL": "bob", "NET": "bob"}
OTHERWISE = "alice"


@dataclass(frozen=True, kw_only=True)
class WrittenControl:
    """A control in the company's own words. Its parts are checks that the AWS connector feeds, or one manual part."""

    key: str
    title: str
    statement: str
    criteria: tuple[str, ...]
    owner: str
    frequency: str = "continuous"
    checks: tuple[str, ...] = ()
    manual: str = ""


WRITTEN = (
    WrittenControl(
        key="HAL-01",
        title="Root users have a second factor",
        statement="The root user of every AWS account signs in with a second factor, in every minute of the window.",
        criteria=("CC6.1",),
        checks=("aws.iam.root_mfa",),
        owner="olga",
    ),
    WrittenControl(
        key="HAL-02",
        title="Console users have a second factor",
        statement="Nobody can reach the AWS console with a password alone.",
        criteria=("CC6.1", "CC6.6"),
        checks=("aws.iam.user_mfa",),
        owner="alice",
    ),
    WrittenControl(
        key="HAL-03",
        title="Access keys are replaced within 90 days",
        statement="An active access key is replaced before it is 90 days old.",
        criteria=("CC6.1", "CC6.3"),
        checks=("aws.iam.access_key_age",),
        owner="bob",
    ),
    WrittenControl(
        key="HAL-04",
        title="No bucket is open to the world",
        statement="Storage buckets are never public, whatever they hold.",
        criteria=("CC6.6", "C1.1"),
        checks=("aws.s3.bucket_not_public",),
        owner="bob",
    ),
    WrittenControl(
        key="HAL-05",
        title="Root is used only with an approval",
        statement="Each use of a root user has an approval with a reason that is older than the use.",
        criteria=("CC6.1", "CC6.3"),
        checks=("aws.iam.root_not_used",),
        frequency="per_event",
        owner="alice",
    ),
    WrittenControl(
        key="HAL-06",
        title="Access to customer content is sampled every month",
        statement="Every month a sample of accesses to customer content is compared with its approvals.",
        criteria=("CC6.1", "CC6.3"),
        manual="AC-10.2",
        frequency="monthly",
        owner="alice",
    ),
    WrittenControl(
        key="HAL-07",
        title="Failing checks are reviewed every week",
        statement="Every week the security owner reviews what fails and what is not observed, and signs the review.",
        criteria=("CC4.1",),
        manual="CMP-01.1",
        frequency="weekly",
        owner="alice",
    ),
    WrittenControl(
        key="HAL-08",
        title="Duties are acknowledged once a year",
        statement="Everybody signs the security duties of their role once in a year.",
        criteria=("CC1.1",),
        manual="GOV-02.1",
        frequency="annual",
        owner="olga",
    ),
)

# from which simulated day the dates of a manual part are planned: the weekly review was introduced in the third week
PLANNED_FROM = {"HAL-06": FIRST_PULL_DAY, "HAL-07": 14, "HAL-08": FIRST_PULL_DAY}
_UNHURRIED_UNTIL = 55  # since then the review is signed on the last morning only, so that it is at risk before


def is_performed(key: str, *, number: int, due_on: date, today: date, day: int) -> bool:
    """Whether the occurrence (the `number`-th of its control, from 0) is performed by the morning of `today`.

    The first monthly sample is drawn three days early, the second two days late, later ones not yet; the weekly review
    happens on the second morning of its week, since day 55 on the last; the yearly signature is still to come.
    """
    if key == "HAL-06":
        return (number == 0 and today >= due_on - timedelta(days=3)) or (
            number == 1 and today >= due_on + timedelta(days=2)
        )
    if key == "HAL-07":
        return today > due_on - timedelta(days=6) if day <= _UNHURRIED_UNTIL else today >= due_on
    return False


def owner_of(key: str) -> str:
    """Which person of the company (their key) owns the control `key`."""
    for written in WRITTEN:
        if written.key == key:
            return written.owner
    return OWNERS.get(key.split("-", 1)[0], OTHERWISE)
