"""House rules that a linter does not know: size, names, openers, and what no file may contain."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("accounts", "organizations", "evidence", "inventory", "integrations", "compliance")
PACKAGES = (*ROOMS, "config", "dev")
CATCH_ALL = {"utils", "util", "common", "core", "misc", "helpers", "lib", "base"}

# Files that may be longer, each with its reason. A stale entry fails below.
LONG_FILES: dict[str, str] = {}


def tracked(*suffixes: str) -> list[Path]:
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in found.split("\0") if name.endswith(suffixes) and (ROOT / name).exists()]


def product() -> list[Path]:
    return [
        path
        for path in tracked(".py")
        if path.relative_to(ROOT).parts[0] in PACKAGES and "migrations" not in path.parts
    ]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_a_file_is_read_in_one_sitting() -> None:
    long = {name_of(path) for path in product() if len(path.read_text().splitlines()) > 300}
    assert long == set(LONG_FILES)


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_a_function_fits_on_a_screen() -> None:
    too_long = [
        f"{name_of(path)}:{node.name} has {_length(node)} lines"
        for path in product()
        for node in functions(path)
        if _length(node) > 40
    ]
    assert not too_long


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of code: a docstring is for the reader and does not count."""
    first = node.body[0]
    documented = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    said = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (node.end_lineno or 0) - node.lineno + 1 - said


def test_a_public_function_of_a_room_says_what_it_does() -> None:
    silent = [
        f"{name_of(path)}:{node.name}"
        for path in product()
        if path.relative_to(ROOT).parts[0] in ROOMS and {"services", "selectors"} & set(path.parts)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent


def test_a_file_has_the_name_of_its_concept() -> None:
    assert not [name_of(path) for path in product() if path.stem in CATCH_ALL]


@pytest.mark.parametrize("room", [*ROOMS, "config", "dev"])
def test_a_room_has_a_readme(room: str) -> None:
    text = (ROOT / room / "README.md").read_text()
    assert len(text.splitlines()) <= 40
    assert "read first" in text.lower()


# Who opens a scope. HTTP, the API and work are the three doors; a command or a service that opens one says why here.
OPENERS = {
    "organizations/middleware.py": "pages",
    "organizations/api/door.py": "the API",
    "organizations/tasks.py": "work, by ticket",
    "organizations/services/found.py": "an organization's first scope, right after it was founded",
    "integrations/management/commands/connect.py": "a terminal, by an API token",
    "evidence/fsck/database.py": "inspection, by a ticket of its own",
    "compliance/management/commands/rebuild.py": "rebuilding projections, by a ticket of its own",
}


def openers() -> set[str]:
    called = re.compile(r"\bscope\.(session|api_token|job)\(")
    return {
        name_of(path)
        for path in product()
        if called.search(path.read_text()) and path.relative_to(ROOT).parts[0] in ROOMS
    }


def test_a_scope_is_opened_only_where_it_is_meant_to_be() -> None:
    assert openers() == set(OPENERS)


FORBIDDEN = {
    r"set_config\([^)]*,\s*false\)": "a session-wide setting leaks to the next borrower of the connection",
    r"\bSET app\.": "the context is set by sec.enter alone",
    r"GenericForeignKey": "a key that no database can check",
    r"lru_cache|@cache\b": "a cache without the organization in its key; catalogue data says so in CACHED",
    r"\.iterator\(": "holds a cursor open",
    r"pickle": "executes what it reads",
}
CACHED = re.compile(
    r"compliance/(catalog|checks)/|integrations/(connectors|policy)|config/|dev/|evidence/(vault/|ledger/wake)"
)


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_no_file_breaks_a_promise(pattern: str) -> None:
    searched = [path for path in product() if not ("cache" in pattern and CACHED.search(name_of(path)))]
    assert not [name_of(path) for path in searched if re.search(pattern, path.read_text())], FORBIDDEN[pattern]


def test_a_template_has_nothing_inline() -> None:
    inline = re.compile(r"\sstyle=|<style|\son[a-z]+=\"|javascript:|data:image|<script(?![^>]*\bsrc=)")
    pages = [path for path in tracked(".html") if "emails" not in path.parts]
    assert pages
    assert not [name_of(path) for path in pages if inline.search(path.read_text())]


def test_nothing_names_a_registry_or_this_machine() -> None:
    hosts = re.compile("py" + r"pi\.org|python" + r"hosted|npm" + r"js\.|deb\.deb" + "ian", re.IGNORECASE)
    paths = re.compile(r"(?<![\w.])/(work|root|farm)/[a-z]")
    for path in tracked(
        ".py", ".md", ".toml", ".txt", ".yml", ".yaml", ".html", ".sh", "Makefile", "Dockerfile", "run"
    ):
        text = path.read_text(errors="replace")
        assert not hosts.search(text), name_of(path)
        assert not paths.search(text), name_of(path)
