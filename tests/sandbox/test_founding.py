"""The sandbox company is founded through the product's own services, once, however often it is started."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date
from pathlib import Path

from config.sandbox.founding import open_company
from dev.sandbox.company.calendar import moment
from dev.sandbox.company.people import PEOPLE, TIME_ZONE, sign_ins
from organizations import clock
from organizations.selectors import members, organization

STARTS_AT = moment(date(2026, 3, 2), -1)


def test_the_company_is_founded_with_its_people_and_its_own_time(tmp_path: Path) -> None:
    mark = secrets.token_hex(4)  # the replay of this suite founds the company under its real name
    made = sign_ins(tmp_path / "sign-ins.json")
    known = {key: replace(person, email=f"{mark}.{person.email}") for key, person in made.items()}
    roles = {known[person.key].email: person.role for person in PEOPLE}
    with open_company(known, starts_at=STARTS_AT, slug=mark) as company, company.bound("olga"):
        people = {member.email: member.role for member in members() if member.active}
        assert people == roles
        assert organization().time_zone == TIME_ZONE and organization().sandbox
        assert clock.is_simulated() and clock.now() == STARTS_AT
    with open_company(known, starts_at=moment(date(2026, 5, 1), 0), slug=mark) as again, again.bound("alice"):
        assert again.organization_id == company.organization_id
        assert len(members()) == len(PEOPLE)
        assert clock.now() == STARTS_AT, "a second start moves no clock"


def test_secrets_are_made_once_and_only_the_owner_can_read_them(tmp_path: Path) -> None:
    file = tmp_path / "sandbox" / "sign-ins.json"
    first = sign_ins(file)
    assert sign_ins(file) == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert (
        len({person.password for person in first.values()})
        == len({p.totp_secret for p in first.values()})
        == len(PEOPLE)
    )
    assert sign_ins(tmp_path / "other.json") != first
