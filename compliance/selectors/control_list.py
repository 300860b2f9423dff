"""The list of controls: filter, sort and page over standings. ``listing`` is pure.

Unknown parameters are ignored and named, so that the page can say so (ux.md section 7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from compliance.selectors.standing import Owner, Standing
from compliance.timeline.types import SEVERITY, State

ROWS = 50
SORTS = ("key", "state", "owner", "since")
FILTERS = ("state", "owner", "group", "criterion", "q", "sort", "page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What the address asks for; empty strings mean no filter. ``sort`` starts with ``-`` for the other direction.
    ``ignored`` names parameters or values that mean nothing here."""

    state: str = ""
    owner: str = ""
    group: str = ""
    criterion: str = ""
    text: str = ""
    sort: str = "state"
    page: int = 1
    ignored: tuple[str, ...] = ()

    @property
    def filtered(self) -> bool:
        """Whether anything but the order was asked for."""
        return bool(self.state or self.owner or self.group or self.criterion or self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlList:
    """One page of the list. ``states``/``owners``/``groups`` are the choices that occur, with their counts."""

    query: Query
    rows: tuple[Standing, ...]
    found: int
    total: int
    page: int
    pages: int
    states: tuple[tuple[State, int], ...]
    owners: tuple[Owner, ...]
    unowned: int
    groups: tuple[str, ...]


def parse(parameters: Mapping[str, str]) -> Query:
    """A Query from URL parameters; never raises. The text is cut at 80 characters."""
    ignored = [name for name in parameters if name not in FILTERS]
    state = parameters.get("state", "")
    if state and state not in State._value2member_map_:
        ignored.append("state")
        state = ""
    owner = parameters.get("owner", "")
    if owner and owner != "none" and not _is_uuid(owner):
        ignored.append("owner")
        owner = ""
    sort = parameters.get("sort", "state")
    if sort.removeprefix("-") not in SORTS:
        ignored.append("sort")
        sort = "state"
    page = parameters.get("page", "1")
    return Query(
        state=state,
        owner=owner,
        group=parameters.get("group", "")[:40],
        criterion=parameters.get("criterion", "")[:10],
        text=parameters.get("q", "").strip()[:80],
        sort=sort,
        page=int(page) if page.isdecimal() and len(page) < 6 else 1,
        ignored=tuple(ignored),
    )


def listing(standings: Sequence[Standing], query: Query, *, rows: int = ROWS) -> ControlList:
    """The page of ``rows`` controls that ``query`` asks for, out of all controls in scope."""
    found = [s for s in standings if _matches(s, query)]
    found.sort(key=lambda s: s.key)
    field = query.sort.removeprefix("-")
    found.sort(key=_ORDERS[field], reverse=query.sort.startswith("-"))
    pages = max(1, -(-len(found) // rows))
    page = max(1, min(query.page, pages))
    owners = {s.control.owner.id: s.control.owner for s in standings if s.control.owner}
    return ControlList(
        query=query,
        rows=tuple(found[(page - 1) * rows : page * rows]),
        found=len(found),
        total=len(standings),
        page=page,
        pages=pages,
        states=tuple(
            (state, count)
            for state in sorted(State, key=lambda s: -SEVERITY[s])
            if (count := sum(s.state is state for s in standings))
        ),
        owners=tuple(sorted(owners.values(), key=lambda o: o.name)),
        unowned=sum(s.control.owner is None for s in standings),
        groups=tuple(sorted({s.control.group for s in standings})),
    )


_ORDERS = {
    "key": lambda s: s.key,
    "state": lambda s: (-SEVERITY[s.state], not s.open),
    "owner": lambda s: (s.control.owner is None, s.control.owner.name if s.control.owner else ""),
    "since": lambda s: (s.since is None, s.since.timestamp() if s.since else 0.0),
}


def _matches(item: Standing, query: Query) -> bool:
    control = item.control
    if query.state and item.state.value != query.state:
        return False
    if query.owner and (str(control.owner.id) if control.owner else "none") != query.owner:
        return False
    if query.group and control.group != query.group:
        return False
    if query.criterion and query.criterion not in control.criteria:
        return False
    words = query.text.casefold().split()
    haystack = " ".join((control.key, control.title, control.statement, *control.criteria)).casefold()
    return all(word in haystack for word in words)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
