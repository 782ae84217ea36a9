"""The Wayback Machine and Common Crawl, asked on loopback."""

from __future__ import annotations

import gzip
import json
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.archives import CRAWL, FILE, NEWS, Archives
from tests.support.crawls import Desk
from tests.support.warcs import BASE, page, response, url

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [(f"20230{1 + n % 9}01080000", url(n), page(n)) for n in range(1, 13)]
EDITS = [("20230901090000", url(1), page(1, edited="Sửa.")), ("20230910090000", url(1), page(1))]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.add_source(BASE)
    return desk


def ask(desk: Desk, archives: Archives, *words: str) -> dict[str, Any]:
    desk.private.add(archives.place)
    desk.settings |= archives.settings
    done = desk.run("import", "--json", *words)
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1]) | {"stderr": done.stderr}


def count(desk: Desk) -> object:
    return desk.value("select count(*) from articles")


def test_all_that_wayback_has_is_read_over_one_connection(desk: Desk) -> None:
    with Archives(PAGES + EDITS) as archives:
        counts = ask(desk, archives, "--wayback", "town")
        assert archives.connections == 1
        assert counts["pages"] == len(PAGES) + 1, "a payload that is there is not downloaded"
        assert counts["known"] == 1
        assert ask(desk, archives, "--wayback", "town")["whole"] == ["bao.example.vn"]
        downloads = sum(archives.bodies.values())
        again = ask(desk, archives, "--wayback", "town", "--again")
    assert (again["pages"], again["known"]) == (0, len(PAGES) + 2)
    assert sum(archives.bodies.values()) == downloads
    assert count(desk) == len(PAGES)
    ((origin, address),) = desk.rows("select origin, url from captures where id = 1")
    assert str(origin).startswith(f"{archives.base}/web/2023")
    assert str(origin).endswith(f"id_/{address}")
    assert desk.run("verify").returncode == 0


def test_a_busy_wayback_is_asked_again(desk: Desk) -> None:
    with Archives(PAGES, busy=3) as archives:
        counts = ask(desk, archives, "--wayback", "town")
    assert (counts["pages"], counts["complaints"]) == (len(PAGES), [])


def test_a_wayback_that_is_away_is_said_and_asked_next_time(desk: Desk) -> None:
    with Archives(PAGES, busy=1) as archives:
        counts = ask(desk, archives, "--wayback", "town")
        assert "goes on from here" in counts["complaints"][0]
        archives.busy = 0
        assert ask(desk, archives, "--wayback", "town")["pages"] == len(PAGES)


def test_odd_copies_of_wayback_are_read_or_told(desk: Desk) -> None:
    rest = [(stamp, at, body) for stamp, at, body in PAGES[:4]]
    accented = f"{BASE}/tin-tức-a50.html"
    with Archives([*rest, ("20230501080000", accented, page(50))]) as archives:
        (stamp, moved, _), (other, packed, body), (third, missing, _), *_ = archives.pages
        near = f"/web/20221231235959id_/{moved}"
        archives.odd = {
            f"/web/{stamp}id_/{moved}": (302, {"Location": near}, b""),
            near: (200, {"Content-Type": "text/html"}, page(77)),
            f"/web/{other}id_/{packed}": (200, {"Content-Encoding": "gzip"}, gzip.compress(body)),
            f"/web/{third}id_/{missing}": (403, {}, b"blocked"),
        }
        counts = ask(desk, archives, "--wayback", "town")
    assert (counts["pages"], counts["notes"]) == (4, {"missing": 1})
    taken = dict(desk.rows("select url, fetched_at from captures"))
    assert taken[moved] == "2022-12-31T23:59:59Z"
    assert {packed, accented} <= taken.keys()
    assert desk.run("verify").returncode == 0


@pytest.mark.parametrize("said", [b"<html>busy</html>", b'{"error": 1}', b'[["a"]]', b"[1]"])
def test_an_index_that_is_none_is_said(desk: Desk, said: bytes) -> None:
    with Archives(PAGES) as archives:
        archives.odd = {"/cdx/": (200, {}, said)}
        counts = ask(desk, archives, "--wayback", "town")
        assert "is no index" in counts["complaints"][0]
        archives.odd = {}
        assert ask(desk, archives, "--wayback", "town")["pages"] == len(PAGES)


def test_days_bound_what_wayback_is_asked_for(desk: Desk) -> None:
    with Archives(PAGES) as archives:
        counts = ask(desk, archives, "--wayback", "town", "--until", "2023-03-31")
        assert "to=20230331170000" in archives.asked[0]
    assert counts["pages"] == sum(1 for page in PAGES if page[0] < "20230331")


def test_records_of_common_crawl_are_had_by_their_ranges(desk: Desk) -> None:
    with Archives(PAGES + EDITS) as archives:
        counts = ask(desk, archives, "--commoncrawl", "town")
        assert counts["pages"] == len(PAGES) + 1
        assert all(" bytes=" in name for name in archives.bodies)
        again = ask(desk, archives, "--commoncrawl", "town", "--again")
        assert again["pages"] == 0
        assert ask(desk, archives, "--commoncrawl", "town")["whole"] == [f"{CRAWL} bao.example.vn"]
        missing = desk.run("import", "--commoncrawl", "town", "--crawl", "CC-MAIN-1999-01")
        assert missing.returncode == 2
    origins = desk.rows("select distinct origin from captures")
    assert origins == [(FILE,)]
    assert desk.run("verify").returncode == 0


