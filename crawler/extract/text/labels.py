"""Titles that name no article: the outlet, one of its sections, a word of its template. Pure."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

from crawler.extract.dom.blocks import FURNITURE
from crawler.extract.dom.markup import line_of
from crawler.extract.words import any_of
from crawler.sources.shapes import is_front
from storage.text import fold, fold_words, normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from selectolax.lexbor import LexborNode

    from crawler.extract.dom.blocks import Block, Scan
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured

    Pairs = frozenset[tuple[str, str]]
    """Neighbouring words, folded."""

MARKS = " .,:;|/>-–—·•»«~*_[](){}"
SEPARATOR = re.compile(r"\s+[|–—\-·•»:/>]+\s+|\s*[|»]\s*")
SECTION_WORDS, SECTION_LENGTH = 4, 40
"""Words and characters of the name of a section at most."""
MENU_LINKS, MENU_DEPTH = 4, 4
"""Links of a menu at least, and elements around one of them in which the others are."""
MAX_LINKS = 400
"""Links of a page that are looked at for names of its sections."""
PROSE = 60
"""Characters of a line that counts as text of the page."""
FEW_PAIRS = 3
"""Pairs of words below which a title says too little to be held against a text."""
MUCH_TEXT = 500
"""Characters of text that speak of what their headline says."""
STRANGE, AKIN = 0.12, 0.3
"""Share of a title's pairs of words that its text has: one of twenty headlines in Vietnamese has
less than 0.19, half of them more than 0.42; slogans have hardly any."""
_OUTLET = re.compile(
    r"\b(?:bao|dai|cong|trang) (?:dien tu|online|phat|thong tin)|\bdien tu$|\bonline$"
)
"""How sites name themselves, with names of their own beside."""
_PAPER = re.compile(r"(?:báo|đài|tạp chí) ")
"""The same with nothing but names behind: `Báo Sông Ba`."""
BESIDE_OUTLET = 4
"""Words of such names at most, each with a capital: `Báo vệ rừng online` would be a headline."""
BESIDE_TEMPLATE = 25
"""Characters beside a generic word that are the name of a site: `Chi tiết - Huyện Mẫu`."""
SHORT_FORM = 8
"""Letters of the short form of an outlet's name at most."""
_BESIDE = re.compile(r"\s+[&+]\s+|\s*,\s*|\s+va\s+")
"""What joins sections under one name."""
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u9fff]")
"""Signs of scripts that set no space between words: Thai, Lao, Khmer, Japanese, Chinese."""
SIGNS = 2
"""Such signs a word."""
_DIGIT = re.compile(r"\d")
_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]")
"""Letters that hardly any other language has: the shares above hold for Vietnamese."""
_UNDER_SECTION = re.compile(r"(?:chuyen (?:muc|trang)|muc) \w+(?: \w+){0,4}")
_WORD = re.compile(r"\w+")
_WHOLE_WORD = re.compile(r"[\w/-]+")


@cache
def _template() -> re.Pattern[str]:
    return re.compile(any_of("titles/template"))


@cache
def _sections() -> re.Pattern[str]:
    return re.compile(any_of("titles/sections"))


@cache
def _of_outlets(*, plain: bool) -> re.Pattern[str]:
    words = any_of("titles/outlet")
    return re.compile(rf"(?<![\w-]){fold(words) if plain else words}(?![\w-])")


