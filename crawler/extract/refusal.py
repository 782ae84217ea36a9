"""Pages that are no articles, and the word that says why. Never guesses from the address alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from crawler.charset import decode_page
from crawler.errors import NotAnArticle
from crawler.extract.dom.markup import line_of, parse_page
from crawler.extract.dom.traits import PLAYER, Trait
from crawler.extract.dom.walk import scan_tree
from crawler.extract.listing import is_linked_heading
from crawler.extract.words import any_of
from crawler.failures import Word, is_passing
from crawler.sources.shapes import is_front
from storage.text import fold

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Block, Scan
    from crawler.extract.dom.markup import Page

MIN_BODY = 80
"""Characters of prose below which a page has no body, unless pictures carry it."""

_MAGIC = {
    b"%PDF-": "pdf",
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"PK\x03\x04": "zip",
    b"\x1f\x8b": "gzip",
    b"RIFF": "riff",
    b"\x00\x00\x00": "mp4",
    b"ID3": "mp3",
    b"\xd0\xcf\x11\xe0": "office",
    b"OggS": "ogg",
    b"Rar!": "rar",
}
_FILE = re.compile(r"(?:image|audio|video|font)/|application/(?:pdf|zip|msword|vnd\.|x-zip)")
_DATA = re.compile(r"application/(?:json|ld\+json|problem|rss|atom|xml)")
"""What programs send to programs, errors among it."""
_TAG = re.compile(r"<[a-zA-Z!/]")
_STRANGE = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\ufffd"
_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.{0,500}?-->\s*)*<(?:[\w.-]{1,20}:)?(?:rss|feed|RDF|urlset|sitemapindex)\b",
    re.DOTALL,
)

_SEPARATOR = re.compile(r"\s*[|»·:–—]\s*|\s+-\s+")
_LOGIN = re.compile(
    r"(?:dang nhap|log ?in|sign ?in|dang ky)"
    r"(?: (?:tai khoan|he thong|thanh vien|ban doc|(?:vao|to|de) .{1,30}))*\W*"
)
_CHALLENGE = (
    "#challenge-form, #cf-challenge-running, #challenge-running, .cf-browser-verification,"
    " #cf-wrapper, [class*=g-recaptcha-full], script[src*='challenge-platform']"
)
"""What a bot check's page is built of."""

LONG_TEXT = 1500
"""Characters of a body, or of all a page shows at its top, above which the words of an error page
are what an article is about."""
MOST_REFUSAL = 256 * 1024
"""Bytes above which a page is none that is shown instead of another: those hold a few sentences
and scripts."""
NO_TEXT = 400
"""Characters of a body below which a sentence about the page itself is believed."""
DATED_TEXT = 200
"""Characters of a body below a headline with its date, which pages of errors do not have."""
TEASED = 600
NO_TEASER = 150
"""Characters of a body above a login form: what an article lets everybody read, with and without
a heading that asks to log in."""
ANSWERS = 2
"""Answers to tick that make a question a form."""


@dataclass(frozen=True, slots=True)
class _ErrorPage:
    """How a page says that it is not the article: floods, closed ferries and 404 new houses make
    headlines too, so a whole heading must say it, or a sentence on a page that says little."""

    reason: Word
    heading: re.Pattern[str]
    """The whole heading; headlines of articles with a date are compared with nothing else."""
    sentence: re.Pattern[str]
    longer: re.Pattern[str] | None = None
    """A heading that also says what is missing, or what to do now."""

    def is_named(self, heading: str) -> bool:
        """Whether a heading says so, or part of one does."""
        longer = self.longer is not None and self.longer.fullmatch(heading)
        return bool(longer or self.heading.fullmatch(heading))


_TOLD_OF = (Word.ERROR_PAGE, Word.OTHER_PAGE)
"""What a short article may report."""


@cache
def _bot_check() -> re.Pattern[str]:
    return re.compile(any_of("refusal/bot-check"))


@cache
def _error_pages() -> tuple[_ErrorPage, ...]:
    return (_missing(), _maintained(), _parked(), _failing(), _asking())


