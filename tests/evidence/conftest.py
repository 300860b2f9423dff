"""Signing and inspecting in a test: each test has a signer's memory of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from evidence.fsck import Report, Trust, inspect_organization
from evidence.fsck.database import DatabaseSource, Tickets
from evidence.keyfiles import read_master_key, read_public_key, read_signer_key
from evidence.ledger.signer import Round, Signer
from evidence.ledger.signer_database import SignerDatabase
from evidence.ledger.signer_state import StateFile
from evidence.management.commands.sign_checkpoints import own_clock
from tests.cast import Organization


@pytest.fixture
def signer_state(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path / "signer.json")


@pytest.fixture
def sign(signer_state: StateFile) -> Iterator[Callable[[], Round]]:
    """One pass of the signer over all logs of the test database."""
    database = SignerDatabase(settings.ROLE_DSN["app_signer"])
    key = read_signer_key(settings.SIGNER_KEY_FILE)
    signer = Signer(source=database, state=signer_state, key=key, host="test.example", clock=own_clock)
    yield signer.run
    database.close()


@pytest.fixture
def inspect(signer_state: StateFile) -> Iterator[Callable[[Organization], Report]]:
    """An organization's evidence, inspected with the signer's memory as pin."""

    tickets = Tickets(settings.ROLE_DSN["app_sched"])

    def run(organization: Organization, *, pinned: bool = True) -> Report:
        source = DatabaseSource(organization.id, tickets)
        head = source.head()
        state = signer_state.load().get(head.log_id) if head and pinned else None
        trust = Trust(
            master_key=read_master_key(settings.KEY_FILE),
            signer=read_public_key(settings.SIGNER_PUBLIC_KEY_FILE),
            blobs=settings.BLOBS,
            pin=(state.size, state.root) if state else None,
            orphan_age=0,
        )
        return inspect_organization(source, trust)

    yield run
    tickets.close()


@pytest.fixture
def superuser() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Who can change anything in the database: what detection, not prevention, is about."""
    name = settings.DATABASES["default"]["NAME"]
    with psycopg.connect(os.environ["ATTESTRY_TEST_SERVER"], dbname=name, autocommit=True) as connection:
        yield connection
