"""What all tests share. Property tests try few examples at each `make test`, many in `make long`.

No deadline and no check of how fast examples are made: a busy machine is no fault of the code, and
the first text of a run builds tables of Unicode.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
import scrapy.core.downloader.contextfactory  # noqa: F401 - see below
from hypothesis import HealthCheck, settings

from tests.support.twins import close_shelves

# While it is imported, Scrapy's TLS module asks for the file of each frame of the stack, looked for
# among all modules: here, where these are few.

if TYPE_CHECKING:
    from collections.abc import Iterator

for name, examples in {"few": 40, "many": 400}.items():
    settings.register_profile(
        name, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile("few")


@pytest.fixture(scope="module", autouse=True)
def _shelves() -> Iterator[None]:
    """Close what the tests of a file left open."""
    yield
    close_shelves()


def pytest_collection_finish() -> None:
    """Have the collector pass over what lives as long as the run: ten thousand tests."""
    gc.collect()
    gc.freeze()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name no test by gzip's bytes: they hold the second, and processes must agree on names."""
    is_packed = isinstance(val, bytes) and b"\x1f\x8b" in val
    return argname if is_packed else None
