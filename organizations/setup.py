"""The steps that bring a new organization to its first dashboard.

Each room above adds its own step at start-up; this room may not import them
(architecture 4). The page `setup` lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, kw_only=True)
class SetupStep:
    """One step.

    `done` is called BOUND, in a constant number of queries. `url_name` is an
    address below `/o/<slug>/`; `action` the words on its button, a verb with its
    object. Agreed `order`: 10 time zone, 20 window, 30 adopt controls, 40 owners,
    50 connect, 60 first pull.
    """

    key: str
    title: Any
    text: Any
    url_name: str
    done: Callable[[], bool]
    order: int
    action: Any = ""


@dataclass(frozen=True, kw_only=True)
class StepState:
    """A step as it stands: `is_next` is the first one that is not done."""

    step: SetupStep
    done: bool
    is_next: bool


_steps: dict[str, SetupStep] = {}


def register_step(step: SetupStep) -> None:
    """Add a step; registering a key again replaces it."""
    _steps[step.key] = step


def step_states() -> tuple[StepState, ...]:
    """Return all steps in order with their state. BOUND."""
    states = [
        StepState(step=step, done=step.done(), is_next=False)
        for step in sorted(_steps.values(), key=lambda one: one.order)
    ]
    for place, state in enumerate(states):
        if not state.done:
            states[place] = replace(state, is_next=True)
            break
    return tuple(states)
