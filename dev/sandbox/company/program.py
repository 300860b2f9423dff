"""What Halyard AI has decided to be judged by: controls from the library, five of its own, and who owns which."""

from __future__ import annotations

from dataclasses import dataclass

# Library controls. Most need more than the first connector can read, and say so: "2 of 5 parts".
ADOPTED = (
    "GOV-01", "GOV-05", "GOV-07", "AC-01", "AC-02", "AC-03", "AC-04", "AC-06", "AC-07", "AC-08", "AC-14",
    "NET-01", "NET-02", "DAT-01", "LOG-01", "LOG-02", "IR-01", "CHG-01", "VUL-01", "VEN-01", "AVL-01",
)  # fmt: skip

OWNERS = {"GOV": "olga", "IR": "alice", "VEN": "alice", "CHG": "bob", "VUL": "bob", "NET": "bob"}
OTHERWISE = "alice"


@dataclass(frozen=True, kw_only=True)
class WrittenControl:
    """A control in the company's own words; every part of it is a check that the AWS connector feeds."""

    key: str
    title: str
    statement: str
    criteria: tuple[str, ...]
    checks: tuple[str, ...]
    duty: str
    owner: str


WRITTEN = (
    WrittenControl(
        key="HAL-01",
        title="Root users have a second factor",
        statement="The root user of every AWS account signs in with a second factor, in every minute of the window.",
        criteria=("CC6.1",),
        checks=("aws.iam.root_mfa",),
        duty="continuous",
        owner="olga",
    ),
    WrittenControl(
        key="HAL-02",
        title="Console users have a second factor",
        statement="Nobody can reach the AWS console with a password alone.",
        criteria=("CC6.1", "CC6.6"),
        checks=("aws.iam.user_mfa",),
        duty="continuous",
        owner="alice",
    ),
    WrittenControl(
        key="HAL-03",
        title="Access keys are replaced within 90 days",
        statement="An active access key is replaced before it is 90 days old.",
        criteria=("CC6.1", "CC6.3"),
        checks=("aws.iam.access_key_age",),
        duty="continuous",
        owner="bob",
    ),
    WrittenControl(
        key="HAL-04",
        title="No bucket is open to the world",
        statement="Storage buckets are never public, whatever they hold.",
        criteria=("CC6.6", "C1.1"),
        checks=("aws.s3.bucket_not_public",),
        duty="continuous",
        owner="bob",
    ),
    WrittenControl(
        key="HAL-05",
        title="Root is used only with an approval",
        statement="Each use of a root user has an approval with a reason that is older than the use.",
        criteria=("CC6.1", "CC6.3"),
        checks=("aws.iam.root_not_used",),
        duty="event",
        owner="alice",
    ),
)


def owner_of(key: str) -> str:
    """Which person of the company (their key) owns the control `key`."""
    for written in WRITTEN:
        if written.key == key:
            return written.owner
    return OWNERS.get(key.split("-", 1)[0], OTHERWISE)
