"""A body is shown as text without being run, parsed or guessed at."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.pages.words import EXCERPT, as_received, for_reading, request_line, request_parameters, stream_title

REPORT = "user,arn,mfa_active\n<root_account>,arn:aws:iam::1:root,true\nbob,arn:aws:iam::1:user/bob,false"


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("aws.iam.credential_report", "AWS IAM credential report"),
        ("aws.s3.buckets", "AWS S3 buckets"),
        ("github.branch_rules", "Github branch rules"),
        ("upload", "upload"),
    ],
)
def test_a_stream_is_called_what_people_call_it(key: str, title: str) -> None:
    assert stream_title(key) == title


def test_xml_is_laid_out_and_its_base64_text_is_readable() -> None:
    content = base64.b64encode(REPORT.encode()).decode()
    shown = for_reading(f"<R xmlns='x'><G><Content>{content}</Content><Format>text/csv</Format></G><E/></R>".encode())
    assert shown.laid_out
    assert shown.text is not None
    assert [line.strip() for line in shown.text.splitlines()] == [
        "<R xmlns='x'>", "<G>", "<Content>", *REPORT.splitlines(), "</Content>", "<Format>text/csv</Format>", "</G>", "<E/>", "</R>",
    ]  # fmt: skip


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert "&c;" in str(for_reading(bomb).text)


def test_json_is_laid_out_and_a_long_body_is_cut_and_says_so() -> None:
    shown = for_reading(b'{"a": [' + b"1," * 5000 + b"2]}")
    assert shown.laid_out
    assert shown.cut
    assert len(str(shown.text)) == EXCERPT


def test_bytes_that_are_no_text_are_not_guessed_at() -> None:
    assert as_received(b"\xff\xfe").text is None
    assert as_received(b"a\x00b").text is None


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="<>/?!&;ab={}[]\"' \n\x00é", max_size=200))
def test_any_body_is_shown_or_offered_as_a_download_and_never_raises(text: str) -> None:
    shown = for_reading(text.encode())
    assert shown.text is None or isinstance(shown.text, str)


def test_deep_nesting_does_not_raise() -> None:
    assert for_reading(b"[" * 100_000).laid_out is False
    assert for_reading(b"<a>" * 100_000).cut


def test_the_request_is_told_as_line_and_parameters() -> None:
    request = {"method": "GET", "path": "/b", "host": "s3", "parameters": {"z": 1, "a": ["x"]}, "call": 5}
    assert request_line(request) == "GET s3/b"
    assert request_parameters(request) == [("a", '["x"]'), ("call", "5"), ("z", "1")]
