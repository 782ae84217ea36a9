"""Pages are read after a redesign that changes names, markup and structured data."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.paths import ROOT

if TYPE_CHECKING:
    from types import ModuleType

FLOORS: dict[str, float] = tomllib.loads(
    (ROOT / "tests" / "robustness_floors.toml").read_text("utf-8")
)["floors"]


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    path = ROOT / "benchmarks" / "robustness.py"
    spec = importlib.util.spec_from_file_location("robustness_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(benchmark: ModuleType) -> list[Any]:
    return list(benchmark.read_pages())


@pytest.mark.parametrize("name", FLOORS)
def test_a_disguise_takes_no_more_pages_than_before(
    benchmark: ModuleType, pages: list[Any], name: str
) -> None:
    share, wrong = benchmark.measure(pages, [name])[name]
    assert share >= FLOORS[name], wrong


def test_a_page_with_other_authors_or_text_is_wrong(benchmark: ModuleType) -> None:
    page = benchmark.make_page(1)
    assert benchmark.is_right(page)
    assert not benchmark.is_right(replace(page, authors=["Lê Minh"]))
    assert not benchmark.is_right(replace(page, body=page.body * 2))
    assert not benchmark.is_right(replace(page, title="Khác"))


def test_disguises_hide_names_and_what_is_said_to_machines(benchmark: ModuleType) -> None:
    html = (
        '<meta charset="utf-8"><meta property="og:title" content="T"><p class="sapo a" id=b>x</p>'
    )
    both = benchmark.DISGUISES["both"](html)
    assert "charset" in both
    assert not any(word in both for word in ("og:title", "sapo", "id=b"))
    assert benchmark.divs("<p>x</p><pre>y</pre>") == "<div>x</div><pre>y</pre>"
