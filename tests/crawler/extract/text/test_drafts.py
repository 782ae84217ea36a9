"""Whose body is taken: the layout's, the generic one, the stated one."""

# ruff: noqa: E501 - tables are easier to see in one line

from __future__ import annotations

import json

import pytest

from crawler.extract.dom.structured import Structured
from crawler.extract.layouts import Layout
from crawler.extract.text.drafts import Draft, choose_draft, with_stated_body
from crawler.extract.text.lead import find_lead
from tests.support.markup import LONG, MORE, THIRD, context, line

PAGE = f"<h1>Tựa</h1><div class=nd><p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p></div>"


def layout(body: str, *drop: str) -> Layout:
    return Layout(name="x", marks=(), body=(body,), drop=drop)


def choose(inner: str, *layouts: Layout) -> Draft | None:
    page = context(inner)
    return choose_draft(page.page, page.scan, list(layouts), 0)


def test_a_layout_body_is_taken_without_what_it_drops() -> None:
    page = PAGE.replace("<p>Theo", "<p class=x>Theo")
    draft = choose(page, layout(".nd", ".x"))
    assert draft is not None
    assert draft.how == "layout x"
    assert [block.text for block in draft.texts] == [LONG, THIRD]


def test_a_layout_that_finds_less_than_half_has_had_its_day() -> None:
    page = PAGE.replace("<p>Sáng", "<p id=one>Sáng")
    draft = choose(page, layout("#one"))
    assert draft is not None
    assert draft.how == "generic, layout x found less"
    assert len(draft.texts) == 3


def test_an_empty_place_of_the_text_is_believed() -> None:
    assert choose(f"{PAGE}<div id=none> </div>", layout("#none")) is None


def test_several_empty_places_of_a_text_are_teasers() -> None:
    draft = choose(f"{PAGE}<div class=none> </div><div class=none> </div>", layout(".none"))
    assert draft is not None
    assert draft.size == len(LONG + MORE + THIRD)


def test_without_a_layout_the_generic_rules_decide() -> None:
    draft = choose(PAGE, layout("#missing"))
    assert draft is not None
    assert (draft.how, draft.size) == ("generic", len(LONG + MORE + THIRD))


def test_a_video_may_have_its_lead_alone() -> None:
    short = "Bản tin tối nay."
    comments = f"<div class=comments><p>{LONG}</p></div>"
    page = f"<h1>Tựa</h1><p>{short}</p><div class=sapo>{'y' * 80}</div>{comments}"
    assert choose(page) is None
    draft = choose(f"{page}<video src=a.mp4></video>")
    assert draft is not None
    assert draft.how == "lead of a video"


def test_the_stated_body_is_taken_where_the_page_shows_less_than_half() -> None:
    stated = f"{LONG * 3}\n\n{MORE * 2}"
    data = {"@type": "NewsArticle", "headline": "T", "articleBody": stated}
    page = context(PAGE, f"<script type=application/ld+json>{json.dumps(data)}</script>")
    draft = choose(PAGE)
    assert draft is not None
    whole = with_stated_body(None, page.data)
    assert whole is not None
    assert [block.text for block in whole.texts] == [LONG * 3, MORE * 2]
    assert with_stated_body(draft, page.data) is draft
    draft.texts = draft.texts[:1]
    assert with_stated_body(draft, page.data) is not draft


