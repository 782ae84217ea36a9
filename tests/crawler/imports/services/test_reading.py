"""What is asked of other archives and taken from them, in this process."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from crawler.errors import CrawlError, UsageError
from crawler.imports.choice import Choice
from crawler.imports.files import FileReader
from crawler.imports.importer import Importer, LimitReached
from crawler.imports.progress import Progress
from crawler.imports.services.client import Client
from crawler.imports.services.commoncrawl import (
    CommonCrawl,
    Index,
    Place,
    news_addresses,
    remote_piece,
)
from crawler.imports.services.wayback import Seen, Wayback
from crawler.net.addresses import PrivateHosts
from crawler.sources import Source
from storage.archive import Archive
from storage.states import RunState
from tests.support.archives import CRAWL, FILE, NEWS, Archives
from tests.support.warcs import BASE, page, record, url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = [(f"20230{1 + n % 9}01080000", url(n), page(n)) for n in range(1, 13)]
SOURCE = Source(
    id="town",
    name="Town",
    province="Huế",
    homepage=f"{BASE}/",
    accept=(re.compile("-a(?P<id>[0-9]+)[.]html$"),),
)
HOST = "bao.example.vn"


@dataclass
class Desk:
    """An importer, a client and an archive."""

    archive: Archive
    others: Archives
    choice: Choice = field(default_factory=lambda: Choice([SOURCE]))
    limit: int | None = None

    def __post_init__(self) -> None:
        self.client = Client(
            agent="a", private=PrivateHosts.parse(self.others.place), delay=0.0, backoff=0.001
        )
        self.begin()

    def begin(self, **changes: Any) -> None:
        """A new import."""
        facts: dict[str, Any] = {
            "now": lambda: "2026-11-24T03:00:00Z",
            "max_page": 10**6,
            "limit": self.limit,
        }
        self.importer = Importer(self.archive, self.choice, **facts | changes)
        progress = Progress(1e9)
        base = self.others.base
        self.wayback = Wayback(self.importer, self.client, f"{base}/", progress)
        self.crawl = CommonCrawl(self.importer, self.client, f"{base}/", base, progress)
        self.progress = progress

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Records, pages, known ones and those passed over."""
        tally = self.importer.tally
        return tally.records, tally.pages, tally.known, tally.passed

    def end(self) -> None:
        self.importer.give_up_waiting()
        self.importer.close(RunState.FINISHED)

    def close(self) -> None:
        self.client.close()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as archive:
        yield archive


@pytest.fixture
def desk(archive: Archive) -> Iterator[Desk]:
    with Archives(PAGES) as others:
        desk = Desk(archive, others)
        yield desk
        desk.close()


def test_wayback_is_asked_for_pages_of_a_host_that_came_well(desk: Desk) -> None:
    assert desk.wayback.read(SOURCE, again=False) == []
    desk.end()
    assert desk.counts == (12, 12, 0, 0)
    (asked, *_) = desk.others.asked
    for words in (
        f"url={HOST}", "matchType=host", "output=json", "limit=1000", "showResumeKey=true",
        "filter=statuscode%3A200", "filter=mimetype%3Atext%2Fhtml",
        "fl=timestamp%2Coriginal%2Cmimetype%2Cstatuscode%2Cdigest",
    ):  # fmt: skip
        assert words in asked
    assert not re.search("from=|to=|resumeKey=", asked)
    kept = desk.archive.captures.all_at(PAGES[0][1], "2023-02-01T08:00:00Z")
    assert [each.origin for each in kept] == [
        f"{desk.others.base}/web/{PAGES[0][0]}id_/{PAGES[0][1]}"
    ]
    desk.begin()
    assert desk.wayback.read(SOURCE, again=False) == [HOST]
    assert desk.counts == (0, 0, 0, 0)
    assert desk.wayback.read(SOURCE, again=True) == []
    assert desk.counts == (12, 0, 12, 0)


def test_an_index_is_read_page_after_page_and_goes_on_where_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.imports.services.wayback.PAGE", 5)
    desk.limit = 7
    desk.begin()
    with pytest.raises(LimitReached):
        desk.wayback.read(SOURCE, again=False)
    assert desk.counts[:2] == (7, 7)
    keys = [re.search("resumeKey=([0-9]+)", each) for each in desk.others.asked if "cdx" in each]
    assert [key and key[1] for key in keys] == [None, "5"]
    desk.limit = None
    desk.begin()
    desk.others.asked.clear()
    assert desk.wayback.read(SOURCE, again=False) == []
    desk.end()
    keys = [re.search("resumeKey=([0-9]+)", each) for each in desk.others.asked if "cdx" in each]
    assert [key and key[1] for key in keys] == ["5", "10"]
    assert desk.counts == (7, 5, 2, 0)
    assert desk.archive.articles.count("town") == 12


