"""Which answers are kept, and where their requests say so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from scrapy import Request

from crawler.middlewares.capture import CaptureMiddleware
from crawler.middlewares.conditional import ConditionalMiddleware, validators
from storage.errors import CaptureError
from storage.warc.files import find_original, read_capture
from tests.support.runs import HOME, OpenRun, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


def test_the_answer_to_an_article_link_is_kept_as_it_was_sent(run: OpenRun) -> None:
    request = Request(HOME + "tin-1.html", meta={"link": run.find("tin-1.html")})
    response = answer(request, "<p>Hội chợ</p>", 404)
    assert CaptureMiddleware(run.crawler()).process_response(request, response) is response
    capture = request.meta["capture"]
    assert (capture.url, capture.status) == (request.url, 404)
    run.recorder.captures.close()
    kept = read_capture(run.archive.captures_dir, capture)
    assert kept.body.decode() == "<p>Hội chợ</p>"


def test_seeds_and_unchanged_pages_are_not_kept(run: OpenRun) -> None:
    middleware = CaptureMiddleware(run.crawler())
    seed = Request(HOME + "rss/home.rss")
    middleware.process_response(seed, answer(seed, "<rss/>"))
    page = Request(HOME + "tin-1.html", meta={"link": run.find("tin-1.html")})
    middleware.process_response(page, answer(page, status=304))
    assert "capture" not in seed.meta
    assert "capture" not in page.meta
    assert not run.archive.captures_dir.exists()


def test_a_capture_that_cannot_be_written_says_where(run: OpenRun) -> None:
    run.archive.captures_dir.write_text("a file in the place of the folder")
    request = Request(HOME + "tin-1.html", meta={"link": run.find("tin-1.html")})
    with pytest.raises(CaptureError, match=r"captures.* cannot be written"):
        CaptureMiddleware(run.crawler()).process_response(request, answer(request, "x"))


def test_validators_are_sent_back_unless_the_whole_page_is_wanted(run: OpenRun) -> None:
    middleware = ConditionalMiddleware.from_crawler(run.crawler())
    link = run.find("tin-1.html")
    known = replace(link, etag='"v1"')
    request = Request(link.url, meta={"link": known})
    middleware.process_request(request)
    assert request.headers["If-None-Match"] == b'"v1"'
    assert "If-Modified-Since" not in request.headers
    whole = Request(link.url, meta={"link": known, "unconditional": True})
    middleware.process_request(whole)
    assert "If-None-Match" not in whole.headers


def test_a_page_shown_at_every_address_is_kept_once_over_runs(tmp_path: Path) -> None:
    """As a bot check is: the first capture holds the bytes, the others refer to it."""
    page = "<p>Checking your browser</p>" * 500
    kept = []
    for turn in range(7):
        run = OpenRun(tmp_path)
        for number in range(3):
            link = run.find(f"tin-{turn}-{number}.html")
            request = Request(link.url, meta={"link": link})
            CaptureMiddleware(run.crawler()).process_response(request, answer(request, page))
            capture = request.meta["capture"]
            if number:
                run.recorder.reject(link, "bot-check", capture=capture)
            else:  # settled: no page that still waits has the first capture
                run.archive.pages.reject(link, "gallery", capture=capture, run_id=None)
            kept.append(capture)
        run.close()
    directory = tmp_path / "captures"
    assert [read_capture(directory, capture).body.decode() for capture in kept] == [page] * 21
    assert {find_original(directory, capture).offset for capture in kept} == {kept[0].offset}
    originals = {find_original(directory, capture).file for capture in kept}
    assert originals == {kept[0].file}


@pytest.mark.parametrize(
    ("etag", "modified", "sent"),
    [
        ('"1"', "x", {"If-None-Match": '"1"', "If-Modified-Since": "x"}),
        ('"1"', None, {"If-None-Match": '"1"'}),
        ("", "x", {"If-Modified-Since": "x"}),
        (None, None, {}),
    ],
)
def test_only_validators_that_are_known_are_sent_back(
    etag: str | None, modified: str | None, sent: dict[str, str]
) -> None:
    assert validators(etag, modified) == sent
