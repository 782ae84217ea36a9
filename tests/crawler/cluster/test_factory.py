"""The remote workers of a daemon, from its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.cluster.factory import build_workers
from crawler.daemon.catalogue import Catalogue
from tests.support.settings import make_options, make_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("asked", "pages"), [(7, 7), (1, 1), (0, 1)])
def test_a_daemon_hands_out_orders_of_as_many_pages_as_are_set(
    tmp_path: Path, asked: int, pages: int
) -> None:
    catalogue = Catalogue(None, tmp_path / "snapshot")
    settings = make_settings(broker="redis://127.0.0.1:1/0", order_pages=asked)
    remote = build_workers(settings, tmp_path / "archive.db", make_options(), catalogue)
    assert (remote._pages, remote._path, remote._catalogue) == (
        pages,
        tmp_path / "archive.db",
        catalogue,
    )
    assert remote._settings["POLL_INTERVAL"] == "1800.0"
    assert remote._silence == 60.0
    remote.close()


def test_a_daemon_misses_a_worker_no_longer_than_a_crawl_may_stall(tmp_path: Path) -> None:
    options = make_options(stall_timeout=45.0)
    settings = make_settings(broker="redis://127.0.0.1:1/0")
    remote = build_workers(settings, tmp_path / "a.db", options, Catalogue(None, tmp_path / "s"))
    assert remote._silence == 45.0
    remote.close()
