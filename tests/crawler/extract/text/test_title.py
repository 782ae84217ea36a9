"""Which candidate is the headline."""

from __future__ import annotations

import pytest

from crawler.extract.hints import Hints, mark_title
from crawler.extract.text.title import Title, choose_title, find_text
from tests.support.markup import LONG, context, scan

TITLE = "Tăng tốc thi công tuyến kè chống sạt lở"


def title_of(inner: str, head: str = "", layout_title: str | None = None) -> Title | None:
    page = context(inner, head)
    return choose_title(page.page, page.data, page.scan, layout_title=layout_title)


def text_of(inner: str, head: str = "") -> str | None:
    title = title_of(inner, head)
    return title.text if title else None


@pytest.mark.parametrize(
    "head",
    [
        "<title>Báo điện tử tỉnh</title>",
        "<title>Chi tiết tin tức</title>",
        f"<title>{TITLE} | Báo Tỉnh</title>",
        f"<title>{TITLE} - Báo Tỉnh</title>",
        "<meta property=og:title content='Trang chủ'>",
    ],
)
def test_the_visible_headline_wins(head: str) -> None:
    title = title_of(f"<h1>{TITLE}</h1><p>{LONG}</p>", head)
    assert title is not None
    assert (title.text, title.position) == (TITLE, 0)


def test_the_name_of_the_site_is_cut_off_behind_the_last_separator() -> None:
    assert text_of("", f"<title>{TITLE} | Báo Tỉnh</title>") == TITLE
    assert text_of("", f"<title>{TITLE}: bài 2</title>") == f"{TITLE}: bài 2"
    assert text_of("", f"<title>{TITLE} - {'x' * 41}</title>") == f"{TITLE} - {'x' * 41}"


def test_the_name_of_the_site_is_cut_off_where_only_machines_are_told() -> None:
    head = f"<title>{TITLE} | Example</title><meta property=og:title content='{TITLE} | Example'>"
    data = f'{{"@type": "NewsArticle", "headline": "{TITLE} | Example"}}'
    stated = f'<script type="application/ld+json">{data}</script>'
    site = "<meta property=og:site_name content=Example>"
    assert text_of(f"<p>{LONG}</p>", head + stated + site) == TITLE
    assert text_of(f"<h1>{TITLE} | Example</h1>", head + stated + site) == f"{TITLE} | Example"


def test_what_a_template_shows_loses_to_what_a_page_says() -> None:
    head = f"<meta property=og:title content='{TITLE}'>"
    assert text_of("<h1>Tin tức</h1>", head) == TITLE
    assert text_of("<h1>Cổng thông tin điện tử tỉnh An Giang</h1>", head) == TITLE


def test_a_headline_that_is_a_link_or_a_later_one_weighs_less() -> None:
    other = "Một bài khác hẳn của tờ báo này hôm nay"
    assert text_of(f"<h1><a href=/>{other}</a></h1><h1>{TITLE}</h1>") == TITLE
    assert text_of(f"<h1>{TITLE}</h1><h1>{other}</h1>") == TITLE


def test_a_line_that_is_only_the_end_of_a_headline_is_a_sub_head() -> None:
    end = TITLE.partition(" ")[2]
    assert text_of(f"<h1>{TITLE}</h1><h2 class=title>{end}</h2>") == TITLE
    assert text_of(f"<h1>Bài 2: {TITLE}</h1><h2 class=title>{TITLE}</h2>") == TITLE


def test_a_headline_that_breaks_off_at_a_quotation_mark_was_cut_by_its_markup() -> None:
    whole = f'{TITLE} và "mùa nước nổi"'
    head = f"<title>{whole}</title><meta property=og:title content='{TITLE} và'>"
    assert text_of(
        f"<h1>{whole}</h1>", head + f"<meta name=twitter:title content='{TITLE} và'>"
    ) == (whole)


def test_a_bold_line_above_the_text_where_nothing_is_named() -> None:
    assert text_of(f"<p><b>{TITLE}</b></p><p>{LONG}</p>") == TITLE
    assert text_of(f"<p>{TITLE}</p><p>{LONG}</p>") is None


@pytest.mark.parametrize("name", ["tieude-cm", "title-cat", "tieu-de-chuyen-muc", "zone-title"])
def test_the_title_of_a_section_is_none_of_an_article(name: str) -> None:
    label = f"<div class={name}>Văn hóa - Xã hội</div>"
    assert text_of(f"{label}<div class=tieude>{TITLE}</div><p>{LONG}</p>") == TITLE


