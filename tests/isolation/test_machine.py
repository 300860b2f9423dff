"""A state machine over two connections: whatever is bound, released, lost in a savepoint or aborted, a read gives the
rows of the organization that is bound there, and raises when none is."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.isolation.ground import Ground, Side
from tests.tally import count

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("isolation")]
READ = "select distinct organization_id from app.evidence_record"
WHICH = st.sampled_from([0, 1])


class Model:
    """What one connection should be: bound to whom, and what the open savepoint would bring back."""

    def __init__(self) -> None:
        self.bound: Side | None = None
        self.savepoints: list[Side | None] = []

    def reset(self) -> None:
        self.bound, self.savepoints = None, []


class Binding(RuleBasedStateMachine):
    """Two connections of app_rt; A and B are bound on either."""

    ground: Ground

    @initialize()
    def open(self) -> None:
        self.connections = [self.ground.connect(), self.ground.connect()]
        self.models = [Model(), Model()]
        self.contexts: list[str] = []

    @rule(which=WHICH, to_a=st.booleans())
    def bind(self, which: int, to_a: bool) -> None:
        side, person = (self.ground.a, "olga") if to_a else (self.ground.b, "mallory")
        model = self.models[which]
        refused = self._guarded(which, "select sec.bind(%s, %s)", (side.tokens[person], side.id))
        if model.bound not in (None, side):
            assert refused == "TN002"
        else:
            assert refused is None
            model.bound = side
            (context,) = self.connections[which].execute("select current_setting('app.ctx')").fetchone() or ("",)
            self.contexts.append(context)

    @rule(which=WHICH)
    def savepoint(self, which: int) -> None:
        self.connections[which].execute(f"savepoint s{len(self.models[which].savepoints)}")
        self.models[which].savepoints.append(self.models[which].bound)

    @precondition(lambda self: any(model.savepoints for model in self.models))
    @rule(which=WHICH, release=st.booleans())
    def end_savepoint(self, which: int, release: bool) -> None:
        model = self.models[which]
        if not model.savepoints:
            return
        before = model.savepoints.pop()
        name = f"s{len(model.savepoints)}"
        if release:
            self.connections[which].execute(f"release savepoint {name}")
        else:
            self.connections[which].execute(f"rollback to savepoint {name}")
            model.bound = before

    @rule(which=WHICH, keep=st.booleans())
    def end(self, which: int, keep: bool) -> None:
        connection = self.connections[which]
        connection.commit() if keep else connection.rollback()
        self.models[which].reset()

    @rule(which=WHICH)
    def abort(self, which: int) -> None:
        with pytest.raises(psycopg.errors.DivisionByZero):
            self.connections[which].execute("select 1 / 0")
        self.connections[which].rollback()
        self.models[which].reset()

    @precondition(lambda self: bool(self.contexts))
    @rule(which=WHICH, old=st.integers(0, 1000))
    def replay(self, which: int, old: int) -> None:
        """Set a context that was seen somewhere: good only where and while it was made."""
        context = self.contexts[old % len(self.contexts)]
        connection = self.connections[which]
        connection.execute("savepoint attempt")
        connection.execute("select set_config('app.ctx', %s, true)", (context,))
        model = self.models[which]
        if model.bound is not None and context.startswith(str(model.bound.id)):
            (live,) = connection.execute("select 1").fetchone() or (0,)
            assert live
        else:
            assert self._guarded(which, READ) == "TN003"
        connection.execute("rollback to savepoint attempt")

    @rule(which=WHICH)
    def return_to_the_pool(self, which: int) -> None:
        connection = self.connections[which]
        connection.rollback()
        connection.autocommit = True
        connection.execute("discard all")
        connection.autocommit = False
        self.models[which].reset()

    @invariant()
    def reads_give_the_bound_organization_or_raise(self) -> None:
        for which, model in enumerate(getattr(self, "models", ())):
            if model.bound is None:
                assert self._guarded(which, READ) in ("TN001", "TN003")
            else:
                assert self.connections[which].execute(READ).fetchall() == [(model.bound.id,)]

    def _guarded(self, which: int, query: str, parameters: tuple[Any, ...] | None = None) -> str | None:
        """Run a statement that may be refused; the transaction goes on as if it had not been tried."""
        connection = self.connections[which]
        connection.execute("savepoint guarded")
        try:
            connection.execute(query, parameters)
        except psycopg.Error as error:
            connection.execute("rollback to savepoint guarded")
            return error.sqlstate
        connection.execute("release savepoint guarded")
        return None

    def teardown(self) -> None:
        self.ground.close()
        count("isolation state machine runs")


def test_two_connections_never_mix(protected: Ground) -> None:
    machine = type("Machine", (Binding,), {"ground": protected})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
