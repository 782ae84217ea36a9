"""``crawl`` and ``backfill`` where nothing may be written, or nobody answers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from crawler.net.addresses import pace_key
from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.servers import closed_port
from tests.support.sites import page, serve_pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMANDS = [["crawl", "town"], ["backfill", "town", "--since", "2026-11-01"]]
FEED = ("feed", "/rss/home.rss")


@pytest.fixture
def town() -> Iterator[Town]:
    with Town(3) as town:
        yield town


@pytest.fixture
def desk(tmp_path: Path, town: Town) -> Desk:
    desk = Desk(tmp_path)
    desk.add_source(town.base, seeds=[FEED])
    return desk


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_clock_that_cannot_be_right_writes_no_row(
    desk: Desk, town: Town, words: list[str]
) -> None:
    assert desk.crawl().returncode == 0
    desk.change("update runs set started_at = '2035-01-01T00:00:00Z'")
    town.reset()
    done = desk.run(*words)
    assert done.returncode == 1
    assert "set the clock" in done.stderr
    assert "Traceback" not in done.stderr
    assert desk.value("select count(*) from runs") == 1
    assert town.hits == []


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_an_archive_gone_from_beside_its_captures_is_not_begun_anew(
    desk: Desk, words: list[str]
) -> None:
    assert desk.crawl().returncode == 0
    desk.archive.rename(desk.folder / "elsewhere.db")
    done = desk.run(*words)
    assert done.returncode == 1
    assert "holds captures of one: restore it" in done.stderr
    assert not desk.archive.exists()


def test_a_pace_that_cannot_be_kept_ends_the_crawl(desk: Desk, town: Town) -> None:
    gates = desk.folder / "archive.db.locks" / "hosts"
    gates.mkdir(parents=True)
    # The memory of a process has nothing at its beginning: reading there is EIO.
    name = hashlib.sha256(pace_key(town.base).encode()).hexdigest()[:24]
    (gates / name).symlink_to("/proc/self/mem")
    done = desk.crawl(timeout=30)
    assert done.returncode == 1
    assert "cannot be used: Input/output error" in done.stderr
    assert town.hits == []
    assert desk.value("select state from runs") == "failed"


def test_one_page_of_a_host_that_does_not_answer_says_what_happened(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with closed_port() as port:
        base = f"http://127.0.0.1:{port}"
        desk.add_source(base, seeds=[FEED])
        done = desk.crawl("--url", f"{base}/tin-a1.html")
    assert done.returncode == 1
    assert f"{base}/tin-a1.html was not asked: the site's robots.txt cannot be read" in done.stderr
    assert "refuses connections" in done.stderr


def test_one_page_that_is_no_article_says_why(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    check = page(
        "<html><head><title>Just a moment...</title></head><body>"
        "<div id=challenge-form></div><p>Wait</p></body></html>"
    )
    with serve_pages({"/tin-a1.html": check}) as site:
        desk.add_source(site.base, seeds=[FEED])
        done = desk.crawl("--url", f"{site.base}/tin-a1.html")
        said = f"{site.base}/tin-a1.html shows a check for robots instead of its page (bot-check)"
        assert said in done.stderr
        assert "1 rejected" in done.stdout
        assert desk.rows("select state, reason from links") == [("pending", "bot-check")]
