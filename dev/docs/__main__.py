"""`make docs`: check the links of every page, then write what comes from code to `.attestry/docs`.

Nothing generated is committed: the API description is served at /api/v1/openapi.json by every installation.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from dev.docs.links import broken_links, pages

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Return 1 when a link leads nowhere."""
    broken = broken_links(ROOT)
    for line in broken:
        print(line)
    print(f"{len(pages(ROOT))} pages, {len(broken)} broken links")
    target = ROOT / ".attestry" / "docs"
    target.mkdir(parents=True, exist_ok=True)
    (target / "openapi.json").write_text(json.dumps(_api(), indent=1), encoding="utf-8")
    print(f"API description: {target / 'openapi.json'}")
    return 1 if broken else 0


def _api() -> dict[str, object]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("ATTESTRY_PROCESS", "beat")  # no database is needed to describe routes
    import django

    django.setup()
    from config.api.openapi import description

    return dict(description())


if __name__ == "__main__":
    sys.exit(main())
