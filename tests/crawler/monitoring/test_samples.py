"""The sample sites are healthy: nothing is said of them, poll after poll."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.sites import serve_sample

if TYPE_CHECKING:
    from pathlib import Path

SAMPLES = ("content-fck", "mediatech", "onecms", "vnpt")


@pytest.mark.long
def test_a_healthy_site_is_ok_poll_after_poll(tmp_path: Path) -> None:
    desk = Desk(tmp_path, settings={"CRAWL_DELAY_MAX": "0"})
    with ExitStack() as stack:
        for name in SAMPLES:
            site = stack.enter_context(serve_sample(name))
            desk.add_source(site.base, name, articles="")
        town = stack.enter_context(Town(5))
        desk.add_source(town.base, seeds=[("sitemap", "/sitemap.xml")])
        # An index that never says "not modified", like many.
        town.routes["/sitemap.xml"] = lambda x: x.reply(
            f'<?xml version="1.0"?><sitemapindex><sitemap><loc>{x.base}/sitemap-news.xml</loc>'
            "</sitemap></sitemapindex>",
            content_type="application/xml",
        )
        for _ in range(4):
            desk.crawl(*SAMPLES, "town")
        checked = desk.run("status", "--check", "--json")
    rows = [json.loads(line) for line in checked.stdout.splitlines()]
    said = {row["source"]: row["why"] for row in rows if row["health"] != "ok"}
    assert said == {}, "healthy"
    assert all(row["articles"] for row in rows)
    assert checked.returncode == 0
