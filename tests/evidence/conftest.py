"""Signing and inspecting in a test: each test has a signer's memory of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from evidence.fsck import Report
from evidence.keyfiles import read_signer_key
from evidence.ledger.signer import Head, Round, Signer
from evidence.ledger.signer_database import SignerDatabase
from evidence.ledger.signer_state import StateFile
from evidence.management.commands.sign_checkpoints import own_clock
from evidence.selectors.leaves import head
from tests.cast import Organization
from tests.evidence.inspection import inspected


class LogsFromNowOn(SignerDatabase):
    """Leaves out the logs of earlier tests: nothing is cleaned up, and a test pays for its own logs only."""

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn)
        self._earlier = {head.log_id for head in super().heads()}

    def heads(self) -> Sequence[Head]:
        return [head for head in super().heads() if head.log_id not in self._earlier]


@pytest.fixture
def signer_state(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "signer.json")


@pytest.fixture
def sign(signer_state: StateFile) -> Iterator[Callable[[], Round]]:
    """One pass of the signer over the logs that this test began."""
    database = LogsFromNowOn(settings.ROLE_DSN["app_signer"])
    key = read_signer_key(settings.SIGNER_KEY_FILE)
    signer = Signer(source=database, state=signer_state, key=key, host="test.example", clock=own_clock)
    yield signer.run
    database.close()


@pytest.fixture
def inspect(signer_state: StateFile) -> Callable[..., Report]:
    """An organization's evidence, inspected with the signer's memory as pin."""

    def run(organization: Organization, *, pinned: bool = True) -> Report:
        with organization.owner.bound():
            log = head()
        state = signer_state.load().get(log.log_id) if log and pinned else None
        return inspected(organization.id, pin=(state.size, state.root) if state else None)

    return run


@pytest.fixture
def superuser() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Who can change anything in the database: what detection, not prevention, is about."""
    name = settings.DATABASES["default"]["NAME"]
    with psycopg.connect(os.environ["ATTESTRY_TEST_SERVER"], dbname=name, autocommit=True) as connection:
        yield connection
