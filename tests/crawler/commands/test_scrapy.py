"""What Scrapy users type works as they expect."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from crawler import settings
from storage.records import Article
from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.forks import run

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def town() -> Iterator[Town]:
    with Town(6) as town:
        yield town


@pytest.fixture
def desk(tmp_path: Path, town: Town) -> Desk:
    desk = Desk(tmp_path)
    desk.add_source(town.base, seeds=[("feed", "/rss/home.rss")])
    return desk


def scrapy(desk: Desk, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run("scrapy", arguments, desk.environ)


def test_list_names_every_source(desk: Desk) -> None:
    listed = scrapy(desk, "list").stdout.split()
    assert {"town", "baolongan"} <= set(listed)


@pytest.mark.parametrize(
    ("words", "wrong", "said"),
    [
        (["list"], {"BAOTINH_SOURCES": "/none"}, "/none: there is no such folder"),
        (["crawl", "town"], {"BAOTINH_SOURCES": "/none"}, "/none: there is no such folder"),
        (["check"], {"BAOTINH_SOURCES": "/none"}, "/none: there is no such folder"),
        (["crawl", "twon"], {}, "no source has id 'twon'; did you mean town"),
        (["list"], {"BAOTINH_DOWNLOAD_DELAY": "soon"}, "BAOTINH_DOWNLOAD_DELAY='soon' is not a"),
    ],
)
def test_what_is_wrong_is_a_sentence(
    desk: Desk, words: list[str], wrong: dict[str, str], said: str
) -> None:
    done = run("scrapy", words, desk.environ | wrong)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_crawl_stores_and_exports(desk: Desk) -> None:
    out = desk.folder / "out.jsonl"
    done = scrapy(desk, "crawl", "town", "-a", "limit=2", "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert desk.value("select count(*) from articles") == 2
    items = [json.loads(line) for line in out.read_text(encoding="utf-8").split("\n") if line]
    assert len(items) == 2
    assert items[0]["title"]
    assert done.stderr == ""


def test_parse_shows_the_article_and_stores_nothing(desk: Desk, town: Town) -> None:
    piece = town.latest()[0]
    done = scrapy(desk, "parse", "--nocolour", town.base + piece.path)
    assert "'key': 'a1005'" in done.stdout, done.stderr
    assert not desk.archive.exists()


def test_parse_shows_the_links_of_a_feed(desk: Desk, town: Town) -> None:
    done = scrapy(desk, "parse", "--nocolour", town.base + "/rss/home.rss")
    assert done.stdout.count("<GET ") == 6, done.stderr


def test_settings_on_the_command_line_hold(desk: Desk, town: Town) -> None:
    scrapy(desk, "crawl", "town", "-a", "limit=1", "-s", "CONTACT=https://bao.example/")
    agents = {hit.headers.get("user-agent", "") for hit in town.hits}
    assert len(agents) == 1
    assert agents.pop().endswith("(+https://bao.example/)")


@pytest.mark.parametrize("how", ["-s", "environment"])
def test_the_poll_interval_decides_the_next_poll(desk: Desk, how: str) -> None:
    if how == "environment":
        desk.settings = {"POLL_INTERVAL": "6"}
    words = ["-s", "POLL_INTERVAL=6"] if how == "-s" else []
    done = scrapy(desk, "crawl", "town", "-a", "limit=1", *words)
    assert done.returncode == 0, done.stderr
    wait = desk.value(
        "select unixepoch(next_poll_at) - unixepoch(polled_at) from seeds where kind = 'feed'"
    )
    # At most 24 times the setting and a tenth; the default of 1800 gives no less than 540.
    assert 0 < float(str(wait)) <= 6 * 24 * 1.1 + 1


def test_exports_hold_every_field_that_is_text() -> None:
    assert {*settings.FEED_EXPORT_FIELDS, "signature"} == {one.name for one in fields(Article)}


@pytest.mark.long
def test_shell_and_fetch_show_any_page(desk: Desk, town: Town) -> None:
    piece = town.latest()[0]
    show = "(response.status, response.css('h1::text').get())"
    for words in ([], ["--spider", "town"]):
        done = scrapy(desk, "shell", *words, town.base + piece.path, "-c", show)
        assert f"(200, '{piece.title}')" in done.stdout, done.stderr
    fetched = scrapy(desk, "fetch", town.base + piece.path)
    assert piece.title in fetched.stdout, fetched.stderr
    assert "Traceback" not in fetched.stderr
    assert {hit.headers["user-agent"].split("/")[0] for hit in town.hits} == {"baotinh"}


def test_fetch_goes_to_no_private_host(desk: Desk, town: Town) -> None:
    desk.private.clear()
    done = scrapy(desk, "fetch", town.base + "/")
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert town.hits == []


def test_bench_runs_where_its_own_server_may_be_asked(desk: Desk) -> None:
    desk.private.add("localhost:8998")
    done = scrapy(desk, "bench", "-L", "INFO", "-s", "CLOSESPIDER_TIMEOUT=2")
    assert done.returncode == 0, done.stderr
    assert "AttributeError" not in done.stderr
    assert "Closing spider (closespider_timeout)" in done.stderr
