"""Whether work grows with what it is given, or faster: what no hostile page may make it do.

A time would say more of the machine than of the code, so the processor time of several sizes is
compared. Who doubles the size may double the cost; where each piece looks at every other, four
times the size costs sixteen times as much.
"""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

GROWTH = 4
"""How many times as large the next size is."""
STEPS = 4
"""So many sizes: work that is cut at a limit grows below it."""
MOST = 12.0
"""How many times as much the next size may cost: linear is 4, quadratic 16."""
NOISE = 0.01
"""Seconds of processor time under which a cost is not told from another."""
TRIES = 5
"""A busy machine makes work dearer, never cheaper: the best of so many counts."""


def assert_linear(work: Callable[[T], object], make: Callable[[int], T], size: int) -> None:
    """Fail where what is made of ``size``, or of a part of it, costs much more than its quarter.

    ``make`` is not measured.
    """
    values = [make(size // GROWTH**step) for step in reversed(range(STEPS))]
    costs = [_cost(work, value) for value in values]
    for _ in range(TRIES - 1):
        if _is_linear(costs):
            return
        costs = [min(cost, _cost(work, value)) for cost, value in zip(costs, values, strict=True)]
    assert _is_linear(costs), f"each is four times as large, and cost {costs} s"


def _is_linear(costs: list[float]) -> bool:
    return all(dear <= MOST * max(cheap, NOISE) for cheap, dear in pairwise(costs))


def _cost(work: Callable[[T], object], value: T) -> float:
    started = time.process_time()
    work(value)
    return time.process_time() - started
