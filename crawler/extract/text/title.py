"""The headline of a page: the one that the most places agree on, as the page shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extract.authors.stamps import EVER
from crawler.extract.dates.lines import find_dates
from crawler.extract.dom.blocks import FURNITURE
from crawler.extract.dom.lines import is_comments_heading, is_junk, is_sentence
from crawler.extract.dom.markup import line_of
from crawler.extract.dom.traits import Trait, traits_of
from crawler.extract.hints import NO_HINTS, is_repeated_title
from crawler.extract.text.headings import (
    HEADLINE_WORDS,
    Heading,
    find_text,
    key_of,
    named_headings,
    shown_whole,
)
from crawler.extract.text.labels import (
    MARKS,
    SEPARATOR,
    Labels,
    is_stranger,
    is_unknown_to_text,
    leads_home,
    letters,
    pairs_of_text,
    says_enough,
)
from storage.records import NO_HEADLINE, Evidence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from crawler.extract.dom.blocks import Block, Scan
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured
    from crawler.extract.hints import Hints

MAX_TITLE = 1000
MAX_HEADINGS = 50
"""First-level headings that are looked at: each is compared with each."""
LEAST_HEAD = 10
"""Characters of a headline that is left without the name of its site."""
_WORD = re.compile(r"\w+")
_NO_HEADLINE = FURNITURE & ~Trait.RELATED
"""Boxes in which no headline stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """The headline, how it was found, and where it stands."""

    text: str
    evidence: Evidence
    position: int | None = None
    """Index of the first block that shows it; None where the page does not."""


def choose_title(
    page: Page,
    data: Structured,
    scan: Scan,
    *,
    layout_title: str | None = None,
    layout: str = "",
    hints: Hints = NO_HINTS,
    repeated: Collection[str] = (),
    names: Collection[str] = (),
) -> Title | None:
    """The best-supported candidate. None where the page has no title at all.

    What the source repeats on many pages is no candidate, nor what names the outlet (``names``
    are known of it), a section or a template; the link's own title is one.
    """
    labels = Labels(page, data, names)
    candidates = list(_candidates(page, data, scan, labels, hints))
    if layout_title and not labels.hold(layout_title):
        candidates.append(Heading(text=layout_title, how=f"layout {layout}", weight=3.0))
    candidates = [
        each for each in candidates if each.text and not is_repeated_title(each.text, repeated)
    ]
    hinted = _hinted(hints, scan, candidates)
    if hinted is not None and not is_repeated_title(hinted.text, repeated):
        candidates.append(hinted)
    candidates = _akin(candidates, scan)
    candidates += named_headings(scan, candidates)
    if not candidates:
        return None
    folded = [key_of(each.text) for each in candidates]
    best = max(range(len(candidates)), key=lambda index: _score(index, candidates, folded))
    winner = candidates[best]
    text = _unsuffixed(winner, folded[best], candidates, folded, labels)[:MAX_TITLE]
    support = sum(1 for key in folded if key == key_of(text))
    position = winner.position
    if position is None:
        text, position = shown_whole(scan, text)
    confidence = min(0.99, 0.45 + 0.12 * winner.weight + 0.1 * support)
    if is_unknown_to_text(text, scan):
        confidence = NO_HEADLINE
    return Title(
        text=text,
        evidence=Evidence(how=winner.how, confidence=round(confidence, 2)),
        position=position,
    )


def _akin(candidates: list[Heading], scan: Scan) -> list[Heading]:
    """Without mottos: what the text knows nothing of, beside a title that it does know."""
    keys = {key_of(each.text) for each in candidates}
    shortest = min(keys, key=len, default="")
    if all(shortest in key for key in keys):
        return candidates  # one headline, with and without the name of its site
    rivals = {key_of(each.text): each.text for each in candidates if each.how != "visible title"}
    titles = {key_of(each.text): each.text for each in candidates if says_enough(each.text)}
    shown = pairs_of_text(scan) if titles else frozenset()
    strange = {
        key
        for key, text in titles.items()
        if is_stranger(text, [other for name, other in rivals.items() if name != key], shown)
    }
    return [each for each in candidates if key_of(each.text) not in strange]


