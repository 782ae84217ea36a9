"""Where section path and tags are taken from."""

from __future__ import annotations

import json

import pytest

from crawler.extract.sections import crumb_places, find_tags, labels_above, section_path
from tests.support.markup import context

TITLE = "Tăng tốc thi công tuyến kè"


def path_of(inner: str, head: str = "", near: bool = False) -> tuple[list[str], str]:
    page = context(inner, head)
    nodes = [page.scan.nodes[block.el] for block in page.scan.blocks] if near else []
    return section_path(page.page, page.data, TITLE, (), nodes)


def tags_of(inner: str, head: str = "") -> tuple[list[str], str]:
    page = context(inner, head)
    return find_tags(page.page, page.data, page.scan, headline=page.headline)


def crumbs(*names: str) -> str:
    return "<ul class=breadcrumb>" + "".join(f"<li><a href=/>{n}</a></li>" for n in names) + "</ul>"


def json_ld(**fields: object) -> str:
    data = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2026-11-01"} | fields
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_a_breadcrumb_without_home_and_headline() -> None:
    assert path_of(crumbs("Trang chủ", "Thời sự", "Trong tỉnh", TITLE)) == (
        ["Thời sự", "Trong tỉnh"],
        "breadcrumb",
    )
    assert path_of(crumbs("Báo An Giang điện tử", "Home", "›")) == ([], "")


@pytest.mark.parametrize(
    ("classes", "added"),
    [
        (["title", "cat"], []),
        (["cate-name", "title-cat"], [".cate-name", ".title-cat"]),
        (["entry-crumbs", "cat-links"], [".entry-crumbs"]),
        (["box-catename-detail"], ["[class*=catename]"]),
    ],
)
def test_rare_names_of_sections_are_looked_for_only_where_a_page_has_them(
    classes: list[str], added: list[str]
) -> None:
    assert crumb_places(classes).split(", ")[5:] == added


@pytest.mark.parametrize(
    "place", ["title-cat", "cate-name", "cat-links", "entry-crumbs", "my-catename-1"]
)
def test_a_section_named_by_a_rare_class(place: str) -> None:
    page = context(f"<div class='x {place}'><a href=/>Thời sự</a></div>")
    found = section_path(page.page, page.data, TITLE, classes=page.scan.names)
    assert found == (["Thời sự"], "breadcrumb")


def test_a_section_in_the_footer_of_an_article() -> None:
    page = context("<footer><span class=cat-links><a href=/>Thời sự</a></span></footer>")
    found = section_path(page.page, page.data, TITLE, classes=page.scan.names)
    assert found == (["Thời sự"], "breadcrumb")


def test_six_links_are_a_menu() -> None:
    assert path_of(crumbs(*(f"Mục {n}a" for n in range(5))))[1] == "breadcrumb"
    assert path_of(crumbs(*(f"Mục {n}a" for n in range(6)))) == ([], "")


def test_other_places_in_their_order() -> None:
    section = "<meta property=article:section content='Kinh tế'>"
    assert path_of("", json_ld(articleSection=["Xã hội", "B"]) + section) == (
        ["Xã hội"],
        "json-ld articleSection",
    )
    assert path_of("", section) == (["Kinh tế"], "meta article:section")
    assert path_of("<a rel=category href=/>Văn hóa</a>") == (["Văn hóa"], "category link")


def test_a_category_near_the_headline() -> None:
    inner = "<div class=cate><a href=/>Thời sự</a></div>"
    assert path_of(inner, near=True) == (["Thời sự"], "category near the headline")
    assert path_of(inner) == ([], "")
    assert path_of(inner.replace("cate", "locate"), near=True) == ([], "")


def test_a_layout_own_links_go_first() -> None:
    page = context(crumbs("Thời sự"))
    links = context("<a href=/>Kinh tế</a>").page.tree.css("a")
    assert section_path(page.page, page.data, TITLE, links) == (["Kinh tế"], "layout")


def test_the_last_crumb_needs_no_link() -> None:
    links = "<a href=/>Trang chủ</a> / <a href=/t>Thời sự</a> / "
    for last in ("Thời sự trong tỉnh", "<span>Thời sự trong tỉnh</span>"):
        inner = f"<div class=breadcrumb>{links}{last}</div>"
        assert path_of(inner)[0] == ["Thời sự", "Thời sự trong tỉnh"]
    for last in (TITLE, f"{TITLE[:20]}…", "Thứ ba, 24/11/2026", "24.11.2026 08:00"):
        assert path_of(f"<div class=breadcrumb>{links}{last}</div>")[0] == ["Thời sự"]