def _missing() -> _ErrorPage:
    thing, filler = any_of("refusal/things"), any_of("refusal/fillers")
    verb = r"(?:khong (?:ton tai|tim thay|con ton tai|co san|kha dung)|da bi (?:xoa|go|go bo|an))"
    seeking = r"(?: you(?:'re| are| were)?(?: trying to| looking for| requested)*)?"
    is_not = r"(?:could not be|cannot be|can't be|was not|no longer|does not|doesn'?t)"
    missing = (
        rf"(?:khong tim thay {thing}|{thing}(?: {filler})* {verb}\b|page not found"
        rf"|(?:page|article|url|file){seeking} {is_not}(?: found| exists?))"
    )
    sorry = r"(?:(?:rat tiec|xin loi|oops|opps|loi|error|sorry|http)\W+)*"
    number = r"404(?:\W+error)?(?:\W+(?:page )?not found)?"
    return _ErrorPage(
        Word.SOFT_404,
        re.compile(rf"{sorry}(?:{number}|not found|khong tim thay|{missing})\W*"),
        re.compile(rf"\b(?:{missing}|(?:loi|error) 404|404 (?:error|not found))"),
        re.compile(rf"{sorry}{missing}.{{0,60}}"),
    )


def _maintained() -> _ErrorPage:
    site, said = any_of("refusal/sites"), any_of("refusal/maintenance")
    down = (
        r"(?:(?:hien )?dang (?:duoc |trong qua trinh )?(?:bao tri|nang cap)"
        r"|tam (?:thoi )?(?:ngung|dung) hoat dong)"
    )
    what = r"(?: (?:de )?(?:he thong|website|may chu|dinh ky|bao tri|nang cap))*"
    return _ErrorPage(
        Word.MAINTENANCE,
        re.compile(
            rf"(?:{site}(?: \w+){{0,8}} )?(?:{down}|bao tri){what}\W*"
            rf"|{said}\W*|be right back\W*|coming soon\W*"
        ),
        re.compile(rf"{site}(?: \w+){{0,8}} {down}|{said}"),
    )


def _parked() -> _ErrorPage:
    said = any_of("refusal/parked")
    heading = rf"(?:[\w.-]+ )?{said}"
    return _ErrorPage(
        Word.PARKED,
        re.compile(rf"{heading}\W*"),
        re.compile(said),
        re.compile(rf"{heading}.{{0,60}}"),
    )


def _failing() -> _ErrorPage:
    said = any_of("refusal/errors")
    return _ErrorPage(Word.ERROR_PAGE, re.compile(rf"{said}\W*"), re.compile(said))


def _asking() -> _ErrorPage:
    asked = any_of("refusal/questions")
    return _ErrorPage(Word.OTHER_PAGE, re.compile(rf"{asked}\W*"), re.compile(asked))


def check_bytes(body: bytes, content_type: str | None) -> None:
    """Refuse what is no web page. Raise NotAnArticle ``binary``, ``not-html`` or ``empty``."""
    if not body or body.isspace():
        raise NotAnArticle(Word.EMPTY)
    for magic, name in _MAGIC.items():
        if body.startswith(magic):
            raise NotAnArticle(Word.BINARY, name)
    declared = (content_type or "").lower()
    if b"<html" in body[:5000].lower():
        return
    for kinds, word in ((_FILE, Word.BINARY), (_DATA, Word.NOT_HTML)):
        if kinds.match(declared):
            raise NotAnArticle(word, declared[:60])


def check_text(text: str) -> None:
    """Refuse text that is no HTML: JSON, feeds, plain text, binary that decoded by chance."""
    head = text[:4000].lstrip("\ufeff \t\r\n")
    if _FEED.match(head):
        raise NotAnArticle(Word.NOT_HTML, "feed or sitemap")
    if head.startswith(("{", "[")) or not _TAG.search(text, 0, 200_000):
        raise NotAnArticle(Word.NOT_HTML, head[:40])
    if sum(map(head.count, _STRANGE)) * 10 > len(head):
        raise NotAnArticle(Word.BINARY)


def check_page(
    page: Page,
    scan: Scan,
    title: str,
    prose: int,
    *,
    promised: bool = False,
    dated: bool = False,
) -> None:
    """Refuse pages that a server shows instead of the article. ``prose`` is the number of
    characters of the best body found: a long article about bot checks is an article. ``title`` is
    one that the page gives beside its ``<title>``, or empty. ``promised``:
    whether the page shows the title of its link; then a short text about failures is one.
    ``dated``: whether it shows a headline with its date; then only one that says nothing else."""
    if prose > LONG_TEXT:
        return
    blocks = [block.text for block in scan.blocks[:60] if not block.image]
    heads = [b.text for b in scan.blocks if b.tag in ("h1", "h2") and not b.image][:4]
    heads = [title, *heads, line_of(page.tree.css_first("title"))]
    if dated and prose >= DATED_TEXT:
        _check_whole(heads)
    else:
        _check_parts(page, blocks, heads, prose, promised=promised)
    _check_login(page, _fold_headings(heads), prose)