def test_an_index_of_common_crawl_that_breaks_off_is_asked_again(desk: Desk) -> None:
    with Archives(PAGES) as archives:
        status, headers, body = archives.answer(f"/{CRAWL}-index?page=0", None)
        archives.odd[f"/{CRAWL}-index?url=bao.example.vn&matchType=host&output=json&page=0"] = (
            status,
            headers,
            body[:-9],
        )
        cut = ask(desk, archives, "--commoncrawl", "town")
        assert "breaks off within a line" in cut["complaints"][0]
        archives.odd.clear()
        ask(desk, archives, "--commoncrawl", "town")
    assert count(desk) == len(PAGES)


def test_a_line_of_an_index_that_is_none_is_told(desk: Desk) -> None:
    with Archives(PAGES) as archives:
        status, headers, body = archives.answer(f"/{CRAWL}-index?page=0", None)
        first, _, rest = body.partition(b"\n")
        archives.odd[f"/{CRAWL}-index?url=bao.example.vn&matchType=host&output=json&page=0"] = (
            status,
            headers,
            b"[]\n" + first[:20] + b"\n" + rest,
        )
        counts = ask(desk, archives, "--commoncrawl", "town")
    assert counts["notes"] == {"missing": 2}
    assert count(desk) == len(PAGES) - 1


def test_another_copy_is_asked_for_where_one_is_missing(desk: Desk) -> None:
    stamp, address, body = PAGES[0]
    later = (f"2024{stamp[4:]}", address, body)
    with Archives([PAGES[0], later]) as archives:
        archives.odd[f"/web/{stamp}id_/"] = (404, {}, b"gone")
        assert ask(desk, archives, "--wayback", "town")["notes"] == {"missing": 1}
    assert count(desk) == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_month_of_news_is_streamed_and_goes_on_where_it_breaks(desk: Desk, jobs: str) -> None:
    with Archives(PAGES) as archives:
        archives.cut = True
        counts = ask(desk, archives, "--cc-news", "2023-01", "--source", "town", "--jobs", jobs)
        assert (counts["pages"], counts["notes"]) == (len(PAGES), {}), counts
        for way in ([], ["--jobs", "2"]):
            again = ask(desk, archives, "--cc-news", "2023-01", "--source", "town", *way)
            assert again["whole"] == [NEWS.format(1), NEWS.format(2)]
        assert desk.run("import", "--cc-news", "2023-13").returncode == 2
        assert desk.run("import", "--cc-news", "2016-01").returncode == 2
    assert count(desk) == len(PAGES)


def test_an_address_is_read_as_a_file_is(desk: Desk) -> None:
    with Archives(PAGES) as archives:
        archives.odd["/old.warc.gz"] = archives.answer(f"/{NEWS.format(1)}", None)
        name = f"{archives.base}/old.warc.gz"
        assert ask(desk, archives, name)["pages"] == len(PAGES)
        assert ask(desk, archives, name)["whole"] == [name]


def test_a_private_address_is_refused(desk: Desk) -> None:
    with Archives(PAGES) as archives:
        desk.settings |= archives.settings
        done = desk.run("import", "--wayback", "town")
    assert done.returncode == 1
    assert "is not public" in done.stderr
    assert not archives.asked


@pytest.mark.long
def test_files_are_read_side_by_side(desk: Desk) -> None:
    for number in range(4):
        (desk.folder / f"{number}.warc.gz").write_bytes(response(number))
    done = desk.run("import", str(desk.folder), "--jobs", "2", "--source", "town")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("town: 4 pages: 4 new")
    assert count(desk) == 4


@pytest.mark.long
@pytest.mark.parametrize("what", [("--wayback",), ("--commoncrawl",), ("--cc-news",)])
def test_killed_and_resumed_ten_times_all_is_there_once(desk: Desk, what: tuple[str]) -> None:
    pages = [
        (f"2023{1 + n % 12:02}{1 + n % 28:02}08{n % 60:02}00", url(n), page(n)) for n in range(240)
    ]
    words = {"--cc-news": ("--cc-news", "2023-01", "--source", "town")}
    with Archives(pages, busy=50) as archives:
        desk.private.add(archives.place)
        desk.settings |= archives.settings
        command = ("import", *words.get(what[0], (*what, "town")))
        for kill in range(10):
            process = desk.start(*command)
            time.sleep(0.8 + 0.1 * kill)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        done = desk.run(*command, timeout=300)
    assert done.returncode == 0, done.stderr
    assert count(desk) == len(pages)
    doubled = "select url, fetched_at from captures group by url, fetched_at having count(*) > 1"
    assert desk.rows(doubled) == []
    assert desk.value("select count(*) from revisions") == len(pages)
    assert desk.run("verify", "--repair").returncode == 0
