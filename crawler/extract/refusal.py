"""Pages that are no articles, and the word that says why. Never guesses from the address alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.errors import NotAnArticle
from crawler.extract.dom.traits import PLAYER
from crawler.failures import Word
from crawler.sources.shapes import is_front
from storage.text import fold

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Block, Scan
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured

MIN_BODY = 80
"""Characters of prose below which a page has no body, unless pictures carry it."""

STORY = 5
"""Paragraphs on end, with no teaser between, that no list of teasers has."""

_SUBHEADS = ("h2", "h3", "h4", "h5")
_MAGIC = (
    (b"%PDF-", "pdf"), (b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"),
    (b"PK\x03\x04", "zip"), (b"\x1f\x8b", "gzip"), (b"RIFF", "riff"), (b"\x00\x00\x00", "mp4"),
    (b"ID3", "mp3"), (b"\xd0\xcf\x11\xe0", "office"), (b"OggS", "ogg"), (b"Rar!", "rar"),
)  # fmt: skip
_NOT_HTML = re.compile(
    r"(?:image|audio|video|font)/|application/(?:pdf|zip|json|ld\+json|msword|vnd\.|x-zip|rss|atom|xml)"
)
_TAG = re.compile(r"<[a-zA-Z!/]")
_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.{0,500}?-->\s*)*<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b",
    re.DOTALL,
)

_BOT = re.compile(
    r"checking your browser|just a moment\.\.\.|attention required! \| cloudflare|ddos protection by|verify (?:that )?you are (?:a )?human"
    r"|are you a robot|unusual traffic|please enable (?:js|javascript) and disable any ad ?blocker|enable javascript and cookies to continue"
    r"|dang kiem tra trinh duyet|xac (?:minh|nhan|thuc) (?:ban|rang ban|toi) (?:la|khong phai)(?: la)? (?:con )?(?:nguoi|robot|may)|ban khong phai la (?:robot|nguoi may)"
    r"|bot verification|performing security verification|pardon our interruption|access to this page has been denied|\bray id\b"
    r"|human verification|request unsuccessful\. incapsula|kiem tra bao mat trinh duyet|toi khong phai la nguoi may"
)
_SEPARATOR = re.compile(r"\s*[|»·:–—]\s*|\s+-\s+")
# Headlines report floods, closed ferries and 404 new houses: what names an error page must be a
# whole heading (``head``), or a sentence about the page itself on a page that says little (``words``).
_SORRY = r"(?:(?:rat tiec|xin loi|oops|opps|loi|error|sorry|http)\W+)*"
_FILLER = (
    r"(?: (?:web|ban|nay|quy|vi|doc|gia|dang|tim|kiem|yeu|cau|truy|cap|vua|hien|muon|xem|can|duoc"
    r"|co|the|cua|ma|toi|den|con|hoac|da|bi|thay doi|di chuyen|xoa|tren|he thong|trong|website))*"
)
_THING = r"(?:trang|bai viet|tin bai|noi dung|duong dan|lien ket|dia chi|chuyen muc)"
_NOT_THERE = (
    rf"khong tim thay {_THING}"
    rf"|{_THING}{_FILLER} (?:khong (?:ton tai|tim thay|con ton tai|co san|kha dung)|da bi (?:xoa|go|go bo|an))\b"
    r"|page not found|(?:page|article|url|file)(?: you(?:'re| are| were)?(?: trying to| looking for| requested)*)? (?:could not be|cannot be|can't be|was not|no longer|does not|doesn'?t)(?: found| exists?)"
)
_SITE = r"(?:he thong|website|trang (?:web|tin|chu|thong tin)|cong thong tin|bao dien tu|may chu|server|site|chung toi)"
_DOWN = r"(?:(?:hien )?dang (?:duoc |trong qua trinh )?(?:bao tri|nang cap)|tam (?:thoi )?(?:ngung|dung) hoat dong)"
_MAINTAINED = (
    r"(?:site |website )?(?:is )?(?:currently )?under maintenance|maintenance mode|scheduled maintenance"
    r"|site is (?:temporarily )?(?:down|offline|unavailable)|service (?:temporarily )?unavailable"
)
_FOR_SALE = (
    r"domain (?:name )?(?:is )?(?:for sale|may be for sale|has expired|parked)|buy this domain|this domain (?:is|has|was)|parked (?:free|domain)"
    r"|ten mien (?:nay )?(?:da het han|dang duoc rao ban|duoc rao ban|chua duoc)|account (?:has been )?suspended|tai khoan hosting"
    r"|default web ?(?:site )?page|welcome to nginx|apache2? .{0,20}default page|it works!|iis windows server|index of /"
)
_ERRORS = (
    (
        Word.SOFT_404,
        re.compile(
            rf"{_SORRY}(?:404(?:\W+error)?(?:\W+(?:page )?not found)?|not found|khong tim thay|(?:{_NOT_THERE}).{{0,60}})\W*"
        ),
        re.compile(rf"\b(?:{_NOT_THERE}|(?:loi|error) 404|404 (?:error|not found))"),
    ),
    (
        Word.MAINTENANCE,
        re.compile(
            rf"(?:{_SITE}(?: \w+){{0,8}} )?(?:{_DOWN}|bao tri)(?: (?:de )?(?:he thong|website|may chu|dinh ky|bao tri|nang cap))*\W*"
            rf"|{_MAINTAINED}\W*|be right back\W*|coming soon\W*"
        ),
        re.compile(rf"{_SITE}(?: \w+){{0,8}} {_DOWN}|{_MAINTAINED}"),
    ),
    (Word.PARKED, re.compile(rf"(?:[\w.-]+ )?(?:{_FOR_SALE}).{{0,60}}"), re.compile(_FOR_SALE)),
)
_LOGIN = re.compile(
    r"(?:dang nhap|log ?in|sign ?in|dang ky)(?: (?:tai khoan|he thong|thanh vien|ban doc|(?:vao|to|de) .{1,30}))*\W*"
)

NAMED_SLOTS = 6
"""Times of day that make a schedule of a page whose headline says that it is one."""
MANY_SLOTS = 15
"""The same where the headline does not say so, and `DAY` minutes lie between the first and last."""
DAY = 12 * 60
LONG_LINE = 160
"""Characters of a line that no programme's title has."""
_SLOT = re.compile(
    r"\W*(?:\d{1,3} \| )?([01]?\d|2[0-4])\s?(?:[:.]\s?([0-5]\d)|(?:h|giờ|g)\s?([0-5]\d)?)\b(?![./]\d)"
    r"(?:\s?[-–—]\s?\d{1,2}\s?[:.hg]\s?\d{0,2}\b)?\W*",
    re.IGNORECASE,
)
"""Where a line begins with a time of day, with its number in front or its end behind."""
_NEXT_SLOT = re.compile(r"\s+(?=(?:[01]?\d|2[0-4])[:h][0-5]\d\b)")
_SCHEDULE = re.compile(
    r"\b(?:lich (?:phat (?:song|thanh|hinh)|truyen hinh|chieu phim|chuong trinh)"
    r"|(?:khung )?chuong trinh (?:phat (?:song|thanh|hinh)|truyen (?:hinh|thanh)))\b"
)