@pytest.mark.parametrize("heading", ["Đọc thêm", "Tin liên quan", "Xem thêm:"])
def test_a_box_of_links_names_no_section(heading: str) -> None:
    assert path_of(f"<div class=cate-name><a href=/>{heading}</a></div>", near=True) == ([], "")
    box = f"<h3>{heading}</h3><p class=cate-name><a href=/>Kinh tế</a></p>"
    assert path_of(f"<div class='related-news'>{box}</div>") == ([], "")


def test_json_ld_crumbs_in_lists_of_their_own() -> None:
    def crumb(place: int, name: str) -> dict[str, object]:
        return {"@type": "ListItem", "position": place, "item": {"@id": "/", "name": name}}

    names = [crumb(1, "Trang chủ"), crumb(2, "Thời sự"), crumb(3, "Trong tỉnh")]
    apart = [{"@type": "BreadcrumbList", "itemListElement": [each]} for each in names]
    single = [{"@type": "BreadcrumbList", "itemListElement": each} for each in names]
    nested = [{"@type": "BreadcrumbList", "itemListElement": [[each] for each in names]}]
    for lists in (apart, single, nested):
        head = f'<script type="application/ld+json">{json.dumps(lists)}</script>'
        assert path_of("", head) == (["Thời sự", "Trong tỉnh"], "json-ld breadcrumb")


def labels_of(inner: str, url: str = "https://bao.example.vn/tin-a1.html") -> list[str]:
    page = context(inner, url=url)
    assert page.headline is not None
    return labels_above(page.scan, page.headline, page.page)


def test_a_label_above_the_headline_is_a_section_where_menu_or_address_name_it() -> None:
    headline = f"<h1>{TITLE}</h1>"
    menu = "<ul><li><a href=/kt>Kinh tế</a></li><li><a href=/xh>Xã hội</a></li></ul>"
    assert labels_of(f"<div>Kinh tế</div>{headline}{menu}") == ["Kinh tế"]
    assert labels_of(f"<div>Phóng sự ảnh</div>{headline}{menu}") == []
    address = "https://bao.example.vn/phong-su-anh/tin-a1.html"
    assert labels_of(f"<div>Phóng sự ảnh</div>{headline}", address) == ["Phóng sự ảnh"]


def test_a_menu_above_the_headline_is_no_path() -> None:
    menu = "".join(f"<li><a href=/{n}>Mục số {n}</a></li>" for n in range(6))
    assert labels_of(f"<ul>{menu}</ul><h1>{TITLE}</h1><ul>{menu}</ul>") == []


def test_tags_from_marked_links_then_a_box_then_machines() -> None:
    keywords = json_ld(keywords="kè, sạt lở")
    assert tags_of("<a rel=tag href=/>#kè</a><a rel='category tag' href=/>x</a>", keywords) == (
        ["kè"],
        "visible tags",
    )
    assert tags_of("<div class=tags><b>Từ khóa:</b><a href=/>sông</a></div>")[0] == ["sông"]
    assert tags_of("", "<meta property=article:tag content=lũ>" + keywords) == (
        ["lũ"],
        "meta article:tag",
    )
    assert tags_of("", keywords) == (["kè", "sạt lở"], "json-ld keywords")


def test_tags_are_kept_once_without_labels_and_forty_at_most() -> None:
    names = ["Tags:", "Kè", "kè", "ke", "x" * 81, *(f"tag{n}" for n in range(50))]
    links = "".join(f"<a rel=tag href=/>{name}</a>" for name in names)
    found = tags_of(links)[0]
    assert found[:2] == ["Kè", "tag0"]
    assert len(found) == 40


def test_tags_in_one_meta_are_single_tags() -> None:
    many = ", ".join(f"từ khóa số {n}a" for n in range(12))
    assert tags_of("", "<meta property=article:tag content='kè, sạt lở,sông Hậu'>")[0] == [
        "kè",
        "sạt lở",
        "sông Hậu",
    ]
    assert len(tags_of("", f"<meta property=article:tag content='{many}'>")[0]) == 12
    two = "<meta property=article:tag content=lũ><meta property=article:tag content='a, b'>"
    assert tags_of("", two)[0] == ["lũ", "a, b"]


