"""A wall whose removal nothing notices is only believed in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.isolation.ground import Ground
from tests.isolation.mutants import MUTANTS, Mutant
from tests.isolation.vectors import VECTORS
from tests.isolation.vectors.registry import Vector, run
from tests.isolation.walls import clone
from tests.tally import count

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("isolation")]
FULL = os.environ.get("ATTESTRY_CAMPAIGN") == "full"
# The suite runs every third, the campaign all of them.
CHOSEN = MUTANTS if FULL else MUTANTS[::3]
FUNCTIONS = "select pg_get_functiondef(oid) from pg_proc where pronamespace = 'sec'::regnamespace"
BY_ID = {vector.id: vector for vector in VECTORS}


@pytest.fixture(scope="module")
def shared(protected: Ground) -> Iterator[Ground]:
    """One clone for all mutants that only rewrite functions; each is put back."""
    ground = _clone(protected, "functions")
    yield ground
    _drop(ground.database)


@pytest.fixture
def changed(mutant: Mutant, protected: Ground, shared: Ground) -> Iterator[Ground]:
    """A ground without the mutant's wall."""
    if not mutant.of_functions:
        ground = _clone(protected, "mutant")
        _apply(mutant, ground)
        yield ground
        _drop(ground.database)
        return
    with _superuser(shared) as connection:
        kept = connection.execute(FUNCTIONS).fetchall()
    _apply(mutant, shared)
    yield shared
    with _superuser(shared) as connection:
        for (definition,) in kept:
            connection.execute(definition.encode())


@pytest.mark.parametrize("mutant", CHOSEN, ids=[mutant.id for mutant in CHOSEN])
def test_a_probe_notices_that_the_wall_is_gone(mutant: Mutant, changed: Ground) -> None:
    reds = [killer.line for killer in map(_vector, mutant.killers) if run(killer, changed).worked]
    count("isolation mutants killed" if reds else "isolation mutants that survived")
    assert reds, f"{mutant.id}: {mutant.line}: no probe noticed"


def test_there_are_enough_mutants() -> None:
    assert len(CHOSEN) >= 25


def test_the_restrictive_twin_holds_a_second_permissive_policy(protected: Ground) -> None:
    ground = _clone(protected, "mutant")
    try:
        with _superuser(ground) as connection:
            connection.execute("create policy extra on app.compliance_currentoutcome using (true) with check (true)")
        assert not [killer for killer in ("W03", "W04") if run(BY_ID[killer], ground).worked]
    finally:
        _drop(ground.database)


def _vector(killer: str | Vector) -> Vector:
    return BY_ID[killer] if isinstance(killer, str) else killer


def _apply(mutant: Mutant, ground: Ground) -> None:
    with _superuser(ground) as connection:
        for change in mutant.changes:
            if isinstance(change, str):
                connection.execute(change.encode())
            else:
                change(connection)


def _clone(protected: Ground, suffix: str) -> Ground:
    name = f"{protected.database}_{suffix}"
    clone(protected.database, name)
    return Ground(name, False, protected.a, protected.b, protected.sandbox)


def _superuser(ground: Ground) -> psycopg.Connection[Any]:
    place = make_conninfo(os.environ["ATTESTRY_TEST_SERVER"], dbname=ground.database)
    return psycopg.connect(place, autocommit=True)


def _drop(name: str) -> None:
    with psycopg.connect(os.environ["ATTESTRY_TEST_SERVER"], autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
