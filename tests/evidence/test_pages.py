"""A person walks from the list to the verified bytes with nothing but links."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings as django_settings
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, auditor_connection
from tests.evidence.pages import received, seal, users

BLOBS = django_settings.BLOBS


def _address(slug: str, rest: str = "") -> str:
    return f"/o/{slug}/evidence/{rest}"


def test_from_the_list_over_the_record_to_verified_by_links_alone(cast: Cast, sign: Callable[[], Any]) -> None:
    sealed = seal(cast.a, received(b'{"AccountMFAEnabled": 1, "note": "<script>alert(1)</script>"}'))
    sign()
    browser = cast.bob.client()
    listed = browser.get(_address(cast.a.slug)).content.decode()
    assert "AWS IAM summary" in listed
    assert f"Sealed #{sealed.seq}" in listed
    page = browser.get(_address(cast.a.slug, f"{sealed.seq}/"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "GetAccountSummary" in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    assert 'href="?verify=1#verification"' in text
    verified = browser.get(_address(cast.a.slug, f"{sealed.seq}/?verify=1")).content.decode()
    assert "Verified" in verified
    assert "does not hold" not in verified
    assert "From the leaf to the signed root" in verified


def test_a_young_record_says_that_it_waits(cast: Cast) -> None:
    sealed = seal(cast.a, received())
    browser = cast.bob.client()
    assert "waiting to be sealed" in browser.get(_address(cast.a.slug)).content.decode()
    text = browser.get(_address(cast.a.slug, f"{sealed.seq}/?verify=1")).content.decode()
    assert "Waiting for a checkpoint" in text
    assert "Does not match" not in text


def test_a_damaged_record_says_so_and_the_page_still_answers(cast: Cast, superuser: Any) -> None:
    sealed = seal(cast.a, received())
    for file in (BLOBS / str(cast.a.id)).glob("*/*"):
        file.chmod(0o600)
        file.write_bytes(b"something else")
    browser = cast.olga.client()
    for rest in (f"{sealed.seq}/", f"{sealed.seq}/?verify=1", f"{sealed.seq}/raw"):
        page = browser.get(_address(cast.a.slug, rest))
        assert page.status_code == 200
        assert "was changed after it was stored" in page.content.decode()
    superuser.execute("update app.evidence_record set page = 5 where organization_id = %s", (cast.a.id,))
    assert "does not match" in browser.get(_address(cast.a.slug)).content.decode()


def test_raw_is_escaped_text_or_an_attachment_that_nothing_runs(cast: Cast) -> None:
    body = b"<html><script>alert(1)</script></html>"
    sealed = seal(cast.a, received(body))
    browser = cast.bob.client()
    text = browser.get(_address(cast.a.slug, f"{sealed.seq}/raw")).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    file = browser.get(_address(cast.a.slug, f"{sealed.seq}/raw?download=1"))
    assert file.content == body
    assert file["Content-Type"] == "application/octet-stream"
    assert file["Content-Disposition"].startswith("attachment")
    assert file["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file["Content-Security-Policy"]


def test_bytes_that_are_no_text_are_offered_as_a_download(cast: Cast) -> None:
    sealed = seal(cast.a, received(b"\x00\xff\x01"))
    browser = cast.bob.client()
    for rest in (f"{sealed.seq}/", f"{sealed.seq}/raw"):
        assert "These bytes are not text" in browser.get(_address(cast.a.slug, rest)).content.decode()


def test_the_list_filters_by_source_and_pages_without_losing_a_record(cast: Cast) -> None:
    with cast.job():
        pass
    for number in range(53):
        seal(cast.a, received(page=number))
    seal(cast.a, received(stream="aws.s3.buckets"))
    browser = cast.bob.client()
    first = browser.get(_address(cast.a.slug, "?stream=aws.iam.summary")).content.decode()
    assert "before=3" in first
    assert "S3 buckets, page" not in first
    second = browser.get(_address(cast.a.slug, "?stream=aws.iam.summary&before=3")).content.decode()
    assert [f"#{n}" in second for n in range(3)] == [True] * 3
    assert "Older" not in second
    assert browser.get(_address(cast.a.slug, "?before=nonsense")).status_code == 200


def test_the_list_takes_the_same_number_of_queries_at_one_and_at_forty_records(cast: Cast) -> None:
    browser = cast.bob.client()

    def count() -> int:
        with CaptureQueriesContext(connections["default"]) as captured:
            assert browser.get(_address(cast.a.slug)).status_code == 200
        return len(captured)

    seal(cast.a, received())
    browser.get(_address(cast.a.slug))
    one = count()
    for number in range(39):
        seal(cast.a, received(users(3), page=number))
    assert count() == one


def test_a_foreign_record_answers_like_a_missing_one(cast: Cast) -> None:
    sealed = seal(cast.a, received())
    browser = cast.mallory.client()
    mine = [browser.get(_address(cast.b.slug, f"{n}/")) for n in (sealed.seq, 10**9, 10**30)]
    assert {page.status_code for page in mine} == {404}
    assert browser.get(_address(cast.a.slug, f"{sealed.seq}/")).status_code == 404
    assert browser.get(_address(cast.a.slug, f"{sealed.seq}/raw")).status_code == 404


def test_the_auditor_reads_list_and_record_through_the_auditors_role(cast: Cast, sign: Callable[[], Any]) -> None:
    from evidence.selectors import open_record, records, verify_record

    sealed = seal(cast.a, received())
    sign()
    with cast.vera.bound():
        assert [r.seq for r in records()] == [sealed.seq]
        assert open_record(sealed.seq).body == received().body
        assert verify_record(sealed.seq).ok


def test_a_missing_master_key_accuses_nobody(cast: Cast, settings: Any, tmp_path: Any) -> None:
    from evidence.vault.keys import key_provider

    sealed = seal(cast.a, received())
    settings.KEY_FILE = tmp_path / "none.key"
    key_provider.cache_clear()
    try:
        page = cast.bob.client().get(_address(cast.a.slug, f"{sealed.seq}/?verify=1"))
    finally:
        key_provider.cache_clear()
    text = page.content.decode()
    assert page.status_code == 200
    assert "cannot be opened now" in text
    assert "does not match" not in text.lower()
    assert "Put the master key file" in text


def test_a_record_that_contradicts_its_leaf_is_shown_and_not_handed_out(cast: Cast, superuser: Any) -> None:
    sealed = seal(cast.a, received(b"the bytes"))
    superuser.execute("update app.evidence_record set page = 5 where organization_id = %s", (cast.a.id,))
    for rest in (f"{sealed.seq}/", f"{sealed.seq}/raw", f"{sealed.seq}/raw?download=1"):
        page = cast.olga.client().get(_address(cast.a.slug, rest))
        assert "Content-Disposition" not in page
        assert "does not match its seal" in page.content.decode()


def test_the_auditors_process_shows_the_pages_and_notes_each_read(
    cast: Cast, sign: Callable[[], Any], superuser: Any
) -> None:
    sealed = seal(cast.a, received())
    sign()
    with auditor_connection():
        browser = cast.vera.client()
        pages = [
            browser.get(_address(cast.a.slug, rest)) for rest in ("", f"{sealed.seq}/?verify=1", f"{sealed.seq}/raw")
        ]
    assert [page.status_code for page in pages] == [200] * 3
    assert "Verified" in pages[1].content.decode()
    noted = superuser.execute(
        "select item ->> 'item' from sec.event where organization_id = %s and kind = 'read.page' order by id",
        (cast.a.id,),
    ).fetchall()
    assert [path for (path,) in noted] == [
        _address(cast.a.slug, rest) for rest in ("", f"{sealed.seq}/?verify=1", f"{sealed.seq}/raw")
    ]