def check_bytes(body: bytes, content_type: str | None) -> None:
    """Refuse what is no web page at all. Raises NotAnArticle ``binary`` or ``empty``."""
    if not body.strip():
        raise NotAnArticle(Word.EMPTY)
    for magic, name in _MAGIC:
        if body.startswith(magic):
            raise NotAnArticle(Word.BINARY, name)
    declared = (content_type or "").lower()
    if _NOT_HTML.match(declared) and b"<html" not in body[:5000].lower():
        raise NotAnArticle(Word.BINARY, declared[:60])


def check_text(text: str) -> None:
    """Refuse text that is no HTML: JSON, feeds, plain text, binary that decoded by chance."""
    head = text[:4000].lstrip("\ufeff \t\r\n")
    if _FEED.match(head):
        raise NotAnArticle(Word.NOT_HTML, "feed or sitemap")
    if head.startswith(("{", "[")) or not _TAG.search(text[:200_000]):
        raise NotAnArticle(Word.NOT_HTML, head[:40])
    strange = sum(1 for letter in head if letter < "\t" or letter == "\ufffd")
    if strange * 10 > len(head):
        raise NotAnArticle(Word.BINARY)


def check_page(page: Page, scan: Scan, title: str, prose: int) -> None:
    """Refuse pages that a server shows instead of the article. ``prose`` is the number of
    characters of the best body found: a long article about bot checks is an article."""
    if prose > 1500:
        return
    blocks = [block.text for block in scan.blocks[:60] if not block.image]
    heads = [b.text for b in scan.blocks if b.tag in ("h1", "h2") and not b.image][:4]
    words = fold(" | ".join(blocks)[:3000])
    small = sum(map(len, blocks)) < 1500
    _check_challenge(page, fold(" | ".join([title, *heads])), words, small=small)
    parts = [part for head in (title, *heads) for part in (head, *_SEPARATOR.split(head))]
    named = [fold(part).strip() for part in parts if 0 < len(part) < 200]
    for reason, head, sentence in _ERRORS:
        if any(map(head.fullmatch, named)) or (small and prose < 400 and sentence.search(words)):
            raise NotAnArticle(reason)
    password = page.tree.css_first("input[type=password]")
    if password is not None and (
        prose < 150 or (prose < 600 and any(map(_LOGIN.fullmatch, named)))
    ):
        raise NotAnArticle(Word.LOGIN)


def _check_challenge(page: Page, top: str, words: str, *, small: bool) -> None:
    challenge = page.tree.css_first(
        "#challenge-form, #cf-challenge-running, #challenge-running, .cf-browser-verification,"
        " #cf-wrapper, [class*=g-recaptcha-full], script[src*='challenge-platform']"
    )
    if _BOT.search(top) or (small and (challenge is not None or _BOT.search(words))):
        raise NotAnArticle(Word.BOT_CHECK)


