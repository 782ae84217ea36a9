"""kill -9 at any moment: nothing lost, nothing doubled. `benchmarks/kill.py` is the long form."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.kills import crawl_and_kill, find_faults

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.long
def test_a_crawl_killed_again_and_again_ends_complete(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    sections = [("listing", f"/{slug}/") for slug in ("thoi-su", "kinh-te", "van-hoa", "xa-hoi")]
    with Town(150) as town:
        desk.add_source(town.base, seeds=sections)
        chance = random.Random(20261124)
        alive = crawl_and_kill(desk, "crawl", "town", kills=5, longest=2.5, chance=chance)
        assert alive > 0, "every child was too fast to be killed"
        done = desk.crawl()
    assert done.returncode == 0, done.stderr
    assert desk.value("select count(*) from articles") == 150
    assert find_faults(desk) == {}
