"""`manage.py up` as a normal user, run by root: the other half of "as root and as a normal user".

Project, packages and interpreter may lie where that user cannot go (a clone in root's home). Their folders are then made
again below a place that everybody may enter, with the files hard-linked, so nothing of root's changes its mode.
"""

from __future__ import annotations

import os
import pwd
import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.installation import ROOT, Place, get, left_over
from tests.tally import count, give_up

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("platform")]

WHAT = "starts as a normal user"


# Large packages that an installation without the sandbox does not import.
NOT_NEEDED = (
    "okta", "moto", "cfnlint", "sympy", "mypy*", "networkx", "pip", "schemathesis", "django-stubs", "setuptools",
    "playwright", "github", "include",
)  # fmt: skip


@pytest.fixture
def reachable() -> Iterator[Path]:
    if os.geteuid() != 0:
        give_up(WHAT, "this run is not root's, so it cannot become another user (it is a normal user itself)")
    base = Path(tempfile.mkdtemp(prefix="attestry-user-"))
    base.chmod(0o755)
    yield base
    shutil.rmtree(base, ignore_errors=True)


def again(source: Path, target: Path, *without: str) -> None:
    """Make the tree `source` again at `target`; its files are the same files where the file system allows it."""

    def link(from_file: str, to_file: str) -> str:
        try:
            os.link(from_file, to_file)
        except OSError:
            shutil.copy2(from_file, to_file)
        return to_file

    shutil.copytree(source, target, symlinks=True, copy_function=link, ignore=shutil.ignore_patterns(*without))
    for folder in [target, *(path for path in target.rglob("*") if path.is_dir() and not path.is_symlink())]:
        folder.chmod(0o755)


def test_a_normal_user_starts_everything_in_a_folder_of_its_own(reachable: Path) -> None:
    user = pwd.getpwnam("nobody")
    prefix = Path(sys.base_prefix)
    packages = Path(site.getsitepackages()[0])
    again(prefix, reachable / "python", "site-packages", "test", "idlelib", "share", "include")
    again(packages, reachable / "venv" / packages.relative_to(sys.prefix), *NOT_NEEDED)
    again(ROOT, reachable / "project", ".git", ".venv", ".attestry", ".*_cache", "tests", "node_modules")
    (reachable / "venv" / "bin").mkdir()
    interpreter = Path(sys.executable).resolve().relative_to(prefix)
    python = reachable / "venv" / "bin" / "python"
    python.symlink_to(reachable / "python" / interpreter)
    (reachable / "venv" / "pyvenv.cfg").write_text(f"home = {(reachable / 'python' / interpreter).parent}\n")
    become = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    libraries = {
        "LD_LIBRARY_PATH": str(reachable / "python" / "lib")
    }  # an interpreter may look for itself at its old place
    tried = subprocess.run(
        [python, "-c", "import psycopg"], env=libraries, capture_output=True, text=True, check=False, **become
    )
    if tried.returncode != 0:
        give_up(WHAT, f"the interpreter does not work elsewhere ({tried.stderr.strip()[-120:]})")
    home = reachable / "home"
    home.mkdir(mode=0o700)
    os.chown(home, user.pw_uid, user.pw_gid)

    place = Place(home / "data")
    try:
        running = place.up(
            "--no-sandbox", python=str(python), project=reachable / "project", environment=libraries, **become
        )
        running.wait_for("processes are up")
        assert get(running.url)[0] == 200
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in running.children().values()}
        assert owners == {user.pw_uid}, "nothing of it runs as root"
        assert running.interrupt() == 0
    finally:
        place.end()
    assert left_over(str(home)) == []
    strangers = [path for path in home.rglob("*") if path.stat().st_uid not in (user.pw_uid, 0)]
    assert strangers == []
    count(WHAT)
