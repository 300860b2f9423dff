"""Under which user a server runs, and how that user reaches its files.

PostgreSQL refuses to run as root. A root user therefore runs it as another user (`nobody`, or the one named in
ATTESTRY_RUN_AS), and nothing outside the data folder changes owner or mode for it.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.embedded.environment import setting
from config.embedded.errors import LaunchError


@dataclass(frozen=True)
class Account:
    """A user that a server is run as; `None` ids mean: the user who runs this process."""

    uid: int | None
    gid: int | None

    @property
    def dropped(self) -> bool:
        """Whether the server runs as somebody else than the user of this process."""
        return self.uid is not None

    def popen_options(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess` that run a child as this account, in its own process group."""
        options: dict[str, Any] = {"start_new_session": True, "cwd": "/", "preexec_fn": end_with_parent}
        if self.dropped:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def own(self, path: Path) -> None:
        """Give `path` (ours, inside the data folder) to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_reach(self, path: Path) -> bool:
        """Say whether this account may walk down to `path` (mode bits only) and read it."""
        if not self.dropped:
            return os.access(path, os.R_OK | os.X_OK)
        resolved = path.resolve()
        return all(self._may(place, 0o1) for place in resolved.parents) and self._may(resolved, 0o5)

    def _may(self, path: Path, bits: int) -> bool:
        found = path.stat()
        if found.st_uid == self.uid:
            return (found.st_mode >> 6) & bits == bits
        if found.st_gid == self.gid:
            return (found.st_mode >> 3) & bits == bits
        return found.st_mode & bits == bits


def server_account() -> Account:
    """Return the account for PostgreSQL: this user, or for root the one of ATTESTRY_RUN_AS, else `nobody`.

    Raises LaunchError when that user does not exist on this machine.
    """
    if os.geteuid() != 0:
        return Account(None, None)
    name = setting("ATTESTRY_RUN_AS", "nobody")
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise LaunchError(
            f"PostgreSQL does not run as root and there is no user {name!r}: name one in ATTESTRY_RUN_AS."
        ) from None
    if entry.pw_uid == 0:
        raise LaunchError("PostgreSQL does not run as root: name another user in ATTESTRY_RUN_AS.")
    return Account(entry.pw_uid, entry.pw_gid)


def end_with_parent() -> None:
    """Ask the kernel (Linux) to end this process when its parent is killed; runs between fork and exec.

    SIGINT is what PostgreSQL calls a fast shutdown, so even a killed launcher leaves no server behind.
    """
    if _PRCTL is not None:
        _PRCTL(1, signal.SIGINT, 0, 0, 0)  # 1 = PR_SET_PDEATHSIG


# Looked up at import: between fork and exec nothing may be loaded.
_PRCTL = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None
