#!/usr/bin/env python
"""The command line of Attestry: `manage.py up`, `manage.py down`, and every Django command."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent


def main() -> None:
    """Run the command of `sys.argv`; `up` and `down` come before there is a database, so they load no settings."""
    sys.path.insert(0, str(PROJECT))
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in ("up", "down"):
        from config.supervisor.commands import down, up

        sys.exit({"up": up, "down": down}[command](PROJECT, sys.argv[2:]))
    from config.supervisor.running import join_running_installation

    environment = os.environ
    join_running_installation(environment, PROJECT)
    environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
