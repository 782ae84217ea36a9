"""The pages of a run: what their answers become, down the pipelines into the archive."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from itemadapter import ItemAdapter
from scrapy.exceptions import DownloadTimeoutError, DropItem

from crawler.extensions.runlog import RunLog
from crawler.failures import Word
from crawler.media.choice import Choice
from crawler.net.errors import Refused
from crawler.pipelines import (
    ArchivePipeline,
    FingerprintPipeline,
    NormalizePipeline,
    Refusal,
    ValidatePipeline,
)
from crawler.runs.items import PageItem
from crawler.runs.plan import CrawlPlan
from crawler.spiders.pages import Pages
from storage.media.choices import ImageChoice
from storage.records import Article
from tests.support.runs import HOME, OpenRun, answer, failure_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.records import Link

TEXT = "Sáng nay, hội chợ nông sản của tỉnh khai mạc với hơn một trăm gian hàng. " * 6
PAGE = f"""<html><head><title>Khai mạc hội chợ nông sản</title></head><body>
<h1>Khai mạc hội chợ nông sản</h1><div class="content"><p>{TEXT}</p><p>{TEXT}</p></div>
</body></html>"""
STATE = "select state, reason from links"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


def read_item(run: OpenRun) -> PageItem:
    request = run.session.pages.ask(run.find("tin/khai-mac-hoi-cho-nong-san-a12345.html"))
    (item,) = run.session.pages.read(answer(request, PAGE))
    assert isinstance(item, PageItem)
    return item


def test_an_item_shows_the_fields_of_its_article_to_any_pipeline(run: OpenRun) -> None:
    fields = ItemAdapter(read_item(run))
    assert fields["title"] == "Khai mạc hội chợ nông sản"
    fields["section"] = "Kinh tế"
    assert fields.item.section == "Kinh tế"
    assert fields["link"].url == fields["url"]


def test_a_page_that_is_drawn_is_asked_for_whole(run: OpenRun, tmp_path: Path) -> None:
    link = run.find("tin/a1.html")
    assert run.session.pages.ask(link).meta == {"link": link}
    folder = tmp_path / "drawn"
    folder.mkdir()
    drawn = OpenRun(folder, source=replace(run.source, render=True))
    assert drawn.session.pages.ask(link).meta == {"link": link, "unconditional": True}
    drawn.close()


@pytest.mark.parametrize(("images", "found"), [("all", ["anh-1.jpg"]), ("none", [])])
def test_pictures_of_a_page_are_wanted_where_they_are_fetched(
    run: OpenRun, images: str, found: list[str]
) -> None:
    choice = Choice(images=ImageChoice(images), most=9)
    pages = Pages(run.recorder, lambda _: None, choice)
    request = pages.ask(run.find("tin/khai-mac-hoi-cho-nong-san-a12345.html"))
    shown = PAGE.replace("<p>", f'<img src="{HOME}anh-1.jpg" width="600" height="400"><p>', 1)
    (item,) = pages.read(answer(request, shown))
    assert isinstance(item, PageItem)
    assert [file.url.removeprefix(HOME) for file in item.media] == found


def test_an_item_goes_down_the_pipelines_into_the_archive(run: OpenRun) -> None:
    item = read_item(run)
    item.section = "  Kinh   tế "
    for pipeline in (NormalizePipeline(), ValidatePipeline(), FingerprintPipeline()):
        assert pipeline.process_item(item) is item
    ArchivePipeline.from_crawler(run.crawler()).process_item(item)
    assert run.rows("select section, digest from articles") == [("Kinh tế", item.digest)]
    assert run.rows(STATE) == [("stored", None)]


def test_an_article_that_is_no_page_of_the_run_is_not_stored(run: OpenRun) -> None:
    article = Article(source_id="bao", url="https://bao.example.vn/a1.html", title="Tin", body="x")
    assert ArchivePipeline(run.crawler()).process_item(article) is article
    assert run.value("select count(*) from articles") == 0


@pytest.mark.parametrize(
    ("exception", "reason"),
    [(Refusal(Word.LONG_TITLE), "long-title"), (DropItem("mine"), "dropped")],
)
def test_an_item_that_a_pipeline_drops_is_rejected_with_its_reason(
    run: OpenRun, exception: Exception, reason: str
) -> None:
    item = read_item(run)
    log = RunLog(run.crawler())
    log.refuse_item(item, exception)
    assert run.rows(STATE) == [("rejected", reason)]
    log.refuse_item(item, exception)
    assert run.recorder.handled == 1, "a page has one outcome"


def test_an_item_on_which_a_pipeline_breaks_is_a_failed_page(run: OpenRun) -> None:
    item = read_item(run)
    request = run.session.pages.ask(item.link)
    RunLog(run.crawler()).fail_item(item, failure_of(request, RuntimeError("broken")))
    assert run.rows(STATE) == [("pending", Word.CRASHED)]


def test_a_refused_page_is_settled_as_its_reason_says(run: OpenRun) -> None:
    request = run.session.pages.ask(run.find("tin/a1.html"))
    run.session.pages.fail(failure_of(request, Refused(Word.USERINFO)))
    assert run.rows(STATE) == [("rejected", Word.USERINFO)]


def test_a_page_on_which_a_callback_breaks_has_failed(run: OpenRun) -> None:
    request = run.session.pages.ask(run.find("tin/a1.html"))
    run.session.note_crash(answer(request, PAGE))
    assert run.rows(STATE) == [("pending", Word.CRASHED)]


def test_not_modified_without_being_asked_is_asked_again_for_the_whole(run: OpenRun) -> None:
    request = run.session.pages.ask(run.find("tin/a1.html"))
    (again,) = run.session.pages.read(answer(request, status=304))
    assert again.meta["unconditional"] is True
    assert list(run.session.pages.read(answer(again, status=304))) == []
    assert run.rows(STATE) == [("pending", "http-304")]


SITE = "Trang tin của tỉnh nhà mỗi ngày"


def store_pages(run: OpenRun, title: str, numbers: range, text: str = TEXT) -> None:
    """Crawl pages without a headline of their own but in <title>."""
    for n in numbers:
        head = f"<html><head><title>{title.format(n)}</title></head>"
        request = run.session.pages.ask(run.find(f"tin/mot-tin-cua-tinh-a{12300 + n}.html"))
        (item,) = run.session.pages.read(
            answer(request, f"{head}<body><p>{text}</p></body></html>")
        )
        for pipeline in (NormalizePipeline(), FingerprintPipeline()):
            pipeline.process_item(item)
        ArchivePipeline.from_crawler(run.crawler()).process_item(item)


def store_whole(run: OpenRun, n: int, page: str) -> None:
    """Crawl a page with its capture, as a later reading needs it."""
    request = run.session.pages.ask(run.find(f"tin/mot-tin-cua-tinh-a{12300 + n}.html"))
    response = answer(request, page)
    response.meta["capture"] = run.session.recorder.captures.write(request, response)
    (item,) = run.session.pages.read(response)
    for pipeline in (NormalizePipeline(), FingerprintPipeline()):
        pipeline.process_item(item)
    ArchivePipeline.from_crawler(run.crawler()).process_item(item)


def store_page(run: OpenRun, inner: str) -> None:
    """Crawl the article with number 7, as its page looks now."""
    request = run.session.pages.ask(run.find("tin/khai-mac-hoi-cho-nong-san-a12347.html"))
    head = "<html><head><title>Khai mạc hội chợ nông sản</title></head>"
    page = f"{head}<body><h1>Khai mạc hội chợ nông sản</h1>{inner}</body></html>"
    (item,) = run.session.pages.read(answer(request, page))
    for pipeline in (NormalizePipeline(), FingerprintPipeline()):
        pipeline.process_item(item)
    ArchivePipeline.from_crawler(run.crawler()).process_item(item)


LEAD = "Hội chợ năm nay có hơn một trăm gian hàng của mười hai huyện và thành phố trong tỉnh."
BODY = f"<div class=content><p>{TEXT}</p><p>Bà con đến từ sớm. {TEXT}</p></div>"
DATE = "<div class=date>19/11/2026 08:30</div>"
FACTS = "select title, summary, published_at, published_on, body from articles"


@pytest.mark.parametrize(
    "poorer",
    [
        f"{DATE}{BODY}",
        f"<p class=lead>{LEAD}</p>{BODY}",
        f"<div class=date>19/11/2026</div><p class=lead>{LEAD}</p>{BODY}",
        BODY,
        f"{DATE}<div class=content><p>{LEAD}</p>{BODY}</div>",
    ],
)
def test_a_page_that_lost_only_its_lead_or_date_is_stored_as_it_was(
    run: OpenRun, poorer: str
) -> None:
    store_page(run, f"{DATE}<p class=lead>{LEAD}</p>{BODY}")
    good = run.rows(FACTS)
    assert good[0][1:4] == (LEAD, "2026-11-19T08:30:00+07:00", "2026-11-19")
    store_page(run, poorer)
    assert run.rows(FACTS) == good
    assert run.value("select count(*) from revisions") == 1
    store_page(run, poorer.replace("Bà con", "Người dân"))
    (_, lead, at, on, body) = run.rows(FACTS)[0]
    assert (lead, at, on) == good[0][1:4]
    assert "Người dân đến từ sớm" in body
    assert run.value("select count(*) from revisions") == 2


def test_another_text_without_a_lead_has_none(run: OpenRun) -> None:
    store_page(run, f"{DATE}<p class=lead>{LEAD}</p>{BODY}")
    store_page(run, f"{DATE}<p>{'Một bài khác hẳn đã thay cho bài cũ ở địa chỉ này. ' * 8}</p>")
    assert run.rows(FACTS)[0][1] is None


def test_after_a_redesign_with_one_title_for_all_the_good_titles_stay(run: OpenRun) -> None:
    store_pages(run, "Hội chợ nông sản của huyện số {}", range(18))
    store_pages(run, SITE, range(18), TEXT + "Đã sửa. ")
    titles = [title for (title,) in run.rows("select title from articles order by id")]
    assert titles.count(SITE) <= 2
    assert titles[2:] == [f"Hội chợ nông sản của huyện số {n}" for n in range(2, 18)]
    assert run.value("select count(*) from revisions where kind = 'edited'") == 18


def test_only_a_page_that_lost_its_title_is_read_with_that_of_its_article(
    run: OpenRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_pages(run, SITE, range(9))
    html = f"<html><head><title>{SITE}</title></head><body><p>{TEXT}</p></body></html>"
    tenth = run.session.pages.ask(run.find("tin/mot-tin-cua-tinh-a12309.html"))
    assert list(run.session.pages.read(answer(tenth, html))) == [], "it has taught"
    asked: list[bool] = []
    known = run.recorder.lessons.with_title

    def note(link: Link, *, lost: bool = False) -> Link:
        asked.append(lost)
        return known(link, lost=lost)

    monkeypatch.setattr(run.recorder.lessons, "with_title", note)
    for n, title in ((20, "Hội chợ nông sản của huyện số 20"), (21, SITE)):
        html = f"<html><head><title>{title}</title></head><body><p>{TEXT}</p></body></html>"
        request = run.session.pages.ask(run.find(f"tin/mot-tin-cua-tinh-a{12300 + n}.html"))
        list(run.session.pages.read(answer(request, html)))
        assert asked == ([False] if n == 20 else [False, True])
        asked.clear()
    request = run.session.pages.ask(run.find("tin/mot-tin-cua-tinh-a12399.html"))
    list(run.session.pages.read(answer(request, "", 500)))
    assert asked == [], "an answer without a page has no title"


def test_the_name_of_the_site_is_not_stored_over_a_headline(run: OpenRun) -> None:
    store_pages(run, "Hội chợ nông sản của huyện số {}", range(3))
    store_pages(run, "Cổng thông tin của tỉnh", range(1), TEXT + "Đã sửa. ")
    rows = run.rows("select title, json_extract(evidence, '$.title.how') from articles order by id")
    assert rows[0] == ("Hội chợ nông sản của huyện số 0", "listing")
    assert run.value("select count(*) from revisions where kind = 'edited'") == 1


def test_a_title_that_articles_of_earlier_runs_share_is_stored_over_none(run: OpenRun) -> None:
    store_pages(run, "Hội chợ nông sản của huyện số {}", range(6))
    for n in range(4):
        run.session.recorder._faces = None  # each page is read by a run of its own
        store_pages(run, SITE, range(n, n + 1), TEXT + "Đã sửa. ")
    titles = [title for (title,) in run.rows("select title from articles order by id")]
    assert titles.count(SITE) <= 2


def test_what_a_run_sees_repeated_is_learnt_and_told(run: OpenRun) -> None:
    store_pages(run, SITE, range(9))
    for n in (9, 99):  # the tenth is read again with what it has taught
        request = run.session.pages.ask(run.find(f"tin/mot-tin-cua-tinh-a{12300 + n}.html"))
        html = f"<html><head><title>{SITE}</title></head><body><p>{TEXT}</p></body></html>"
        assert list(run.session.pages.read(answer(request, html))) == []
    learnt = run.archive.repeats.learnt_since("bao", "2026-11-20T00:00:00Z")
    assert learnt["title"] == [SITE]
    assert run.rows("select reason from links where state = 'pending'") == [("common-title",)] * 2


MOTTO = "Tin tức nhanh nhất hằng ngày của tỉnh nhà, của xã phường và bà con ở xa quê hương."


@pytest.mark.parametrize(
    ("head", "fact", "own"),
    [
        (
            '<meta property="article:published_time" content="2026-11-01T08:00:00+07:00">',
            0,
            "2026-11-{:02}",
        ),
        (f'<meta name="description" content="{MOTTO}">', 1, "Chuyện của xã số {:02}"),
    ],
)
def test_pages_read_before_it_was_known_what_all_show_are_read_again(
    run: OpenRun, head: str, fact: int, own: str
) -> None:
    for n in range(3, 15):
        lead = f"Chuyện của xã số {n:02} được bà con kể lại trong hội chợ nông sản sáng nay ở tỉnh."
        page = (
            f"<html><head><title>Hội chợ nông sản của huyện số {n}</title>{head}</head><body>"
            f"<h1>Hội chợ nông sản của huyện số {n}</h1><div class=date>{n:02}/11/2026 08:{n}</div>"
            f"<p class=sapo>{lead}</p><div class=content><p>{TEXT}</p></div></body></html>"
        )
        store_whole(run, n, page)
    rows = run.rows("select published_on, summary from articles order by id")
    facts = [row[fact][: len(own.format(0))] for row in rows]
    assert facts == [own.format(n) for n in range(3, 15)]
    assert run.value("select count(*) from revisions where kind = 'edited'") == 0


# --- what becomes of an answer -------------------------------------------------------------------

CHECK = "<title>Just a moment...</title><h1>Checking your browser before accessing</h1>"
EMPTY = "<html><body><h1>Hội chợ</h1></body></html>"


@pytest.mark.parametrize(
    ("status", "body", "missing", "state", "reason"),
    [
        (404, "", "", "pending", "http-404"),
        (410, "", "", "pending", "http-410"),
        (500, "", "", "pending", "http-500"),
        (200, EMPTY, "", "pending", "no-body"),
        (200, f"<html><body>{CHECK}</body></html>", "", "pending", "bot-check"),
        # Its scripts did not get all they asked for: another time they may.
        (200, EMPTY, "http-503", "pending", "http-503"),
        (200, EMPTY, "not-drawn", "pending", "not-drawn"),
        (404, "", "http-503", "pending", "http-404"),
    ],
)
def test_an_answer_that_is_no_article_is_settled_with_its_capture(
    run: OpenRun, status: int, body: str, missing: str, state: str, reason: str
) -> None:
    request = run.session.pages.ask(run.find("tin/khai-mac-hoi-cho-nong-san-a1.html"))
    response = answer(request, body, status)
    response.meta["capture"] = run.recorder.captures.write(request, response)
    if missing:
        response.meta["missing"] = missing
    assert list(run.session.pages.read(response)) == []
    assert run.rows(STATE) == [(state, reason)]
    assert run.value("select count(*) from captures where link_id is not null") == 1


def test_an_article_outside_of_the_plan_is_left_aside_with_its_capture(tmp_path: Path) -> None:
    run = OpenRun(tmp_path, plan=CrawlPlan(since=dt.date(2026, 11, 20)))
    request = run.session.pages.ask(run.find("tin/khai-mac-hoi-cho-nong-san-a1.html"))
    response = answer(request, PAGE.replace("<h1>", "<div class=date>19/11/2026</div><h1>"))
    response.meta["capture"] = run.recorder.captures.write(request, response)
    assert list(run.session.pages.read(response)) == []
    assert run.rows("select reason from links") == [("before-since",)]
    assert run.value("select count(*) from captures") == 1
    run.close()


def test_an_article_takes_its_capture_along(run: OpenRun) -> None:
    request = run.session.pages.ask(run.find("tin/khai-mac-hoi-cho-nong-san-a1.html"))
    response = answer(request, PAGE)
    capture = response.meta["capture"] = run.recorder.captures.write(request, response)
    (item,) = run.session.pages.read(response)
    assert isinstance(item, PageItem)
    assert (item.capture, item.media) == (capture, ())


def test_a_stored_page_that_has_not_changed_is_confirmed(run: OpenRun) -> None:
    store_page(run, BODY)
    before = run.value("select last_seen_at from articles")
    run.now = "2026-11-21T08:00:00Z"
    link = replace(run.find("tin/khai-mac-hoi-cho-nong-san-a12347.html"), etag='"1"')
    request = run.session.pages.ask(link)
    assert list(run.session.pages.read(answer(request, "", 304))) == []
    assert run.rows("select state from links") == [("stored",)]
    assert run.value("select last_seen_at from articles") == run.now != before


@pytest.mark.parametrize(
    ("error", "reason", "is_logged"),
    [
        (DownloadTimeoutError(), "timeout", False),
        (Refused("retry-after"), None, False),
        (Refused("too-large"), "too-large", False),
        (ValueError("a fault"), "crashed", True),
    ],
)
def test_a_request_that_fails_is_settled_and_a_fault_of_ours_is_logged(
    run: OpenRun,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    reason: str | None,
    is_logged: bool,
) -> None:
    checked: list[object] = []
    pages = Pages(run.recorder, checked.append)
    request = pages.ask(run.find("tin/a1.html"))
    assert (request.callback, request.errback) == (pages.read, pages.fail)
    pages.fail(failure_of(request, error))
    assert run.value("select reason from links") == reason
    assert len(checked) == 1, "the archive is asked about first"
    assert any("a fault" in each.message for each in caplog.records) is is_logged


def test_an_answer_that_a_guard_refused_keeps_its_capture(run: OpenRun) -> None:
    request = run.session.pages.ask(run.find("tin/a1.html"))
    request.meta["capture"] = run.recorder.captures.write(request, answer(request, "x"))
    run.session.pages.fail(failure_of(request, Refused("too-large")))
    assert run.value("select count(*) from captures") == 1
