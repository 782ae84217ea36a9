"""An archive with an index of its one article."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.engine.catchup import catch_up
from storage.engine.folder import folder_of
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def shelf(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_shelf(path)) as conn:
        put(conn, "Giá lúa tăng")
        catch_up(conn, folder_of(path))
        yield conn