@pytest.mark.parametrize(
    "box",
    [
        "<header><div class=tags>{}</div></header>",
        "<div class='topics hot'>{}</div>",
        "<div class=top><ul class=tags>{}</ul></div><h1>Kè</h1>",
        "<div class=top><p><a class=tag href=/x>Lũ</a>{}</p></div><h1>Kè</h1>",
        "<aside><div class=tagcloud>{}</div></aside>",
        "<div class=trending-topics>{}</div>",
    ],
)
def test_topics_of_the_day_are_no_tags(box: str) -> None:
    inner = box.format("<a href=/a>Đại hội</a><a href=/b>Bão số 3</a>")
    assert tags_of(inner) == ([], "")
    assert tags_of(f"{inner}<div class=tags><a href=/c>kè</a></div>")[0] == ["kè"]


def names_above(
    *lines: str, menu: str = "", url: str = "https://bao.example.vn/tin-a1.html"
) -> list[str]:
    above = "".join(f"<div>{text}</div>" for text in lines)
    return labels_of(f"{menu}{above}<h1>{TITLE}</h1>", url)


def test_three_labels_can_be_a_path_and_four_are_a_menu() -> None:
    url = "https://bao.example.vn/mot/hai/nam/tam/tin-a1.html"
    assert names_above("Một", "Hai", "Năm", url=url) == ["Một", "Hai", "Năm"]
    assert names_above("Một", "Hai", "Năm", "Tám", url=url) == []


def test_a_label_has_the_length_of_a_name() -> None:
    for length, kept in ((40, True), (41, False), (3, True), (2, False)):
        name = "x" * length
        assert names_above(name, url=f"https://bao.example.vn/{name}/a1.html") == [name] * kept


def test_a_label_that_neither_menu_nor_address_names_is_none() -> None:
    assert names_above("Thời sự") == []
    padding = "".join(f"<p>Dòng {number} ở giữa trang này.</p>" for number in range(5))
    menu = f"<p><a href=/x>Thời sự</a></p>{padding}"
    assert names_above("Thời sự", menu=menu) == ["Thời sự"]


def test_a_crumb_that_is_the_cut_headline_a_date_or_too_long_is_none() -> None:
    for name, kept in (
        (TITLE[:15] + "...", False),
        (TITLE[:10], True),
        ("12/03/2026", False),
        ("x" * 60, True),
        ("x" * 61, False),
        ("Tin liên quan", False),
    ):
        assert path_of(crumbs("Thời sự", name))[0] == ["Thời sự", name.strip(" .")][: 1 + kept]


def test_a_category_is_named_once_by_at_most_five_short_links() -> None:
    def near(count: int, text: str = "Mục") -> list[str]:
        links = "".join(f"<a href=/{n}>{text} {n}</a>" for n in range(count))
        return path_of(f"<div class=category>{links}</div><h1>{TITLE}</h1>", near=True)[0]

    assert near(5) == [f"Mục {n}" for n in range(5)]
    assert near(6) == []
    assert near(1, "x" * 38) == ["x" * 38 + " 0"]
    assert near(1, "x" * 39) == []


def test_sections_that_machines_are_told_come_last() -> None:
    meta = "<meta property=article:section content='Kinh tế'>"
    assert path_of("", meta) == (["Kinh tế"], "meta article:section")
    assert path_of("", meta + json_ld(articleSection=["Xã hội", "Tỉnh"])) == (
        ["Xã hội"],
        "json-ld articleSection",
    )
    links = "".join(f"<a rel='category tag' href=/{n}>Mục {n}</a>" for n in range(3))
    assert path_of(links) == (["Mục 0", "Mục 1"], "category link")


@pytest.mark.parametrize(("length", "kept"), [(80, True), (81, False)])
def test_a_tag_is_no_longer_than_eighty_letters(length: int, kept: bool) -> None:
    name = "x" * length
    assert tags_of(f"<h1>{TITLE}</h1><a rel=tag href=/x>{name}</a>")[0] == [name] * kept


def test_tags_that_stand_above_the_headline_are_none() -> None:
    box = "<div class=tags><a href=/x>lũ</a></div>"
    assert tags_of(f"{box}<h1>{TITLE}</h1><p>Chữ</p>") == ([], "")
    assert tags_of(f"<h1>{TITLE}</h1><p>Chữ</p>{box}") == (["lũ"], "visible tags")


@pytest.mark.parametrize(("length", "kept"), [(14, True), (15, False)])
def test_a_headline_that_was_cut_has_fifteen_letters(length: int, *, kept: bool) -> None:
    cut = TITLE[:length] + "…"
    assert path_of(crumbs("Thời sự", cut))[0] == ["Thời sự", *[cut] * kept]
    assert path_of(crumbs("Thời sự", TITLE))[0] == ["Thời sự"]


