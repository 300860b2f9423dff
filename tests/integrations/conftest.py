"""A stand-in AWS and a connection to it; work is claimed as the dispatcher does and run in this process."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings

from config import dispatcher
from dev.sandbox.aws.server import StandInServer
from organizations.tasks import Job
from tests.cast import Cast

ACCOUNT = "310000000101"


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandInServer]:
    """The sandbox company's AWS, answering for the present."""
    server = StandInServer(port=0, data=Path(tmp_path_factory.mktemp("aws"))).start()
    yield server
    server.stop()


@dataclass
class Desk:
    """What a test needs to pull: the cast, a connection, and the dispatcher's role."""

    cast: Cast
    connection_id: uuid.UUID

    def claim(self, task: str = "pull") -> list[Job]:
        """Lease what is due of this connection, as the dispatcher does. Other tests' rows are left to be due again."""
        with psycopg.connect(django_settings.ROLE_DSN["app_sched"], autocommit=True) as connection:
            jobs = []
            while messages := dispatcher.claim(connection):
                for m in messages:
                    if m.connection_id == self.connection_id and m.task == task:
                        jobs.append(job_of(m))
            return jobs

    def make_due(self) -> None:
        from integrations.services import make_due

        with self.cast.alice.bound():
            make_due([self.connection_id])


def job_of(message: dispatcher.Message) -> Job:
    return Job(
        id=message.job_id,
        connection_id=message.connection_id,
        task=message.task,
        fence=message.fence,
        ticket=message.ticket,
    )


@pytest.fixture
def desk(cast: Cast, stand_in: StandInServer, settings: Any) -> Desk:
    """Alice has connected the production account; nothing was pulled yet."""
    from integrations.services import connect_aws, external_id

    settings.AWS_ENDPOINT = stand_in.url
    with cast.alice.bound():
        stand_in.trust.trust(ACCOUNT, external_id())
        connection_id = connect_aws(
            name="Production", region="eu-central-1", role_arn=f"arn:aws:iam::{ACCOUNT}:role/AttestryAudit", test=False
        )
    return Desk(cast=cast, connection_id=connection_id)