FOURTH = (
    "Bà con trong xã mong tuyến kè sớm xong để yên tâm sản xuất, đi lại và cho con em đến trường"
    " trong mùa nước nổi."
)
TEXTS = {"A": LONG, "B": MORE, "C": THIRD, "D": FOURTH}
PIECES = TEXTS | {f"P{name}": f"<p>{text}</p>" for name, text in TEXTS.items()}
CUT = LONG[:60] + "..."
PAGES = [
    (
        CUT,
        "<p align=center><img src=/f.jpg></p><p align=center>Ảnh: Lê Minh</p><figure><img src=/c.jpg>{PC}{PC}</figure><p><img src=/g.jpg></p><p><i>Tin liên quan</i></p><figure><img src=/c.jpg><figcaption>Ảnh: Lê Minh</figcaption></figure>{PC}",
        "C / C || f.jpg=Ảnh: Lê Minh c.jpg=C g.jpg=-",
    ),
    (
        "{A}",
        "<p><b>{A}</b></p>{PA}<p>Ngày 12/3/2026</p><p>Một mục của bài</p>{PC}<h3>Lê Minh Anh</h3>",
        "A / A / Ngày 12/3/2026 / Một mục của bài / C ||  || A (bold first paragraph 0.9) shown A / A",
    ),
    (
        "{A}",
        "<div class=sapo>{C}</div>{PB}{PA}{PC}{PA}{PA}<div class=footer><p>Lê Minh Anh</p></div>",
        "C / B / A / C / A / A ||  || C (visible lead in the text 0.8) shown C / C",
    ),
    (
        None,
        "<p><img src=/a.jpg></p><div><p><img src=/icon/x.png></p><img src=/b.jpg><p><b>{D}</b></p></div>",
        "D || b.jpg=-",
    ),
    (
        CUT,
        "<div><p><b>{D}</b></p><img src=/b.jpg><table><tr><td>OM 18</td><td>7.200</td></tr><tr><td>Đài thơm</td><td>7.000</td></tr></table></div>",
        "D / OM 18 | 7.200 / Đài thơm | 7.000 || b.jpg=- || D (bold first paragraph 0.75) shown D",
    ),
    (
        LONG[:-1],
        "{PA}<p class=caption>Lê Minh Anh</p><p><img src=/h.jpg></p>{PB}<p align=right>Tuyến kè đang thi công. Ảnh: Lê Minh</p>{PB}<div></div><div class=footer><p>Lê Minh Anh</p></div>",
        "A / B / Tuyến kè đang thi công. Ảnh: Lê Minh / B || h.jpg=Lê Minh Anh || A (paragraph equal to the description 0.7) shown A",
    ),
    (
        "{A}",
        "<p>{A} {A}</p>{PA}{PA}<div>{PC}</div>",
        "A A / A / A / C ||  || A (paragraph equal to the description 0.7) shown A A / A / A",
    ),
    (
        None,
        "<div class=content><p align=right>Một mục của bài</p><table><tr><td><img src=/e.jpg></td></tr><tr><td>Bình luận</td></tr></table>{PB}<p>Ảnh: Lê Minh</p><p>Kè qua xã An Thạnh đang được thi công</p>{PC}</div>",
        "Một mục của bài / B / Ảnh: Lê Minh / Kè qua xã An Thạnh đang được thi công / C || e.jpg=-",
    ),
    (
        LONG[:-1],
        "<div class=content>{PD}<p><img src=/icon/x.png></p><p><img src=/g.jpg></p><p>Lê Minh Anh</p><p><b>{B}</b></p></div>",
        "D / Lê Minh Anh / B || g.jpg=- || A- (meta description 0.5)",
    ),
    (
        "Huyện kiểm tra tiến độ thi công kè và yêu cầu nhà thầu tăng ca để kịp mùa mưa.",
        "<p><img src=/g.jpg></p><p class=note>{C}</p>{PD}<div><p><b>Lê Minh Anh</b></p>{PA}{PA}{PD}{PD}</div>",
        "D / Lê Minh Anh / A / A / D / D || g.jpg=C || Huyện kiểm tra tiến độ thi công kè và yêu cầu nhà thầu tăng ca để kịp mùa mưa. (meta description 0.5)",
    ),
    (
        "{B}",
        "{PB}{PB}<p align=right>Cùng chuyên mục</p>",
        "B / B ||  || B (paragraph equal to the description 0.7) shown B / B",
    ),
    (
        None,
        "<div class=content><figure><img src=/c.jpg><figcaption>Bình luận</figcaption></figure>{PC}{PC}<p><img src=/g.jpg></p><p>1. Làm kè</p></div>",
        "C / C / 1. Làm kè || c.jpg=- g.jpg=-",
    ),
    (
        LONG[:-1],
        "{PB}<p><img src=/a.jpg><br>Kè mới</p><div><div class=sapo>{D}</div></div>",
        "B / D || a.jpg=Kè mới || A- (meta description 0.5)",
    ),
    (
        None,
        "<div class=content><div class=caption>Kè đã xong.</div><p><a href=/x>Tin liên quan</a></p><div class=caption>Lê Minh Anh</div>{PB}{PA}<p><img src=/a.jpg></p></div><div class=footer><p>Bình luận</p></div>",
        "Lê Minh Anh / B / A || a.jpg=-",
    ),
    (
        None,
        "<div class=content>{PB}<p><b>{A}</b></p><div class=related><a href=/x>- Ông Lê Văn Minh</a></div><div class=image><img src=/d.jpg><p>Kè đã xong.</p></div><p align=center><img src=/f.jpg></p><p align=center>Xem thêm</p>{PA}</div>",
        "B / A / A || d.jpg=Kè đã xong. f.jpg=-",
    ),
    (
        None,
        "<div class=content><p><b>Kè mới</b></p>{PC}{PA}<p><img src=/g.jpg></p><p class=caption>Kè đã xong.</p><p class=caption>- Ông Lê Văn Minh</p><p><img src=/h.jpg></p>{PC}{PA}</div><div class=footer><p>Xem thêm</p></div>",
        "Kè mới / C / A / C / A || g.jpg=Kè đã xong. - Ông Lê Văn Minh h.jpg=-",
    ),
    (
        "{A}",
        "<div class=content>{PB}<p>{B} {B}</p><img src=/a.jpg><p class=caption>Cùng chuyên mục</p><p><img src=/h.jpg></p><table><tr><td><img src=/e.jpg></td></tr><tr><td>Bình luận</td></tr></table><p><img src=/icon/x.png></p><p><img src=/g.jpg></p><p class=caption>Ảnh: Lê Minh</p></div>",
        "B / B B || a.jpg=- h.jpg=- e.jpg=- g.jpg=Ảnh: Lê Minh || A (meta description 0.5)",
    ),
    (
        "{B}",
        "<div class=content><figure><img src=/c.jpg>{PB}{PB}</figure>{PB}{PD}<p><img src=/a.jpg><br>Tin liên quan</p><h2>Kè qua xã An Thạnh đang được thi công</h2>{PB}</div>",
        "B / B / D / Kè qua xã An Thạnh đang được thi công / B || c.jpg=B a.jpg=- || B (paragraph equal to the description 0.7) shown B / B",
    ),
]
"""What a page describes itself by, what stands below its headline; then the lines of its text, its
pictures with their captions, its lead and what shows it."""


