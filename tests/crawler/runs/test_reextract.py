"""What became of a capture that was read again, recorded."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import pytest
from scrapy import Request

from crawler.errors import CrawlError
from crawler.media.choice import NOTHING, Choice
from crawler.runs.boilerplate import hints_of
from crawler.runs.reextract import (
    Page,
    Readers,
    Reread,
    Sheaf,
    _sheaves,
    _store,
    mend_articles,
    read_sheaf,
    reextract_source,
)
from crawler.runs.texts import finish_texts
from storage.media.choices import ImageChoice
from storage.records import STORED_BEFORE, Article, Evidence
from storage.states import RunKind
from tests.support.runs import NOW, OpenRun, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.records import Capture, Link

TEXT = "Sáng nay, hội chợ nông sản của tỉnh khai mạc với hơn một trăm gian hàng. " * 6
PAGE = f"""<html><head><title>Khai mạc hội chợ nông sản</title></head><body>
<h1>Khai mạc hội chợ nông sản</h1><div class="content"><p>{TEXT}</p><p>{TEXT}</p></div>
</body></html>"""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


def stored(run: OpenRun, path: str, title: str = "Hội nghị") -> tuple[Link, Capture]:
    """A page that was read as an article, kept."""
    link = run.find(path)
    request = Request(link.url)
    capture = run.recorder.captures.write(request, answer(request, PAGE))
    run.recorder.captures.sync()
    run.archive.add(article(link, title), link=link, capture=capture, run_id=None)
    known = run.archive.links.find("bao", link.key)
    kept = run.archive.article_by_key("bao", link.key)
    assert known is not None
    assert kept is not None
    assert kept.capture_id is not None
    found = run.archive.captures.get(kept.capture_id)
    assert found is not None
    return known, found


def article(link: Link, title: str) -> Article:
    made = Article(
        source_id="bao", url=link.url, canonical_url=link.canonical_url, key=link.key,
        fetched_at=NOW, title=title, body=f"{title}. " * 40,
    )  # fmt: skip
    finish_texts(made)
    return made


def reread(link: Link, capture: Capture, **changes: object) -> Reread:
    page = Page(capture=capture, link_id=link.id or 0, hints=hints_of(link, {}))
    return Reread(page=page, **changes)  # type: ignore[arg-type]


def begin(run: OpenRun) -> int:
    return run.archive.runs.start("bao", RunKind.REEXTRACT, NOW)


def test_a_capture_that_cannot_be_read_is_counted_and_changes_nothing(run: OpenRun) -> None:
    link, capture = stored(run, "a.html")
    number = begin(run)
    _store(run.archive, reread(link, capture, reason="capture", broken=True), number)
    _store(run.archive, reread(replace(link, id=99), capture, reason="no-body"), number)
    assert run.archive.runs.get(number).outcomes == {"failed/capture": 1}
    assert run.archive.links.find("bao", link.key) == link


@pytest.mark.parametrize(
    ("state", "known", "changes"),
    [
        ("stored", None, True),
        ("rejected", "listing", True),
        ("rejected", "no-body", False),
        ("pending", None, False),
        ("failed", None, False),
        ("gone", None, False),
    ],
)
def test_a_page_that_is_none_any_more_is_rejected_unless_it_waits(
    run: OpenRun, state: str, known: str | None, changes: bool
) -> None:
    link, capture = stored(run, "a.html")
    run.archive.connection.execute(
        "update links set state = ?, reason = ?, next_try_at = '2026-12-01T00:00:00Z'",
        (state, known),
    )
    number = begin(run)
    _store(run.archive, reread(link, capture, reason="no-body"), number)
    assert run.archive.runs.get(number).outcomes == {"rejected/no-body": 1}
    after = run.archive.links.find("bao", link.key)
    assert after is not None
    assert after.reason == ("no-body" if changes else known)
    if not changes:
        assert after.state == state
    assert after.next_try_at == "2026-12-01T00:00:00Z"


@pytest.mark.parametrize("gone", [False, True])
def test_a_better_reading_is_an_edit_of_ours_and_brings_nothing_back(
    run: OpenRun, gone: bool
) -> None:
    link, capture = stored(run, "a.html")
    if gone:
        run.archive.pages.mark_gone(link, "http-404", capture=None, run_id=None, seen_at=NOW)
    number = begin(run)
    better = article(link, "Khai mạc hội chợ")
    _store(run.archive, reread(link, capture, article=better), number)
    kept = run.archive.article_by_key("bao", link.key)
    assert kept is not None
    assert kept.title == "Khai mạc hội chợ"
    assert (kept.gone_at, kept.gone_reason) == ((NOW, "http-404") if gone else (None, None))
    kinds = [text.kind for text in run.archive.revisions(kept.id)]
    assert kinds[-1] == "reextracted"


def test_captures_are_read_sixteen_at_a_time(run: OpenRun) -> None:
    link, capture = stored(run, "a.html")
    chosen = [(capture.id or 0, link.id or 0)] * 33
    sizes = [
        len(sheaf.pages)
        for sheaf in _sheaves(run.archive, run.source, chosen, frozenset(), None)  # type: ignore[arg-type]
    ]
    assert sizes == [16, 16, 1]
    lost = [(99, link.id or 0), (capture.id or 0, 99)]
    (sheaf,) = _sheaves(run.archive, run.source, lost, frozenset(), None)  # type: ignore[arg-type]
    assert sheaf.pages == ()


def test_articles_are_mended_by_what_their_pages_say(run: OpenRun) -> None:
    one, _ = stored(run, "tin/khai-mac-hoi-cho-nong-san-a12345.html")
    other, _ = stored(run, "tin/khai-mac-hoi-cho-nong-san-a12346.html", "Khác")
    mend_articles(run.archive, run.source, [one.key, "none"], frozenset())
    titles = [run.archive.article_by_key("bao", each.key) for each in (one, other)]
    assert [each and each.title for each in titles] == ["Khai mạc hội chợ nông sản", "Khác"]


def test_one_job_reads_in_this_process() -> None:
    with Readers() as readers:
        assert readers._pool is None
        assert list(readers.read([])) == []


def test_pictures_are_noted_where_they_are_wanted(run: OpenRun) -> None:
    link = run.find("tin/khai-mac-hoi-cho-nong-san-a12345.html")
    page = PAGE.replace("</h1>", "</h1><img src='/anh.jpg' width='800' height='600'>")
    page = page.replace("<head>", '<head><meta property="og:image" content="/anh.jpg">')
    capture = run.recorder.captures.write(Request(link.url), answer(Request(link.url), page))
    run.recorder.captures.sync()
    pages = (Page(capture=capture, link_id=1, hints=hints_of(link, {})),)
    found = []
    for media in (NOTHING, Choice(images=ImageChoice.ALL, most=3)):
        sheaf = Sheaf(
            captures_dir=run.archive.captures_dir,
            source=run.source,
            boilerplate=frozenset(),
            pages=pages,
            media=media,
        )
        (reread,) = read_sheaf(sheaf)
        assert reread.article is not None
        found.append([wanted.url for wanted in reread.media])
    assert found == [[], ["https://bao.example.vn/anh.jpg"]]


def test_lines_are_learnt_from_the_latest_three_thousand_articles(
    run: OpenRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def note(*_: object, latest: int, **__: object) -> frozenset[str]:
        asked.append(latest)
        return frozenset()

    monkeypatch.setattr("crawler.runs.reextract.learn_lines", note)
    reextract_source(run.archive, run.source, now=lambda: NOW)
    assert asked == [3000]


def test_all_captures_of_a_source_are_read_in_a_run_of_their_own(run: OpenRun) -> None:
    stored(run, "tin/khai-mac-hoi-cho-nong-san-a12345.html")
    stored(run, "tin/khai-mac-hoi-cho-nong-san-a12346.html", "Khác")
    seen: list[tuple[int, int]] = []
    made = reextract_source(
        run.archive, run.source, now=lambda: NOW, on_pages=lambda *pages: seen.append(pages)
    )
    assert seen == [(2, 2)]
    assert (made.kind, made.state, made.finished_at) == ("reextract", "finished", NOW)
    assert made.outcomes == {"revised": 2}


def test_a_reading_that_is_broken_off_is_on_record(run: OpenRun) -> None:
    stored(run, "tin/khai-mac-hoi-cho-nong-san-a12345.html")

    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reextract_source(run.archive, run.source, now=lambda: NOW, on_pages=stop)
    assert run.archive.runs.last("bao", 1)[0].state == "interrupted"


def sheaves(run: OpenRun, count: int, pulled: list[int]) -> Iterator[Sheaf]:
    for number in range(count):
        pulled.append(number)
        yield Sheaf(
            captures_dir=run.archive.captures_dir,
            source=run.source,
            boilerplate=frozenset(),
            pages=(),
        )


def test_readers_are_three_sheaves_ahead_of_the_writer_each(run: OpenRun) -> None:
    readers, pulled = Readers(2), []  # type: ignore[var-annotated]
    with ThreadPoolExecutor(1) as pool:
        readers._pool = pool  # type: ignore[assignment]
        found = readers.read(sheaves(run, 9, pulled))
        assert next(found) == []
        assert pulled == [*range(7)]
        assert [*found] == [[]] * 8


class Dead:
    """Processes that have died."""

    def submit(self, *_: object) -> Future[object]:
        lost: Future[object] = Future()
        lost.set_exception(BrokenProcessPool())
        return lost


def test_a_reader_that_died_is_told(run: OpenRun) -> None:
    readers = Readers(2)
    readers._pool = Dead()  # type: ignore[assignment]
    with pytest.raises(CrawlError, match="give --jobs a smaller number"):
        list(readers.read(sheaves(run, 1, [])))


def test_what_waits_to_be_read_is_left_when_the_work_ends() -> None:
    left = Event()
    with Readers() as readers:
        readers._pool = pool = ThreadPoolExecutor(1)  # type: ignore[assignment]
        pool.submit(left.wait, 60)
        waits = pool.submit(int)
        waits.add_done_callback(lambda _: left.set())
    assert waits.cancelled()


def test_several_jobs_read_in_processes_that_end_with_the_work() -> None:
    with Readers(2) as readers:
        pool = readers._pool
        assert pool is not None
    with pytest.raises(RuntimeError):
        pool.submit(int)


def test_what_was_kept_of_a_page_stays_when_it_is_read_again(run: OpenRun) -> None:
    link, capture = stored(run, "a.html")
    kept = replace(article(link, "Hội nghị"), summary="Sapo của bài.")
    kept.evidence["summary"] = Evidence(how=STORED_BEFORE, confidence=0.5)
    finish_texts(kept)
    run.archive.add(kept, link=link, capture=capture, run_id=None)
    again = run.archive.links.find("bao", link.key)
    assert again is not None
    _store(run.archive, reread(again, capture, article=article(link, "Hội nghị")), begin(run))
    known = run.archive.article_by_key("bao", link.key)
    assert known is not None
    assert known.summary == "Sapo của bài."


REFUSED = "2026-11-23T08:00:43Z"
LATER = "2026-12-01T00:00:00Z"


def as_left(run: OpenRun, link: Link, **fields: object) -> Link:
    """A link as its last visit left it, in a time after ``NOW``."""
    assignments = ", ".join(f"{name} = ?" for name in fields)
    run.archive.connection.execute(
        f"update links set {assignments} where id = ?",  # noqa: S608
        (*fields.values(), link.id),
    )
    found = run.archive.links.get(link.id or 0)
    assert found is not None
    return found


@pytest.mark.parametrize("title", ["Hội nghị", "Khai mạc hội chợ"])
@pytest.mark.parametrize(
    ("state", "reason", "next_try_at"),
    [("gone", "http-410", None), ("stored", "http-500", LATER)],
)
def test_reading_again_is_no_visit_and_no_attempt(
    run: OpenRun, state: str, reason: str, next_try_at: str | None, title: str
) -> None:
    link, capture = stored(run, "a.html")
    run.archive.pages.mark_gone(link, "http-404", capture=None, run_id=None, seen_at=LATER)
    if state != "gone":
        run.archive.connection.execute("update articles set gone_at = null, gone_reason = null")
    link = as_left(
        run, link, state=state, reason=reason, attempts=3, next_try_at=next_try_at,
        refused_at=REFUSED, absent=1, etag="x",
    )  # fmt: skip
    other = as_left(run, run.find("b.html"), state="stored", article_id=1, next_try_at=LATER)
    gone = run.rows("select gone_at, gone_reason, last_seen_at from articles")
    _store(run.archive, reread(link, capture, article=article(link, title)), begin(run))
    assert run.archive.links.get(link.id or 0) == link
    assert run.archive.links.get(other.id or 0) == other
    assert run.rows("select gone_at, gone_reason, last_seen_at from articles") == gone


def test_a_page_gone_whose_article_lives_elsewhere_is_gone_when_read_again(run: OpenRun) -> None:
    link, capture = stored(run, "a.html")
    as_left(run, run.find("b.html"), state="stored", article_id=1)
    run.archive.pages.mark_gone(link, "http-404", capture=None, run_id=None, seen_at=REFUSED)
    gone = run.archive.links.find("bao", link.key)
    _store(run.archive, reread(link, capture, article=article(link, "Hội nghị")), begin(run))
    assert run.archive.links.find("bao", link.key) == gone
    assert run.value("select gone_at from articles") is None


@pytest.mark.parametrize("state", ["stored", "rejected"])
def test_another_reason_is_no_other_attempt(run: OpenRun, state: str) -> None:
    link, capture = stored(run, "a.html")
    link = as_left(run, link, state=state, attempts=2, refused_at=REFUSED, absent=1)
    _store(run.archive, reread(link, capture, reason="no-body"), begin(run))
    assert run.archive.links.get(link.id or 0) == replace(link, reason="no-body")


def refused(run: OpenRun, path: str) -> tuple[Link, Capture]:
    """A page whose capture was no article, kept."""
    link = run.find(path)
    capture = run.recorder.captures.write(Request(link.url), answer(Request(link.url), PAGE))
    run.recorder.captures.sync()
    run.recorder.reject(link, "no-body", capture)
    known = run.archive.links.find("bao", link.key)
    assert known is not None
    return known, run.archive.captures.of_link(known.id or 0)[0]


def test_a_refusal_of_what_can_be_read_now_holds_no_more(run: OpenRun) -> None:
    link, capture = refused(run, "a.html")
    assert link.refused_at == NOW
    _store(run.archive, reread(link, capture, article=article(link, "Hội nghị")), begin(run))
    after = run.archive.links.get(link.id or 0)
    assert after is not None
    assert (after.state, after.reason, after.refused_at) == ("stored", None, None)
    assert after.next_try_at == link.next_try_at


def test_what_can_be_read_now_of_a_page_gone_is_an_article_gone(run: OpenRun) -> None:
    link, capture = refused(run, "a.html")
    link = as_left(run, link, state="gone", reason="http-404", refused_at=REFUSED)
    _store(run.archive, reread(link, capture, article=article(link, "Hội nghị")), begin(run))
    assert run.rows("select gone_at, gone_reason from articles") == [(REFUSED, "http-404")]
    assert run.archive.links.get(link.id or 0) == replace(link, article_id=1)


def test_an_article_met_at_another_address_is_visited_when_it_was_planned(run: OpenRun) -> None:
    link = run.find("a.html?from=home")
    capture = run.recorder.captures.write(Request(link.url), answer(Request(link.url), PAGE))
    run.recorder.captures.sync()
    read = replace(article(link, "Hội nghị"), key="own", url=f"{link.url}2")
    run.archive.add(read, link=link, capture=capture, run_id=None, revisit_at=LATER)
    own = run.archive.links.find("bao", "own")
    assert own is not None
    assert own.next_try_at == LATER
    kept, again = run.archive.captures.get(1), run.archive.links.find("bao", link.key)
    assert kept is not None
    assert again is not None
    _store(run.archive, reread(again, kept, article=replace(read)), begin(run))
    assert run.archive.links.find("bao", "own") == own


def test_a_capture_that_is_not_there_is_broken_and_a_bad_page_is_none(run: OpenRun) -> None:
    link = run.find("tin/khai-mac-hoi-cho-nong-san-a12345.html")
    request = Request(link.url)
    captures = [
        run.recorder.captures.write(request, answer(request, body)) for body in (PAGE, "<p>1</p>")
    ]
    run.recorder.captures.sync()
    captures.append(replace(captures[0], file="none.warc.gz"))
    pages = tuple(Page(capture=each, link_id=1, hints=hints_of(link, {})) for each in captures)
    good, none, lost = read_sheaf(
        Sheaf(
            captures_dir=run.archive.captures_dir,
            source=run.source,
            boilerplate=frozenset(),
            pages=pages,
        )
    )
    assert (good.article is not None, good.broken, good.reason) == (True, False, "")
    assert (none.article, none.broken, none.reason != "") == (None, False, True)
    assert (lost.article, lost.broken, lost.reason) == (None, True, "capture")