def _check_whole(heads: list[str]) -> None:
    """Refuse a page with a date whose headline, or name, says nothing but that it is another."""
    whole = [fold(head).strip() for head in heads]
    for error in _error_pages():
        if any(map(error.heading.fullmatch, whole)):
            raise NotAnArticle(error.reason)


def _check_parts(
    page: Page, blocks: list[str], heads: list[str], prose: int, *, promised: bool
) -> None:
    """Refuse a page of which a heading, part of one, or a sentence says that it is another."""
    small = sum(map(len, blocks)) < LONG_TEXT
    words = fold(" | ".join(blocks)) if small else ""
    _check_challenge(page, fold(" | ".join(heads)), words, small=small)
    named = _fold_headings(heads)
    for error in _error_pages():
        believed = small and prose < NO_TEXT and not (promised and error.reason in _TOLD_OF)
        says = believed and error.sentence.search(words)
        if says or any(map(error.is_named, named)):
            raise NotAnArticle(error.reason)


def _fold_headings(heads: list[str]) -> list[str]:
    """Return headings and their parts, without the names of the site among them."""
    parts = [part for head in heads for part in (head, *_SEPARATOR.split(head))]
    return [fold(part).strip() for part in parts if 0 < len(part) < 200]


def _check_challenge(page: Page, top: str, words: str, *, small: bool) -> None:
    bot_check = _bot_check()
    if bot_check.search(top) or (
        small and (page.tree.css_first(_CHALLENGE) is not None or bot_check.search(words))
    ):
        raise NotAnArticle(Word.BOT_CHECK)


def _check_login(page: Page, headings: list[str], prose: int) -> None:
    if page.tree.css_first("input[type=password]") is None:
        return
    if prose < NO_TEASER or (prose < TEASED and any(map(_LOGIN.fullmatch, headings))):
        raise NotAnArticle(Word.LOGIN)


def check_form(page: Page, texts: list[Block]) -> None:
    """Refuse a question with answers to tick. ``texts`` are the paragraphs of the body."""
    if not texts or not texts[0].text.endswith("?"):
        return
    little = sum(len(block.text) for block in texts) < NO_TEXT
    if little and len(page.tree.css("input[type=radio], input[type=checkbox]")) >= ANSWERS:
        raise NotAnArticle(Word.NO_BODY, "a form")


def check_address(url: str) -> None:
    """Refuse home pages, whatever they show."""
    if is_front(url):
        raise NotAnArticle(Word.LISTING, "home page")


def say_no_body(page: Page, scan: Scan) -> NotAnArticle:
    """Why a page without a text has none."""
    if sum(map(is_linked_heading, scan.blocks)) >= 5 and not scan.has_h1:
        return NotAnArticle(Word.LISTING, "headings that are links")
    if page.tree.css_first(PLAYER):
        return NotAnArticle(Word.VIDEO, "a player and no text")
    shown = sum(len(block.text) for block in scan.blocks if not block.traits & Trait.HIDDEN)
    if shown < MIN_BODY and page.tree.css_first("script"):
        return NotAnArticle(Word.EMPTY_SHELL, "text only through scripts")
    if not any(block.text for block in scan.blocks):
        return NotAnArticle(Word.EMPTY_SHELL)
    pictures = sum(1 for block in scan.blocks if block.image)
    if pictures >= 8:
        return NotAnArticle(Word.GALLERY, f"{pictures} pictures and no text")
    return NotAnArticle(Word.NO_BODY)


def name_refusal(body: bytes, content_type: str | None = None) -> Word | None:
    """Return why a server shows this page instead of a feed, sitemap or listing.

    A check for robots, a login, maintenance, a parked domain: reasons of the host that pass. None
    for anything else, and for a page larger than such pages are. Never raises.
    """
    if len(body) > MOST_REFUSAL:
        return None
    try:
        check_bytes(body, content_type)
        text = decode_page(body, content_type).text
        check_text(text)
        page = parse_page(text, "")
        if page.tree.body is None:
            return None
        scan = scan_tree(page.tree.body)
        check_page(page, scan, "", sum(len(block.text) for block in scan.blocks))
    except NotAnArticle as refusal:
        word = Word(refusal.reason)
        return word if is_passing(word) else None
    return None
