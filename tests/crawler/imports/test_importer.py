"""Responses from elsewhere into the archive: which are taken, known, waited for, refused."""

from __future__ import annotations

import gzip
import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from crawler.imports.choice import Choice
from crawler.imports.drawn import Pairing
from crawler.imports.files import FileReader
from crawler.imports.importer import Importer, LimitReached
from crawler.imports.pieces import Piece
from crawler.imports.progress import Progress
from crawler.imports.responses import Original, Response
from crawler.runs.links import make_link, row_of
from crawler.sources import Source
from storage.errors import BaotinhError
from storage.states import RunState
from storage.warc.files import read_capture
from storage.warc.records import Origin, payload_digest
from tests.support.template import open_new
from tests.support.warcs import BASE, page, record, response, url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.archive import Archive

NOW = "2026-11-24T03:00:00Z"
AT = "2019-03-06T00:00:00Z"
SOURCE = Source(
    id="town",
    name="Town",
    province="Huế",
    homepage=f"{BASE}/",
    accept=(re.compile("-a(?P<id>[0-9]+)[.]html$"),),
)
HTML = (("Content-Type", "text/html; charset=utf-8"),)
GZIP = (*HTML, ("Content-Encoding", "gzip"))


def came(number: int, **changes: Any) -> Response:
    facts: dict[str, Any] = {
        "url": url(number),
        "fetched_at": AT,
        "status": 200,
        "reason": "OK",
        "headers": HTML,
        "payload": page(number),
        "origin": Origin(name="old.warc.gz", offset=number),
    }
    return Response(**facts | changes)


def revisit(number: int, at: str, **original: Any) -> Response:
    facts = {"url": url(number), "fetched_at": None, "digest": None} | original
    return came(number, fetched_at=at, payload=b"", headers=(), original=Original(**facts))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "archive.db") as archive:
        yield archive


@pytest.fixture
def make(archive: Archive) -> Callable[..., Importer]:
    def begin(*, since: str | None = None, until: str | None = None, **changes: Any) -> Importer:
        choice = Choice([SOURCE], since=since, until=until)
        return Importer(archive, choice, **{"now": lambda: NOW, "max_page": 10**6, **changes})

    return begin


def counts(importer: Importer) -> tuple[int, int, int]:
    """Pages, known ones and those passed over."""
    tally = importer.tally
    return tally.pages, tally.known, tally.passed


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, True),
        ({"status": 404}, False),
        ({"status": 201}, False),
        ({"url": f"{BASE}/thoi-su/"}, False),
        ({"url": "https://khac.example.vn/a-a1.html"}, False),
        ({"fetched_at": "2019-03-05T23:59:59Z"}, False),
        ({"fetched_at": "2019-03-07T00:00:00Z"}, False),
    ],
)
def test_pages_of_ours_that_came_well_in_the_period_are_taken(
    make: Callable[..., Importer], changes: dict[str, Any], wanted: bool
) -> None:
    importer = make(since=AT, until="2019-03-07T00:00:00Z")
    importer.take(came(1, **changes))
    assert counts(importer) == ((1, 0, 0) if wanted else (0, 0, 1))


def test_pictures_that_are_passed_over_are_told(make: Callable[..., Importer]) -> None:
    importer = make()
    importer.take(came(1, url=f"{BASE}/a.jpg", headers=(("Content-Type", "image/jpeg"),)))
    importer.take(came(1, url=f"{BASE}/a.html"))
    importer.take(came(1, url=f"{BASE}/b.jpg", headers=()))
    assert importer.tally.facts()["notes"] == {"media": 1}


def test_a_page_is_known_by_address_time_and_payload(make: Callable[..., Importer]) -> None:
    importer = make()
    importer.take(came(1))
    importer.take(came(1))
    assert counts(importer) == (1, 1, 0), "it waits to be written"
    importer.take(came(1, fetched_at="2019-03-07T00:00:00Z"))
    importer.take(came(1, payload=page(1, edited="Sửa.")))
    assert counts(importer) == (3, 1, 0)
    importer.flush()
    importer.take(came(1))
    assert counts(importer) == (3, 2, 0), "it is written"


