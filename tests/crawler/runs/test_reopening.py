"""Pages that were given up, and seeds that show them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.failures import Word
from tests.support.runs import OpenRun, answer, feed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD, NEW = "Fri, 20 Nov 2026 07:00:00 +0700", "Fri, 20 Nov 2026 15:30:00 +0700"
FIRST, OTHER = ("tin-1.html", OLD), ("tin-2.html", OLD)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


def poll(run: OpenRun, at: str, *items: tuple[str, str]) -> None:
    run.now = at
    seed = run.seeds.put_seed("feed", "https://bao.example.vn/rss/home.rss")
    (request,) = run.polls.start([seed])
    run.polls.read(answer(request, feed(*items)))


def refuse(run: OpenRun, word: str = Word.VIDEO) -> None:
    for link in run.recorder.next_links():
        run.recorder.reject(link, word)
    run.recorder._done.clear()  # as another run would begin


def states(run: OpenRun) -> dict[str, str]:
    rows = run.rows("select url, state from links")
    return {url.rpartition("/")[2]: state for url, state in rows}


def test_a_page_given_up_stays_so_while_its_seed_shows_the_same(run: OpenRun) -> None:
    poll(run, "2026-11-20T08:00:00Z", FIRST, OTHER)
    refuse(run)
    poll(run, "2026-11-25T08:00:00Z", FIRST, OTHER)
    assert states(run) == {"tin-1.html": "rejected", "tin-2.html": "rejected"}


def test_a_newer_date_has_it_asked_once_more_and_once_a_step(run: OpenRun) -> None:
    poll(run, "2026-11-20T08:00:00Z", FIRST, OTHER)
    refuse(run)
    poll(run, "2026-11-20T08:59:00Z", ("tin-1.html", NEW), OTHER)
    assert states(run)["tin-1.html"] == "rejected", "an hour has not passed"
    poll(run, "2026-11-20T09:00:00Z", ("tin-1.html", NEW), OTHER)
    assert states(run) == {"tin-1.html": "pending", "tin-2.html": "rejected"}
    refuse(run)
    poll(run, "2026-11-22T09:00:00Z", ("tin-1.html", NEW), OTHER)
    assert states(run)["tin-1.html"] == "rejected", "that date was tried"


def test_what_was_absent_and_is_shown_again_is_asked_once_more(run: OpenRun) -> None:
    poll(run, "2026-11-20T08:00:00Z", FIRST, OTHER)
    refuse(run)
    poll(run, "2026-11-20T10:00:00Z", OTHER)
    assert states(run)["tin-1.html"] == "rejected"
    poll(run, "2026-11-20T12:00:00Z", FIRST, OTHER)
    assert states(run) == {"tin-1.html": "pending", "tin-2.html": "rejected"}


def test_an_article_that_is_gone_is_looked_at_again_when_it_is_shown_again(run: OpenRun) -> None:
    poll(run, "2026-11-20T08:00:00Z", FIRST, OTHER)
    refuse(run)
    (link,) = run.archive.links.at("https://bao.example.vn/tin-1.html")
    conn = run.archive._db.conn
    conn.execute("pragma foreign_keys = off")
    conn.execute("update links set state = 'gone', article_id = 7 where id = ?", [link.id])
    poll(run, "2026-11-20T10:00:00Z", OTHER)
    poll(run, "2026-11-20T12:00:00Z", FIRST, OTHER)
    assert states(run)["tin-1.html"] == "stored"
    assert run.archive.links.count_due("bao", "2026-11-20T12:00:00Z") == 1
