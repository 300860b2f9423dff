"""The registers that checks ask: opening one, recording in it, and handing it to a check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from compliance.checks.types import Approval as ApprovalView
from compliance.checks.types import Register as RegisterView
from compliance.errors import InvalidDefinition, UnknownPart
from compliance.models import Approval, Register
from organizations import clock, scope
from organizations.services.record_activity import record_activity

# Registers that this version can keep; the others of checks.yaml are not there yet.
KEPT = ("approvals",)


def open_register(*, register: str) -> datetime:
    """Keep a register here from now on. Opening it again changes nothing. Returns when it was opened, UTC.

    Raises UnknownPart for a register that this version cannot keep.
    """
    if register not in KEPT:
        raise UnknownPart(
            f"There is no register called {register}.",
            what_to_do=f"Registers that can be kept here: {', '.join(KEPT)}.",
        )
    found = Register.objects.filter(name=register).first()
    if found is None:
        found = Register.objects.create(name=register, opened_at=clock.now(), actor_id=scope.current().actor_id)
        record_activity("register.opened", subject=f"register:{register}", detail={})
    opened_at: datetime = found.opened_at
    return opened_at


def record_approval(*, subject: str, reason: str, ends_at: datetime | None = None) -> datetime:
    """Record that the bound member approves an act on ``subject`` (a resource key or an account) from now on. It is
    dated now, by the organization's clock; nothing is back-dated. Opens the register if need be. Returns its date.

    Raises InvalidDefinition without a subject or a reason.
    """
    if not subject.strip() or not reason.strip():
        raise InvalidDefinition("An approval names what it is for and why.", what_to_do="Fill in both.")
    open_register(register="approvals")
    at = clock.now()
    Approval.objects.create(
        register=Register.objects.get(name="approvals"),
        subject=subject.strip(),
        reason=reason.strip(),
        approved_by_id=scope.current().actor_id,
        approved_at=at,
        ends_at=ends_at,
    )
    record_activity("approval.recorded", subject=subject, detail={"reason": reason.strip()})
    return at


def kept_registers() -> Mapping[str, RegisterView]:
    """The registers that are there, with their contents. Two queries."""
    opened = {row.id: row for row in Register.objects.all()}
    held: dict[str, list[ApprovalView]] = {row.name: [] for row in opened.values()}
    for row in Approval.objects.order_by("approved_at", "id"):
        held[opened[row.register_id].name].append(
            ApprovalView(subject=row.subject, reason=row.reason, approved_at=row.approved_at, ends_at=row.ends_at)
        )
    return {row.name: RegisterView(opened_at=row.opened_at, approvals=tuple(held[row.name])) for row in opened.values()}
