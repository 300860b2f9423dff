"""`manage.py totp <email>`: the code that the person's authenticator app shows now."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from accounts.models import User
from accounts.services.second_factor import current_code, secret_of


class Command(BaseCommand):
    help = "Print the current code of a person's authenticator app. Embedded mode only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="e-mail address, the part before the @, or the first word of it")

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.MODE not in {"embedded", "test"}:
            raise CommandError("Codes are printed in embedded mode only; elsewhere they stay with their person.")
        wanted = options["email"].strip().lower()
        one = Q(email=wanted)
        if "@" not in wanted:
            one = Q(email__startswith=f"{wanted}@") | Q(email__startswith=f"{wanted}.")
        user = User.objects.filter(one).order_by("email").first()
        secret = secret_of(user) if user is not None else None
        if secret is None:
            raise CommandError("Nobody with this address has an authenticator app.")
        self.stdout.write(current_code(secret))