def test_days_are_asked_for_as_stamps(desk: Desk) -> None:
    desk.choice = Choice([SOURCE], since="2023-03-01T00:00:00Z", until="2023-05-01T00:00:00Z")
    desk.begin()
    desk.wayback.read(SOURCE, again=False)
    (asked, *_) = desk.others.asked
    assert "from=20230301000000" in asked
    assert "to=20230501000000" in asked
    assert desk.counts[1] == sum("202303" < stamp < "202305" for stamp, *_ in PAGES)


def test_copies_that_are_not_to_be_had_are_counted_and_others_are_tried(desk: Desk) -> None:
    stamp, address, _ = PAGES[0]
    desk.others.odd[f"/web/{stamp}id_/{address}"] = (404, {}, b"gone")
    desk.wayback.read(SOURCE, again=False)
    assert desk.counts == (12, 11, 0, 0)
    assert desk.importer.tally.facts()["notes"] == {"missing": 1}
    assert desk.importer.tally.bytes == sum(len(body) for *_, body in PAGES[1:]) + 4


@pytest.mark.parametrize("status", [403, 404])
def test_an_index_that_answers_otherwise_is_said(desk: Desk, status: int) -> None:
    desk.others.odd["/cdx/"] = (status, {}, b"no \n way")
    with pytest.raises(CrawlError, match=f"answered {status}: no way"):
        desk.wayback.read(SOURCE, again=False)


def test_payloads_are_seen_once_whatever_their_address(desk: Desk) -> None:
    seen = Seen(desk.archive)
    same = f"{BASE}/ten-khac-a1.html"
    assert not seen.note(SOURCE, url(1), None)
    assert not seen.note(SOURCE, url(1), "sha1:A")
    assert seen.note(SOURCE, same, "sha1:A"), "one article"
    assert not seen.note(SOURCE, url(2), "sha1:A")
    seen.forget(SOURCE, same, "sha1:A")
    assert not seen.note(SOURCE, url(1), "sha1:A")
    seen.forget(SOURCE, url(1), None)
    assert seen.note(SOURCE, url(1), "sha1:A")
    desk.wayback.read(SOURCE, again=False)
    desk.end()
    (kept,) = desk.archive.captures.all_at(PAGES[0][1], "2023-02-01T08:00:00Z")
    moved = f"{BASE}/ten-khac-a1.html"
    assert Seen(desk.archive).note(SOURCE, moved, kept.digest), "the article has it"
    fresh = Seen(desk.archive)
    assert fresh.note(SOURCE, PAGES[0][1], kept.digest)
    assert not fresh.note(SOURCE, PAGES[0][1], "sha1:B")


def test_records_of_common_crawl_are_had_by_ranges(desk: Desk) -> None:
    assert desk.crawl.read(SOURCE, (), again=False) == []
    desk.end()
    assert desk.counts == (12, 12, 0, 0)
    assert desk.importer.tally.bytes == len(desk.others._file)
    asked = [each for each in desk.others.asked if "-index?" in each]
    assert [re.search("page=([0-9])", each) is not None for each in asked] == [False, True, True]
    desk.begin()
    assert desk.crawl.read(SOURCE, [CRAWL], again=False) == [f"{CRAWL} {HOST}"]
    assert desk.crawl.read(SOURCE, [CRAWL], again=True) == []
    assert desk.counts == (12, 0, 12, 0)
    with pytest.raises(UsageError, match=f"no index is called A, B: there are {CRAWL}"):
        desk.crawl.read(SOURCE, ["B", "A"], again=False)


def test_a_host_that_is_read_again_is_not_read_to_its_end_until_it_is(desk: Desk) -> None:
    desk.crawl.read(SOURCE, (), again=False)
    desk.others.odd[f"/{CRAWL}-index"] = (403, {}, b"")
    with pytest.raises(CrawlError):
        desk.crawl.read(SOURCE, (), again=True)
    desk.others.odd.clear()
    desk.begin()
    assert desk.crawl.read(SOURCE, (), again=False) == []
    assert desk.counts == (12, 0, 12, 0)


def test_common_crawl_goes_on_at_its_page(desk: Desk) -> None:
    desk.limit = 8
    desk.begin()
    with pytest.raises(LimitReached):
        desk.crawl.read(SOURCE, (), again=False)
    desk.limit = None
    desk.begin()
    desk.others.asked.clear()
    desk.crawl.read(SOURCE, (), again=False)
    desk.end()
    pages = [re.search("&page=([0-9])", each) for each in desk.others.asked]
    assert [each[1] for each in pages if each] == ["1"]
    assert desk.archive.articles.count("town") == 12


