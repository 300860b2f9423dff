"""Where a vendor's SDK may be, and what stays pure."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from integrations.connectors.registry import CONNECTORS
from tests.integrations.conformance.faults import ROWS, STREAMS
from tests.servers import ROOT

SDKS = {"boto3", "botocore", "urllib3", "github", "okta"}


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_the_sdk_is_imported_in_session_and_transport_and_nowhere_else():
    files = {
        file.relative_to(ROOT).as_posix() for file in (ROOT / "integrations").rglob("*.py") if _imports(file) & SDKS
    }
    allowed = {
        f"integrations/connectors/{key}/{name}.py" for key in ("aws", "github") for name in ("session", "transport")
    }
    assert files == allowed


def test_streams_and_their_readers_know_no_framework():
    for file in (ROOT / "integrations/connectors").rglob("*.py"):
        assert not _imports(file) & {"django", "celery", "psycopg", "redis"}, file


def test_the_web_process_does_not_load_an_sdk():
    code = "import django; django.setup(); import config.urls, sys; print(sorted({'boto3', 'botocore', 'github'} & set(sys.modules)))"
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout.strip() == "[]"


def test_every_stream_of_every_connector_has_its_column_in_the_matrix():
    streams = {stream.key for connector in CONNECTORS.values() for stream in connector.streams}
    assert streams == set(STREAMS)
    assert all(set(row.cells) == streams for row in ROWS)


def test_every_stream_says_what_each_missing_permission_costs():
    for connector in CONNECTORS.values():
        for stream in connector.streams:
            assert stream.needs
            assert all(need.loses.endswith(".") for need in stream.needs)
