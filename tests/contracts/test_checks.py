"""Every check is described, explained, mapped and tested; every connector's streams feed something and are attacked."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.catalog import load
from compliance.checks.registry import CHECKS
from integrations.connectors.registry import CONNECTORS

ROOT = Path(__file__).resolve().parent.parent.parent
TESTED = (ROOT / "tests" / "compliance" / "test_checks.py").read_text()
STREAMS = [stream for connector in CONNECTORS.values() for stream in connector.streams]


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.id)
def test_a_check_is_in_the_library_with_a_control_and_a_page_of_why(check) -> None:
    described = load.checks()[check.id]
    assert described.controls
    assert load.how_and_why()[check.id]
    assert any(check.id in control.checks for control in load.controls().values())


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.id)
def test_a_check_rests_on_streams_that_a_connector_reads(check) -> None:
    assert set(check.streams) <= {stream.key for stream in STREAMS}


@pytest.mark.parametrize("path", sorted((ROOT / "compliance" / "checks").glob("*/*.py")), ids=lambda path: path.stem)
def test_a_check_module_is_registered_and_tested(path: Path) -> None:
    if path.stem == "__init__":
        return
    modules = {check.judge.__module__.rsplit(".", 1)[-1] for check in CHECKS.values()}
    assert path.stem in modules, "name it in compliance/checks/registry.py"
    assert path.stem in TESTED or any(
        check.id in TESTED for check in CHECKS.values() if check.judge.__module__.endswith(path.stem)
    )


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.key)
def test_a_stream_says_when_it_is_whole_and_feeds_a_fact(stream) -> None:
    assert stream.completeness
    assert stream.stale_after_hours >= stream.pull_every_hours


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.key)
def test_a_stream_is_in_the_conformance_matrix(stream) -> None:
    from tests.integrations.conformance.faults import STREAMS as ATTACKED

    assert stream.key in ATTACKED


# A connector that is read and attacked in tests but that nobody can connect yet, each with its reason.
NOT_YET_CONNECTED = {"github": "issue 3: its pages, its credential and events in the inventory are still to come"}


@pytest.mark.parametrize("path", sorted((ROOT / "integrations" / "connectors").glob("*/")), ids=lambda path: path.name)
def test_a_connectors_folder_is_registered(path: Path) -> None:
    if path.name != "__pycache__":
        assert (path.name in CONNECTORS) != (path.name in NOT_YET_CONNECTED)
