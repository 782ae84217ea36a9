"""Where the project and the data of the tests stand."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
SAMPLES = TESTS / "samples"
DATA = TESTS / "data"
