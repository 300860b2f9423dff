"""`python -m dev.sandbox.github --port P --data DIR`: the stand-in as a process of its own. SIGTERM or Ctrl-C ends it."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from dev.sandbox.github.server import StandInGithub


def main() -> int:
    """Serve until told to stop; 0 on an orderly end."""
    parser = argparse.ArgumentParser(description="Stand-in GitHub of the sandbox company. Holds no real data.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    server = StandInGithub(port=given.port, data=given.data)

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    sys.stdout.write(f"stand-in GitHub answers at {server.url}\n")
    sys.stdout.flush()
    try:
        server.serve()
    except (KeyboardInterrupt, SystemExit):
        return 0
    finally:
        server.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
