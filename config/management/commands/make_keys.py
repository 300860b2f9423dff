"""`manage.py make_keys`: the two key files of an installation without a KMS."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from evidence.keyfiles import ensure_master_key, ensure_signer_key


class Command(BaseCommand):
    """Write the master key and the signer's key where they are missing; an existing file is never touched."""

    help = "make the key files ATTESTRY_KEY_FILE and ATTESTRY_SIGNER_KEY_FILE when missing"
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say of each file whether it was made or kept."""
        for path, ensure in ((settings.KEY_FILE, ensure_master_key), (settings.SIGNER_KEY_FILE, ensure_signer_key)):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.stdout.write(f"{path}: {'made' if ensure(path) else 'kept'}")
        self.stdout.write("Back both up: whoever loses the master key loses the evidence.")
