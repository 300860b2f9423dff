"""aws.iam.root_mfa: the root user of an account has MFA. Rule: catalog/data/checks.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.checks.reading import Unreadable, typed, words
from compliance.checks.types import Check, Context, Fact, Outcome
from compliance.checks.versions import code_version

# How AWS names the virtual device of a root user (checks.yaml, rule.pass).
_ROOT_DEVICE = "root-account-mfa-device"


def judge(fact: Fact, ctx: Context) -> Outcome:
    """``account_mfa_enabled`` 1 passes, unless ``require_hardware`` and a virtual device is root's. 0 fails, except in a
    member account: there ``root_credentials_removed`` decides (true: not applicable, not readable: unknown).

    ``organization_member`` and ``root_credentials_removed`` are read where the stream brings them; a stream without
    them says nothing about membership, and 0 is then judged as the statement stands: fail. Raises Unreadable.
    """
    enabled = typed(fact.payload, "account_mfa_enabled", int)
    root = f"The root user of account {fact.key}"
    if enabled not in (0, 1):
        raise Unreadable(f"account_mfa_enabled is {enabled}, neither 0 nor 1")
    if enabled == 0:
        return _without(fact.payload, root)
    if not ctx.parameters["require_hardware"]:
        return Outcome(outcome="pass", reason=f"{root} has MFA")
    if any(serial.endswith(_ROOT_DEVICE) for serial in words(fact.payload, "virtual_mfa_serials")):
        return Outcome(outcome="fail", reason=f"{root} has a virtual MFA device, and hardware is required")
    return Outcome(outcome="pass", reason=f"{root} has MFA, and it is not a virtual device")


def _without(payload: Mapping[str, Any], root: str) -> Outcome:
    missing = Outcome(outcome="fail", reason=f"{root} has no MFA")
    if "organization_member" not in payload or not typed(payload, "organization_member", bool):
        return missing
    if typed(payload, "root_credentials_removed", bool):
        return Outcome(
            outcome="not_applicable",
            reason=f"{root} has no credentials: the organization removed them in this member account",
        )
    return missing


CHECK = Check(
    id="aws.iam.root_mfa",
    kind="aws_account",
    streams=("aws.iam.summary",),
    judge=judge,
    version=code_version(__file__),
)
