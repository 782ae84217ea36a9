"""What the address alone says about a page, for sites nobody described yet.

Sites of one publishing system number their articles in one way: ``-a167064.html``,
``-post123.html``, ``/202503/slug-7b6d657/``, ``/141/160887/slug.html``, ``?ItemID=28128``.
A few such forms cover the sites known to us; a site without any shows long slugs instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.sources.files import MAX_URL


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEVER = _words(
    """
    tag tags tu-khoa tukhoa keyword print in-bai ban-in search tim-kiem timkiem login dang-nhap
    dangnhap logout signin register dang-ky member members rss feed feeds comment comments
    binh-luan video videos clip clips video-clip podcast podcasts epaper e-paper bao-in bao-giay
    xem-bao wp-admin wp-content wp-includes wp-json wp-login.php xmlrpc.php cdn-cgi ajax admin
    static assets uploads sitemap
    """
)
"""Segments of paths under which no site keeps articles."""
SELDOM = _words(
    """
    su-kien sukien dong-su-kien event events chu-de chude topic topics collection collections
    bo-suu-tap series chuyen-muc category danh-muc cate
    author authors tac-gia lien-he contact gioi-thieu about about-us quang-cao ads user users
    account profile api thanh-vien livestream lich-phat-song tra-cuu hoi-dap so-do-site image
    images upload media-file files download van-ban error 404 page trang amp
    """
)
"""More such segments, believed unless the source's own patterns say otherwise."""
SECTIONS = _words("chuyen-muc category danh-muc cate chuyenmuc danhmuc")
"""Segments under which sites keep their sections."""
CONTAINERS = _words(
    """
    tabid catid cateid cid categoryid category_id parentid parent_id portalid siteid pageid page_id
    menuid mid moduleid zoneid groupid group_id langid languageid lid sid sessionid phpsessid
    chuyenmucid chuyenmuc_id idcm idchuyenmuc sectionid section_id boxid p_p_id provinceid
    areaid userid authorid tagid topicid eventid videoid albumid
    """
)
"""Query parameters that number what holds articles, or something else than them."""
VIEWS = _words("amp print share replytocom")
"""Query parameters that ask for another view of an article: for phones, paper, a share box."""
VIEWED = _words("amp print printview printpreview component")
"""The same as values, of parameters in `VIEWERS`."""
VIEWERS = _words("mode view output outputtype format layout type action task tmpl")
FILES = _words(
    """
    pdf doc docx xls xlsx ppt pptx zip rar 7z gz mp3 mp4 m3u8 avi mov wmv flv jpg jpeg png gif
    webp svg ico bmp css js json xml rss atom txt apk exe woff woff2 ttf ics csv media
    """
)
"""Extensions of what is not a page."""

FRONTS = _words(
    "index.html index.htm index.php index.aspx default.html default.htm default.aspx home trang-chu"
) | {""}
"""Paths under which sites show their front page."""