def _candidates(
    page: Page, data: Structured, scan: Scan, labels: Labels, hints: Hints
) -> Iterator[Heading]:
    """Yield what the page says is its headline, without what names the site or a section."""
    stated = list(_stated(page, data))
    named = [each for each in stated if not _is_label(each.text, labels, hints)]
    yield from named
    shown = [each for each in _visible(page, scan) if not _is_label(each.text, labels, hints)]
    plain = bool(stated) and not named
    yield from shown or _above_text(scan, labels, plain=plain)


def _is_label(text: str, labels: Labels, hints: Hints) -> bool:
    """Whether a title names the site or a section, and the link does not say that it is more."""
    if hints.headline is not None and key_of(hints.headline) == key_of(text):
        return labels.is_outlet(text)
    return labels.hold(text)


def has_label(page: Page, data: Structured, scan: Scan) -> bool:
    """Return whether the page has any title, be it the name of its site."""
    return any(each.text for each in (*_stated(page, data), *_visible(page, scan)))


def _stated(page: Page, data: Structured) -> Iterator[Heading]:
    headline = data.headline
    if headline:
        yield Heading(text=_line(headline), how="json-ld headline", weight=1.4)
    og = page.meta("og:title")
    if og:
        yield Heading(text=_line(og), how="meta og:title", weight=1.2)
    twitter = page.meta("twitter:title")
    if twitter:
        yield Heading(text=_line(twitter), how="meta twitter:title", weight=0.8)
    title = page.tree.css_first("title")
    if title is not None:
        yield Heading(text=line_of(title), how="title", weight=0.6)


HINTED = 1.0
"""Weight of a link's title: more than <title> alone, less than a headline that the page shows."""
HINT_SHOWN = 1.5
"""The same where the page shows it as a line of its own."""
HINT_RESEMBLED = 0.1
"""The same where a candidate of the page resembles it: it may have been edited since."""
RESEMBLANCE = 0.5
"""Share of the words of the shorter title that two spellings of one headline have in common."""
LEAST_LENGTH = 0.5
"""Share of the words of the longer one that the shorter one has at least."""


def _hinted(hints: Hints, scan: Scan, candidates: list[Heading]) -> Heading | None:
    """Return the link's title as a candidate: the page may name itself no better than its site."""
    title = hints.headline
    if title is None:
        return None
    key = key_of(title)
    position = find_text(scan, title)
    weight = HINT_SHOWN if position is not None else HINTED
    if any(_is_edited(each.text, key) for each in candidates):
        weight = HINT_RESEMBLED
    return Heading(text=title, how=hints.place, weight=weight, position=position)


def _is_edited(text: str, key: str) -> bool:
    """Whether a candidate is another wording of the headline, be the site's name beside it."""
    parts = {key_of(part) for part in (text, *SEPARATOR.split(text))}
    return key not in parts and _resembles(key_of(text), key)


def _resembles(one: str, other: str) -> bool:
    words, others = set(_WORD.findall(one)), set(_WORD.findall(other))
    least, most = sorted((len(words), len(others)))
    if least < most * LEAST_LENGTH:
        return False  # a site's name, of which a headline may have words
    return least > 1 and len(words & others) >= RESEMBLANCE * least


def _above_text(scan: Scan, labels: Labels, *, plain: bool) -> Iterator[Heading]:
    """On a page without any named headline: the last heading or bold line above the first
    sentences; with ``plain`` else the last line there that is as long as a headline."""
    lines = scan.blocks
    first = next(
        (
            index
            for index, block in enumerate(lines)
            if len(block.text) >= 80
            and not block.links
            and not block.image
            and is_sentence(block.text)
        ),
        0,
    )
    likely: int | None = None
    for index in range(first - 1, max(-1, first - 15), -1):
        block = lines[index]
        if block.image or block.links or block.traits & FURNITURE:
            continue
        heading = block.tag in ("h2", "h3", "h4")
        if is_sentence(block.text) and not (heading and block.text.endswith(("?", "!"))):
            continue
        named = heading or block.is_bold
        if named and 15 <= len(block.text) <= 250 and not labels.hold(block.text):
            yield Heading(text=block.text, how="line above the text", weight=0.9, position=index)
            return
        if plain and likely is None and _is_headline_like(block, labels):
            likely = index
    if likely is not None:
        text = lines[likely].text
        yield Heading(text=text, how="plain line above the text", weight=0.3, position=likely)


