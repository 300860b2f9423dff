"""`manage.py create_owner`: the first person and the first organization of an installation that is empty."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.errors import AccountError
from accounts.selectors import user_of
from accounts.services import close_session, create_person, open_session
from accounts.services.second_factor import replace_recovery_codes
from organizations.errors import AttestryError
from organizations.services.found import found_organization


class Command(BaseCommand):
    """Make a person with password, authenticator app and recovery codes, and an organization that this person owns.

    Everybody else is invited in the pages. The address counts as verified: who may run this owns the installation.
    """

    help = "make the first owner and organization (asks for the password; secret and recovery codes are shown once)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take who and what; the password is never an argument, because every user can read command lines."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True, help="the person's name")
        parser.add_argument("--organization", required=True, help="the organization's name")
        parser.add_argument("--slug", default="", help="its address below /o/ (made from the name when empty)")
        parser.add_argument("--time-zone", default="UTC", help="for example Europe/Berlin")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises CommandError with what to do; nothing is left half made but the person, who can then found in the pages."""
        password = self._password(from_stdin=options["password_stdin"])
        secret = generate_totp_secret()
        try:
            person = create_person(
                email=options["email"], name=options["name"], password=password, totp_secret=secret, verified=True
            )
            token = open_session(person_id=person.id, factors=("password", "totp"))
            try:
                found = found_organization(
                    token=token, name=options["organization"], slug=options["slug"], time_zone=options["time_zone"]
                )
                user = user_of(token)
                codes = replace_recovery_codes(user) if user is not None else ()
            finally:
                close_session(token=token)
        except (AccountError, AttestryError) as error:
            raise CommandError(f"{error} {error.what_to_do}") from None
        self.stdout.write(f"{person.email} owns {found.name} at /o/{found.slug}/")
        self.stdout.write(f"Authenticator secret (type it into the app, shown once): {secret}")
        self.stdout.write("Recovery codes (each works once, shown once):")
        for code in codes:
            self.stdout.write(f"  {code}")

    def _password(self, *, from_stdin: bool) -> str:
        password = sys.stdin.readline().rstrip("\n") if from_stdin else getpass.getpass("Password: ")
        if not from_stdin and getpass.getpass("Once more: ") != password:
            raise CommandError("The two passwords differ.")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        return password
