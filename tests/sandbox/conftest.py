"""A running stand-in per test module, and boto3 clients that talk to it the way a connector would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from dev.sandbox.aws.server import StandInServer
from dev.sandbox.company.calendar import moment

BEGAN_ON = date(2026, 3, 2)  # a Monday; the story then crosses a change to summer time


@dataclass
class Aws:
    """The stand-in seen from outside."""

    server: StandInServer

    def client(self, service: str, keys: dict[str, str]) -> Any:
        config = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5)
        return boto3.client(service, region_name="us-east-1", endpoint_url=self.server.url, config=config, **keys)

    def platform(self) -> dict[str, str]:
        return {"aws_access_key_id": "AKIAATTESTRYPLATFORM", "aws_secret_access_key": "x"}

    def assume(self, account: str, *, external_id: str | None = None) -> dict[str, str]:
        given = external_id if external_id is not None else self.server.trust.account(account)["external_id"]
        answer = self.client("sts", self.platform()).assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/AttestryAudit", RoleSessionName="attestry", ExternalId=given
        )["Credentials"]
        return {
            "aws_access_key_id": answer["AccessKeyId"],
            "aws_secret_access_key": answer["SecretAccessKey"],
            "aws_session_token": answer["SessionToken"],
        }

    def on(self, day: int, clock: str = "06:00") -> None:
        self.server.clock.set(BEGAN_ON, moment(BEGAN_ON, day, clock))


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Aws]:
    server = StandInServer(port=0, data=tmp_path / "aws").start()
    stand_in = Aws(server)
    stand_in.on(0)
    yield stand_in
    server.stop()


at = partial(moment, BEGAN_ON)
