"""Pictures and documents of a run: whose turn it is, what ends it, what is asked again."""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from scrapy.settings import Settings

from crawler.errors import UsageError
from crawler.failures import Word
from crawler.media.choice import Choice
from crawler.net.errors import Refused
from crawler.runs.plan import CrawlPlan
from crawler.runs.texts import finish_texts
from crawler.spiders.media import MediaFetcher, MediaOptions, check_libraries
from storage.errors import ArchiveFull
from storage.media.choices import AttachmentChoice, ImageChoice
from storage.media.files import MediaKind, Wanted, want
from storage.records import Article
from tests.support.images import draw
from tests.support.runs import HOME, NOW, OpenRun, failure_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scrapy import Request
    from twisted.python.failure import Failure

OTHER = "https://anh.example.vn/"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


def show(run: OpenRun, *urls: str, kind: MediaKind = MediaKind.IMAGE) -> None:
    """An article that shows pictures."""
    article = Article(
        source_id="bao", url=f"{HOME}tin-1.html", canonical_url=f"{HOME}tin-1.html", key="1",
        fetched_at=NOW, title="Hội nghị", body="Đoạn văn. " * 30,
    )  # fmt: skip
    finish_texts(article)
    link = run.find("tin-1.html")
    outcome = run.archive.add(article, link=link, capture=None, run_id=None)
    with run.archive.transaction():
        want(
            run.archive.connection,
            outcome.article_id or 1,
            "bao",
            [Wanted(kind, url) for url in reversed(urls)],  # the last one found comes first
            NOW,
        )


class Way:
    """Whether somebody else waits for the source."""

    is_wanted = False

    def __call__(self) -> bool:
        return self.is_wanted


def fetcher(run: OpenRun, way: Way | None = None, **changes: Any) -> MediaFetcher:
    options = {
        "most": 500,
        "seconds": 120.0,
        "timeout": 15.0,
        "largest_image": 10_000,
        "largest_document": 20_000,
    } | changes
    return MediaFetcher(
        run.recorder,
        MediaOptions(**options),
        (MediaKind.IMAGE, MediaKind.DOCUMENT),
        check_storage=lambda _: None,
        makes_way=way or Way(),
    )


def names(requests: list[Request]) -> list[str]:
    return [request.url.removeprefix(HOME) for request in requests]


def said(request: Request, status: int = 200, body: bytes = b"", **headers: str) -> Response:
    return Response(request.url, status=status, body=body, request=request, headers=headers)


PICTURES = [f"{HOME}{n}.jpg" for n in range(1, 6)]


def test_each_host_is_asked_for_one_file_at_a_time(run: OpenRun) -> None:
    show(run, PICTURES[0], PICTURES[1], f"{OTHER}a.jpg")
    media = fetcher(run)
    asked = media.start()
    assert sorted(names(asked)) == ["1.jpg", f"{OTHER}a.jpg"]
    request = next(each for each in asked if each.url == PICTURES[0])
    assert request.meta["download_maxsize"] == 10_000
    assert (request.meta["download_timeout"], request.meta["max_retry_times"]) == (15.0, 0)
    assert request.headers["Accept"].startswith(b"image/jpeg")
    assert request.headers["Accept-Encoding"] == b"identity"
    (second,) = media.read(said(request))
    assert second.url == PICTURES[1]
    assert media.read(said(second)) == []
    assert media.start() == [], "each file is asked for once in a run"


def test_documents_may_be_larger(run: OpenRun) -> None:
    show(run, f"{HOME}a.pdf", kind=MediaKind.DOCUMENT)
    (request,) = fetcher(run).start()
    assert request.meta["download_maxsize"] == 20_000
    assert request.headers["Accept"].startswith(b"application/pdf")


@pytest.mark.parametrize(("most", "asked"), [(1, 1), (2, 2), (9, 2)])
def test_a_run_asks_for_so_many_files(run: OpenRun, most: int, asked: int) -> None:
    show(run, PICTURES[0], f"{OTHER}a.jpg")
    media = fetcher(run, most=most)
    assert len(media.start()) == asked
    assert media.start() == []


