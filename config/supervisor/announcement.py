"""What a person is told when everything is up: addresses, sign-ins, and the file that must not be lost."""

from __future__ import annotations

import json
from pathlib import Path

from config.supervisor.console import Console
from config.supervisor.installation import Addresses, Installation


def announce(console: Console, installation: Installation, addresses: Addresses, people: Path) -> None:
    """Print the address line that tools look for, then what a newcomer needs to sign in."""
    console.say()
    console.say(f"Attestry is ready: {addresses.web}")
    console.say(f"Auditors sign in at:  {addresses.auditor}")
    if people.exists():
        _sign_ins(console, installation, people)
    else:
        console.say("There is nobody yet: make the first owner with `manage.py create_owner`.")
    key_file = installation.caller.get("ATTESTRY_KEY_FILE") or installation.data / "keys" / "master.key"
    console.say()
    console.say(f"Key file: {key_file}")
    console.say("  It encrypts the evidence and is kept nowhere else: whoever loses it loses the evidence. Back it up.")
    console.say("Stop with Ctrl-C, or `make down` from another terminal.")
    console.say()


def _sign_ins(console: Console, installation: Installation, people: Path) -> None:
    rows = json.loads(people.read_text())
    console.say("The sandbox company (invented people, simulated history):")
    python = Path(".venv/bin/python") if (installation.project / ".venv/bin/python").exists() else Path("python")
    for person in rows:
        until = f", until {person['until']}" if person.get("until") else ""
        where = " at the auditors' address" if person.get("where") == "auditor" else ""
        console.say(f"  {person['name']} ({person['role']}{until}){where}")
        console.say(f"      {person['email']}   password: {person['password']}")
        console.say(f"      second factor: {person['second_factor']}")
    told = "" if installation.data == installation.project / ".attestry" else f"ATTESTRY_DATA={installation.data} "
    console.say(f"A code of the second factor, from another terminal: {told}{python} manage.py totp alice")
