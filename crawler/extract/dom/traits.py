"""What class names, ids and tags say about an element. Pure and cached: names repeat a lot."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final


class Trait:
    """What an element is, as far as its names tell: bits of an int.

    Plain ints, for a page has thousands of elements and ``enum.IntFlag`` costs ten times as much.
    """

    NONE: Final = 0
    JUNK: Final = 1
    """Navigation, sharing, advertising, related links, forms: never text of the article."""
    HIDDEN: Final = 2
    CAPTION: Final = 4
    LEAD: Final = 8
    BYLINE: Final = 16
    DATE: Final = 32
    TAGS: Final = 64
    CONTENT: Final = 128
    """Named as the place of the article's text."""
    COMMENT: Final = 256
    RELATED: Final = 512
    CRUMBS: Final = 1024
    TITLE: Final = 2048
    SOURCE: Final = 4096
    """Where a text was taken from: a credit box."""
    QUOTE: Final = 8192
    HEADER: Final = 16384


_LONGEST = 4
"""Parts of the longest name below."""


_NAMES: tuple[tuple[str, int], ...] = (
    (
        (
            "nav navbar navigation navi menu submenu megamenu topbar toolbar footer colophon"
            " share sharing sharer shares sharemxh sharethis sharedaddy addthis addtoany social socials"
            " socialshare sns follow likebox"
            " ad ads adv advs adsbygoogle advert advertisement advertising advertorial adbox adslot adunit"
            " admicro adzone oneads rennab sda banner banners sponsor sponsored promo promotion promobox"
            " outbrain taboola mgid dablebox newsletter newsletters subscribe subscription signup"
            " login register piano onetrust didomi privacy-center cookie cookies consent gdpr"
            " sidebar sidenav rail popup modal overlay tooltip dropdown pagination pager paging"
            " widget-area widget_area widget-title recent-entries poll survey rating ratings reaction reactions emoticon weather marquee ticker"
            " player playlist carousel-nav print-link print_page tools toolbox articletools"
            " hits article-info skip skiplink copyright powered disclaimer-box google-news googlenew googlenews"
            " donate donation crossword horoscope countdown font-size fontsize"
            " notification notifications messagebox search searchbox searchform hotline legal livechat"
            " playwidget audioplayer audio text_to_audio speech readaloud transcript-toggle toc"
            " breaking-news trending trend hot-topics most-read mostread mostviewed most-viewed popular"
            " topstories top-stories infobox-ad partner partners bookmark bookmarks jump-link jumplink"
        ),
        Trait.JUNK,
    ),
    (
        (
            "comment comments comment-list commentlist comments-area comment-respond respond disqus"
            " fb-comments discussion binh-luan binhluan ykien y-kien postcomment commentbox replies"
        ),
        Trait.COMMENT,
    ),
    (
        (
            "related relates relate relatednews related-news relatedarticles related-articles"
            " relatedposts related-posts relatedlinks yarpp jp-relatedposts recommended recommend"
            " recommendation recommendations recirc recirculation readmore read-more read-also readalso"
            " seemore see-more more-news morenews more-stories morestories also-read alsoread"
            " teaser teasers tin-lien-quan tinlienquan tinkhac tin-khac tin-cung-chuyen-muc"
            " cungchuyenmuc other-news othernews news-other newsother same similar suggest suggested"
            " suggestion suggestions up-next upnext onward story-card card-list list-news listnews"
            " latest latest-news further-reading furtherreading onecms_related nearby"
            " article-list articlelist news-list newslist post-list next-article nextarticle"
            " prev-next postnav post-navigation nav-links crosslinks linklist block-news-list"
        ),
        Trait.RELATED,
    ),
    (
        "tag tags tagcloud keywords keyword tag_item tag-links tagslist topics tu-khoa tukhoa",
        Trait.TAGS,
    ),
    ("breadcrumb breadcrumbs crumb crumbs bread mybreadcrumb", Trait.CRUMBS),
    (
        (
            "caption captions figcaption imgcaption image-caption img-caption photo-caption photocaption"
            " wp-caption-text wp-caption picbox piccaption pcaption icaption image_desc imagedesc"
            " articleimg_caption phototext thumb-caption credit credits image-credit photo-credit"
            " media-caption mediacaption cutline legend bildunterschrift pie-foto cap chuthich chu-thich"
            " hinh hinhanh hinh-anh chu-thich-anh ghi-chu-anh picdesc photonote note-img img-note"
        ),
        Trait.CAPTION,
    ),
    (
        (
            "sapo lead lede leadin lead-in summary standfirst chapeau chapo intro introtext teaser-text"
            " article-summary description desc detail-desc brief excerpt deck dek subtitle subheadline"
            " subheading sub-title sub-heading abstract vorspann anriss entradilla sommario occhiello"
            " phead alead hometext mota mo-ta tomtat tom-tat trich-yeu gioi-thieu news-summary newssummary news_sapo article__sapo content_summary shortdescription"
        ),
        Trait.LEAD,
    ),
    (
        (
            "author authors byline bylines pseudonym writer writers reporter contributor contributors"
            " tacgia tac-gia butdanh but-danh nguoiviet authored autor auteur autore signature"
            " pauthor createdby article-author post-author author-name authorname journalist writtenby written-by"
        ),
        Trait.BYLINE,
    ),
    (
        (
            "date dates datetime time timestamp published publish pubdate publishdate publish-date"
            " post-date postdate posted-on postedon dateline entry-date article-date articledate"
            " create news-date createdate creatdate date-time datepublished modified updated lastupdate"
            " ngaydang ngay-dang thoigian meta-date period"
        ),
        Trait.DATE,
    ),
    (
        "source sources nguon nguontin nguon-tin bai-goc urlcopy url-copy link-source",
        Trait.SOURCE,
    ),
    (
        (
            "article-body articlebody article_body article-content article_content articlecontent"
            " article__body article__content article-text articletext article__text entry-content"
            " entry post-content postcontent post-body post_content post__content td-post-content"
            " story-body storybody story-content storycontent story-text story news-content newscontent"
            " newscontents news_content content-detail contentdetail detail-content detailcontent"
            " content-fck maincontent main-content main-detail maindetail singular-content cms-body body-text bodytext"
            " body-content article-main articlemain richtext rich-text paywall-content text-content"
            " fulltext full-text dcontent contentnews noidung noi-dung"
        ),
        Trait.CONTENT,
    ),
    (
        (
            "title headline heading tieude tieu-de article-title entry-title post-title detail-title"
            " news-title newstitle titlenews newsheadline tieudetin tbtitle title-detail titledetail"
        ),
        Trait.TITLE,
    ),
    ("pullquote pull-quote quote-box blockquote", Trait.QUOTE),
)
_HIDDEN = re.compile(
    r"(?:^|\s)(?:hidden|hide|d-none|sr-only|visually-?hidden|screen-reader-text|screenreader|invisible"
    r"|is-hidden|u-hidden|offscreen|noindex|visuallyhidden)(?=$|\s)"
)
_DISPLAY_NONE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ALIGN = re.compile(r"text-align\s*:\s*(right|center|end)", re.IGNORECASE)
_ALIGN_NAME = re.compile(r"(?:^|[\s-])(?:text|align)-?(right|end|center)(?=$|\s)")
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_BOLD_NAME = re.compile(r"(?:^|\s)(?:(?:font|fw|text)-?)?(?:bold|[678]00)(?=$|\s)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _index() -> dict[tuple[str, ...], int]:
    """Every name as its parts -> what it says."""
    index: dict[tuple[str, ...], int] = {}
    for names, trait in _NAMES:
        for name in names.split():
            key = tuple(_PART.findall(name))
            index[key] = index.get(key, Trait.NONE) | trait
    return index


_PART = re.compile(r"[^\W\d_]+")
_INDEX = _index()
_FIRST = frozenset(key[0] for key in _INDEX)


@lru_cache(maxsize=16384)
def traits_of(names: str) -> int:
    """The traits of ``class`` and ``id`` joined by a space, as they stand in the page.

    Names count as whole parts: ``nav`` is in ``site-nav``, ``nav_top`` and ``siteNav``, not in
    ``navy``.
    """
    lowered = names.lower()
    found = Trait.HIDDEN if _HIDDEN.search(lowered) else Trait.NONE
    for name in names.split():
        found |= _traits_of_name(name)
    return found


@lru_cache(maxsize=32768)
def _traits_of_name(name: str) -> int:
    lowered = name.lower()
    found = _look_up(_PART.findall(lowered))
    if lowered != name:
        found |= _look_up(_PART.findall(_CAMEL.sub("-", name).lower()))
    return found


def _look_up(parts: list[str]) -> int:
    found = Trait.NONE
    for start, part in enumerate(parts):
        if part in _FIRST:
            for size in range(1, min(_LONGEST, len(parts) - start) + 1):
                found |= _INDEX.get(tuple(parts[start : start + size]), Trait.NONE)
    return found


def is_invisible(style: str) -> bool:
    """Whether an inline style hides the element."""
    return _DISPLAY_NONE.search(style) is not None


def is_bold_type(attributes: dict[str, str | None]) -> bool:
    """Whether class or inline style set an element in bold."""
    names, style = attributes.get("class"), attributes.get("style")
    if names and _is_bold_name(names):
        return True
    return bool(style and "font-weight" in style and _BOLD_STYLE.search(style))


@lru_cache(maxsize=16384)
def _is_bold_name(names: str) -> bool:
    return _BOLD_NAME.search(names) is not None


def _may_align(names: str) -> bool:
    return "right" in names or "center" in names or "end" in names


def alignment(style: str | None, align: str | None, names: str | None = None) -> str:
    """``right``, ``center`` or empty, of ``style``, ``align`` and ``class`` of an element."""
    if align and align.lower() in ("right", "center"):
        return align.lower()
    found = _ALIGN.search(style) if style else None
    if found:
        return "center" if found[1].lower() == "center" else "right"
    named = _ALIGN_NAME.search(names) if names and _may_align(names) else None
    if named:
        return "center" if named[1] == "center" else "right"
    return ""


PLAYER = (
    "video, iframe[src*='youtube'], iframe[src*='embed'], [class*=video-player], [id*=player],"
    " .jwplayer, [class*=videoplayer], audio, [data-video], [class*=video__]"
)
"""What plays a video or a recording."""