def _is_headline_like(block: Block, labels: Labels) -> bool:
    """Whether a line without any type is as long as headlines are, and no label, date or byline."""
    text = block.text
    return (
        25 <= len(text) <= 160
        and len(text.split()) >= HEADLINE_WORDS
        and not block.traits & (Trait.DATE | Trait.BYLINE)
        and not is_junk(text)
        and not labels.hold(text)
        and not find_dates(text, now=EVER)
    )


def _visible(page: Page, scan: Scan) -> list[Heading]:
    found: list[Heading] = []
    groups: dict[int, list[int]] = {}
    heads = {el for el, tag in enumerate(scan.tags) if tag == "h1"}
    for index, block in enumerate(scan.blocks):
        if block.image or block.traits & _NO_HEADLINE:
            continue
        if heads and (block.tag == "h1" or scan.parents[block.el] in heads):
            if block.el in groups or len(groups) < MAX_HEADINGS:
                groups.setdefault(block.el, []).append(index)
        elif (
            block.traits & Trait.TITLE
            and 10 < len(block.text) < 300
            and len(found) < 12
            and not is_comments_heading(block.text)
        ):
            weight = 0.9 if block.traits & Trait.RELATED or block.links else 1.3
            found.append(
                Heading(text=block.text, how="visible title", weight=weight, position=index)
            )
    for number, indexes in enumerate(groups.values()):
        text = " ".join(scan.blocks[index].text for index in indexes)
        block = scan.blocks[indexes[0]]
        if leads_home(page, scan, block):
            continue
        weight = 1.7 - 0.2 * min(number, 4) - (0.9 if block.links * 2 > len(text) else 0.0)
        if _crumb_like(scan, block.el):
            weight -= 1.0
        found.append(Heading(text=text, how="h1", weight=weight, position=indexes[0]))
    return found


def _crumb_like(scan: Scan, el: int) -> bool:
    return bool(traits_of(scan.nodes[el].attributes.get("class") or "") & Trait.CRUMBS)


def _score(index: int, candidates: list[Heading], folded: list[str]) -> float:
    """Own weight, and what equal or containing candidates of other places add."""
    own, key = candidates[index], folded[index]
    score = own.weight
    if len(key) < 8:
        score -= 2.0
    if len(key) > 350:
        score -= 1.0
    seen = {own.how}
    for other, other_key in zip(candidates, folded, strict=True):
        if other is own or other.how in seen:
            continue
        if other_key == key:
            score += 0.8 * max(0.5, other.weight)
        elif len(key) > 12 and _holds(other_key, key, shown=own.how == "visible title"):
            # "Headline - Site name" supports "Headline", not the other way round.
            score += 0.6 * max(0.5, other.weight)
        else:
            continue
        seen.add(other.how)
    return score


def _holds(whole: str, part: str, *, shown: bool) -> bool:
    """Whether a title is another one and more. A line in sight that is only its last words is a
    sub-head; what breaks off at a quotation mark or inside brackets was cut by faulty markup."""
    if whole.startswith(part):
        return whole[len(part) :].lstrip()[:1] != '"' and part.count("(") <= part.count(")")
    before = whole[: -len(part)].rstrip()
    return whole.endswith(part) and not (shown and before[-1:].isalnum())


def _unsuffixed(
    winner: Heading, key: str, candidates: list[Heading], folded: list[str], labels: Labels
) -> str:
    """Without the name of the site, where only <title> or og:title gave the headline."""
    text, how = winner.text, winner.how
    for other, other_key in zip(candidates, folded, strict=True):
        if other.how in ("h1", "visible title") and key == other_key:
            return other.text if other.how == "h1" else text
    parts = SEPARATOR.split(text)
    if len(parts) < 2:
        return text
    if labels.is_outlet(parts[0]) and len(parts[-1]) >= LEAST_HEAD:
        return text[text.find(parts[0]) + len(parts[0]) :].lstrip(MARKS)
    head = text[: text.rfind(parts[-1])].rstrip(" |–—-·•»:")
    tail = letters(parts[-1])
    named = len(tail) > 2 and any(tail in name or name in tail for name in labels.sites)
    alone = how == "title" and len(parts[-1]) <= 40
    return head if len(head) >= LEAST_HEAD and (named or alone) else text


def _line(text: str) -> str:
    return " ".join(text.split())
