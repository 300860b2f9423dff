"""Where continuity splits inside the window: a change of a control, a check, its parameters, a collector or a credential.

Both sides are shown, counted and tested apart (architecture section 7, audit methods 2.3). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise

from compliance.timeline.freshness import Source
from compliance.timeline.inputs import CheckStart, Definition, PullRow
from compliance.timeline.types import Break
from compliance.timeline.window import Window


def of_definitions(key: str, definitions: Iterable[Definition], window: Window, until: datetime) -> list[Break]:
    """A new version of the control's definition."""
    rows = sorted(definitions, key=lambda d: d.version)
    return [
        Break(
            at=new.effective_at,
            what="control",
            subject=key,
            before=f"version {old.version}",
            after=f"version {new.version}",
        )
        for old, new in pairwise(rows)
        if window.start < new.effective_at < until
    ]


def of_check(starts: Iterable[CheckStart], window: Window, until: datetime) -> list[Break]:
    """A new version of a check's logic, or other parameters, on one connection."""
    found: list[Break] = []
    last: dict[object, CheckStart] = {}
    for row in sorted(starts, key=lambda r: r.observed_at):
        old = last.get(row.connection_id)
        last[row.connection_id] = row
        if old is None or not window.start < row.observed_at < until:
            continue
        if old.version != row.version:
            found.append(
                Break(at=row.observed_at, what="check", subject=row.check_id, before=old.version, after=row.version)
            )
        if old.parameters != row.parameters:
            found.append(
                Break(
                    at=row.observed_at,
                    what="parameters",
                    subject=row.check_id,
                    before=old.parameters,
                    after=row.parameters,
                )
            )
    return found


def of_sources(
    pulls: Mapping[Source, list[PullRow]], streams: tuple[str, ...], window: Window, until: datetime
) -> list[Break]:
    """Another collector version or credential identity than the complete pull before."""
    found: list[Break] = []
    for (_connection, stream), rows in pulls.items():
        complete = [row for row in rows if row.outcome == "complete"] if stream in streams else []
        for old, new in pairwise(complete):
            if not window.start < new.observed_at < until:
                continue
            if old.collector_version != new.collector_version:
                found.append(
                    Break(
                        at=new.observed_at,
                        what="collector",
                        subject=stream,
                        before=old.collector_version,
                        after=new.collector_version,
                    )
                )
            if old.credential_identity != new.credential_identity:
                found.append(
                    Break(
                        at=new.observed_at,
                        what="credential",
                        subject=stream,
                        before=old.credential_identity,
                        after=new.credential_identity,
                    )
                )
    return found
