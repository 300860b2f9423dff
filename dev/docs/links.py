"""Links between our own pages: each names a file (and a heading) that is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *#*$", re.MULTILINE)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def pages(root: Path) -> list[Path]:
    """Every Markdown page of the project."""
    skipped = {".venv", ".attestry", ".git", "node_modules", ".pytest_cache"}
    return sorted(path for path in root.rglob("*.md") if not skipped & set(path.relative_to(root).parts))


def broken_links(root: Path) -> list[str]:
    """Return one line per link that leads nowhere; links to other sites are not followed."""
    return [f"{page.relative_to(root)}: {target}" for page in pages(root) for target in _broken(page)]


def _broken(page: Path) -> Iterator[str]:
    text = _CODE.sub("", page.read_text(encoding="utf-8"))
    for target in _LINK.findall(text):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        found = (page.parent / name).resolve() if name else page
        if not found.exists() or (anchor and found.suffix == ".md" and anchor not in anchors(found)):
            yield target


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as web hosts of repositories make them."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(page.read_text(encoding="utf-8")))
    return {words.strip().replace(" ", "-") for words in plain}
