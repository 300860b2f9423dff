"""aws.iam.user_mfa: console users have MFA. Rule: catalog/data/checks.yaml.

The rule's unknown ("report missing, older than four hours, or its user count differs") is a property of the pull, not of
a row: such a pull is partial (completeness rule of aws.iam.credential_report), feeds no pass and covers no time. What
remains here is a row that cannot be read.
"""

from __future__ import annotations

from compliance.checks.reading import Unreadable, named, typed, value
from compliance.checks.types import Check, Context, Fact, Outcome
from compliance.checks.versions import code_version


def judge(fact: Fact, _ctx: Context) -> Outcome:
    """A row with a console password must have an active second factor; without one it is not applicable, and so is the
    root row, which aws.iam.root_mfa judges. Raises Unreadable."""
    if typed(fact.payload, "is_root", bool):
        return Outcome(outcome="not_applicable", reason=f"{named(fact)}: its MFA is judged by aws.iam.root_mfa")
    typed(fact.payload, "user", str)
    user = named(fact)
    password = value(fact.payload, "password_enabled")
    if password is False:
        return Outcome(outcome="not_applicable", reason=f"{user} has no console password")
    if password is not True:
        raise Unreadable(f"password_enabled is {str(password)[:40]!r}, neither true nor false")
    if typed(fact.payload, "mfa_active", bool):
        return Outcome(outcome="pass", reason=f"{user} has a console password and MFA")
    return Outcome(outcome="fail", reason=f"{user} has a console password and no MFA")


CHECK = Check(
    id="aws.iam.user_mfa",
    kind="aws_credential_row",
    streams=("aws.iam.credential_report",),
    judge=judge,
    version=code_version(__file__),
)