def test_so_many_places_of_crumbs_and_links_in_them_are_looked_at() -> None:
    empty = "<ul class=breadcrumb></ul>"
    assert path_of(empty * 11 + crumbs("Thời sự"))[1] == "breadcrumb"
    assert path_of(empty * 12 + crumbs("Thời sự")) == ([], "")
    home = ["Trang chủ"] * 7
    assert path_of(crumbs(*home, "Thời sự"))[0] == ["Thời sự"]


def test_so_many_marked_links_are_looked_at() -> None:
    label = "<a rel=tag href=/x>Tags</a>"
    assert tags_of(label * 79 + "<a rel=tag href=/x>kè</a>")[0] == ["kè"]
    assert tags_of(label * 80 + "<a rel=tag href=/x>kè</a>")[0] == []
    inside = "<a href=/x>Tags</a>"
    assert tags_of(f"<div class=tags>{inside * 79}<a href=/x>kè</a></div>")[0] == ["kè"]
    assert tags_of(f"<div class=tags>{inside * 80}<a href=/x>kè</a></div>")[0] == []


@pytest.mark.parametrize(
    ("box", "are_tags"),
    [
        ("<footer>{}</footer>", False),
        ("<nav>{}</nav>", False),
        ("<main><aside>{}</aside></main>", False),
        ("<header><main>{}</main></header>", True),
        ("<div id=tag-cloud>{}</div>", False),
        ("<div class=hotel>{}</div>", True),
    ],
)
def test_where_tags_are_the_article_s(box: str, *, are_tags: bool) -> None:
    tags = "<p class=tags><a href=/x>kè</a></p>"
    assert tags_of(box.format(tags))[0] == ["kè"] * are_tags


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Từ khóa", False), ("Từ khóa:", False), ("Tag", False), ("Chủ đề", False),
        ("Keyword:", False), ("Xem thêm", False), ("2026", False), ("...", False),
        ("Tagalog", True), ("All", False), (" #kè; ", True),
    ],
)  # fmt: skip
def test_what_stands_beside_tags_is_none(name: str, *, kept: bool) -> None:
    found = tags_of(f"<h1>{TITLE}</h1><a rel=tag href=/x>{name}</a>")[0]
    assert found == [name.strip(" #;")] * kept


def test_a_label_is_mostly_a_link_elsewhere_on_the_page() -> None:
    above = "<div>Thời sự</div>"
    for part, kept in (("Thời s", False), ("Thời sự", True)):
        rest = "Thời sự".removeprefix(part)
        menu = f"<p><a href=/x>{part}</a>{rest}</p>" + "<p>Dòng ở giữa trang.</p>" * 4
        assert labels_of(f"{menu}{above}<h1>{TITLE}</h1>") == ["Thời sự"] * kept
    ended = "<div>Thời sự.</div>"
    assert labels_of(f"{ended}<h1>{TITLE}</h1>", "https://a.vn/thoi-su/a1.html") == []


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        ("<footer>{}</footer>", False),
        ("<section><footer>{}</footer></section>", True),
        ("<article><h1>Kè</h1><footer>{}</footer></article>", True),
        ("<nav>{}</nav>", False),
        ("<div id=noi-bat>{}</div>", False),
        ("<div class=hotel>{}</div>", True),
        ("<div class=box_nong>{}</div>", False),
        ("<div class=hot><article>{}</article></div>", True),
        ("<header><main>{}</main></header>", True),
    ],
)
def test_where_marked_links_are_tags_of_the_article(box: str, *, kept: bool) -> None:
    assert tags_of(box.format("<a rel=tag href=/a>lũ</a>"))[0] == ["lũ"] * kept


def test_a_picture_in_a_breadcrumb_says_nothing() -> None:
    home = "<a href=/><img src=/h.png></a>"
    path = f"<div class=breadcrumb>{home} <a href=/a>Thời sự</a> › Lũ</div><h1>Kè</h1>"
    assert path_of(path) == (["Thời sự", "Lũ"], "breadcrumb")


def test_tags_of_the_day_are_left_out_beside_tags_of_the_article() -> None:
    own = "<div class=box><a rel=tag href=/a>Lúa gạo</a><a rel=tag href=/b>Hạn mặn</a></div>"
    day = "<div class=hot><p><a rel=tag href=/c>World Cup</a><a rel=tag href=/d>Tết</a></p></div>"
    for inner in (own + day, day + own):
        assert tags_of(inner) == (["Lúa gạo", "Hạn mặn"], "visible tags")
