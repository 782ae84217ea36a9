"""Sources whose files name wrong seeds: read from what their sites offer, until they are mended."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.site.server import Site, not_found
from tests.site.town import Town
from tests.support.crawls import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.exchange import Exchange

WRONG = {
    "missing": [("feed", "/rss/tin-moi.rss"), ("sitemap", "/sitemaps/all.xml")],
    "otherkind": [("feed", "/thoi-su/")],
    "vacant": [("sitemap", "/vacant.xml")],
    "barren": [("listing", "/lien-he")],
    "slow": [("feed", "/never.rss")],
}
"""What is wrong with a source -> the seeds of its file."""


def show_nothing(exchange: Exchange) -> None:
    """A sitemap without an entry."""
    exchange.reply(
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>',
        content_type="application/xml",
    )


def show_contact(exchange: Exchange) -> None:
    """A page without an article."""
    exchange.reply("<html><body><h1>Liên hệ</h1><a href='/gioi-thieu'>Giới thiệu</a></body></html>")


def hang(exchange: Exchange) -> None:
    """No answer within the time limit."""
    exchange.hang()


def status(desk: Desk) -> dict[str, Any]:
    """What `status --json` says, by source."""
    lines = desk.run("status", "--json").stdout.splitlines()
    return {row["source"]: row for row in map(json.loads, lines)}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.long
def test_every_outlet_with_wrong_seeds_is_read_on_the_first_day(desk: Desk) -> None:
    desk.settings["DOWNLOAD_TIMEOUT"] = "4"
    with ExitStack() as stack:
        towns = {}
        for name in (*WRONG, "right"):
            town = towns[name] = stack.enter_context(Town(4))
            town.routes |= {
                "/vacant.xml": show_nothing,
                "/lien-he": show_contact,
                "/never.rss": hang,
            }
            seeds = WRONG.get(name, [("feed", "/rss/home.rss")])
            desk.add_source(town.base, name, seeds=seeds)
        for _ in range(2):
            desk.crawl(*towns)
        substitutes = "select count(*) from seeds where substitute_since is not null"
        assert desk.value(substitutes) == 0, "two polls may be an outage"
        done = desk.crawl(*towns)
        assert done.returncode == 1
        stored = dict(desk.rows("select source_id, count(*) from articles group by source_id"))
        assert stored == dict.fromkeys(towns, 4), done.stderr
        for name, row in status(desk).items():
            causes = [trouble["cause"] for trouble in row["troubles"]]
            assert ("substitutes" in causes) == (name in WRONG), (name, row["why"])
            assert row["health"] == ("degraded" if name in WRONG else "ok"), row
            if name in WRONG:
                assert f"{name}: no seed of its source file works" in done.stderr
                assert "sources check --write" in row["why"]
        checked = desk.run("status", "--check")
        assert checked.returncode == 1
        assert "baotinh: missing is degraded: no seed of its source file works" in checked.stderr
        towns["missing"].publish("later")
        desk.crawl("missing")
        assert desk.value("select count(*) from articles where source_id = 'missing'") == 5


def test_what_stood_in_is_dropped_when_a_seed_of_the_file_works_again(desk: Desk) -> None:
    with Town(4) as town:
        desk.add_source(town.base, seeds=[("feed", "/tin.rss")])
        for _ in range(3):
            desk.crawl()
        polled = "select count(*) from seeds where substitute_since is not null"
        assert int(str(desk.value(polled))) > 1
        town.routes["/tin.rss"] = town.routes["/rss/home.rss"]
        done = desk.crawl()
        assert "a seed of its source file works again" in done.stderr
        assert desk.value(polled) == 0
        town.reset()
        desk.crawl()
        assert {hit.path for hit in town.hits} == {"/robots.txt", "/tin.rss"}
        assert status(desk)["town"]["health"] == "ok"


def test_a_site_that_offers_nothing_is_told_as_such_and_asked_once_a_day(desk: Desk) -> None:
    with Site({"/robots.txt": not_found}, show_contact) as town:
        desk.add_source(town.base, seeds=[("feed", "/tin.rss")])
        for _ in range(3):
            done = desk.crawl()
        assert "shows no feed, no sitemap and no list of articles" in done.stderr
        assert desk.value("select count(*) from seeds") == 1
        town.reset()
        desk.crawl()
        assert town.count("/") == 0
        assert status(desk)["town"]["health"] == "broken"


def test_a_mended_file_is_proposed_and_works(desk: Desk, tmp_path: Path) -> None:
    with Town(4) as town:
        desk.add_source(town.base, seeds=[("feed", "/tin.rss")])
        folder = tmp_path / "mended"
        done = desk.run("sources", "check", "town", "--write", str(folder))
        assert done.returncode == 1
        assert "saved" in done.stderr
        assert [path.name for path in folder.iterdir()] == ["town.toml"]
        (folder / "town.toml").replace(desk.sources / "town.toml")
        done = desk.crawl()
        assert done.returncode == 0, done.stderr
        assert desk.value("select count(*) from articles") == 4
        assert status(desk)["town"]["health"] == "ok"
