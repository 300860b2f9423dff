"""A check's version is the digest of its code without comments, docstrings and layout. Pure."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SHARED = ("reading.py", "types.py")


def code_version(module_file: str) -> str:
    """Digest (12 hex digits) of the check's module and of the reading helpers that it rests on."""
    digest = hashlib.sha256()
    for path in (Path(module_file), *(Path(__file__).with_name(name) for name in _SHARED)):
        digest.update(ast.unparse(_bare(ast.parse(path.read_text(encoding="utf-8")))).encode())
    return digest.hexdigest()[:12]


def parameters_version(parameters: Mapping[str, Any]) -> str:
    """Digest (12 hex digits) of the parameters' values."""
    text = json.dumps(dict(parameters), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _bare(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]):
            body[:1] = [] if len(body) > 1 else [ast.Pass()]
    return tree


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