@pytest.mark.parametrize("head", ["Chi tiết tin tức", "Báo điện tử tỉnh", "Tin tức"])
@pytest.mark.parametrize("tag", ["div", "p", "h3"])
def test_a_template_is_no_title_where_a_line_above_the_text_can_be_one(head: str, tag: str) -> None:
    inner = (
        f"<h2>{head}</h2><{tag}>{TITLE}</{tag}><div>Thứ ba, 24/11/2026 08:00</div>"
        f"<div>Trần Quốc Bửu</div><p>{LONG}</p>"
    )
    assert text_of(inner, f"<title>{head}</title>") == TITLE


def test_a_title_that_says_nothing_is_none() -> None:
    assert title_of(f"<p>{LONG}</p>", "<title>Chi tiết tin tức</title>") is None


def test_a_layout_own_title_weighs_most() -> None:
    title = title_of("<h1>Một tựa đề khác hẳn của trang</h1>", layout_title=TITLE)
    assert title is not None
    assert title.text == TITLE


def test_a_text_is_found_as_a_heading_first() -> None:
    assert find_text(scan(f"<p>{TITLE}</p><h1>{TITLE}</h1>"), TITLE) == 1
    assert find_text(scan(f"<p>A</p><p>{TITLE}</p>"), TITLE.upper()) == 1
    assert find_text(scan("<p>A</p>"), TITLE) is None


def hinted(inner: str, head: str, hint: str, repeated: str = "") -> tuple[str, str] | None:
    page = context(inner, head)
    title = choose_title(
        page.page,
        page.data,
        page.scan,
        hints=Hints(title=hint, place="feed"),
        repeated={mark_title(repeated)} if repeated else (),
    )
    return (title.text, title.evidence.how) if title else None


def test_the_title_of_the_link_names_a_page_that_names_its_site() -> None:
    site = "<title>Tin tức nhanh nhất trong ngày của tỉnh nhà</title>"
    assert hinted(f"<p>{LONG}</p>", site, TITLE) == (TITLE, "feed")
    assert hinted(f"<p>{LONG}</p>", "", TITLE) == (TITLE, "feed")


def test_the_headline_of_a_page_is_believed_before_its_link() -> None:
    other = "Một bài khác hẳn của tờ báo này hôm nay"
    assert hinted(f"<h1>{TITLE}</h1><p>{LONG}</p>", "", other) == (TITLE, "h1")


def test_an_edited_title_is_believed_before_the_link_of_the_first_one() -> None:
    edited = f"{TITLE} trước mùa lũ"
    assert hinted(f"<p>{LONG}</p>", f"<title>{edited}</title>", TITLE) == (edited, "title")


def test_the_name_of_a_site_is_no_wording_of_a_headline_with_its_words() -> None:
    site = "<title>Báo Long An</title>"
    headline = "Tỉnh ủy Long An đề ra 18 chỉ tiêu chủ yếu của năm 2024"
    assert hinted(f"<p>{LONG}</p>", site, headline) == (headline, "feed")


def test_the_link_says_which_part_of_a_title_is_the_headline() -> None:
    site = f"<title>Tin trong tỉnh | {TITLE} | Báo Tỉnh</title>"
    assert hinted(f"<p>{LONG}</p>", site, TITLE) == (TITLE, "feed")


@pytest.mark.parametrize("hint", ["Chi tiết", f"{TITLE} qua...", "Xem tiếp »", ""])
def test_link_texts_that_are_no_headline_say_nothing(hint: str) -> None:
    assert hinted(f"<p>{LONG}</p>", "", hint) is None


def test_a_title_that_the_source_repeats_is_none() -> None:
    site = "Tin nhanh của tỉnh nhà mỗi ngày"
    page = f"<h1>{site}</h1><p>{LONG}</p>"
    assert hinted(page, f"<title>{site}</title>", TITLE, site) == (TITLE, "feed")
    assert hinted(page, f"<title>{site}</title>", "", site) is None


def test_a_part_of_a_title_that_stands_alone_as_first_heading_names_the_site() -> None:
    site = "Báo điện tử Sông Tiền"
    head = f"<title>{TITLE} - {site}</title><meta property=og:title content='{TITLE} - {site}'>"
    assert text_of(f"<h1>{site}</h1><h2>{TITLE}</h2><p>{LONG}</p>", head) == TITLE
    turned = f"<meta property=og:title content='{site} - {TITLE}'>"
    assert text_of(f"<h1>{site}</h1><p>{LONG}</p>", turned) == TITLE
