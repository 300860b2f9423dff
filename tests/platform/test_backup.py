"""The format of a backup, and the places of an installation whose keys and evidence lie elsewhere."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from config.backup.archive import ArchiveWriter, BackupError, extract, verify
from config.backup.layout import Layout


@pytest.fixture
def spread(tmp_path: Path) -> Layout:
    """As in docker-compose.yml: evidence, master key and signer's key in folders of their own."""
    layout = Layout(
        tmp_path / "data", tmp_path / "volume" / "blobs",
        {"keys/master.key": tmp_path / "keys" / "master.key", "signer/state.json": tmp_path / "signer" / "state.json"},
    )  # fmt: skip
    for path in (layout.data / "keys" / "roles.json", layout.blobs / "ab" / "abcd", *layout.elsewhere.values()):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)
    (layout.blobs / "ab" / ".0011.part").write_text("unfinished")
    return layout


def written(layout: Layout, target: Path) -> Path:
    writer = ArchiveWriter(target)
    for path, name in layout.files():
        writer.add(path, name)
    writer.finish({"taken_at": "2026-11-20T20:00:00Z"})
    return target


def test_every_part_goes_back_to_the_place_that_its_setting_names(spread: Layout, tmp_path: Path) -> None:
    backup = written(spread, tmp_path / "one.backup")
    assert verify(backup) == {"taken_at": "2026-11-20T20:00:00Z"}
    new = Layout(tmp_path / "n" / "data", tmp_path / "n" / "blobs", {"keys/master.key": tmp_path / "n" / "k" / "m.key"})
    new.check_empty()
    extract(backup, new.place)
    assert (tmp_path / "n" / "k" / "m.key").read_text() == "master.key"
    assert (new.data / "keys" / "roles.json").read_text() == "roles.json"
    assert (new.data / "signer" / "state.json").read_text() == "state.json"
    assert [path.name for path in new.blobs.rglob("*") if path.is_file()] == ["abcd"], "no unfinished part"
    assert backup.stat().st_mode & 0o077 == 0


def test_an_installation_is_never_overwritten(spread: Layout, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="not empty"):
        spread.check_empty()
    only_a_key = Layout(tmp_path / "x", tmp_path / "y", {"keys/master.key": spread.elsewhere["keys/master.key"]})
    with pytest.raises(BackupError, match="not empty"):
        only_a_key.check_empty()
    Layout(tmp_path / "x", tmp_path / "y").check_empty()


def test_any_changed_byte_of_a_part_is_named(spread: Layout, tmp_path: Path) -> None:
    backup = written(spread, tmp_path / "one.backup")
    whole = backup.read_bytes()
    place = whole.index(b"abcd", whole.index(b"blobs/ab/abcd") + 20)
    backup.write_bytes(whole[:place] + b"X" + whole[place + 1 :])
    with pytest.raises(BackupError, match="damaged at blobs/ab/abcd"):
        verify(backup)


def test_a_part_that_is_missing_or_was_added_is_named(spread: Layout, tmp_path: Path) -> None:
    backup = written(spread, tmp_path / "one.backup")
    with tarfile.open(backup) as tar:
        entries = [(entry, tar.extractfile(entry).read()) for entry in tar]  # type: ignore[union-attr]
    for chosen, words in (
        ([entry for entry in entries if entry[0].name != "keys/master.key"], "keys/master.key"),
        ([*entries, (tarfile.TarInfo("blobs/more"), b"")], "blobs/more"),
        (entries[:-1], "no manifest"),
    ):
        with tarfile.open(tmp_path / "two.backup", "w") as tar:
            for entry, data in chosen:
                tar.addfile(entry, io.BytesIO(data))
        with pytest.raises(BackupError, match=words):
            verify(tmp_path / "two.backup")


@pytest.mark.parametrize("name", ["../outside", "/etc/attestry", "blobs/../../outside"])
def test_a_name_that_leaves_the_installation_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BackupError, match="no backup of ours"):
        Layout(tmp_path / "data", tmp_path / "blobs").place(name)


def test_a_backup_that_was_interrupted_leaves_no_file(spread: Layout, tmp_path: Path) -> None:
    writer = ArchiveWriter(tmp_path / "one.backup")
    writer.add(next(path for path, _ in spread.files()), "blobs/x")
    writer.abandon()
    assert list(tmp_path.glob("one.backup*")) == []
