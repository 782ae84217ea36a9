"""A few of the inputs of `tests.fuzzing` at every run; the module itself goes on for longer."""

from __future__ import annotations

import pytest

from tests.fuzzing import TARGETS, fuzz


@pytest.mark.parametrize("name", TARGETS)
def test_hostile_input_is_read_or_refused(name: str) -> None:
    fuzz(name, 25)