@pytest.mark.parametrize(
    ("since", "until", "begin", "end", "wanted"),
    [
        (None, None, "", "", True),
        ("2023-02-09T13:00:00Z", None, "", "2023-02-09T13:00:00", True),
        ("2023-02-09T13:00:01Z", None, "", "2023-02-09T13:00:00", False),
        ("2023-02-09T13:00:01Z", None, "", "", True),
        (None, "2023-01-26T21:00:00Z", "2023-01-26T21:00:00", "", False),
        (None, "2023-01-26T21:00:01Z", "2023-01-26T21:00:00", "", True),
        (None, "2023-01-01T00:00:00Z", "", "", True),
    ],
)
def test_an_index_is_wanted_where_its_days_meet_ours(
    desk: Desk, since: str | None, until: str | None, begin: str, end: str, wanted: bool
) -> None:
    desk.choice = Choice([SOURCE], since=since, until=until)
    desk.begin()
    index = Index(id="A", api="x", begin=begin, end=end)
    assert desk.crawl._is_wanted(index, ()) is wanted
    assert desk.crawl._is_wanted(index, ["A"])
    assert not desk.crawl._is_wanted(index, ["B"])


@pytest.mark.parametrize(
    ("said", "pages"),
    [(b"3", 3), (b'{"pages": 4}', 4), (b'{"pages": "5"}', 5), (b"[]", None), (b"x", None)],
)
def test_the_pages_of_an_index_are_counted(desk: Desk, said: bytes, pages: int | None) -> None:
    index = Index(id=CRAWL, api=f"{desk.others.base}/{CRAWL}-index", begin="", end="")
    desk.others.odd[f"/{CRAWL}-index"] = (200, {}, said)
    if pages is None:
        with pytest.raises(CrawlError, match="does not say how much"):
            desk.crawl._count_pages(index, HOST)
    else:
        assert desk.crawl._count_pages(index, HOST) == pages
    desk.others.odd[f"/{CRAWL}-index"] = (404, {}, b"")
    assert desk.crawl._count_pages(index, HOST) == 0


