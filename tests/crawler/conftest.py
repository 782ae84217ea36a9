"""A town's paper, and a desk with its source file: what tests of the daemon begin with."""

from __future__ import annotations

import contextlib
import gc
import warnings
from typing import TYPE_CHECKING

import pytest

from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.daemons import FEED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# While it is imported, Datasette leaves a connection open (its utils.detect_json1), in a circle
# that only the collector finds: here, not while some other file is read.
with warnings.catch_warnings(), contextlib.suppress(ImportError):
    warnings.simplefilter("ignore", ResourceWarning)
    import datasette.app  # noqa: F401

    gc.collect()


@pytest.fixture
def desk(tmp_path: Path, town: Town) -> Desk:
    desk = Desk(tmp_path)
    desk.add_source(town.base, seeds=FEED)
    return desk


@pytest.fixture
def town() -> Iterator[Town]:
    with Town(5) as town:
        yield town
