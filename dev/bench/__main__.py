"""`python -m dev.bench [name ...]`: throw-away servers, every benchmark or the named ones, figures and JSON."""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("p3", "p6", "p11", "p12", "p17", "p18", "gate")


def main() -> int:
    """0 when every benchmark ran (whether or not it reached its goal), 1 when one broke."""
    parser = argparse.ArgumentParser(prog="dev.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one or more of {', '.join(NAMES)}; default: all")
    parser.add_argument("--out", type=Path, default=ROOT / ".attestry" / "bench", help="folder of the JSON reports")
    parser.add_argument("--organizations", type=int, default=200, help="P6: how many organizations (goal: 1000)")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    unknown = set(given.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    import django

    import tests.servers  # noqa: F401  starts PostgreSQL and Valkey and describes them in the environment

    django.setup()
    from dev.bench.company import stop_company

    try:
        worked = [_run(importlib.import_module(f"dev.bench.{name}"), given) for name in given.names or NAMES]
    finally:
        stop_company()
    return 0 if all(worked) else 1


def _run(bench: ModuleType, given: argparse.Namespace) -> bool:
    try:
        report = bench.run(given)
    except Exception:  # noqa: BLE001  one broken benchmark must not hide the figures of the others
        sys.stdout.write(f"{bench.__name__} broke and counts as not run:\n{traceback.format_exc()}\n")
        return False
    sys.stdout.write(report.show() + f"\n    kept in {report.keep(given.out).name}\n")
    sys.stdout.flush()
    return True


if __name__ == "__main__":
    raise SystemExit(main())
