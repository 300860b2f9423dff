"""Run by the platform tests in an installation of their own: found an organization and seal three answers in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from config.supervisor.running import join_running_installation  # noqa: E402

join_running_installation(os.environ, ROOT)
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django  # noqa: E402

django.setup()

import psycopg  # noqa: E402
from django.conf import settings  # noqa: E402

from accounts.services import create_person, open_session  # noqa: E402
from evidence.services import append_page, open_chain, store_page  # noqa: E402
from organizations import scope  # noqa: E402
from organizations.services.found import found_organization  # noqa: E402
from tests.evidence.pages import received, users  # noqa: E402

person = create_person(
    email="ada@example.com",
    name="Ada",
    password="nine-quiet-otters-paint-maps",
    totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
)
token = open_session(person_id=person.id, factors=("password", "totp"))
organization = found_organization(token=token, name="Acme", slug="acme", time_zone="UTC")
with psycopg.connect(settings.ROLE_DSN["app_sched"], autocommit=True) as dispatcher:
    row = dispatcher.execute(
        "select sec.mint_job(%s, null, 'pull', interval '5 minutes')", [organization.id]
    ).fetchone()
assert row is not None
for number in range(3):
    page = received(users(40, seed=number), page=number)
    with scope.job(row[0], task="pull", connection_id=None):
        chain = open_chain(stream=page.stream, at=page.observed_at)
    stored = store_page(chain, page)
    with scope.job(row[0], task="pull", connection_id=None):
        append_page(stored)
print("sealed 3")
