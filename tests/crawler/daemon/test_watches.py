"""Saved searches under a running daemon."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.daemons import OFTEN, keep

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.long
def test_new_matches_go_to_the_feed_and_the_command_as_they_are_crawled(tmp_path: Path) -> None:
    told = tmp_path / "told.jsonl"
    script = "import sys; open(sys.argv[1], 'a', encoding='utf-8').write(sys.stdin.read())"
    program = f"{sys.executable} -c {json.dumps(script)} {told}"
    with Town(3) as town:
        desk = Desk(tmp_path)
        desk.add_source(town.base, seeds=[("feed", "/rss/home.rss")])
        # Every headline of the town ends with "đợt".
        assert desk.run("watch", "add", "Đợt", "đợt").returncode == 0
        with keep(desk, "town", **OFTEN, WATCH_COMMAND=program) as keeper:
            keeper.wait_for(lambda: told.exists() and len(told.read_text().splitlines()) >= 3)
            late = town.publish("late")
            keeper.wait_for(lambda: late.title in told.read_text(encoding="utf-8"))
            assert keeper.end() == 0
    urls = [json.loads(line)["url"] for line in told.read_text(encoding="utf-8").splitlines()]
    assert sorted(urls) == sorted(town.urls())
    feed = (tmp_path / "watches" / "dot.atom").read_text(encoding="utf-8")
    assert late.title in feed
