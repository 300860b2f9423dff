"""manage.py connect: connect an AWS account from a terminal, with an API token of the organization."""

from __future__ import annotations

import base64
import binascii
import getpass
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations import services
from integrations.connectors.aws import spec
from integrations.errors import IntegrationError
from organizations import scope
from organizations.permissions import may
from organizations.roles import API_WRITERS


class Command(BaseCommand):
    help = "Connect an AWS account by role. Reads a writing API token (Settings, API tokens) from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", default="AWS", help="how people here call the account")
        parser.add_argument("--region", default="eu-central-1")
        parser.add_argument("--role-arn", default="", help="the role that you made")
        parser.add_argument("--policies", action="store_true", help="print what to paste into AWS, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with scope.api_token(_token()):
                if options["policies"]:
                    self._show_policies()
                elif not may(API_WRITERS):
                    raise CommandError("This token may only read. Make a writing one under Settings, API tokens.")
                else:
                    self._connect(options)
        except scope.Denied:
            raise CommandError(
                "The token is unknown, ended or revoked. Make a new one under Settings, API tokens."
            ) from None

    def _show_policies(self) -> None:
        self.stdout.write(f"External id: {services.external_id()}")
        self.stdout.write(json.dumps(spec.policy_document(), indent=2))

    def _connect(self, options: dict[str, Any]) -> None:
        try:
            connection_id = services.connect_aws(
                name=options["name"], region=options["region"], role_arn=options["role_arn"]
            )
        except IntegrationError as error:
            raise CommandError(error.user_message) from None
        self.stdout.write(
            f"Connected ({connection_id}). A test of the permissions is running; its page shows the result."
        )


def _token() -> bytes:
    """From standard input, so that it is in no process list and no shell history."""
    text = (getpass.getpass("API token: ") if sys.stdin.isatty() else sys.stdin.readline()).strip().removeprefix("at_")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise CommandError("This is not an API token; it begins with at_.") from None
