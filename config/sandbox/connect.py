"""Connects the three AWS accounts through their audit role, the way a person does it on the connections page."""

from __future__ import annotations

from uuid import UUID

from config.sandbox.founding import Company
from config.sandbox.stand_in import StandInControl
from dev.sandbox.company.accounts import NAMES
from integrations.selectors import connections
from integrations.services import connect_aws, external_id

REGION = "us-east-1"


def connect_accounts(company: Company, stand_in: StandInControl) -> tuple[UUID, ...]:
    """The ids of the three connections, in the order of the accounts; missing ones are made."""
    return tuple(_connected(company, stand_in, account, name) for account, name in NAMES.items())


def _connected(company: Company, stand_in: StandInControl, account: str, name: str) -> UUID:
    with company.bound("alice"):
        ours, present = external_id(), {view.name: view.id for view in connections()}
    # the account's administrator writes our external id into the role's trust policy; no network inside a transaction
    stand_in.trust(account, ours)
    if name in present:
        return present[name]
    with company.bound("alice"):
        return connect_aws(name=name, region=REGION, role_arn=f"arn:aws:iam::{account}:role/AttestryAudit")