def check_address(url: str) -> None:
    """Refuse home pages, whatever they show."""
    if is_front(url):
        raise NotAnArticle(Word.LISTING, "home page")


def check_headline(page: Page, scan: Scan, data: Structured, position: int | None) -> None:
    """Refuse pages whose headline is a link to another page: the first of a list."""
    if position is None or data.published or not _is_linked_heading(scan.blocks[position]):
        return
    link = scan.nodes[scan.blocks[position].el].css_first("a[href]")
    target = page.absolute(link.attributes.get("href") or "") if link is not None else None
    if target is None or _path(target) == _path(page.url):
        return
    if sum(1 for each in scan.blocks if _is_linked_heading(each)) >= 3:
        raise NotAnArticle(Word.LISTING, "the headline is a link")


def _path(url: str) -> str:
    return url.partition("://")[2].partition("/")[2].partition("#")[0].rstrip("/")


def _is_linked_heading(block: Block) -> bool:
    return block.tag in _SUBHEADS and block.links * 10 >= len(block.text) * 8 and not block.image


def check_listing(
    scan: Scan, data: Structured, texts: list[Block], body_el: int, *, titled: bool, dated: bool
) -> None:
    """Refuse pages whose text is made of teasers for other pages. ``titled`` says that the page
    shows its headline: a page that names itself only in <title> is likelier a list; ``dated``
    that it shows a date between that headline and the text, which a list does not."""
    article = any("article" in kind.lower() or kind == "BlogPosting" for kind in data.types)
    if article and data.published:
        return
    size = sum(len(block.text) for block in texts)
    longest = max((len(block.text) for block in texts), default=0)
    heads = sum(map(_is_linked_heading, scan.blocks))
    several = heads >= (5 if titled else 1)
    if size < 400 and not data.published and not dated and several:
        raise NotAnArticle(Word.LISTING, "little text among headings that are links")
    listed = linked = run = 0
    for block in scan.blocks:
        if block.image or not scan.inside(block.el, body_el):
            continue
        if _is_linked_heading(block) or (block.links * 10 >= len(block.text) * 9 > 225):
            listed += 1
            linked += len(block.text)
            run = 0
        elif block.tag == "p" and len(block.text) >= MIN_BODY:
            run += 1
            if run == STORY:
                return
    if listed < 4 or longest >= 500:
        return
    if linked > size or (listed >= 6 and size / listed < 350 and longest < 350):
        raise NotAnArticle(Word.LISTING, f"{listed} teasers")


def check_schedule(title: str, texts: list[Block]) -> None:
    """Refuse what a broadcaster sends at which hour: lines of times and names, and little prose.
    Articles with a timetable say more about it; reports by the minute are written in sentences."""
    named = _SCHEDULE.search(fold(title)) is not None
    slots: list[int] = []
    listed = told = prose = 0
    is_open = False
    for text in (line for block in texts if not block.image for line in _lines(block.text)):
        slot = _SLOT.match(text)
        rest = text[slot.end() :] if slot else text
        is_sentence = rest.endswith((".", "!", "?", "…", "”")) and not named
        if slot:
            slots.append(60 * int(slot[1]) + int(slot[2] or slot[3] or 0))
        if (slot or is_open) and len(rest) < LONG_LINE:
            listed += len(text)
            told += is_sentence
        elif is_sentence or len(rest) >= LONG_LINE:
            prose += len(text)
        is_open = slot is not None and not rest
    if len(slots) < (NAMED_SLOTS if named else MANY_SLOTS) or 2 * prose > listed:
        return
    if named or (3 * told < len(slots) and max(slots) - min(slots) >= DAY):
        raise NotAnArticle(Word.SCHEDULE, f"{len(slots)} times of day")


def _lines(text: str) -> list[str]:
    """A line, or the many lines with times of day that single line breaks left in one."""
    lines = _NEXT_SLOT.split(text) if len(text) >= LONG_LINE else [text]
    return lines if len(lines) > 3 and len(text) < len(lines) * LONG_LINE // 2 else [text]


def say_no_body(page: Page, scan: Scan) -> NotAnArticle:
    """Why a page without a text has none."""
    if sum(1 for block in scan.blocks if _is_linked_heading(block)) >= 5 and not scan.has_h1:
        return NotAnArticle(Word.LISTING, "headings that are links")
    if page.tree.css_first(PLAYER):
        return NotAnArticle(Word.VIDEO, "a player and no text")
    if sum(len(block.text) for block in scan.blocks) < MIN_BODY and page.tree.css_first("script"):
        return NotAnArticle(Word.EMPTY_SHELL, "text only through scripts")
    if not any(block.text for block in scan.blocks):
        return NotAnArticle(Word.EMPTY_SHELL)
    pictures = sum(1 for block in scan.blocks if block.image)
    if pictures >= 8:
        return NotAnArticle(Word.GALLERY, f"{pictures} pictures and no text")
    return NotAnArticle(Word.NO_BODY)
