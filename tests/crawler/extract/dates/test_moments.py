"""Which dates of a page are looked at, and where they stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.extract.dates.candidates import DateCandidate, read_machine, read_visible
from crawler.extract.dates.find import (
    _GTAG,
    _GTAG_WORDS,
    Moments,
    _find_near,
    _fixed,
    _hidden,
    _is_told_elsewhere,
    _without_changes,
    day_hint,
    find_moments,
    without_date_lines,
)
from crawler.extract.dom.markup import parse_page
from crawler.extract.hints import Hints, mark_date
from crawler.extract.layouts import Layout
from crawler.extract.words import load_words
from storage.records import Article
from tests.support.markup import LONG, MORE, NOW, URL, context, line

if TYPE_CHECKING:
    from crawler.extract.context import Context

SUREST = 4


def moments(page: Context, url: str = URL) -> Moments:
    first = next((i for i, b in enumerate(page.scan.blocks) if b.text == LONG), None)
    return find_moments(page, url=url, first=first, lead="")


def found(inner: str, head: str = "", url: str = URL) -> tuple[str, str]:
    published = moments(
        context(f"<h1>Tựa đề của bài</h1>{inner}<p>{LONG}</p>", head), url
    ).published
    return published.where, published.at.isoformat()[:16] if published.at else str(published.on)


def test_each_place_alone() -> None:
    meta = "<meta property=article:published_time content=2026-11-01T08:30:00+07:00>"
    gtag = "<script>dataLayer = [{'publishDate': '2026-11-02 08:30'}]</script>"
    assert found("", meta) == ("meta article:published_time", "2026-11-01T08:30")
    assert found("", gtag) == ("gtag", "2026-11-02T08:30")
    assert found("<time datetime=2026-11-03T08:30>x</time>") == ("time", "2026-11-03T08:30")
    assert found("<b itemprop=datePublished content=2026-11-04T08:30>x</b>") == (
        "microdata",
        "2026-11-04T08:30",
    )
    assert found("<p>05/11/2026 08:30</p>") == ("near title", "2026-11-05T08:30")
    assert found("", url="https://bao.example.vn/2026/11/06/a.html") == ("url", "2026-11-06")


def test_a_date_right_below_the_headline_counts_in_a_box_called_related() -> None:
    box = "<div class=related-posts>24/11/2026 08:15</div>"
    assert found(box) == ("visible", "2026-11-24T08:15")
    assert found(f"{box}<p><a href=/b>Tựa đề của một bài khác trên trang này</a></p>") == (
        "",
        "None",
    )


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ("(18.11.2026) ", "2026-11-18"),
        ("18.11.2026 - ", "2026-11-18"),
        ("18 November 2026. ", "2026-11-18"),
        ("Ngày 18/11/2026, ", "None"),
        ("18/11/2016 - 18/11/2026: ", "None"),
    ],
)
def test_a_text_may_begin_with_its_day(start: str, day: str) -> None:
    page = context(f"<h1>Tựa đề của bài</h1><p>{start}{LONG}</p>")
    published = find_moments(page, url=URL, first=1, lead="").published
    assert (str(published.on), published.at) == (day, None)


def test_rdfa_of_drupal_counts() -> None:
    span = "<span property='schema:dateCreated' content='2026-11-20T08:15:00+07:00'></span>"
    assert found(span) == ("microdata", "2026-11-20T08:15")


def test_of_several_times_only_a_marked_one_counts() -> None:
    two = "<time datetime=2026-11-03T08:30>x</time><time{}datetime=2026-11-04T08:30>y</time>"
    assert found(two.format(" ")) == ("", "None")
    assert found(two.format(" pubdate ")) == ("time", "2026-11-04T08:30")
    assert found(two.format(" class=published ")) == ("time", "2026-11-04T08:30")


def test_dates_in_comments_and_menus_win_nothing() -> None:
    assert found("<div class=comments>05/11/2026 08:30</div>") == ("", "None")
    assert found("<div class=menu>05/11/2026 08:30</div>") == ("", "None")


def test_microdata_in_a_title_attribute_counts() -> None:
    inner = "<abbr itemprop=datePublished title=2026-11-04T08:30:00+07:00>4 thg 11</abbr>"
    assert found(inner) == ("microdata", "2026-11-04T08:30")


def test_a_layout_own_date_field_is_trusted() -> None:
    page = context(f"<h1>Tựa</h1><p>05/11/2026</p><p>{LONG}</p><div class=d>06/11/2026 09:00</div>")
    page.layout = Layout(name="x", marks=(), body=(), date=(".d",))
    assert moments(page).published.where == "layout"


def test_a_foreign_page_value_with_an_offset_stands_as_it_is() -> None:
    meta = "<meta property=article:published_time content=2026-11-01T08:30:00Z>"
    page = context(f"<h1>T</h1><p>1 November 2026 8:30</p><p>{LONG}</p>", meta)
    local = moments(page).published.at
    page.foreign = True
    foreign = moments(page).published.at
    assert local is not None
    assert foreign is not None
    assert (local.hour, foreign.hour) == (8, 15)


def test_a_value_with_an_offset_that_most_others_contradict_is_one_of_several() -> None:
    meta = "<meta property=article:published_time content=2026-11-01T08:30:00{}>"
    head = meta.format("Z") + "<meta name=date content=2026-11-06><meta name=pubdate content={}>"
    for other, day in (("2026-11-06", "2026-11-06"), ("2026-11-01", "2026-11-01")):
        page = context(f"<h1>Tựa</h1><p>06/11/2026</p><p>{LONG}</p>", head.format(other))
        page.foreign = True
        assert str(moments(page).published.on) == day


def test_a_meta_tag_of_microdata_contradicts_a_value_with_an_offset_once() -> None:
    head = (
        "<meta property=article:published_time content=2026-11-01T08:30:00Z>"
        "<meta itemprop=datePublished content=2026-11-06>"
    )
    page = context(f"<h1>Tựa</h1><p>06/11/2026</p><p>{LONG}</p>", head)
    page.foreign = True
    assert str(moments(page).published.on) == "2026-11-01"


def test_a_later_change_is_the_last_change() -> None:
    head = (
        "<meta property=article:published_time content=2026-11-01T08:30:00+07:00>"
        "<meta property=article:modified_time content=2026-11-02T09:00:00+07:00>"
    )
    changed = moments(context("<h1>T</h1>", head))
    assert changed.modified == dt.datetime.fromisoformat("2026-11-02T09:00:00+07:00")
    article = Article(source_id="", url=URL, fetched_at="", title="")
    changed.fill(article)
    assert article.published_on == "2026-11-01"
    assert article.published_from == "meta"
    assert article.published_raw == "2026-11-01T08:30:00+07:00"
    assert article.published_at == "2026-11-01T08:30:00+07:00"
    assert {name: each.how for name, each in article.evidence.items()} == {
        "published": "meta article:published_time",
        "modified": "structured",
    }
    assert article.evidence["modified"].confidence == 0.8
    assert article.modified_at == "2026-11-02T09:00:00+07:00"


def test_the_day_a_layout_is_chosen_by() -> None:
    fetched = "2026-11-24T01:00:00Z"

    def hint(head: str, url: str) -> dt.date | None:
        page = context("", head, url)
        return day_hint(page.page, page.data, fetched_at=fetched)

    dated = "https://bao.example.vn/2020/03/04/a.html"
    meta = "<meta name=pubdate content=2021-05-06>"
    assert hint("<meta property=article:published content=2021-05-06>", dated) == dt.date(
        2021, 5, 6
    )
    assert hint("", dated) == dt.date(2020, 3, 4)
    assert hint("", "https://bao.example.vn/202003/a.html") == dt.date(2020, 3, 1)
    assert hint(meta, URL) is None


def test_lines_that_only_say_when_leave_the_top_of_the_text() -> None:
    date = line("Thứ Hai, 05/11/2026 08:30")
    sentence = line("Sáng 05/11/2026, đoàn công tác kiểm tra tiến độ.")
    six = [date, sentence, line(MORE), line(LONG), line(MORE), date]
    assert without_date_lines(six, NOW) == six[1:]


def test_a_day_in_the_address_beats_dates_of_a_related_list_after_the_text() -> None:
    related = "".join(
        f"<div class=item><a href=/tin-{n}.html>Một bài khác của báo về chuyện số {n}</a>"
        f'<span class="time">21/03/2024 01:0{n}</span></div>'
        for n in range(4)
    )
    url = "https://bao.example.vn/news/d20110914083000000.html"
    assert after(f"<div class=more>{related}</div>", url=url) == ("url", "2011-09-14")
    assert after(f"<div class=more>{related}</div>") == ("", "None")


def test_a_block_named_as_a_date_counts_beside_the_text_and_not_far_from_it() -> None:
    own = "<div class=date>14/09/2011 08:30</div>"
    menu = "".join(f"<p>Mục số {n} của trang</p>" for n in range(9))
    url = "https://bao.example.vn/2011/09/15/tin.html"
    assert after(own)[1] == "2011-09-14T08:30"
    assert after(menu + own, url=url) == ("url", "2011-09-15")


def test_the_date_of_the_feed_dates_a_page_that_has_none() -> None:
    hints = Hints(date="Wed, 14 Sep 2011 08:30:00 +0700", place="feed")
    assert hinted("", hints) == ("feed", "2011-09-14T08:30")
    assert hinted("", Hints(date="2011-09-14", place="sitemap")) == ("sitemap", "2011-09-14")
    assert hinted("", Hints(date="14/09/2011 08:30")) == ("listing", "2011-09-14T08:30")
    assert hinted("", Hints(date="2 giờ trước")) == ("", "None")
    assert hinted("", Hints(date="20110914", place="feed")) == ("feed", "2011-09-14")
    assert hinted("", Hints(date="20110914")) == ("", "None")


def test_a_page_that_says_when_is_believed_before_its_link() -> None:
    own = "<p>05/11/2026 08:30</p>"
    for hints in (
        Hints(date="2026-11-20T10:00:00+07:00", place="sitemap"),
        Hints(date="20/11/2026 10:00"),
    ):
        assert hinted(own, hints) == ("near title", "2026-11-05T08:30")


def test_a_sitemap_that_moves_with_edits_says_nothing_against_the_address() -> None:
    hints = Hints(date="2026-11-20T10:00:00+07:00", place="sitemap")
    assert hinted("", hints, url="https://bao.example.vn/2026/11/06/a.html") == (
        "url",
        "2026-11-06",
    )


def test_a_date_that_the_source_prints_on_many_pages_is_none() -> None:
    page = context(f"<h1>Tựa đề của bài</h1><p>05/11/2026 08:30</p><p>{LONG}</p>")
    page.repeated = {mark_date("05/11/2026 08:30")}
    assert moments(page).published.on is None
    page.hints = Hints(date="2026-11-03T08:30:00+07:00", place="feed")
    assert moments(page).published.where == "feed"


def test_a_change_told_behind_the_text_is_weighed_with_changes_alone() -> None:
    told = "<p>x</p>" * 5 + "<p>Cập nhật: 05/11/2026</p>"
    page = context(f"<h1>Tựa đề của bài</h1><p>{LONG}</p><p>{MORE}</p>{told}")
    last = next(i for i, b in enumerate(page.scan.blocks) if b.text == MORE)
    found = find_moments(page, url=URL, first=last - 1, last=last, lead="").published
    assert (found.where, str(found.on), found.confidence) == ("visible change", "2026-11-05", 0.3)


def after(tail: str, url: str = URL) -> tuple[str, str]:
    page = context(f"<h1>Tựa đề của bài</h1><p>{LONG}</p><p>{MORE}</p>{tail}")
    last = next(i for i, b in enumerate(page.scan.blocks) if b.text == MORE)
    found = find_moments(page, url=url, first=last - 1, last=last, lead="").published
    return found.where, found.at.isoformat()[:16] if found.at else str(found.on)


def hinted(inner: str, hints: Hints, url: str = URL) -> tuple[str, str]:
    page = context(f"<h1>Tựa đề của bài</h1>{inner}<p>{LONG}</p>")
    page.hints = hints
    found = moments(page, url).published
    return found.where, found.at.isoformat()[:16] if found.at else str(found.on)


@pytest.mark.parametrize(
    ("name", "settles"),
    [
        *(("article:published_time", True), ("og:article:published_time", True)),
        *(("article:published", True), ("datePublished", True), ("pubdate", False)),
    ],
)
def test_the_day_of_a_layout_is_what_open_graph_and_schema_org_say(
    name: str, settles: bool
) -> None:
    page = context("<h1>Tựa đề</h1>", f"<meta name={name} content=2026-11-01T08:30:00+07:00>")
    day = day_hint(page.page, page.data, fetched_at="2026-11-24T01:00:00Z")
    assert day == (dt.date(2026, 11, 1) if settles else None)


def test_the_surest_tags_alone_say_what_day_a_layout_is_chosen_for() -> None:
    names = load_words("metas/published")
    for name, wanted in ((names[SUREST - 1], dt.date(2026, 11, 1)), (names[SUREST], None)):
        page = context("", f"<meta name={name} content=2026-11-01>")
        assert day_hint(page.page, page.data, fetched_at="2026-11-24T01:00:00Z") == wanted


def test_a_month_in_an_address_stands_for_its_first_day() -> None:
    for path, wanted in (
        ("/202610/tin.html", dt.date(2026, 10, 1)),
        ("/2026/10/05/tin.html", dt.date(2026, 10, 5)),
        ("/tin.html", None),
    ):
        page = context("", url=f"https://bao.example.vn{path}")
        assert day_hint(page.page, page.data, fetched_at="2026-11-24T01:00:00Z") == wanted


def test_lines_that_only_say_when_leave_the_first_five_lines() -> None:
    date, prose = line("12/03/2026 08:30"), line(MORE)
    assert without_date_lines([prose] * 4 + [date], NOW) == [prose] * 4
    assert without_date_lines([prose] * 5 + [date], NOW) == [prose] * 5 + [date]
    long = line("12/03/2026 08:30" + " " * 85)
    assert without_date_lines([long], NOW) == [long]


def test_of_several_times_the_marked_one_counts() -> None:
    other = "<time datetime=2026-11-05T08:30>x</time>"
    for mark in ("class=publish-date", "itemprop=pubdate", "pubdate"):
        marked = f"<time {mark} datetime=2026-11-03T08:30>x</time>"
        assert found(other + marked) == ("time", "2026-11-03T08:30")
    assert found(other + other)[0] != "time"


def test_a_date_beside_the_link_to_another_article_is_its_own() -> None:
    teaser = "<p><a href=/b>Một bài khác của báo này hôm nay</a></p>"
    date = "<div>05/11/2026 08:30</div>"
    short = "<p><a href=/c>Xã hội</a></p>"
    page = context(f"<h1>Tựa đề của bài</h1><p>{LONG}</p><p>{MORE}</p>{short}{date}")
    last = next(i for i, b in enumerate(page.scan.blocks) if b.text == MORE)
    assert find_moments(page, url=URL, first=1, last=last, lead="").published.on
    page = context(f"<h1>Tựa đề của bài</h1><p>{LONG}</p><p>{MORE}</p>{teaser}{date}")
    assert find_moments(page, url=URL, first=1, last=last, lead="").published.on is None


def abroad(inner: str, head: str = "", url: str = URL) -> Moments:
    page = context(f"<h1>Headline of the article</h1>{inner}<p>{LONG}</p>", head)
    page.foreign = True
    return moments(page, url)


UTC = "<meta property=article:published_time content=2026-11-09T03:28:35Z>"


@pytest.mark.parametrize(
    ("inner", "url", "raw"),
    [
        (
            "<time datetime=2026-11-08T22:28:35-05:00>yesterday</time>",
            URL,
            "2026-11-08T22:28:35-05:00",
        ),
        ("<p>November 8, 2026 at 10:28 p.m.</p>", URL, "November 8, 2026 at 10:28 p.m."),
        ("", "https://paper.example.com/2026/11/08/a-story", "2026/11/08"),
        # a change, not the same instant by another clock
        ("<time datetime=2026-11-08T21:11:00-05:00>x</time>", URL, "2026-11-09T03:28:35Z"),
        ("<p>November 11, 2026</p>", URL, "2026-11-09T03:28:35Z"),
    ],
)
def test_an_instant_in_utc_is_told_by_the_day_of_its_place(inner: str, url: str, raw: str) -> None:
    published = abroad(inner, UTC, url).published
    assert published.raw == raw
    assert str(published.at) == "2026-11-09 10:28:35+07:00"


def test_the_last_change_is_a_weak_day_of_publication_where_none_is_named() -> None:
    changed = "<meta property=article:modified_time content=2026-11-01T08:30:00+07:00>"
    published = moments(context(f"<h1>Tựa</h1><p>{LONG}</p>", changed)).published
    assert (str(published.on), published.confidence) == ("2026-11-01", 0.3)
    clock = f"<meta property=og:updated_time content='{NOW.isoformat()}'>"
    assert moments(context(f"<h1>Tựa</h1><p>{LONG}</p>", clock)).published.on is None


def test_a_day_that_the_name_of_the_page_begins_with_is_its_own() -> None:
    name = "<title>08.11.2026 | Tựa đề của bài</title>"
    assert found("", name) == ("visible headline", "2026-11-08")
    assert found("", "<title>08.11.2026 là ngày hội</title>") == ("", "None")


def test_a_date_of_no_named_kind_yields_to_the_one_below_the_headline() -> None:
    meta = "<meta name=date content=2026-11-12>"
    assert found("<p class=date>05/11/2026 08:30</p>", meta)[1] == "2026-11-05T08:30"
    named = "<meta property=article:published_time content=2026-11-12>"
    assert found("<p class=date>05/11/2026 08:30</p>", named)[1] == "2026-11-12"


def test_a_day_alone_between_headline_and_text_counts_in_a_menu_too() -> None:
    assert found("<div class=menu><dt>Ngày</dt><dd>05/11/2026</dd></div>")[1] == "2026-11-05"
    assert found("<div class=menu>Lịch thi 05/11/2026</div>")[1] == "None"


def test_what_is_called_published_and_changed_at_once_is_the_change() -> None:
    said = "2026-11-03T13:23:00Z"
    again = "2026-11-05T19:49:50Z"
    head = (
        f'<script type=application/ld+json>{{"@type": "NewsArticle", "headline": "x",'
        f' "datePublished": "{said}", "dateModified": "{again}"}}</script>'
        f"<meta property=article:published_time content={again}>"
    )
    assert abroad(f"<time datetime={again}>x</time>", head).published.raw == said
    alone = f"<meta property=article:published_time content={again}>"
    assert abroad(f"<time datetime={again}>x</time>", alone).published.raw == again


def test_a_clock_without_a_zone_on_a_foreign_page_is_no_instant() -> None:
    published = abroad("<p>November 8, 2026, 10:28 p.m.</p>").published
    assert (published.at, str(published.on)) == (None, "2026-11-08")
    at = abroad("<p>November 8, 2026, 10:28 p.m. GMT</p>").published.at
    assert str(at) == "2026-11-09 05:28:00+07:00"


@pytest.mark.parametrize(
    ("data", "day"),
    [
        ('<script type=application/json>{"datePublished":"2026-11-20T08:30:00"}</script>', 20),
        ('<script type=application/json>{"created_at": "2026-11-20 08:30"}</script>', 20),
        ("<div data-page='{&quot;publishedAt&quot;:&quot;2026-11-20&quot;}'></div>", 20),
        (r'<script>self.push("{\"publish_date\":\"2026-11-20\"}")</script>', 20),
        ('<script type=application/json>{"updatedAt":"2026-11-20"}</script>', None),
        ('<script type=application/json>{"isPublishedAt":"2026-11-20"}</script>', None),
        ('<script type=application/json>{"published_at":"2026-11-24T01:00:00Z"}</script>', None),
        ('<p data-a=\'[{"created_at":"2026-11-20 08:30"},{"created_at":"2026-11-20"}]\'>', 20),
        ('<p data-a=\'[{"created_at":"2026-11-20"},{"created_at":"2026-11-19"}]\'>', None),
    ],
)
def test_a_day_that_only_programs_of_the_page_know_counts_where_it_is_the_only_one(
    data: str, day: int | None
) -> None:
    published = moments(context(f"<h1>Tựa đề của bài</h1><p>{LONG}</p>{data}")).published
    assert published.on == (dt.date(2026, 11, day) if day else None)
    assert published.confidence == (0.4 if day else 0.0)


def test_what_the_page_shows_goes_before_what_only_its_programs_know() -> None:
    data = '<script type=application/json>{"created_at":"2026-11-20"}</script>'
    assert found(f"<p>18/11/2026</p>{data}") == ("near title", "2026-11-18")


def seen(text: str, where: str = "visible") -> DateCandidate:
    candidate = read_visible(text, where=where, now=NOW, zone=dt.UTC)
    assert candidate is not None
    return candidate


def stated(value: str, where: str = "meta x") -> DateCandidate:
    candidate = read_machine(value, where=where, now=NOW, zone=dt.UTC)
    assert candidate is not None
    return candidate


@pytest.mark.parametrize(
    ("hour", "shown", "told"),
    [
        # a clock of another zone is apart by quarters of an hour, with a minute to spare
        ("02:00", "25/04/2024 21:00", True),
        ("02:00", "25/04/2024 21:15", True),
        ("02:00", "25/04/2024 21:01", True),
        ("02:00", "25/04/2024 20:59", True),
        ("02:00", "25/04/2024 21:02", False),
        ("02:00", "25/04/2024 20:58", False),
        ("02:00", "26/04/2024 05:00", False),
        ("02:00", "25/04/2024 12:15", True),
        ("02:00", "25/04/2024 12:00", False),
        # a day where it was evening there, or morning
        ("09:59", "25/04/2024", True),
        ("10:00", "25/04/2024", False),
        ("22:00", "27/04/2024", True),
        ("21:59", "27/04/2024", False),
        ("09:59", "26/04/2024", False),
        ("09:59", "24/04/2024", False),
    ],
)
def test_the_day_that_an_instant_has_elsewhere(hour: str, shown: str, *, told: bool) -> None:
    at = dt.datetime.fromisoformat(f"2024-04-26T{hour}:00+00:00")
    assert _is_told_elsewhere(seen(shown), at) is told
    for where in ("header", "listing", "feed", "sitemap"):
        assert not _is_told_elsewhere(seen(shown, where), at)
    sentence = seen(shown)
    prose = replace(sentence, parsed=replace(sentence.parsed, prose=True))
    assert not _is_told_elsewhere(prose, at)


def test_what_is_called_published_at_a_change_is_left_out() -> None:
    first, later = "2024-04-25T10:00:00+00:00", "2024-04-26T10:00:00+00:00"
    own = stated(first, "json-ld datePublished")
    again, shown = stated(later), seen("26/04/2024 10:00")
    changed = [stated(later)]
    assert _without_changes([own, again, shown], changed) == [own, shown]
    assert _without_changes([again, own], changed) == [again, own]
    assert _without_changes([own, again], [stated(first)]) == [own, again]
    day = stated("2024-04-25", "json-ld datePublished")
    assert _without_changes([day, again], changed) == [day, again]
    assert _without_changes([], changed) == []


def test_values_with_an_offset_stand_unless_more_others_speak_against_them() -> None:
    fixed, other = stated("2024-04-25T10:00:00-05:00"), stated("2024-04-28", "meta y")
    assert [each.raw for each in _fixed([fixed])] == [fixed.raw]
    assert [len(each.readings) for each in _fixed([fixed])] == [1]
    assert _fixed([fixed, other]) != []
    assert _fixed([fixed, other, stated("2024-04-29", "meta z")]) == []
    assert _fixed([fixed, *[stated("2024-04-27", "meta y")] * 2]) == []
    near = stated("2024-04-26", "meta y")
    assert len(_fixed([fixed, near, near, near])) == 1
    assert _fixed([seen("25/04/2024 10:00")]) == []
    twice = stated("2024-04-28", "microdata")
    named = stated("2024-04-28", "meta datepublished")
    assert _fixed([fixed, twice, named]) != []
    assert _fixed([fixed, twice, stated("2024-04-28", "meta y")]) == []


SAID = "2026-11-02 08:30"
LATER = "2026-11-02 09:30"


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        (f"""<b data-x='{{"pubDate":"{SAID}"}}'></b>""", SAID),
        (f"""<b data-x='{{"created_at":"{SAID}"}}'></b>""", SAID),
        (f"""<b data-x='{{"publishedAt":"{SAID}"}}'></b>""", SAID),
        (f"""<b data-x='{{"publication_date":"{SAID}"}}'></b>""", SAID),
        (f"""<b data-x='{{"dateCreated":"{SAID}"}}'></b>""", ""),
        (f"""<b data-x='{{"xpubDate":"{SAID}"}}'></b>""", ""),
        (f"""<b data-x="{{&quot;pubDate&quot;:&quot;{SAID}&quot;}}"></b>""", SAID),
        (f"""<script>x='{{\\"pubDate\\":\\"{SAID}\\"}}'</script>""", SAID),
        (f"""<script>x={{"pubDate" : "{SAID}"}}</script>""", SAID),
        (f"""<script>x={{"pubDate"  : "{SAID}"}}</script>""", ""),
        (f"""<script>x={{'pubDate':'{SAID}'}}</script>""", SAID),
        ("""<script>x={"pubDate":"20261102"}</script>""", "2026-11-02"),
        # the first of several clocks of one day, and no day of several
        (f"""<script>x={{"pubDate":"{SAID}"}},{{"publishedAt":"{LATER}"}}</script>""", SAID),
        (f"""<script>x={{"pubDate":"{LATER}"}},{{"publishedAt":"{SAID}"}}</script>""", LATER),
        (f"""<script>x={{"pubDate":"{SAID}"}},{{"pubDate":"2026-11-03"}}</script>""", ""),
        # the moment of the fetch is none
        ("""<script>x={"pubDate":"2026-11-24T01:00:00Z"}</script>""", ""),
        (f"""<b id='"pubDate":"2026-11-24T01:00:00Z" "pubDate":"{SAID}"'></b>""", SAID),
        ("", ""),
    ],
)
def test_what_programs_of_a_page_have_as_its_day(inner: str, wanted: str) -> None:
    found = _hidden(context(f"<h1>Tựa đề của bài</h1>{inner}").page, NOW)
    told = "" if found is None else f"{found.at:%Y-%m-%d %H:%M}" if found.at else str(found.on)
    assert told == wanted
    assert found is None or (found.where, found.confidence) == ("script", 0.4)


CLOCK = "<header class=header><time datetime=2026-11-23T06:00>Thứ hai, 23/11/2026</time></header>"
MENU = "".join(f"<li><a href=/{name}>Mục {name}</a></li>" for name in "abc")


def test_the_only_time_of_a_page_is_no_date_where_it_is_the_clock_above_its_menu() -> None:
    text = f"<h1>Tựa đề của bài</h1><p>{LONG}</p>"
    assert moments(context(CLOCK + MENU + text)).published.on is None
    assert moments(context(CLOCK + MENU[: MENU.rindex("<li>")] + text)).published.on is not None
    bare = CLOCK.replace("class=header", "").replace("header", "div")
    assert moments(context(bare + MENU + text)).published.where == "time"
    marked = CLOCK.replace("<time", "<time class=published")
    assert moments(context(marked + MENU + text)).published.where == "time"


@pytest.mark.parametrize(
    ("script", "day"),
    [
        ("page.article.publication_date = '2026-11-02 08:30';", "2026-11-02T08:30"),
        ('var publishDate="2026-11-02 08:30";', "2026-11-02T08:30"),
        ("{datePublished: '2026-11-02 08:30'}", "2026-11-02T08:30"),
        ("unpublishDate = '2026-11-02 08:30';", "None"),
        ("publication_dates = '2026-11-02 08:30';", "None"),
    ],
)
def test_a_script_may_state_the_day_as_a_value_of_its_own(script: str, day: str) -> None:
    assert found("", f"<script>{script}</script>")[1] == day


@pytest.mark.parametrize("clock", ["16:59", "17:00", "17:01", "00:00", "23:59"])
def test_a_clock_abroad_keeps_the_day_that_is_written(clock: str) -> None:
    page = context(f"<h1>Head</h1><div>22. November 2025, {clock} Uhr</div><p>{LONG}</p>")
    page.foreign, page.zone = True, dt.UTC
    published = moments(page).published
    assert (published.at, published.on) == (None, dt.date(2025, 11, 22))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('pubDate: "2026-11-02"', ["2026-11-02"]), ('{"pubDate":"2026-11-02"}', ["2026-11-02"]),
        ("x", []), ("", []), ('a ' * 9 + 'published_at = "2026-11-02"', ["2026-11-02"]),
        ('pubDate: "2026-11-02"; pubDate: "2026-11-03"', ["2026-11-02", "2026-11-03"]),
        ("publishDate" + " " * 97 + "='2026-11-02'", ["2026-11-02"]),
        ("publishDate" + " " * 98 + "='2026-11-02'", []),
        ("'articlePublishDate' = '2026-11-02'", ["2026-11-02"]),
        ('pubDate' + " " * 120 + ': "2026-11-02"', []), ('republish: "2026-11-02"', []),
    ],
)  # fmt: skip
def test_names_of_a_day_are_looked_for_where_their_words_stand(
    text: str, values: list[str]
) -> None:
    assert [match[1] for match in _find_near(text, _GTAG_WORDS, _GTAG)] == values


@pytest.mark.parametrize(("size", "seen"), [(2_000_000, True), (2_000_001, False)])
def test_days_of_programs_are_looked_for_in_two_megabytes(size: int, *, seen: bool) -> None:
    named = """<b id='"pubDate":"20261102"'></b>"""
    start = "<html><head></head><body><!---->"
    padding = size - len(start) - named.index("\"'></b>")
    page = parse_page(start.replace("----", f"--{'x' * padding}--") + named, URL)
    assert (_hidden(page, NOW) is not None) is seen


def sure_of(days: int) -> float:
    shown = "<p>06/11/2026</p>" * days
    page = context(f"<h1>Tựa đề của bài</h1>{shown}<p>{LONG}</p>")
    return moments(page, "https://bao.example.vn/2026/11/06/a.html").published.confidence


def test_sixty_dates_of_a_page_are_weighed() -> None:
    assert sure_of(1) == sure_of(59) > sure_of(60)
