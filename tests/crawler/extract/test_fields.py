"""What is kept of a text, and what makes up for a missing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract, fingerprint_line
from crawler.extract.fields import is_subhead
from tests.support.markup import LONG, MORE, THIRD, URL, line

if TYPE_CHECKING:
    from storage.records import Article

LONGEST_SUBHEAD = 150
MAX_BODY = 400_000
MAX_IMAGES = 200

TITLE = "Tăng tốc thi công tuyến kè chống sạt lở"


def read(inner: str, boilerplate: tuple[str, ...] = ()) -> Article:
    page = f"<html lang=vi><title>{TITLE}</title><body><h1>{TITLE}</h1>{inner}"
    return extract(
        page.encode(), url=URL, fetched_at="2026-11-24T01:00:00Z", boilerplate=boilerplate
    )


def paragraphs(*texts: str) -> str:
    return "<div>" + "".join(f"<p>{text}</p>" for text in texts) + "</div>"


def test_subheads_by_tag_or_bold_lines_of_their_own() -> None:
    assert is_subhead(line("Một mục", tag="h3"))
    assert not is_subhead(line("Một mục", tag="h3", align="right"))
    assert not is_subhead(line("x" * 151, tag="h3"))
    assert not is_subhead(line("Một mục"))
    bold = line("Một mục")
    bold.bold = 7
    assert is_subhead(bold)
    bold.line = 1
    assert not is_subhead(bold)
    sentence = line("Một mục.")
    sentence.bold = 8
    assert not is_subhead(sentence)


def test_copies_of_the_headline_dates_and_boilerplate_leave_the_text() -> None:
    notice = "Báo ngừng cập nhật ở địa chỉ này từ nay."
    inner = paragraphs(TITLE.upper(), "12/03/2026 08:30", LONG, MORE, THIRD, notice)
    assert read(inner, (fingerprint_line(notice),)).body == f"{LONG}\n\n{MORE}\n\n{THIRD}"
    assert read(inner).body.endswith(notice)


def test_the_surer_the_longer_the_text() -> None:
    short = read(paragraphs(LONG, MORE, THIRD)).evidence["body"].confidence
    many = [f"{line} {number}" for number in range(20) for line in (LONG, MORE, THIRD)]
    long = read(paragraphs(*many)).evidence["body"].confidence
    assert short == 0.64
    assert long == 0.95


def test_eighty_characters_of_prose_are_an_article() -> None:
    assert read(paragraphs("Câu này có đúng tám mươi chữ " + "x" * 50 + ".")).body
    with pytest.raises(NotAnArticle):
        read(paragraphs("Câu này có đúng tám mươi chữ " + "x" * 49 + "."))


def test_pictures_make_up_for_a_missing_text() -> None:
    story = "Câu này chỉ có bốn mươi chữ hoặc hơn một chút."
    pictures = "<img src=/a.jpg><img src=/b.jpg><img src=/c.jpg>"
    assert len(read(f"<div><p>{story}</p>{pictures}</div>").images) == 3
    with pytest.raises(NotAnArticle):
        read(f"<div><p>{story}</p>{pictures.replace('<img src=/c.jpg>', '')}</div>")


def test_a_lead_without_a_text_is_the_text() -> None:
    article = read(f"<div class=sapo>{LONG}</div><video src=/a.mp4></video>")
    assert article.body == LONG
    assert article.summary is None
    assert "summary" not in article.evidence


def test_datelines_of_text_then_lead_in_vietnamese_only() -> None:
    assert read(paragraphs(f"(BTNO) - {LONG}", MORE, THIRD)).dateline == "(BTNO) -"
    lead = f"<div class=sapo>(BTNO) - {LONG}</div>"
    article = read(lead + paragraphs(MORE, THIRD))
    assert article.dateline == "(BTNO) -"
    assert article.evidence["dateline"].how == "start of lead"
    english = "(VNA) - The head of the district went to the dyke and said that it is in good order."
    assert read(paragraphs(english, english.replace("dyke", "river"))).dateline is None


def test_a_picture_without_a_caption_has_none() -> None:
    images = read(
        f"{paragraphs(LONG, MORE)}<figure><img src=/a.jpg><figcaption>Kè mới</figcaption></figure>"
        "<p><img src=/b.jpg></p>" + paragraphs(THIRD)
    ).images
    assert {image.url.rpartition("/")[2]: image.caption for image in images} == {
        "a.jpg": "Kè mới",
        "b.jpg": None,
    }


@pytest.mark.parametrize(
    ("length", "subhead"), [(LONGEST_SUBHEAD, True), (LONGEST_SUBHEAD + 1, False)]
)
def test_a_subhead_is_no_longer_than_its_most(length: int, subhead: bool) -> None:
    assert is_subhead(line("x" * length, tag="h2")) is subhead


def test_subheads_are_named() -> None:
    inner = f"<div><p>{LONG}</p><h3>Một mục</h3><p>{MORE}</p></div>"
    assert read(inner).subheads == ["Một mục"]


def test_a_body_is_kept_up_to_its_most() -> None:
    lines = [f"{LONG} {number}." for number in range(MAX_BODY // len(LONG) + 10)]
    body = read(paragraphs(*lines)).body
    assert MAX_BODY - 2 * len(LONG) < len(body) <= MAX_BODY


def test_so_many_pictures_are_kept_and_no_more() -> None:
    pictures = "".join(f"<p><img src=/{number}.jpg></p>" for number in range(MAX_IMAGES + 5))
    article = read(f"<div><p>{LONG}</p>{pictures}<p>{MORE}</p></div>")
    assert len(article.images) == MAX_IMAGES
    assert article.evidence["images"].confidence == 0.85


def test_a_lead_that_the_text_repeats_stands_once() -> None:
    inner = f"<div class=sapo>{LONG}</div>" + paragraphs(MORE, THIRD, LONG, MORE + " Hết.")
    assert read(inner).body == f"{MORE}\n\n{THIRD}\n\n{MORE} Hết."


@pytest.mark.parametrize(("between", "is_lead"), [(11, True), (12, False)])
def test_a_lead_is_one_of_twelve_lines_above_the_text(between: int, *, is_lead: bool) -> None:
    lines = "".join(f"<p>Mục {number}</p>" for number in range(between))
    text = paragraphs(*(f"{part} {number}" for number in range(4) for part in (MORE, THIRD)))
    article = read(f"<div><b>{LONG}</b></div>{lines}{text}")
    assert (article.summary == LONG) is is_lead


@pytest.mark.parametrize(("before", "kept"), [(3, False), (4, True)])
def test_the_first_four_lines_of_a_text_may_repeat_the_lead(before: int, *, kept: bool) -> None:
    lines = [f"Mũi thi công thứ {number}: {MORE}" for number in range(before)]
    named = f"(BTNO) - {LONG}"
    for lead, copy in ((LONG, LONG), (named, named), (LONG, named)):
        article = read(f"<div class=sapo>{lead}</div>" + paragraphs(*lines, copy, THIRD))
        assert article.summary == lead
        assert (copy in article.body) is kept


def test_the_section_is_the_last_of_its_path() -> None:
    path = "<a href=/>Trang chủ</a><a href=/a>Kinh tế</a><a href=/a/b>Nông nghiệp</a>"
    crumbs = f"<div class=breadcrumb>{path}</div>"
    article = read(crumbs + paragraphs(LONG, MORE, THIRD))
    assert article.section_path == ["Kinh tế", "Nông nghiệp"]
    assert article.section == "Nông nghiệp"
    assert article.evidence["section"].confidence == 0.9


@pytest.mark.parametrize(("marks", "kept"), [(20, False), (21, True)])
def test_a_copy_of_the_headline_is_about_as_long(marks: int, *, kept: bool) -> None:
    copy = TITLE + "!" * marks
    assert (copy in read(paragraphs(LONG, copy, MORE, THIRD)).body) is kept


@pytest.mark.parametrize(
    ("size", "pictures", "is_article"),
    [
        (40, 3, True),
        (39, 3, False),
        (40, 2, False),
        (80, 0, True),
        (79, 0, False),
    ],
)
def test_what_makes_up_for_a_missing_text(size: int, pictures: int, *, is_article: bool) -> None:
    text = f"<p>{'Chữ ' * 3}{'x' * (size - 13)}.</p>"
    shown = "".join(f"<p><img src=/{n}.jpg></p>" for n in range(pictures))
    if is_article:
        assert len(read(f"<div>{text}{shown}</div>").images) == pictures
    else:
        with pytest.raises(NotAnArticle):
            read(f"<div>{text}{shown}</div>")


@pytest.mark.parametrize("tag", ["h2", "h3", "h4", "h5", "h6"])
def test_headings_are_subheads(tag: str) -> None:
    assert is_subhead(line("Một mục", tag=tag))
    assert not is_subhead(line("Một mục", tag="h1"))


@pytest.mark.parametrize("end", [".", "”", '"', ":", ",", ";"])
def test_a_bold_line_that_ends_like_a_sentence_is_no_subhead(end: str) -> None:
    for text, wanted in (("Một mục", True), (f"Một mục{end}", False)):
        block = line(text)
        block.bold = len(text)
        assert is_subhead(block) is wanted


@pytest.mark.parametrize(
    ("above", "below", "named"),
    [(9, None, True), (10, None, False), (None, 6, True), (None, 7, False)],
)
def test_a_section_is_named_around_the_headline(
    above: int | None, below: int | None, *, named: bool
) -> None:
    cate = "<div class=cate><a href=/ts>Thời sự</a></div>"
    lines = "".join(f"<p>Dòng số {n}</p>" for n in range(above or below or 0))
    before, after = (cate + lines, "") if above else ("", lines + cate)
    page = f"<title>{TITLE}</title>{before}<h1>{TITLE}</h1>{after}{paragraphs(LONG, MORE, THIRD)}"
    article = extract(page.encode(), url=URL, fetched_at="2026-11-24T01:00:00Z")
    assert article.section_path == ["Thời sự"] * named


def test_how_sure_sections_tags_and_datelines_are() -> None:
    tags = "<div class=tags><a href=/t>kè</a></div>"
    article = read(paragraphs(f"(BTNO) - {LONG}", MORE, THIRD) + tags)
    assert article.evidence["tags"].confidence == 0.85
    assert article.evidence["dateline"].confidence == 0.9
    label = "<ul><li><a href=/ts>Thời sự</a></li></ul>" + "<p>Dòng ở giữa trang này.</p>" * 5
    page = f"{label}<div>Thời sự</div><h1>{TITLE}</h1>{paragraphs(LONG, MORE, THIRD)}"
    found = extract(page.encode(), url=URL, fetched_at="2026-11-24T01:00:00Z")
    assert (found.section, found.evidence["section"].confidence) == ("Thời sự", 0.7)


def test_tags_are_stored_with_how_they_were_found() -> None:
    tags = "<div class=tags><a rel=tag href=/tag/a>kè</a> <a rel=tag href=/tag/b>lũ</a></div>"
    text = f"<p>{LONG} {MORE}</p><p>{THIRD} {MORE}</p>"
    article = read(f"{text}{tags}")
    assert article.tags == ["kè", "lũ"]
    assert article.evidence["tags"].confidence == 0.85
    assert "tags" not in read(text).evidence