def test_pages_are_written_twenty_at_a_time(
    archive: Archive, make: Callable[..., Importer]
) -> None:
    importer = make()
    for number in range(19):
        importer.take(came(number))
    assert archive.articles.count("town") == 0
    importer.take(came(19))
    assert archive.articles.count("town") == 20


def test_a_limit_is_the_last_page_and_all_before_it_are_written(
    archive: Archive, make: Callable[..., Importer]
) -> None:
    importer = make(limit=2)
    importer.take(came(1))
    with pytest.raises(LimitReached):
        importer.take(came(2))
    assert archive.articles.count("town") == 2


@pytest.mark.parametrize("by", ["digest", "date", "other"])
def test_a_revisit_is_the_page_it_refers_to(
    archive: Archive, make: Callable[..., Importer], by: str
) -> None:
    importer = make()
    importer.take(came(1))
    later = "2019-03-08T00:00:00Z"
    digest = payload_digest(page(1))
    original = {
        "digest": {"digest": digest},
        "date": {"fetched_at": AT},
        "other": {"url": url(9), "digest": digest},
    }[by]
    importer.take(revisit(1, later, **original))
    assert importer.waiting == 0
    assert counts(importer) == (2, 0, 0)
    importer.take(revisit(1, later, **original))
    assert counts(importer) == (2, 1, 0)
    importer.flush()
    (kept,) = archive.captures.all_at(url(1), later)
    assert (kept.digest, kept.status, kept.content_type) == (digest, 200, HTML[0][1])


def test_a_revisit_waits_for_what_it_refers_to_and_is_given_up(
    make: Callable[..., Importer],
) -> None:
    importer = make()
    importer.take(revisit(1, "2019-03-08T00:00:00Z", digest=payload_digest(page(1))))
    importer.take(revisit(2, "2019-03-08T00:00:00Z", digest=payload_digest(page(2))))
    importer.take_waiting()
    assert importer.waiting == 2
    importer.take(came(1))
    importer.take_waiting()
    assert (importer.waiting, counts(importer)) == (1, (2, 0, 0))
    importer.give_up_waiting()
    assert importer.waiting == 0
    assert importer.tally.facts()["notes"] == {"no-original": 1}


