"""An open AWS session: the real SDK, one recording transport, one place where a refusal becomes our own error.

The only module of this repository's product code that imports boto3 or botocore, together with `transport.py`.
"""

from __future__ import annotations

import functools
import json
import threading
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
)
from botocore.exceptions import ConnectionError as EndpointUnreachable
from botocore.parsers import ResponseParserError

from integrations.connectors.aws.answers import document, error_code
from integrations.connectors.aws.refusals import classify
from integrations.connectors.aws.spec import AwsAccess, permission_of, policy_document
from integrations.connectors.aws.transport import RecordingTransport
from integrations.connectors.aws.walk import another_account
from integrations.connectors.contract import Answer, Recorder
from integrations.errors import ConnectorError, CredentialRefused, Garbage, Unreachable

PAGE_SIZE = 1000
SESSION_SECONDS = 900
SESSION_NAME = "attestry"
# What botocore's parsers raise, untranslated, for an answer whose members have another type than documented.
_PARSER_ERRORS = (ResponseParserError, ValueError, TypeError, KeyError, AttributeError, IndexError)
_making_clients = threading.Lock()


@functools.cache
def _sdk() -> boto3.session.Session:
    """The process's SDK session: service models are loaded once. It holds no connection's credential."""
    return boto3.session.Session(botocore_session=botocore.session.Session())


class AwsSession:
    """See `contract.Session`. Opens with one AssumeRole (role access) and one GetCallerIdentity; the account that
    answers must be ``access.account`` when that is set."""

    def __init__(self, access: AwsAccess, *, record: Recorder, page_size: int | None = None) -> None:
        self.page_size = page_size or PAGE_SIZE
        self.account = access.account
        self.identity = ""
        self._access = access
        self._clients: dict[str, Any] = {}
        self._keys: dict[str, str] = access.keys()
        self._transport = RecordingTransport(endpoint=access.endpoint, record=record)
        self._calls = 0

    def sent(self) -> int:
        """How many requests went over the network so far, retries included."""
        return self._transport.sent

    def open(self) -> None:
        """Assumes the role where there is one and asks who we are. Raises ConnectorError, WrongAccount among them."""
        if self._access.role_arn:
            self._keys = self.assume(external_id=self._access.external_id)
            self._clients.clear()
        who = document(self.call("sts", "GetCallerIdentity"))
        account = (who.findtext(".//Account") or "").strip()
        self.identity = (who.findtext(".//Arn") or "").strip()
        if not (account.isdigit() and len(account) == 12 and self.identity):
            raise Garbage(
                "AWS did not say which account answers.", what_to_do="Check the endpoint, then test the connection."
            )
        if self.account and account != self.account:
            raise another_account()
        self.account = account

    def assume(self, *, external_id: str | None) -> dict[str, str]:
        """Short credentials of the role, narrowed to the streams' permissions. Never sealed, never logged."""
        asked: dict[str, Any] = {
            "RoleArn": self._access.role_arn,
            "RoleSessionName": SESSION_NAME,
            "DurationSeconds": SESSION_SECONDS,
            "Policy": json.dumps(policy_document(), separators=(",", ":")),
        }
        if external_id is not None:
            asked["ExternalId"] = external_id
        root = document(self.call("sts", "AssumeRole", **asked))
        found = {
            "aws_access_key_id": root.findtext(".//AccessKeyId"),
            "aws_secret_access_key": root.findtext(".//SecretAccessKey"),
            "aws_session_token": root.findtext(".//SessionToken"),
        }
        if not all(found.values()):
            raise Garbage(
                "AWS did not hand out a session for the role.",
                what_to_do="Check the endpoint, then test the connection.",
            )
        return {name: str(value) for name, value in found.items()}

    def call(
        self, service: str, operation: str, *, part: str = "", expected: frozenset[str] = frozenset(), **parameters: Any
    ) -> Answer:
        self._calls += 1
        self._transport.begin(call=self._calls, part=part, parameters=parameters)
        action = permission_of(f"{service}.{operation}")
        failure: Exception | None = None
        try:
            client = self._client(service)
            getattr(client, botocore.xform_name(operation))(**parameters)
        except ConnectorError:
            raise
        except ClientError as refused:
            failure = refused
        except NoCredentialsError:
            raise _no_principal() from None
        except (HTTPClientError, EndpointUnreachable) as broken:
            raise _unreachable(broken) from None
        except (ParamValidationError, BotoCoreError) as odd:
            raise _unsendable(odd) from None
        except _PARSER_ERRORS as unread:
            failure = unread
        answer = self._transport.last
        if answer is None:
            raise _unreachable(failure) from failure
        code = error_code(answer)
        if not code or code in expected:
            return answer
        walking = any(name in parameters for name in ("Marker", "ContinuationToken"))
        raise classify(
            code=code, status=answer.status, action=action, walking=walking, retry_after=self._transport.retry_after
        )

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            with _making_clients:
                client = _sdk().client(
                    service,
                    region_name=self._access.region,
                    endpoint_url=self._access.endpoint or None,
                    config=Config(
                        retries={"mode": "standard", "total_max_attempts": 3},
                        s3={"addressing_style": "path"} if self._access.endpoint else None,
                        parameter_validation=True,
                        ignore_configured_endpoint_urls=True,
                    ),
                    **self._keys,
                )
            client.meta.events.register("before-send", self._transport.handle)
            self._clients[service] = client
        return self._clients[service]


def _no_principal() -> CredentialRefused:
    return CredentialRefused(
        "This installation has no AWS principal of its own to assume the role with.",
        what_to_do="Give the worker an instance role or a profile (docs/operations), then test the connection.",
    )


def _unreachable(cause: Exception | None) -> Unreachable:
    word = "broke the connection off" if isinstance(cause, ConnectionClosedError) else "did not answer"
    return Unreachable(
        f"The AWS endpoint {word}.",
        what_to_do="Check the region, the endpoint and the network between the worker and AWS; then pull again.",
    )


def _unsendable(cause: Exception) -> Garbage:
    return Garbage(
        f"The SDK could not use what AWS sent before ({type(cause).__name__}).",
        what_to_do="Check the endpoint, then pull again; the answers are sealed as they came.",
    )
