"""Two organizations over few pooled connections: random work in threads, and a count of everything that must not be.

A unit is one borrowing of a connection. Some units abort, some lose a savepoint, some leave poison behind, some ask
without being bound, some try to write into the other organization.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from django.db import DatabaseError, connections, transaction

from organizations import scope
from organizations.models import Activity, Member
from organizations.services.record_activity import record_activity
from tests.cast import Organization

LOCK = threading.Lock()


class Aborted(Exception):
    """A unit that ends badly on purpose."""


class Soak:
    """One run. `counts`: units by kind, and leak, empty, silent (an unbound read that did not raise), let_in."""

    def __init__(self, organizations: tuple[Organization, Organization], *, pooled: int, **pool: Any) -> None:
        self.organizations = organizations
        self.counts: Counter[str] = Counter()
        self.alias = f"soak_{pooled}_{len(pool)}"
        settings = deepcopy(connections.settings["default"])
        settings["OPTIONS"]["pool"] |= {"max_size": pooled, "timeout": 60} | pool
        connections.settings[self.alias] = settings

    def run(self, *, threads: int, units: int, seconds: float) -> Counter[str]:
        """Until every thread has done its units or the time is over, whichever is first."""
        until = time.monotonic() + seconds
        workers = [threading.Thread(target=self._work, args=(seed, units, until)) for seed in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        connections[self.alias].close_pool()
        return self.counts

    def _work(self, seed: int, units: int, until: float) -> None:
        chance, mine = random.Random(seed), Counter[str]()
        connections["default"] = connections[self.alias]
        try:
            for number in range(units):
                if time.monotonic() > until:
                    break
                here = chance.choice(self.organizations)
                other = next(one for one in self.organizations if one is not here)
                unit = chance.choice(UNITS)
                try:
                    unit(mine, here, other)
                except Aborted:
                    mine["aborted"] += 1
                except Exception as error:
                    mine[f"error {type(error).__name__}: {error}"[:120]] += 1
                finally:
                    connections[self.alias].close()  # what the end of a request does: back to the pool
                mine["units"] += 1
                if number % 500 == 499:
                    with connections["default"].cursor() as cursor:
                        for one in self.organizations:
                            cursor.execute("select sec.touch_session(%s)", (one.owner.token,))
        finally:
            connections[self.alias].close()
            with LOCK:
                self.counts.update(mine)


def _check(mine: Counter[str], here: Organization, seen: set[Any]) -> None:
    mine["read"] += 1
    if not seen:
        mine["empty"] += 1
    if seen - {here.id}:
        mine["leak"] += 1


def read(mine: Counter[str], here: Organization, other: Organization) -> None:
    with scope.session(here.owner.token, here.slug):
        _check(mine, here, set(Member.objects.values_list("organization_id", flat=True)))


def read_raw(mine: Counter[str], here: Organization, other: Organization) -> None:
    with scope.session(here.owner.token, here.slug), connections["default"].cursor() as cursor:
        cursor.execute("select organization_id from app.organizations_activity")
        _check(mine, here, {row[0] for row in cursor.fetchall()})


def iterate(mine: Counter[str], here: Organization, other: Organization) -> None:
    with scope.session(here.owner.token, here.slug):
        _check(mine, here, {row.organization_id for row in Activity.objects.all()[:20].iterator(chunk_size=3)})


def write(mine: Counter[str], here: Organization, other: Organization) -> None:
    if mine["written"] > 200:  # rows cost later reads; the point is the write
        return read(mine, here, other)
    with scope.session(here.owner.token, here.slug):
        record_activity("soak.unit", subject="soak", detail={})
    mine["written"] += 1
    return None


def abort(mine: Counter[str], here: Organization, other: Organization) -> None:
    with scope.session(here.owner.token, here.slug):
        _check(mine, here, set(Member.objects.values_list("organization_id", flat=True)))
        raise Aborted


def lose_a_savepoint(mine: Counter[str], here: Organization, other: Organization) -> None:
    with scope.session(here.owner.token, here.slug):
        try:
            with transaction.atomic():
                record_activity("soak.lost", subject="soak", detail={})
                raise Aborted
        except Aborted:
            _check(mine, here, set(Member.objects.values_list("organization_id", flat=True)))


def unbound(mine: Counter[str], here: Organization, other: Organization) -> None:
    mine["asked unbound"] += 1
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("select 1 from app.organizations_member limit 1")
    except DatabaseError as error:
        mine["raised"] += getattr(error.__cause__, "sqlstate", "") == "TN001"
    else:
        mine["silent"] += 1


def unbound_by_manager(mine: Counter[str], here: Organization, other: Organization) -> None:
    mine["asked unbound"] += 1
    try:
        list(Member.objects.all()[:0])
    except scope.Unbound:
        mine["raised"] += 1
    else:
        mine["silent"] += 1


def write_into_the_other(mine: Counter[str], here: Organization, other: Organization) -> None:
    mine["foreign writes"] += 1
    query = "insert into app.organizations_member (organization_id, id, name, email) values (%s, gen_random_uuid(), 'x', 'x@example.test')"
    try:
        with scope.session(here.owner.token, here.slug), connections["default"].cursor() as cursor:
            cursor.execute(query, (other.id,))
    except DatabaseError as error:
        mine["blocked"] += getattr(error.__cause__, "sqlstate", "") == "42501"
    else:
        mine["let_in"] += 1


def poison(mine: Counter[str], here: Organization, other: Organization) -> None:
    with scope.session(here.owner.token, here.slug), connections["default"].cursor() as cursor:
        cursor.execute("select set_config('app.ctx', current_setting('app.ctx'), false)")
        cursor.execute("set search_path = pg_catalog")
        cursor.execute("declare kept cursor with hold for select organization_id from app.organizations_member")
    mine["poisoned"] += 1


UNITS: tuple[Callable[[Counter[str], Organization, Organization], None], ...] = (
    read, read, read_raw, iterate, write, abort, lose_a_savepoint, unbound, unbound_by_manager, write_into_the_other, poison,
)  # fmt: skip