def test_when_time_is_up_or_another_waits_nothing_more_is_asked(run: OpenRun) -> None:
    show(run, *PICTURES)
    assert fetcher(run, seconds=0.0).start() == []
    way = Way()
    media = fetcher(run, way)
    (request,) = media.start()
    way.is_wanted = True
    assert media.read(said(request)) == []
    way.is_wanted = False
    assert media.start() == []


def test_the_time_of_a_run_begins_with_its_first_file_and_once(
    run: OpenRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("crawler.spiders.media.time.monotonic", lambda: clock[0])
    show(run, *PICTURES)
    media = fetcher(run, seconds=10.0)
    clock[0] = 200.0
    (request,) = media.start()
    clock[0] = 209.9
    (request,) = media.read(said(request))
    (request,) = media.start()
    clock[0] = 210.0
    assert media.read(said(request)) == []


def test_options_are_the_settings_each_in_its_place() -> None:
    names = ("MEDIA_PER_RUN", "MEDIA_SECONDS", "MEDIA_TIMEOUT", "IMAGE_MAXSIZE",
             "ATTACHMENT_MAXSIZE")  # fmt: skip
    settings = Settings(dict(zip(names, "12345", strict=True)))
    assert MediaOptions.from_settings(settings) == MediaOptions(
        most=1, seconds=2.0, timeout=3.0, largest_image=4, largest_document=5
    )


@pytest.mark.parametrize(
    ("images", "attachments", "why"),
    [("lead", "none", "Pillow"), ("none", "pdf", "pypdf"), ("none", "none", None)],
)
def test_what_is_fetched_must_be_judged_here(
    monkeypatch: pytest.MonkeyPatch, images: str, attachments: str, why: str | None
) -> None:
    choice = Choice(images=ImageChoice(images), attachments=AttachmentChoice(attachments), most=1)
    check_libraries(choice)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    if why is None:
        check_libraries(choice)
        return
    with pytest.raises(UsageError, match=why):
        check_libraries(choice)


def test_an_archive_that_breaks_ends_the_run_and_settles_no_file(run: OpenRun) -> None:
    show(run, PICTURES[0])
    media = fetcher(run)

    def check(failure: Failure) -> None:
        raise failure.value

    media._check_storage = check
    (request,) = media.start()
    with pytest.raises(ArchiveFull):
        media.fail(failure_of(request, ArchiveFull("no room")))
    assert run.rows("select state, attempts from media") == [("pending", 0)]


def test_what_is_kept_is_on_the_disk_before_it_is_on_record(run: OpenRun) -> None:
    show(run, PICTURES[0])
    media = fetcher(run)
    (request,) = media.start()
    synced: list[int] = []
    sync = run.recorder.captures.sync

    def note() -> None:
        synced.append(run.value("select count(*) from captures"))
        sync()

    run.recorder.captures.sync = note  # type: ignore[method-assign]
    assert keep(media, request, draw(20, 10)) == ""
    run.recorder.captures.sync = sync  # type: ignore[method-assign]
    assert synced == [0]


def test_three_failures_of_a_host_in_a_row_end_its_turn(run: OpenRun) -> None:
    show(run, *PICTURES)
    media = fetcher(run)
    (request,) = media.start()
    (request,) = media.read(said(request, 503))
    (request,) = media.fail(failure_of(request, DownloadTimeoutError()))
    (request,) = media.read(said(request, 404))  # of the page: the host is there
    (request,) = media.read(said(request, 503))
    assert request.url == PICTURES[4]
    media = fetcher(run)
    run.archive.connection.execute("update media set next_try_at = null, state = 'pending'")
    (request,) = media.start()
    (request,) = media.read(said(request, 503))
    (request,) = media.read(said(request, 503))
    assert media.read(said(request, 503)) == []


@pytest.mark.parametrize("status", [200, 404])
def test_what_comes_or_is_not_there_is_no_failure_of_its_host(run: OpenRun, status: int) -> None:
    """Three more in a row end its turn, not two, not four."""
    show(run, *PICTURES)
    media = fetcher(run)
    (request,) = media.start()
    for each in (status, 503, 503):
        (request,) = media.read(said(request, each))
    assert media.read(said(request, 503)) == []


@pytest.mark.parametrize("statuses", [(503, 503, 200, 503), (503, 200, 503, 503)])
def test_a_good_answer_begins_the_count_anew(run: OpenRun, statuses: tuple[int, ...]) -> None:
    show(run, *PICTURES)
    media = fetcher(run)
    (request,) = media.start()
    for status in statuses:
        (request,) = media.read(said(request, status))
    assert request.url == PICTURES[4]


def test_a_host_that_is_left_alone_is_left_whole(run: OpenRun) -> None:
    show(run, *PICTURES[:2])
    media = fetcher(run)
    (request,) = media.start()
    assert media.fail(failure_of(request, Refused(Word.RETRY_AFTER))) == []
    assert run.rows("select state, attempts from media") == [("pending", 0)] * 2
    assert media.start() == []


@pytest.mark.parametrize(
    ("attempts", "status", "state", "retry"),
    [
        # Five minutes, then 25, then 90; the fourth attempt is the last.
        (0, 503, "pending", "2026-11-20T08:05:00Z"),
        (1, 503, "pending", "2026-11-20T08:25:00Z"),
        (2, 503, "pending", "2026-11-20T09:30:00Z"),
        (3, 503, "failed", None),
        (0, 404, "pending", "2026-11-20T09:00:00Z"),
        (3, 404, "rejected", None),
    ],
)
def test_a_file_that_fails_is_asked_for_four_times(
    run: OpenRun, attempts: int, status: int, state: str, retry: str | None
) -> None:
    show(run, PICTURES[0])
    run.archive.connection.execute("update media set attempts = ?", (attempts,))
    media = fetcher(run)
    (request,) = media.start()
    media.read(said(request, status))
    assert run.rows("select state, next_try_at, attempts from media") == [
        (state, retry, attempts + 1)
    ]


def keep(
    media: MediaFetcher, request: Request, body: bytes, status: int = 200, **headers: str
) -> str:
    """Keep an answer; return the reason where it is refused."""
    try:
        asyncio.run(media.keep(request, said(request, status, body, **headers)))
    except Refused as refused:
        return refused.reason
    return ""


def test_what_comes_is_judged_and_kept_once(run: OpenRun) -> None:
    show(run, PICTURES[0])
    media = fetcher(run)
    (request,) = media.start()
    picture = draw(20, 10)
    assert keep(media, request, b"no picture") == "not-a-picture"
    packed = {"Content-Encoding": "gzip"}
    assert keep(media, request, gzip.compress(bytes(10_001)), **packed) == "too-large"
    assert keep(media, request, gzip.compress(bytes(10_000)), **packed) == "not-a-picture"
    assert keep(media, request, gzip.compress(picture)[:-4], **packed) == "encoding"
    assert keep(media, request, picture, status=404) == ""
    assert run.rows("select state from media") == [("pending",)]
    assert keep(media, request, picture) == ""
    assert run.rows("select state, width, height from media") == [("stored", 20, 10)]
    assert run.value("select count(*) from captures") == 1


def test_a_crawl_of_one_page_fetches_what_was_found_with_it(run: OpenRun, tmp_path: Path) -> None:
    show(run, PICTURES[0])
    folder = tmp_path / "one"
    folder.mkdir()
    one = OpenRun(folder, plan=CrawlPlan(url=f"{HOME}tin-1.html"))
    show(one, PICTURES[0])
    media = fetcher(one)
    with one.archive.transaction():
        want(one.archive.connection, 1, "bao", [Wanted(MediaKind.IMAGE, PICTURES[1])], NOW)
    assert names(media.start()) == ["2.jpg"]
    one.close()
    assert names(fetcher(run).start()) == ["1.jpg"]
