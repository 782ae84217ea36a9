"""The ``-a<id>.html`` system: baolongan.vn, baoangiang.com.vn, baocantho.com.vn, baodongkhoi.vn
and others. A second skin (``#contentNews .singular-content``) is that of baobinhduong.vn and
baodongthap.vn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extract.layouts import Layout

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


def _own_tags(links: list[LexborNode]) -> list[LexborNode]:
    """The editor's tags stand in one line; the tags that the site puts on every article each
    stand on a line of their own behind them."""
    for index, link in enumerate(links[1:], start=1):
        before = link.prev
        if before is not None and before.tag == "-text":
            return links[:index]
    return links


LAYOUT = Layout(
    name="content_fck",
    marks=("#newscontents .content-fck, #contentNews .singular-content, div.content-fck",),
    title=("div.detail-title h1", "h1.margintopbot10", "h1.fw700", "h1.title"),
    summary=("div.detail-desc p", "div.detail-desc"),
    date=("div.pubdate", "span.pubdate", ".pubdate"),
    author=("#newscontents p.author", ".content-fck p.author"),
    crumbs=("ul.breadcrumb li a",),
    tags=(".detail-tag a.tag_item", ".detail-tag a"),
    body=(
        "#newscontents div.content-fck-font-size[data]",
        "#newscontents .content-fck",
        "#newscontents div.content-fck-font-size",
        "#contentNews .singular-content",
        "#contentNews",
        "#newscontents",
        "div.content-fck",
    ),
    drop=(".detail-related", ".sharemxh", ".detail-fb-like-share", ".detail-tag"),
    pick_tags=_own_tags,
)
