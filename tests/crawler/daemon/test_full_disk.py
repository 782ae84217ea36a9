"""A disk that is really full: nothing half-written, nothing lost, and everybody says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.daemons import FEED, OFTEN, QUICK, keep
from tests.support.disks import no_space, small_disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.long


class DiskDesk(Desk):
    """A desk whose archive and captures lie on a small disk of their own; its logs do not."""

    @property
    def disk(self) -> Path:
        return self.folder / "disk"

    @property
    def archive(self) -> Path:
        return self.disk / "archive.db"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DiskDesk]:
    # Nothing is held back: the disk itself must say no.
    desk = DiskDesk(tmp_path, settings={**QUICK, **OFTEN, "DISK_RESERVE_MB": "0"})
    desk.disk.mkdir()
    with small_disk(desk.disk, 24) as mounted:
        if not mounted:
            pytest.skip("a disk of its own needs root and mount")
        yield desk


@pytest.fixture
def town() -> Iterator[Town]:
    with Town(20) as town:
        yield town


def test_a_crawl_on_a_full_disk_says_so_and_the_next_one_brings_all(
    desk: DiskDesk, town: Town
) -> None:
    desk.add_source(town.base, seeds=FEED)
    assert desk.crawl().returncode == 0
    for number in range(10):
        town.publish(number)
    with no_space(desk.disk):
        full = desk.crawl()
        shown = desk.run("search", "--limit", "1", "hội")
        checked = desk.run("status")
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert "the disk is full" in full.stderr
    assert (shown.returncode, checked.returncode) == (0, 0), shown.stderr + checked.stderr
    assert desk.crawl().returncode == 0
    assert desk.value("select count(*) from articles") == 30
    assert desk.run("verify").returncode == 0


def test_captures_without_room_end_a_crawl_in_one_sentence(tmp_path: Path, town: Town) -> None:
    folder = tmp_path / "captures-elsewhere"
    folder.mkdir()
    settings = {**QUICK, "DISK_RESERVE_MB": "0", "CAPTURES_DIR": str(folder)}
    desk = Desk(tmp_path, settings=settings)
    desk.add_source(town.base, seeds=FEED)
    with small_disk(folder, 1) as mounted:
        if not mounted:
            pytest.skip("a disk of its own needs root and mount")
        with no_space(folder):
            full = desk.crawl()
        assert full.returncode == 1
        assert "No space left on device" in full.stderr
        assert "Traceback" not in full.stderr
        assert desk.crawl().returncode == 0
        assert desk.value("select count(*) from articles") == 20
        assert desk.run("verify").returncode == 0


def test_a_daemon_goes_on_over_a_full_disk(desk: DiskDesk, town: Town) -> None:
    desk.add_source(town.base, seeds=FEED)
    assert desk.crawl().returncode == 0
    with no_space(desk.disk):
        town.publish("while it is full")
        with keep(desk, "town") as keeper:
            keeper.wait_for(lambda: "full" in keeper.said or "space" in keeper.said)
            (desk.disk / "ballast").open("wb").close()
            keeper.wait_for_articles(21)
            assert "Traceback" not in keeper.said
            assert keeper.end() == 0
    assert desk.run("verify").returncode == 0