class Labels:
    """What names the outlet and its sections, as far as it is known when a page is read."""

    def __init__(self, page: Page, data: Structured, names: Iterable[str] = ()) -> None:
        """``names`` are those of the source's file: of the outlet and of its province."""
        self._page = page
        self._slug = letters(unquote(_path(page.url).rpartition("/")[2]))
        site = page.meta("og:site_name") or ""
        stated = [*([] if self._is_spelt(site) else [site]), *data.organizations]
        host = page.host.removeprefix("www.")
        self.sites = _letters_of([*names, *stated, host.partition(".")[0], host])
        """What the site calls itself, letters only, its host among them."""
        self._words = {word for name in names for word in _WORD.findall(normalize(name).lower())}
        self._plain_words = set(map(fold, self._words))
        self._headline = _key(data.headline or "")
        self._menu: list[tuple[str, LexborNode]] | None = None
        self._held: dict[str, bool] = {}
        self._outlets: dict[str, bool] = {}

    def hold(self, text: str) -> bool:
        """Return whether all parts of a title are names of the outlet or of sections."""
        if text not in self._held:
            self._held[text] = self._hold(text)
        return self._held[text]

    def _hold(self, text: str) -> bool:
        parts = [part for part in SEPARATOR.split(text) if part.strip(MARKS)]
        rest: list[str] = []
        for part in sorted(parts, key=len, reverse=True):
            if self.is_outlet(part) or self._is_section_in(text, part):
                continue
            if len(part) > BESIDE_TEMPLATE:
                # A headline, whatever stands beside it: nobody need look into menus for that.
                return self.is_outlet(text)
            rest.append(part)
        short = len(rest) < len(parts) and all(map(_is_short_form, rest))
        generic = any(_template().fullmatch(_key(part)) for part in parts)
        beside = generic and sum(map(len, rest)) <= BESIDE_TEMPLATE
        return not rest or short or beside or self.is_outlet(text)

    def _is_section_in(self, text: str, part: str) -> bool:
        """Whether a part of a title is a generic word, or names a section anywhere or in a menu of
        the page. A title that the page's address spells may be called as a menu is."""
        key = _key(part)
        return _is_generic(key) or (
            self._may_be_in_menu(key) and not self._is_spelt(text) and self._is_in_menu(key)
        )

    def is_outlet(self, text: str) -> bool:
        """Return whether a text is the outlet's name or what outlets say of themselves."""
        if text not in self._outlets:
            self._outlets[text] = self._is_outlet(text)
        return self._outlets[text]

    def _is_outlet(self, text: str) -> bool:
        if letters(text) in self.sites:
            return True
        left = words_beside_outlet(text) - (self._plain_words if text.isascii() else self._words)
        if not left or len(left) > BESIDE_OUTLET:
            return not left
        lower = normalize(text).lower()
        strange = [word for word in _WHOLE_WORD.findall(normalize(text)) if word.lower() in left]
        is_named = len(strange) <= BESIDE_OUTLET and all(word[0].isupper() for word in strange)
        known = _OUTLET.search(_key(text)) or (_PAPER.match(lower) and not text.isupper())
        return is_named and known is not None and known is not False

    def _is_spelt(self, text: str) -> bool:
        """Whether the page's own address spells a text of several words: it names this page."""
        return len(text.split()) >= SECTION_WORDS and letters(text) in self._slug

    def _may_be_in_menu(self, key: str) -> bool:
        if len(key) > SECTION_LENGTH or key == self._headline:
            return False
        words = max(len(key.split()), len(_UNSPACED.findall(key)) // SIGNS)
        return words <= SECTION_WORDS and not _DIGIT.search(key)

    def _is_in_menu(self, key: str) -> bool:
        """Whether a menu of the page leads to another page under this name, and no link to it."""
        if self._menu is None:
            links = self._page.tree.css("a[href]")[:MAX_LINKS]
            texts = [(line_of(link), link) for link in links]
            self._menu = [(fold(text), link) for text, link in texts if len(text) <= SECTION_LENGTH]
        # To look for the key inside of a line is cheaper than to make keys of all.
        links = [link for text, link in self._menu if key in text and text and _key(text) == key]
        own = any(_is_of_page(link, self._page) for link in links)
        return not own and any(_is_menu(link, self._page) for link in links)


@lru_cache(maxsize=1024)
def words_beside_outlet(text: str) -> frozenset[str]:
    """Return the words of a title without those that outlets say of themselves: titles in boxes
    come again on every page of a site."""
    plain = text.isascii()
    lower = fold(text) if plain else normalize(text).lower()
    return frozenset(_WHOLE_WORD.findall(_of_outlets(plain=plain).sub(" ", lower)))


@lru_cache(maxsize=1024)
def _is_generic(key: str) -> bool:
    """Whether a folded text is a word of templates or names a section anywhere."""
    if _template().fullmatch(key):
        return True
    if len(key) > SECTION_LENGTH or len(key.split()) > SECTION_WORDS * 3:
        return False
    parts = [part for part in _BESIDE.split(key) if part]
    return (
        _UNDER_SECTION.fullmatch(key) is not None
        or all(_sections().fullmatch(part) for part in parts)
        or _sections().fullmatch(key) is not None
    )


def _is_of_page(link: LexborNode, page: Page) -> bool:
    """Whether a link names the page's own address; one of a menu that only opens does not."""
    href = (link.attributes.get("href") or "").strip()
    target = page.absolute(href) if href and not href.startswith("#") else None
    return target is not None and _path(target) == _path(page.url) != ""


def _is_menu(link: LexborNode, page: Page) -> bool:
    """Whether a link leads to another page and stands among others as short as itself."""
    target = page.absolute(link.attributes.get("href") or "")
    if target is None or _path(target) == _path(page.url):
        return False
    around = link.parent
    for _ in range(MENU_DEPTH):
        if around is None:
            return False
        links = around.css("a[href]")
        if len(links) >= MENU_LINKS:
            return len(around.text(deep=True).strip()) <= SECTION_LENGTH * len(links)
        around = around.parent
    return False


def leads_home(page: Page, scan: Scan, block: Block) -> bool:
    """Return whether a line is a link to the site's front page, as mastheads are."""
    if block.links * 2 <= len(block.text):
        return False
    node = scan.nodes[block.el]
    link = node.css_first("a[href]")
    around = node.parent
    while link is None and around is not None:
        link = around if around.tag == "a" else None
        around = around.parent
    target = page.absolute(link.attributes.get("href") or "") if link is not None else None
    return target is not None and is_front(target)


def _is_short_form(text: str) -> bool:
    """Whether a part of a title is `CTV` or `THĐT`, as broadcasters call themselves."""
    return len(text) <= SHORT_FORM and text.isupper() and " " not in text


def says_enough(text: str) -> bool:
    """Return whether a title is Vietnamese and long enough to be held against a text."""
    return _VIETNAMESE.search(text.lower()) is not None and len(_pairs(text)) >= FEW_PAIRS


def is_stranger(text: str, others: Iterable[str], shown: Pairs) -> bool:
    """Return whether the page's text has nothing of a title and much of another one: mottos stand
    in the place of headlines, and no list holds them all. ``shown`` are `pairs_of_text`."""
    pairs = _pairs(text)
    rivals = [each for each in map(_pairs, others) if len(each) > FEW_PAIRS]
    if not rivals or not says_enough(text):
        return False
    if len(pairs & shown) > STRANGE * len(pairs):
        return False
    return any(len(each & shown) >= AKIN * len(each) for each in rivals)


def is_unknown_to_text(text: str, scan: Scan) -> bool:
    """Return whether a page with much text has no two neighbouring words of a Vietnamese title."""
    pairs = _pairs(text)
    if not says_enough(text):
        return False
    size = 0
    for line in _prose(scan):
        if not pairs.isdisjoint(_pairs(line)):
            return False
        size += len(line)
    return size >= MUCH_TEXT


def _prose(scan: Scan) -> Iterator[str]:
    """Lines of the page's text."""
    for block in scan.blocks:
        is_text = len(block.text) >= PROSE and not block.image and block.links * 2 < len(block.text)
        if is_text and block.tag != "h1" and not block.traits & FURNITURE:
            yield block.text


def pairs_of_text(scan: Scan) -> Pairs:
    """Return the pairs of neighbouring words of the page's text."""
    shown: set[tuple[str, str]] = set()
    for line in _prose(scan):
        shown.update(pairwise(fold_words(line)))
    return frozenset(shown)


@lru_cache(maxsize=256)
def _pairs(text: str) -> Pairs:
    return frozenset(pairwise(fold_words(text)))


def _path(url: str) -> str:
    return url.partition("://")[2].partition("/")[2].partition("#")[0].partition("?")[0].strip("/")


def _letters_of(names: Iterable[str]) -> list[str]:
    return [name for name in map(letters, names) if len(name) > 2]


@lru_cache(maxsize=1024)
def letters(text: str) -> str:
    """Return the letters and digits of a text, folded."""
    return "".join(filter(str.isalnum, fold(text)))


@lru_cache(maxsize=1024)
def _key(text: str) -> str:
    return " ".join(fold(text).split()).strip(MARKS)
