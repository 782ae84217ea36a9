"""A few of the inputs of `tests.support.fuzzing` at every run; the module goes on for longer."""

from __future__ import annotations

import pytest

from tests.support.fuzzing import TARGETS, fuzz


@pytest.mark.parametrize("name", TARGETS)
def test_hostile_input_is_read_or_refused(name: str) -> None:
    fuzz(name, 25)
