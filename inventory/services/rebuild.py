"""Rebuilds the projection of current facts from the ledger of fact versions."""

from __future__ import annotations

from typing import Any

from inventory.models import CurrentFact, FactVersion
from organizations.gate.unnest import insert_rows

_LINE = ("connection_id", "stream", "kind", "key")


def rebuild_current_facts() -> tuple[int, tuple[str, ...]]:
    """Bound. Replaces the projection by what the ledger says. Returns its size and the resources that differed before;
    a projection that is right differs in none."""
    newest = FactVersion.objects.order_by(*_LINE, "-observed_at", "-id").distinct(*_LINE)
    expected = {
        _line(row): row for row in newest.only(*_LINE, "id", "digest", "present", "organization_id") if row.present
    }
    present = {_line(row): (row.version_id, row.digest) for row in CurrentFact.objects.all()}
    right = {line: (row.id, row.digest) for line, row in expected.items()}
    differing = sorted(line[-1] for line in right.keys() | present.keys() if right.get(line) != present.get(line))
    if differing:
        CurrentFact.objects.all().delete()
        insert_rows(
            CurrentFact,
            [
                {**dict(zip(_LINE, line, strict=True)), "digest": digest, "version_id": version}
                for line, (version, digest) in right.items()
            ],
        )
    return len(right), tuple(differing)


def _line(row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _LINE)