@pytest.mark.parametrize(("description", "inner", "wanted"), PAGES)
def test_what_text_pictures_and_lead_of_a_page_are(
    description: str | None, inner: str, wanted: str
) -> None:
    said = (description or "").format(**TEXTS)
    head = f'<meta name="description" content="{said}">' if said else ""
    page = context(f"<h1>Tăng tốc thi công tuyến kè</h1>{inner.format(**PIECES)}", head)
    draft = choose_draft(page.page, page.scan, [], 0)
    assert draft is not None
    first = page.scan.blocks.index(draft.texts[0])
    inside = {id(block) for block in draft.body.blocks}
    above = [block for block in page.scan.blocks[1:first] if id(block) not in inside]
    lead = find_lead(page, draft.scan, draft.texts, above=above)
    told = " / ".join(block.text for block in draft.texts) + " || "
    names = [(image.url.rpartition("/")[2], image.caption or "-") for image in draft.images]
    told += " ".join(f"{name}={caption}" for name, caption in names)
    if lead.text and lead.evidence:
        told += f" || {lead.text} ({lead.evidence.how} {lead.evidence.confidence})"
    if lead.shown:
        told += " shown " + " / ".join(block.text for block in lead.shown)
    for name, text in TEXTS.items():
        told = told.replace(text, name)
    assert told.replace(LONG[:-1], "A-") == wanted


@pytest.mark.parametrize(
    ("length", "shown", "start", "taken"),
    [
        (500, 251, "", False),
        (500, 250, "", True),
        (499, 0, "", False),
        (500, 0, "x" * 19 + "<", False),
        (500, 0, "x" * 20 + "<", True),
    ],
)
def test_a_stated_text_is_long_and_the_page_shows_little_of_it(
    length: int, shown: int, start: str, *, taken: bool
) -> None:
    draft = choose(PAGE)
    assert draft is not None
    draft.texts = [line("x" * shown)]
    found = with_stated_body(draft, Structured(body=start.ljust(length, "y")))
    assert (found is not draft) is taken
    if found is not draft:
        assert found is not None
        assert (found.how, found.images, found.scan.tags) == ("json-ld articleBody", [], ["body"])


@pytest.mark.parametrize(("size", "how"), [(30, "layout x"), (29, "generic, layout x found less")])
def test_a_layout_finds_half_at_least(size: int, how: str) -> None:
    rest = f"<p>{'y' * (60 - size)} {'z' * 59}</p>"
    inner = f"<h1>Tựa</h1><div class=nd><p id=one>{'x' * (60 + size)}</p>{rest}</div>"
    draft = choose(inner, layout("#one"))
    assert draft is not None
    assert draft.how == how