def test_so_many_revisits_wait(
    make: Callable[..., Importer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.imports.importer.MOST_WAITING", 1)
    importer = make()
    for number in (1, 2):
        importer.take(revisit(number, "2019-03-08T00:00:00Z", fetched_at=AT))
    assert importer.waiting == 1
    assert importer.tally.facts()["notes"] == {"no-original": 1}


@pytest.mark.parametrize(("before", "waiting"), [(9_999, 10_000), (10_000, 10_000)])
def test_ten_thousand_revisits_wait(
    make: Callable[..., Importer], before: int, waiting: int
) -> None:
    importer = make()
    late = revisit(1, "2019-03-08T00:00:00Z", fetched_at=AT)
    importer._waiting = [late] * before
    importer.take(late)
    assert importer.waiting == waiting
    assert importer.tally.facts()["notes"] == ({} if before < waiting else {"no-original": 1})


def test_a_file_is_finished_when_its_last_revisit_waits_no_more(
    archive: Archive, make: Callable[..., Importer]
) -> None:
    importer = make()
    progress = archive.imports.begin("old.warc.gz 1", "s", now=NOW)
    other = archive.imports.begin("new.warc.gz 1", "s", now=NOW)
    importer.take(revisit(1, "2019-03-08T00:00:00Z", fetched_at=AT))
    importer.finish(progress, "old.warc.gz")
    importer.finish(other, "new.warc.gz")

    def finished(name: str) -> bool:
        return bool(archive.imports.begin(name, "s", now=NOW).finished_at)

    assert (finished("old.warc.gz 1"), finished("new.warc.gz 1")) == (False, True)
    importer.give_up_waiting()
    assert finished("old.warc.gz 1")
    archive.imports.start_over(progress.id, now=NOW)
    importer.give_up_waiting()
    assert not finished("old.warc.gz 1"), "it is read anew"


@pytest.mark.parametrize(
    ("changes", "reason", "note"),
    [
        ({"payload": b"<p>ng\xc3\xa0y</p>"}, "no-title", None),
        ({"headers": GZIP, "payload": gzip.compress(page(1))[:-6]}, "encoding", None),
        ({"headers": (*HTML, ("Content-Encoding", "br"))}, None, "not-encoded"),
        ({"headers": GZIP, "payload": gzip.compress(page(1) + b" " * 10**6)}, "too-large", None),
        (
            {"headers": GZIP, "payload": gzip.compress(page(1).ljust(10**6))},
            None,
            None,
        ),
    ],
)
def test_a_page_is_read_or_refused_with_a_reason(
    archive: Archive,
    make: Callable[..., Importer],
    changes: dict[str, Any],
    reason: str | None,
    note: str | None,
) -> None:
    importer = make()
    importer.take(came(1, **changes))
    importer.flush()
    assert importer.tally.facts()["notes"] == ({note: 1} if note else {})
    (run,) = importer.close(RunState.FINISHED)
    assert importer.close(RunState.FINISHED) == [], "it is ended once"
    if reason is None:
        assert run.outcomes == {"new": 1}
    elif reason == "no-title":
        assert list(run.outcomes) != ["new"]
    else:
        assert run.outcomes == {f"rejected/{reason}": 1}
    assert archive.captures.all_at(url(1), AT)


def test_an_import_plans_what_was_planned_and_asks_for_what_waits(
    archive: Archive, make: Callable[..., Importer]
) -> None:
    importer = make()
    importer.take(came(1))
    importer.flush()
    known = archive.links.find("town", "a1")
    assert known is not None
    assert known.next_try_at is None
    archive.links.add([make_link(SOURCE, url(2), found_at=NOW)])
    importer.take(came(2))
    importer.flush()
    waited = archive.links.find("town", "a2")
    assert waited is not None
    assert waited.next_try_at == NOW
    archive.connection.execute("update links set next_try_at = '2030-01-01T00:00:00Z'")
    importer.take(came(1, fetched_at="2019-03-07T00:00:00Z"))
    importer.flush()
    kept = archive.links.find("town", "a1")
    assert kept is not None
    assert kept.next_try_at == "2030-01-01T00:00:00Z"


def test_answers_of_drawn_pages_wait_for_what_was_drawn_of_them(
    make: Callable[..., Importer], monkeypatch: pytest.MonkeyPatch
) -> None:
    importer = make()
    importer.choice._owners[next(iter(importer.choice._owners))] = [
        Source(
            id="town", name="T", province="Huế", homepage=f"{BASE}/", accept=SOURCE.accept,
            render=True,
        )
    ]  # fmt: skip
    pairing = Pairing(importer)

    def answer(number: int) -> Response:
        return came(number, origin=Origin(name="a", offset=number, record_id=f"id{number}"))

    pairing.take(came(1))
    assert (len(pairing), importer.tally.pages) == (0, 1), "no record can refer to it"
    pairing.take(answer(2))
    pairing.take(answer(3))
    assert (len(pairing), importer.tally.pages) == (2, 1)
    pairing.take(came(2, drawn_from="id2", fetched_at="2019-03-06T00:00:01Z"))
    assert (len(pairing), importer.tally.pages) == (1, 2)
    assert importer._batch[-1].shell is not None
    monkeypatch.setattr("crawler.imports.drawn.MOST_WAITING", 1)
    pairing.take(answer(4))
    assert (len(pairing), importer.tally.pages) == (1, 3)
    monkeypatch.setattr("crawler.imports.drawn.MOST_WAITING", 9)
    monkeypatch.setattr("crawler.imports.drawn.MOST_BYTES", len(page(4)) + len(page(5)))
    pairing.take(answer(5))
    assert len(pairing) == 2
    pairing.take(answer(6))
    assert len(pairing) <= 2
    pairing.give_up()
    assert (len(pairing), importer.tally.pages) == (0, 6)


def test_a_payload_is_kept_once_within_a_batch_and_later(
    archive: Archive, make: Callable[..., Importer]
) -> None:
    importer = make()
    days = ("2019-03-06T00:00:00Z", "2019-03-07T00:00:00Z", "2019-03-08T00:00:00Z")
    for day in days[:2]:
        importer.take(came(1, fetched_at=day))
    importer.flush()
    importer.take(came(1, fetched_at=days[2]))
    importer.flush()
    importer.close(RunState.FINISHED)
    kept = [archive.captures.all_at(url(1), day)[0] for day in days]
    sizes = [capture.length for capture in kept]
    assert sizes[0] > max(sizes[1:])
    read = [read_capture(archive.captures_dir, capture).body for capture in kept]
    assert read == [page(1)] * 3


def test_pages_that_still_wait_to_be_written_are_written_at_the_end(
    archive: Archive, make: Callable[..., Importer]
) -> None:
    importer = make()
    importer.take(came(1))
    importer.give_up_waiting()
    assert archive.articles.count("town") == 1


@pytest.mark.parametrize(
    ("reason", "captured", "gone"),
    [
        ("http-410", AT, "http-410"), (None, AT, "gone"),
        ("http-410", "2019-03-08T00:00:00Z", None),
        ("http-410", "2019-03-09T00:00:00Z", None),
    ],
)  # fmt: skip
def test_a_page_that_was_found_gone_later_stays_gone(
    archive: Archive,
    make: Callable[..., Importer],
    reason: str | None,
    captured: str,
    gone: str | None,
) -> None:
    archive.sources.put(row_of(SOURCE))
    archive.links.add([make_link(SOURCE, url(1), found_at=NOW)])
    archive.connection.execute(
        "update links set state = 'gone', reason = ?, refused_at = '2019-03-08T00:00:00Z'",
        (reason,),
    )
    importer = make()
    importer.take(came(1, fetched_at=captured))
    importer.flush()
    rows = archive.connection.execute("select gone_at, gone_reason from articles").fetchall()
    assert [tuple(row) for row in rows] == [("2019-03-08T00:00:00Z" if gone else None, gone)]


def test_an_older_capture_does_not_move_what_the_last_visit_left(
    archive: Archive, make: Callable[..., Importer]
) -> None:
    importer = make()
    importer.take(came(1, fetched_at=AT))
    importer.flush()
    for state, reason, next_try_at in (("gone", "http-404", None), ("stored", "http-500", NOW)):
        archive.connection.execute(
            "update links set state = ?, reason = ?, next_try_at = ?, attempts = 3,"
            " refused_at = '2019-03-08T00:00:00Z'",
            (state, reason, next_try_at),
        )
        archive.connection.execute("update articles set gone_at = '2019-03-07T12:00:00Z'")
        before = archive.links.get(1)
        importer.take(came(1, fetched_at="2019-01-01T00:00:00Z"))
        importer.flush()
        assert archive.links.get(1) == before


def test_what_was_learnt_is_learnt_again_after_two_hundred_pages(
    make: Callable[..., Importer], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def learn(_: object, source_id: str, *, now: str) -> frozenset[str]:
        asked.append(f"{source_id} {now}")
        return frozenset()

    monkeypatch.setattr("crawler.imports.importer.learn_lines", learn)
    importer = make()
    for read in range(401):
        importer._begin(SOURCE)
        assert len(asked) == 1 + read // 200
    assert asked[0] == f"town {NOW}"


def test_answers_of_drawn_pages_without_their_payload_are_told(
    archive: Archive, make: Callable[..., Importer]
) -> None:
    importer = make()
    lost = revisit(2, AT, digest=payload_digest(b"lost"))
    importer.take(came(1, drawn_from="id1", shell=lost))
    assert importer._batch[0].shell is None
    assert importer.tally.facts()["notes"] == {"no-original": 1}
    importer.take(came(2, drawn_from="id2", shell=came(2)))
    shell = importer._batch[-1].shell
    assert shell is not None
    assert (shell.payload, shell.digest) == (page(2), payload_digest(page(2)))
    importer.take(came(2, fetched_at="2019-03-07T00:00:00Z", shell=came(3)))
    importer.flush()
    assert [len(archive.captures.of_link(number)) for number in (1, 2)] == [1, 3]


def test_the_place_to_go_on_at_is_noted_with_what_was_read(
    archive: Archive, make: Callable[..., Importer]
) -> None:
    importer = make()
    progress = archive.imports.begin("old.warc.gz 1", "s", now=NOW)
    for number in (1, 2):
        importer.tally.records += 3
        importer.take(came(number))
        importer.flush(progress, str(number))
    kept = archive.imports.begin("old.warc.gz 1", "s", now=NOW)
    assert (kept.place, kept.records, kept.pages) == ("2", 6, 2)


def test_what_was_read_of_a_file_that_breaks_off_is_kept(
    archive: Archive, make: Callable[..., Importer]
) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            if not data:
                raise OSError("the disk is gone")
            return data

    data = response(1) + response(2)
    piece = Piece(name="a.warc.gz", identity="1", size=None, open=lambda at: Broken(data[at:]))
    with pytest.raises(BaotinhError, match=r"a\.warc\.gz cannot be read on: the disk is gone"):
        FileReader(make(), piece, Progress(1e9)).read()
    assert archive.articles.count("town") >= 1
    kept = archive.imports.begin("a.warc.gz 1", make().choice.scope, now=NOW)
    assert (int(kept.place) > 0, kept.finished_at) == (True, None)


def test_a_file_is_read_on_where_its_first_revisit_waits(
    archive: Archive, make: Callable[..., Importer]
) -> None:
    at = "2019-03-07T00:00:00Z"
    first, second = response(1), response(2)
    waits = record(
        url(9),
        b"",
        kind="revisit",
        date=at,
        more=(f"WARC-Refers-To-Target-URI: {url(8)}", f"WARC-Refers-To-Date: {at}"),
    )
    for name, data, place in (
        ("a", first + second, len(first + second)),
        ("b", first + waits + second + waits, len(first)),
    ):
        importer = make()
        piece = Piece(
            name=name, identity="1", size=None, open=lambda at, data=data: io.BytesIO(data[at:])
        )
        FileReader(importer, piece, Progress(1e9)).read()
        kept = archive.imports.begin(f"{name} 1", importer.choice.scope, now=NOW)
        assert int(kept.place) == place
        assert (kept.finished_at is None) is (name == "b"), "its revisits wait"
        importer.give_up_waiting()
        importer.close(RunState.FINISHED)


@pytest.mark.parametrize(("after", "is_kept"), [(-1.0, True), (1e9, False)])
def test_the_place_is_kept_now_and_then_while_a_file_is_read(
    archive: Archive,
    make: Callable[..., Importer],
    monkeypatch: pytest.MonkeyPatch,
    after: float,
    is_kept: bool,
) -> None:
    class Stopped(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(100 if size else 0)
            if not data:
                raise KeyboardInterrupt
            return data

    monkeypatch.setattr("crawler.imports.files.SAVE_SECONDS", after)
    data, importer = response(1) + response(2), make()
    piece = Piece(name="a", identity="1", size=None, open=lambda at: Stopped(data[at:]))
    with pytest.raises(KeyboardInterrupt):
        FileReader(importer, piece, Progress(1e9)).read()
    kept = archive.imports.begin("a 1", importer.choice.scope, now=NOW)
    assert (kept.place, archive.articles.count("town")) == (
        (str(len(data)), 2) if is_kept else ("", 0)
    )


@pytest.mark.parametrize("is_known", [True, False])
def test_a_page_that_is_no_article_is_kept_with_its_address(
    archive: Archive, make: Callable[..., Importer], is_known: bool
) -> None:
    archive.sources.put(row_of(SOURCE))
    if is_known:
        archive.links.known(make_link(SOURCE, url(1), found_at=NOW))
    importer = make()
    importer.take(came(1, payload=b"<p>ng\xc3\xa0y</p>"))
    importer.flush()
    link = archive.links.find("town", "a1")
    assert link is not None
    assert link.state == ("pending" if is_known else "rejected")
    assert len(archive.captures.of_link(link.id or 0)) == 1