def test_what_an_index_of_common_crawl_names_and_is_no_page_is_passed_over(desk: Desk) -> None:
    lines = desk.others._lines
    lines[0]["status"], lines[1]["mime"] = "301", "application/pdf"
    lines[2]["url"] = "https://khac.example.vn/a-a1.html"
    desk.others.odd[f"/{FILE}"] = (404, {}, b"")
    desk.crawl.read(SOURCE, (), again=False)
    assert desk.counts == (12, 0, 0, 3)
    assert desk.importer.tally.facts()["notes"] == {"missing": 9}


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("2023-13", "is spelled like"),
        ("2023-00", "is spelled like"),
        ("2023-1", "is spelled like"),
        ("23-01", "is spelled like"),
        ("x023-01", "is spelled like"),
        ("2016-01", "has no news of 2016-01"),
    ],
)
def test_a_month_without_news_is_said(desk: Desk, month: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        news_addresses(desk.client, desk.others.base, month)


def test_a_list_of_news_that_is_none_is_said(desk: Desk) -> None:
    path = "/crawl-data/CC-NEWS/2023/01/warc.paths.gz"
    for odd in ((501, {}, b""), (200, {}, b"no gzip")):
        desk.others.odd[path] = odd  # type: ignore[assignment]
        with pytest.raises(CrawlError, match="is no list of files"):
            news_addresses(desk.client, f"{desk.others.base}/", "2023-01")
    desk.others.odd.clear()
    assert news_addresses(desk.client, f"{desk.others.base}/", "2023-01") == [
        f"{desk.others.base}/{NEWS.format(number)}" for number in (1, 2)
    ]


def test_files_of_common_crawl_go_by_their_paths(desk: Desk) -> None:
    base = desk.others.base
    piece = remote_piece(desk.client, f"{base}/", f"{base}/{NEWS.format(1)}")
    assert (piece.name, piece.identity, piece.size) == (NEWS.format(1), "remote", None)
    assert remote_piece(desk.client, base, f"{base}/x.warc").name == f"{base}/x.warc"
    assert remote_piece(desk.client, "http://b", f"{base}/{NEWS.format(1)}").name == (
        f"{base}/{NEWS.format(1)}"
    )
    reader = FileReader(desk.importer, piece, desk.progress)
    assert reader.read() is True
    desk.end()
    assert desk.counts[:2] == (12, 12)
    desk.begin()
    assert FileReader(desk.importer, piece, desk.progress).read() is False
    assert FileReader(desk.importer, piece, desk.progress).read(again=True) is True
    assert desk.counts == (12, 0, 12, 0)


def test_a_page_of_an_index_that_was_read_is_not_asked_for_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.imports.services.wayback.PAGE", 5)
    desk.wayback.read(SOURCE, again=False)
    first = desk.others.asked[0]
    desk.others.odd[f"{first}&resumeKey=5"] = (403, {}, b"")
    desk.begin()
    with pytest.raises(CrawlError, match="answered 403"):
        desk.wayback.read(SOURCE, again=True)
    desk.others.odd.clear()
    desk.others.asked.clear()
    desk.begin()
    desk.wayback.read(SOURCE, again=False)
    assert desk.others.asked[0] == f"{first}&resumeKey=5"


def test_a_record_that_is_damaged_or_no_page_is_told(desk: Desk) -> None:
    for data, note in (
        (b"no record at all", "damaged"),
        (record(url(1), b"no http"), "no-http"),
        (desk.others._file[:200], "torn"),
    ):
        desk.begin()
        desk.others.odd[f"/{FILE}"] = (206, {}, data)
        place = Place(
            url=url(1), status="200", mime="text/html", digest=None, file=FILE, offset=0, length=9
        )
        assert desk.crawl._fetch(place)
        assert set(desk.importer.tally.facts()["notes"]) == {note}
        assert (desk.importer.tally.bytes, desk.importer.tally.pages) == (len(data), 0)


@pytest.mark.parametrize(
    ("offset", "length", "asked"),
    [(0, 1, "0-0"), (5, 100, "5-104"), (7, 99_999_999, "7-16777222")],
)
def test_a_record_is_asked_for_by_its_bytes(
    desk: Desk, offset: int, length: int, asked: str
) -> None:
    place = Place(
        url=url(1), status="200", mime="text/html", digest=None, file=FILE, offset=offset,
        length=length,
    )  # fmt: skip
    desk.crawl._fetch(place)
    assert list(desk.others.bodies) == [f"{FILE} bytes={asked}"]


def test_what_was_not_to_be_had_is_tried_at_its_other_place(desk: Desk) -> None:
    lines = desk.others._lines
    lines[1] |= {"url": lines[0]["url"], "digest": lines[0]["digest"]}
    places = [lines[0] | {"filename": "lost"}, lines[0], lines[1]]
    desk.others._lines = places
    desk.crawl.read(SOURCE, (), again=False)
    assert desk.counts == (3, 1, 1, 0)
    assert desk.importer.tally.facts()["notes"] == {"missing": 1}


def test_a_page_of_an_index_that_is_cut_or_wrong_is_said(desk: Desk) -> None:
    index = Index(id=CRAWL, api=f"{desk.others.base}/{CRAWL}-index", begin="", end="")
    good = json.dumps(desk.others._lines[0]).encode()
    for body, records, notes, said in (
        (good + b'\n{"url', 1, {}, "breaks off within a line"),
        (good + b"\nwrong\n", 2, {"missing": 1}, ""),
        (b'{"url', 0, {}, "breaks off within a line"),
    ):
        desk.begin()
        desk.others.odd[f"/{CRAWL}-index"] = (200, {}, body)
        if said:
            with pytest.raises(CrawlError, match=said):
                desk.crawl._read_page(SOURCE, index, HOST, 0)
        else:
            desk.crawl._read_page(SOURCE, index, HOST, 0)
        assert desk.importer.tally.records == records
        assert desk.importer.tally.facts()["notes"] == notes
    for status, said in ((404, ""), (403, "answered 403: no")):
        desk.others.odd[f"/{CRAWL}-index"] = (status, {}, b"no")
        if said:
            with pytest.raises(CrawlError, match=said):
                desk.crawl._read_page(SOURCE, index, HOST, 0)
        else:
            desk.crawl._read_page(SOURCE, index, HOST, 0)


@pytest.mark.parametrize(
    "odd", [(404, {}, b"[]"), (200, {}, b'{"a": 1}'), (200, {}, b'[{"id": 1}]')]
)
def test_a_list_of_indexes_that_is_none_is_said(desk: Desk, odd: Any) -> None:
    desk.others.odd["/collinfo.json"] = odd
    with pytest.raises(CrawlError, match="is no list of indexes"):
        desk.crawl._indexes(())


def test_five_indexes_are_named_where_one_is_not_known(desk: Desk) -> None:
    known = [{"id": f"C{n}", "cdx-api": "x"} for n in range(7)]
    desk.others.odd["/collinfo.json"] = (200, {}, json.dumps(known).encode())
    with pytest.raises(UsageError, match="there are C0, C1, C2, C3, C4, …"):
        desk.crawl._indexes(["X"])
    assert [index.id for index in desk.crawl._indexes(["C6"])] == ["C6"]
