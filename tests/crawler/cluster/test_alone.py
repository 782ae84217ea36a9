"""Without BROKER nothing of a cluster is there."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from crawler.commands.daemon import choose_workers
from tests.support.settings import make_settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.crawls import Desk

CODE = """
import sys
import crawler.commands.backfill, crawler.commands.crawl, crawler.commands.daemon
import crawler.daemon.factory, crawler.process, crawler.spiders.source
import crawler.middlewares.politeness
found = {name.partition(".")[0] for name in sys.modules}
print(sorted(found & {"celery", "kombu", "redis"}), "crawler.cluster" in sys.modules)
"""


def test_nothing_of_a_cluster_is_imported() -> None:
    said = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert said.stdout == "[] False\n"


def test_without_a_broker_the_daemon_has_its_own_children(tmp_path: Path) -> None:
    assert choose_workers(make_settings(broker=""), tmp_path / "archive.db") is None


def test_a_worker_and_a_backfill_handed_out_need_a_broker(desk: Desk) -> None:
    alone = desk.run("worker")
    assert alone.returncode == 2
    assert "BROKER is not set" in alone.stderr
    refused = desk.run("backfill", "town", "--since", "2026-01-01", "--hand-out")
    assert refused.returncode == 2
    assert "--hand-out needs workers" in refused.stderr
    assert not desk.archive.exists()