_PAGED = re.compile(
    r"(?:^|[-.])(?:page|trang)[-.]?\d{1,4}(?:\.[a-z]{2,5})?$|^p\d{1,4}$", re.IGNORECASE
)
_VIEW_PATH = re.compile(r"\.(?:amp|print)(?:\.[a-z]{3,5})?$", re.IGNORECASE)
LISTS = _words("event ptag tag cate cat category topic author chude sukien collection")
"""Words at the end of an address, with or without a number, that say what kind of list it is:
``-event12.html``, ``-ptag.html``."""
COUNTED = LISTS | _words("events su-kien dong-su-kien topics chu-de collections bo-suu-tap series")
"""Words that are a list of articles where a number is all that follows, ``/topic-28312.html``;
headlines begin and end with them too."""
LIST_LETTERS = "ec"
"""Letters in front of three or four digits: ``-e592.htm`` is an event of VCCorp's CMS, c a section.
Articles numbered so have longer ids by now, and ``-e5`` and ``-c1`` end headlines."""
_NOT_IDS = re.compile(
    rf"(?:[-.](?:{'|'.join(sorted(LISTS))})\d{{0,9}}|^(?:{'|'.join(sorted(COUNTED))})[-.]?\d{{1,9}}"
    rf"|-[{LIST_LETTERS}]\d{{3,4}})(?:\.[a-z]{{2,5}})?$",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\.([a-z0-9]{2,6})$", re.IGNORECASE)
_QUERY_ID = re.compile(
    r"(?:^|&)([A-Za-z_]{0,24}id|mabb|ddocname|news|article|baiviet|idtin|idbv|idnews)"
    r"=([A-Za-z]{0,12}\d{2,18})(?::[^&]*)?(?=&|$)",
    re.IGNORECASE,
)
_PLAIN_ID = re.compile(r"(?:^|&)(p)=(\d{3,18})(?:&|$)")
"""WordPress without permalinks, at the root of the site only: elsewhere ``p`` is a page."""
_OLD_QUERY = re.compile(r"(?:^|&)op=[^&]+-\d{2,18}(?:\.html)?(?:&|$)", re.IGNORECASE)
"""NukeViet without rewritten addresses: ``?nv=news&op=Section/slug-123``."""
_LISTED = re.compile(
    r"(?:^|&)(?:view|op|act|action|do)=(?:category|section|blog|featured|list|cat)(?:&|$)"
)
_TAIL = re.compile(
    r"(?P<sep>[-./])(?P<letters>[A-Za-z]{0,8})(?P<id>\d{1,18})(?P<ext>\.[a-z]{2,5})?/?$"
)
_ID_WORDS = _words("post postid id art article news tin bai bv")
_MONTH_ID = re.compile(r"/(?P<month>\d{6})/[^/]+-(?P<id>[0-9a-fA-F]{7}|\d{5,8})/?$")
_DATED = re.compile(r"/(?P<date>\d{6}|\d{8}|\d{4}[/-]\d{1,2}(?:[/-]\d{1,2})?)/(?P<slug>[^/]+)/?$")
_ID_FIRST = re.compile(r"/(?P<id>\d{3,18})[-/](?P<slug>[^/]+)/?$")
_HEX_TAIL = re.compile(r"-(?P<id>(?=[a-f]*\d)[0-9a-f]{7,12})(?P<ext>\.[a-z]{2,5})?/?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How an address is built, written as the pattern of a source file."""

    pattern: str
    strong: bool
    """Carries an id or a date; otherwise it is only a long slug."""


def shape_of(url: str) -> Shape | None:
    """Return the form of an article's address that the URL has, or None. Never raises."""
    if len(url) > MAX_URL:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if is_never(parts.path, frozenset()) or _names(parts.path) & SELDOM:
        return None
    return _by_query(parts.path, parts.query) or _by_path(parts.path)


def is_never(path: str, allowed: frozenset[str]) -> bool:
    """Return whether no article can be there: a file, a next page, a tag, a print view, a login.

    ``allowed`` are segments that the source's own patterns name, and that thus may be.
    """
    if _VIEW_PATH.search(path):
        return True
    extension = _EXTENSION.search(path)
    if extension and extension[1].lower() in FILES - allowed:
        return True
    return bool(_names(path) & (NEVER - allowed))


def is_front(url: str) -> bool:
    """Return whether the address is a site's front page; parameters may make it another page."""
    rest = url.partition("://")[2].partition("#")[0]
    return rest.partition("/")[2].strip("/").lower() in FRONTS


def is_view(query: str) -> bool:
    """Return whether the query asks for another view of an article, as ``?amp=1`` does."""
    for name, value in parse_qsl(query.lower(), keep_blank_values=True)[:50]:
        if name in VIEWS and value not in ("0", "false"):
            return True
        if name in VIEWERS and value in VIEWED:
            return True
    return False


def count_words(slug: str) -> int:
    """Words of a slug: ``tinh-uy-long-an`` has four."""
    return sum(1 for word in re.split(r"[-_+ ]", unquote(slug)) if word)


def _names(path: str) -> set[str]:
    return set(path.lower().split("/"))


def _by_query(path: str, query: str) -> Shape | None:
    if _LISTED.search(query.lower()):
        return None
    if _OLD_QUERY.search(query):
        return Shape(pattern=r"[?&]op=[^&]+-(?P<id>\d+)(\.html)?(&|$)", strong=True)
    found = _PLAIN_ID.search(query) if path in ("", "/") else None
    joomla = "option=com_" in query.lower()
    for each in _QUERY_ID.finditer(query):
        name = each[1].lower()
        if found is None and name not in CONTAINERS and not (joomla and name == "itemid"):
            found = each
    if not found:
        return None
    letters = found[2].rstrip("0123456789")
    ending = ":" if query[found.end(2) :].startswith(":") else "(&|$)"
    return Shape(pattern=rf"[?&]{found[1]}=(?P<id>{letters}\d+){ending}", strong=True)


def _by_path(path: str) -> Shape | None:
    last = path.rstrip("/").rpartition("/")[2]
    if not last or _NOT_IDS.search(last) or _is_next_page(last):
        return None
    return _by_month(path) or _by_tail(path, last) or _by_date(path) or _by_words(last)


def _is_next_page(last: str) -> bool:
    # "khang-trang-2.html" ends a headline, "thoi-su-trang-2.html" numbers a page.
    return bool(_PAGED.search(last)) and count_words(last) <= 5


def _by_month(path: str) -> Shape | None:
    if not _MONTH_ID.search(path):
        return None
    pattern = r"/(?P<month>\d{6})/[^/]+-(?P<id>[0-9a-fA-F]{7}|\d{5,8})/?$"
    return Shape(pattern=pattern, strong=True)


def _by_tail(path: str, last: str) -> Shape | None:
    tail = _TAIL.search(path)
    if tail and _is_id(tail, last):
        separator = tail["sep"].replace(".", r"\.")
        letters, extension = tail["letters"], re.escape(tail["ext"] or "")
        return Shape(pattern=rf"{separator}{letters}(?P<id>\d+){extension or '/?'}$", strong=True)
    hexadecimal = _HEX_TAIL.search(path)
    if hexadecimal and count_words(last) > 4:
        extension = re.escape(hexadecimal["ext"] or "")
        return Shape(pattern=rf"-(?P<id>[0-9a-f]{{7,12}}){extension or '/?'}$", strong=True)
    return _by_first_id(path)


def _is_id(tail: re.Match[str], last: str) -> bool:
    digits = len(tail["id"])
    if tail["letters"]:
        # "-post12" and "-a167" are ids; "-covid19", "-k12" and "-qh15" end headlines.
        letters = len(tail["letters"])
        least = 2 if tail["letters"].lower() in _ID_WORDS else 3 if letters == 1 else 4
        return digits >= least and count_words(last) >= 3
    # A year or a day ends many a slug; an id does so after a real headline only.
    return digits >= 5 or (digits == 4 and not tail["id"].startswith(("19", "20")))


def _by_first_id(path: str) -> Shape | None:
    first = _ID_FIRST.search(path)
    if not first or count_words(first["slug"]) < 3 or _DATED.search(path):
        return None
    separator = path[first.end("id")]
    ending = _EXTENSION.search(first["slug"])
    extension = re.escape(ending[0]) if ending else ""
    return Shape(pattern=rf"/(?P<id>\d+){separator}[^/]+{extension or '/?'}$", strong=True)


def _by_date(path: str) -> Shape | None:
    dated = _DATED.search(path)
    if not dated or count_words(dated["slug"]) < 3:
        return None
    form = re.sub(r"\d+", lambda digits: rf"\d{{{len(digits[0])}}}", dated["date"])
    form = form.replace(r"\d{1}", r"\d{1,2}").replace(r"\d{2}", r"\d{1,2}")
    return Shape(pattern=rf"/{form}/[^/]+/?$", strong=True)


def _by_words(last: str) -> Shape | None:
    extension = _EXTENSION.search(last)
    words = count_words(last)
    if extension and words >= 4:
        ending = re.escape(extension[0])
        return Shape(pattern=rf"/[^/]+(-[^/-]+){{3,}}{ending}$", strong=False)
    if not extension and words >= 6 and len(last) >= 25:
        return Shape(pattern=r"/[^/]+(-[^/-]+){5,}/?$", strong=False)
    return None
