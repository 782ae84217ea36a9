"""Quality may not fall below the pinned floors, and the benchmark's scorer is what it says."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.paths import ROOT

if TYPE_CHECKING:
    from types import ModuleType

FLOORS: dict[str, Any] = tomllib.loads((ROOT / "tests" / "quality_floors.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "extraction_benchmark", ROOT / "benchmarks" / "extraction.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", FLOORS["quality"])
def test_quality_holds_its_floor(benchmark: ModuleType, name: str) -> None:
    pages, wanted = benchmark.read_samples(), FLOORS["quality"][name]
    answers = [benchmark.EXTRACTORS[wanted["extractor"]](page) for page in pages]
    figures = benchmark.score(pages, answers)
    fallen = {k: figures[k] for k, floor in wanted["floors"].items() if figures[k] < floor}
    assert not fallen
    assert figures["refused"] <= wanted["refused"]


def test_reading_a_page_takes_no_more_calls_than_pinned(benchmark: ModuleType) -> None:
    pages = benchmark.read_samples()[:: benchmark.COUNTED]
    assert benchmark.count_calls(pages) <= FLOORS["cost"]["calls"]


def test_same_text_scores_one_and_another_zero(benchmark: ModuleType) -> None:
    text = "Tỉnh ủy đề ra mười tám chỉ tiêu chủ yếu trong năm"
    assert benchmark.shingle_f1([(text, text)]) == 1.0
    assert benchmark.shingle_f1([(text, "hoàn toàn là một văn bản khác hẳn như thế")]) == 0.0
