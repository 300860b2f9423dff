"""Two at once, too much, and files that nobody asked for."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client, override_settings

from organizations.api.door import token_text
from tests.cast import Organization, Person, make_organization


def at_once(person: Person, url: str, data: dict[str, str]) -> list[int]:
    def post(_n: int) -> int:
        try:
            status: int = person.client(raise_request_exception=False).post(url, data).status_code
            return status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(post, range(2)))


def together(monkeypatch: pytest.MonkeyPatch, target: str, original: Any) -> None:
    """Both requests have looked before either writes."""
    gate = Barrier(2, timeout=10)

    def held(*args: Any, **kwargs: Any) -> Any:
        gate.wait()
        return original(*args, **kwargs)

    monkeypatch.setattr(target, held)


def test_a_control_written_twice_at_once_is_written_once(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compliance.services import controls

    owner = organization.owner
    together(monkeypatch, "compliance.services.controls._write_new", controls._write_new)
    form = {
        "key": "OWN-07", "title": "Once", "statement": "Once.", "criteria": "CC6.1",
        "checks": "aws.s3.bucket_not_public", "owner": str(owner.member_id),
    }  # fmt: skip
    assert at_once(owner, f"/o/{owner.slug}/controls/write/", form) == [302, 409]
    with owner.bound():
        from compliance.models import Control

        assert Control.objects.filter(key="OWN-07").count() == 1


def test_controls_adopted_twice_at_once_are_adopted_once(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compliance.services import controls

    owner = organization.owner
    together(monkeypatch, "compliance.services.controls._write_new", controls._write_new)
    assert at_once(owner, f"/o/{owner.slug}/controls/adopt/", {"keys": "AC-08"}) == [302, 409]


def test_an_account_connected_twice_at_once_is_connected_once(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    from integrations.services import connect

    owner = organization.owner
    original = connect._created

    def slowly(*args: Any, **kwargs: Any) -> Any:
        time.sleep(0.6)
        return original(*args, **kwargs)

    monkeypatch.setattr("integrations.services.connect._created", slowly)
    form = {"name": "P", "region": "eu-central-1", "role_arn": "arn:aws:iam::123456789012:role/attestry"}
    with override_settings(AWS_ENDPOINT=""):
        assert at_once(owner, f"/o/{owner.slug}/connect/", form) == [302, 422]


def test_a_file_sent_to_any_page_is_not_written_to_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    original = tempfile.NamedTemporaryFile

    def noted(*args: Any, **kwargs: Any) -> Any:
        written.append("file")
        return original(*args, **kwargs)

    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", noted)
    monkeypatch.setattr("django.core.files.temp.NamedTemporaryFile", noted)
    big = SimpleUploadedFile("big.bin", b"x" * 6_000_000)
    answer = Client(raise_request_exception=False).post("/account/sign-in/", {"login": "a@example.test", "file": big})
    assert answer.status_code < 500
    assert not written


@pytest.mark.parametrize("page", ["settings/", "controls/write/", "settings/members/invite/"])
def test_a_form_beyond_the_limits_is_refused(organization: Organization, page: str) -> None:
    client = organization.owner.client(raise_request_exception=False)
    url, form = f"/o/{organization.slug}/{page}", "application/x-www-form-urlencoded"
    assert client.post(url, {"name": "x" * 2_000_000}).status_code in {400, 413}
    assert client.post(url, {f"f{n}": "x" for n in range(1500)}).status_code in {400, 413}
    assert client.post(url, b"\xff\xfe%zz&&&=", content_type="application/x-www-form-urlencoded").status_code < 500
    assert client.post(url, b"--x\r\n", content_type="multipart/form-data; boundary=x").status_code < 500
    assert client.post(url, b"{}", content_type="multipart/form-data").status_code < 500
    assert client.generic("POST", url, b"a=b", f"{form}; charset=utf-7-nope").status_code < 500
    assert client.generic("POST", url, b"a=b", f"{form}; charset=utf-16").status_code < 500


@pytest.mark.parametrize(
    "body", [b"\x00" * 100, b"{" * 100_000, b"[1," * 50_000, b"\xff\xfe", b'{"a":' * 33 + b"1" + b"}" * 33, b"9" * 2_000_000]
)  # fmt: skip
def test_a_hostile_body_to_the_api_is_refused(body: bytes) -> None:
    organization = make_organization()
    with organization.owner.bound(), connections["default"].cursor() as cursor:
        cursor.execute("select sec.new_api_token('w', 'api_write', '1 day')")
        headers = {"Authorization": f"Bearer {token_text(bytes(cursor.fetchone()[0]))}"}
    url = f"/api/v1/o/{organization.slug}/connections/00000000-0000-4000-8000-000000000000/pull/"
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", ""):
        answer = Client(raise_request_exception=False).post(url, body, content_type=kind, headers=headers)
        assert 400 <= answer.status_code < 500
