"""What the settings of a production installation promise, read in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.conf import settings
print(json.dumps({name: repr(getattr(settings, name, None)) for name in sys.argv[1:]}))
"""
NAMES = (
    "DEBUG", "ALLOWED_HOSTS", "SESSION_TOKEN_COOKIE", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_NAME",
    "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "EMAIL_BACKEND", "AWS_ENDPOINT", "SESSION_COOKIE_HTTPONLY",
    "CSRF_COOKIE_HTTPONLY", "X_FRAME_OPTIONS", "CSRF_COOKIE_SAMESITE",
)  # fmt: skip


def production(**changed: str) -> subprocess.CompletedProcess[str]:
    told = {
        "PATH": os.environ["PATH"],
        "ATTESTRY_MODE": "production",
        "ATTESTRY_PROCESS": "web",
        "ATTESTRY_SECRET_KEY": "k" * 50,
        "ATTESTRY_HOST_URL": "https://attestry.example",
        "ATTESTRY_AUDITOR_URL": "https://audit.attestry.example",
        "ATTESTRY_AWS_ENDPOINT": "http://127.0.0.1:5000",
        "ATTESTRY_MAIL": "page",
        "DATABASE_URL": "postgresql://db.example/attestry",
        "REDIS_URL": "redis://redis.example",
    }
    environment = {name: value for name, value in (told | changed).items() if value}
    return subprocess.run(
        [sys.executable, "-c", ASK, *NAMES], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )  # fmt: skip


def test_cookies_of_production_go_over_https_and_stay_on_their_host() -> None:
    answer = production()
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert found["DEBUG"] == "False"
    assert "attestry.example" in found["ALLOWED_HOSTS"] and "testserver" not in found["ALLOWED_HOSTS"]
    assert found["SESSION_COOKIE_SECURE"] == found["CSRF_COOKIE_SECURE"] == "True"
    assert found["SESSION_TOKEN_COOKIE"] == "'__Host-attestry'"
    assert found["CSRF_COOKIE_NAME"] == "'__Host-attestry_csrf'"
    assert int(found["SECURE_HSTS_SECONDS"]) >= 31_536_000


def test_production_has_neither_the_mail_page_nor_the_stand_in() -> None:
    found = json.loads(production().stdout)
    assert "smtp" in found["EMAIL_BACKEND"]
    assert found["AWS_ENDPOINT"] == "''"


@pytest.mark.parametrize("key", ["", "short", "embedded-and-tests-only-never-in-production"])
def test_production_starts_with_no_key_that_others_know(key: str) -> None:
    answer = production(ATTESTRY_SECRET_KEY=key)
    assert answer.returncode != 0
    assert "ATTESTRY_SECRET_KEY" in answer.stderr


def test_production_starts_with_no_address_that_is_not_https() -> None:
    answer = production(ATTESTRY_HOST_URL="http://attestry.example")
    assert answer.returncode != 0
    assert "https" in answer.stderr


def test_the_limits_of_attempts_need_a_broker_that_all_processes_share() -> None:
    answer = production(REDIS_URL="")
    assert answer.returncode != 0
    assert "REDIS_URL" in answer.stderr
