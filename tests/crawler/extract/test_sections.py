"""Where section path and tags are taken from."""

from __future__ import annotations

import json

from crawler.extract.sections import find_tags, section_path
from tests.support.markup import context

TITLE = "Tăng tốc thi công tuyến kè"


def path_of(inner: str, head: str = "", near: bool = False) -> tuple[list[str], str]:
    page = context(inner, head)
    nodes = [page.scan.nodes[block.el] for block in page.scan.blocks] if near else []
    return section_path(page.page, page.data, TITLE, (), nodes)


def tags_of(inner: str, head: str = "") -> tuple[list[str], str]:
    page = context(inner, head)
    return find_tags(page.page, page.data, page.scan)


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
