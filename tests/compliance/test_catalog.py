"""The library is whole and does not contradict itself."""

from __future__ import annotations

import pytest
import yaml

from compliance.catalog import load


def test_the_library_holds_every_control_criterion_and_check():
    assert (len(load.controls()), len(load.criteria()), len(load.checks())) == (106, 61, 167)
    assert len(load.streams()) >= 83


def test_nothing_in_the_catalog_names_what_is_not_there():
    load.validate()


def test_every_criterion_has_a_control_except_those_that_only_other_categories_need():
    named = {criterion for control in load.controls().values() for criterion in control.criteria}
    assert named == load.criteria().keys()


def test_a_control_of_the_library_names_its_required_parts():
    control = load.controls()["AC-08"]
    assert "aws.iam.root_not_used" in control.required_checks
    assert control.parts == (*control.required_checks, "AC-08.1")
    assert load.manual_parts()["AC-08.1"].document == "Root use log with reason"


def test_the_catalog_is_read_once_per_process():
    assert load.controls() is load.controls()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda row: row.update(criteria=["CC9.9"]), "names criterion CC9.9"),
        (lambda row: row["requires"].update(checks=["aws.nothing"]), "names check aws.nothing"),
        (lambda row: row.update(requires={"checks": [], "manual": []}), "requires no part"),
        (lambda row: row.update(duty=["sometimes"]), "sometimes"),
        (lambda row: row.pop("title"), "title"),
    ],
)
def test_a_contradiction_is_named_and_refused(tmp_path, monkeypatch, change, message):
    for name in ("controls", "criteria", "checks", "streams", "how_and_why"):
        (tmp_path / f"{name}.yaml").write_text(
            (load.DATA / f"{name}.yaml").read_text(encoding="utf-8"), encoding="utf-8"
        )
    document = yaml.safe_load((tmp_path / "controls.yaml").read_text(encoding="utf-8"))
    change(document["controls"][0])
    (tmp_path / "controls.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    monkeypatch.setattr(load, "DATA", tmp_path)
    readers = (load.controls, load.criteria, load.checks, load.streams, load.manual_parts)
    for reader in readers:
        reader.cache_clear()
    try:
        with pytest.raises(load.CatalogError, match=message):
            load.validate()
    finally:
        for reader in readers:
            reader.cache_clear()
