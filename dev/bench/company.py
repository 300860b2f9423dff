"""The sandbox company after a few replayed days, for benchmarks that need real rows behind real pages."""

from __future__ import annotations

import base64
import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from config.embedded.ports import free_port
from dev.sandbox.processes import Running, current_environment, own_broker

# mornings on which the story has something to show, enough rows for every page
DAYS = (0, 12, 13, 18, 25, 34, 36, 42)
_made: dict[str, BenchCompany] = {}
_open = ExitStack()


@dataclass(frozen=True)
class BenchCompany:
    """One organization with an open session of its security owner."""

    organization_id: UUID
    slug: str
    token: bytes
    running: Running

    def pages(self) -> dict[str, str]:
        """The pages that people open most, by name."""
        base = f"/o/{self.slug}"
        return {
            "dashboard": f"{base}/", "controls": f"{base}/controls/", "control": f"{base}/controls/HAL-03/",
            "framework": f"{base}/framework/", "records": f"{base}/evidence/", "record": f"{base}/evidence/1/",
            "connections": f"{base}/connections/", "activity": f"{base}/activity/",
        }  # fmt: skip

    def get(self, path: str) -> int:
        """Open one page as the security owner; its status."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.cookies[settings.SESSION_TOKEN_COOKIE] = base64.urlsafe_b64encode(self.token).rstrip(b"=").decode()
        return client.get(path).status_code

    def tour(self) -> None:
        """Open every page once. Raises RuntimeError when one does not answer."""
        for name, path in self.pages().items():
            status = self.get(path)
            if status != 200:
                raise RuntimeError(f"page {name} ({path}) answered {status}")


def small_company() -> BenchCompany:
    """The company, made on the first call; its processes run until `stop_company`."""
    if "company" in _made:
        return _made["company"]
    from django.conf import settings

    from accounts.selectors import find_person
    from accounts.services import open_session
    from dev.sandbox.company.people import SLUG, sign_ins
    from organizations import scope

    folder = Path(_open.enter_context(tempfile.TemporaryDirectory(prefix="attestry-bench-")))
    environment = current_environment() | {"REDIS_URL": own_broker(os.environ["REDIS_URL"], 6)}
    running = _open.enter_context(Running(folder=folder, environment=environment, port=free_port()))
    running.sandbox("--days", *map(str, DAYS))
    alice = find_person(sign_ins(settings.DATA / "sandbox" / "sign-ins.json")["alice"].email)
    assert alice is not None
    token = open_session(person_id=alice.id, factors=("password", "totp"))
    with scope.session(token, SLUG) as bound:
        organization_id = bound.organization_id
    _made["company"] = BenchCompany(organization_id, SLUG, token, running)
    return _made["company"]


def stop_company() -> None:
    """Stop the company's processes."""
    _open.close()
