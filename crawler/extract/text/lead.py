"""The lead (sapo): what stands between headline and body, and is not repeated in the body."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from crawler.extract.dom.blocks import FURNITURE
from crawler.extract.dom.lines import dateline_of, is_junk, is_sentence
from crawler.extract.dom.traits import Trait
from crawler.extract.hints import is_repeated_lead
from storage.records import Evidence
from storage.text import fold_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from crawler.extract.context import Context
    from crawler.extract.dom.blocks import Block, Scan
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured

MAX_LEAD = 1500
SHORTEST = 25
"""Characters of a lead, at most and at least."""
SHORTEST_COPY = 100
"""Characters of a copy of the text's beginning."""
GLANCE = 60
"""Characters of two texts that are compared before all of them."""
REACH = 12
"""Lines below the headline that are looked at where no text says where the lead ends."""
WHOLE, SHORTEST_SENTENCE = 80, 40
"""Characters of a bold paragraph that is a lead, and of one that is nothing but a sentence."""
ODD, ODD_LINES = 60, 6
"""Characters of a line that is no paragraph, and lines that are looked at for a bold one."""
_SUBHEADS = ("h2", "h3", "h4")
_NUMBERED = re.compile(r"\d+[.)]")
_CUT = re.compile(r"\s*(?:\.{2,}|…|\[…\]|\[\.\.\.\])\s*$")


@dataclass(slots=True, kw_only=True)
class Lead:
    """The lead, how it was found, and the blocks that show it."""

    text: str | None = None
    evidence: Evidence | None = None
    shown: list[Block] = field(default_factory=list)
    """Blocks that are the lead or a copy of it: not part of the body."""

    def take(self, text: str, shown: Iterable[Block], how: str, confidence: float) -> None:
        """Settle on a text."""
        self.text = text
        self.shown.extend(shown)
        self.evidence = Evidence(how=how, confidence=confidence)


def find_lead(context: Context, body_scan: Scan, texts: list[Block], *, above: list[Block]) -> Lead:
    """Return the lead of an article whose body paragraphs are ``texts``, lines of ``body_scan``;
    ``above`` is what stands between the headline and the text."""
    whole = body_scan is context.scan
    scan = body_scan if context.layout else context.scan
    start = context.headline if whole and context.headline is not None else -1
    stated = context.first_text(*context.layout.summary) if context.layout else None
    description = _description(context.page, context.data, context.repeated)
    lead = Lead()
    if stated:
        lead.take(stated, [], f"layout {context.layout_name}", 0.95)
    else:
        _from_marked(lead, scan, texts, start, description)
    texts = _drop_cut_text(lead, texts)
    if lead.text is None:
        _from_apart(lead, above, description)
    if lead.text is None:
        _from_paragraph(lead, scan, texts, description)
    if lead.text is None:
        _from_description(lead, scan, texts, description, start)
    if lead.text is not None and is_repeated_lead(lead.text, context.repeated):
        lead.text = lead.evidence = None
    if lead.text is not None:
        _drop_copies(lead, texts, words_of(lead.text))
    return lead


def _drop_cut_text(lead: Lead, texts: list[Block]) -> list[Block]:
    """The text without a first line that is its beginning, cut at a number of characters."""
    if len(texts) < 3 or len(texts[0].text) < SHORTEST_COPY or texts[0] in lead.shown:
        return texts
    whole = words_of(texts[0].text)
    key = whole.rpartition(" ")[0]
    glance = words_of(texts[1].text[:GLANCE]).rpartition(" ")[0]
    if not (whole.startswith(glance) or glance.startswith(key)):
        return texts
    # Words are as long as their text, or shorter: twice the length is enough of it.
    after = " ".join(block.text for block in texts[1:REACH])[: 2 * len(texts[0].text)]
    if whole == words_of(texts[1].text) or not words_of(after).startswith(key):
        return texts
    lead.shown.append(texts[0])
    return texts[1:]


def _drop_copies(lead: Lead, texts: list[Block], key: str) -> None:
    """Lines at the top of the text that say what the lead says, a dateline in front left out."""
    for block in texts[:4]:
        text = block.text[len(dateline_of(block.text)) :]
        if block not in lead.shown and is_same(words_of(text), key):
            lead.shown.append(block)
    _drop_cut_copies(lead, texts, key)


@lru_cache(maxsize=256)
def words_of(text: str) -> str:
    """The words of a text for comparisons: folded, without punctuation."""
    return " ".join(fold_words(text))


def _words_in(blocks: list[Block]) -> str:
    """The words of several lines: those of each are asked for more than once."""
    return " ".join(filter(None, [words_of(block.text) for block in blocks]))


def _description(page: Page, data: Structured, repeated: Collection[str]) -> str:
    for text in (page.meta("og:description"), data.description, page.meta("description")):
        if text and len(text) >= 40 and not is_repeated_lead(text, repeated):
            return " ".join(text[: 2 * MAX_LEAD].split())
    return ""


def _from_marked(lead: Lead, scan: Scan, texts: list[Block], start: int, description: str) -> None:
    """Lines whose class says that they are the lead, between the headline and the body's text."""
    for blocks in _marked_groups(scan, texts, start):
        text = " ".join(block.text for block in blocks)
        if not SHORTEST <= len(text) <= MAX_LEAD:
            continue
        key = words_of(text)
        if _is_cut_copy(key, [block for block in texts[:10] if block not in blocks]):
            lead.shown.extend(blocks)
            continue
        agrees = bool(description) and is_same(words_of(description), key)
        within = any(block in texts for block in blocks)
        how = "visible lead in the text" if within else "visible lead"
        lead.take(text, blocks, how, 0.95 if agrees else 0.8)
        return


def _marked_groups(scan: Scan, texts: list[Block], start: int) -> Iterable[list[Block]]:
    """Lines named as a lead above the first line of the text that is not, box by box."""
    first = next((block for block in texts if not block.traits & Trait.LEAD), None)
    begin = start + 1 if start >= 0 else 0
    end = next((i for i, block in enumerate(scan.blocks) if block is first), begin + REACH)
    groups: dict[int, list[Block]] = {}
    for block in scan.blocks[begin:end]:
        if not block.image and block.traits & Trait.LEAD and _may_lead(block):
            groups.setdefault(_lead_root(scan, block.el), []).append(block)
    return groups.values()


def _may_lead(block: Block) -> bool:
    """Whether a line can be part of a lead: no caption, no furniture, no list of links."""
    return not block.traits & (FURNITURE | Trait.CAPTION) and block.links * 3 <= len(block.text)


def _is_cut_copy(key: str, others: list[Block]) -> bool:
    """Whether the words are the beginning of the page's text, cut at a number of characters:
    they stand in it, and no paragraph of its own begins so."""
    after = _words_in(others)
    return key in after and not any(words_of(b.text).startswith(key) for b in others[:3])


def _from_apart(lead: Lead, above: list[Block], description: str) -> None:
    """The last sentence above the text, outside its element: set in bold, as the description
    says, or the only one there."""
    lines = [
        block
        for block in above
        if 60 <= len(block.text) <= MAX_LEAD
        and not block.image
        and not block.traits & Trait.BYLINE
        and _may_lead(block)
        and is_sentence(block.text)
        and not is_junk(block.text)
    ]
    if not lines:
        return
    line = lines[-1]
    agrees = bool(description) and is_same(words_of(description), words_of(line.text))
    apart = line.is_bold or line.is_italic or line.tag in ("h2", "h3", "h4")
    if agrees or apart or len(lines) == 1:
        confidence = 0.95 if agrees else 0.8 if apart else 0.6
        lead.take(line.text, [line], "line above the text", confidence)


def _lead_root(scan: Scan, el: int) -> int:
    """The outermost element that is named as the lead."""
    root = el
    while el > 0:
        if scan.own[el] & Trait.LEAD:
            root = el
        el = scan.parents[el]
    return root


def _opening(texts: list[Block]) -> list[Block]:
    """The text from its first bold paragraph on, where a plain one follows and nothing but odd
    lines stands above: what a page writes between its date and its lead."""
    for index, block in enumerate(texts[:ODD_LINES]):
        if block.is_bold and len(block.text) >= SHORTEST_SENTENCE and is_sentence(block.text):
            after = texts[index + 1 : index + 2]
            plain = [each for each in after if not each.is_bold and len(each.text) >= WHOLE]
            return texts[index:] if plain else texts
        if block.is_bold or block.tag in _SUBHEADS or len(block.text) > ODD:
            break
    return texts


def _is_short_lead(first: Block, rest: list[Block]) -> bool:
    """Whether a bold line is one whole sentence, and no heading of one section among others."""
    return (
        first.text.endswith(".")
        and not _NUMBERED.match(first.text)
        and not rest[0].is_bold
        and len(rest[0].text) >= WHOLE
        and not any(block.is_bold and block.text.endswith(".") for block in rest)
    )


def _from_paragraph(lead: Lead, scan: Scan, texts: list[Block], description: str) -> None:
    """The first paragraph, where type, description or a box of its own set it apart."""
    texts = _opening(texts)
    if len(texts) < 2 or len(texts[0].text) < 40 or len(texts[0].text) > 900:
        return
    first = texts[0]
    boxed = _is_boxed(scan, texts)
    apart = first.is_bold or boxed or first.tag in (*_SUBHEADS, "strong")
    # Bold questions of an interview are no leads.
    asks = first.text.endswith("?")
    rest_bold = sum(
        1
        for b in texts[1:]
        if b.is_bold and len(b.text) > 120 and (asks or not b.text.endswith("?"))
    )
    agrees = bool(description) and is_same(words_of(description), words_of(first.text))
    # One that is a little shorter or longer was cut at a number of characters.
    complete = words_of(description) == words_of(first.text) and not _CUT.search(description)
    if complete or (apart and agrees):
        confidence = 0.9 if apart else 0.7
    elif (apart and not rest_bold and len(first.text) >= WHOLE) or (
        first.is_bold and _is_short_lead(first, texts[1:])
    ):
        confidence = 0.75
    else:
        return
    plain = "first paragraph in a box" if boxed else "paragraph equal to the description"
    how = "bold first paragraph" if apart and not boxed else plain
    lead.take(first.text, [first], how, confidence)


def _is_boxed(scan: Scan, texts: list[Block]) -> bool:
    """Whether the first line stands in a box, and all others in another one beside it."""
    if len(texts) < 4 or not is_sentence(texts[0].text):
        return False
    around = texts[1].el
    while around > 0 and not all(scan.inside(block.el, around) for block in texts[1:]):
        around = scan.parents[around]
    if around <= 0 or scan.inside(texts[0].el, around):
        return False
    box = texts[0].el
    while scan.parents[box] > 0 and not scan.inside(around, scan.parents[box]):
        box = scan.parents[box]
    return scan.parents[box] == scan.parents[around] and scan.tags[box] in ("div", "section")


def _from_description(
    lead: Lead, scan: Scan, texts: list[Block], description: str, start: int
) -> None:
    """What the page gives as description, if it is no copy of the text; best where it shows."""
    if not description or _CUT.search(description):
        return
    key = words_of(description)
    whole = _words_in(texts[:6])
    if key[:80] in whole or (start >= 0 and words_of(scan.blocks[start].text) == key):
        return  # a copy of the text, or of the headline
    for block in scan.blocks:
        near = abs(len(block.text) - len(description)) < 20 and not block.image
        if near and not block.traits & FURNITURE and words_of(block.text) == key:
            lead.take(block.text, [block], "line equal to the description", 0.85)
            return
    lead.take(description, [], "meta description", 0.5)


def is_same(one: str, other: str) -> bool:
    """Whether two texts, as words, are the same, or one is the other but for a few words."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) > 40 and len(short) > 0.85 * len(long) and long.startswith(short)


def _drop_cut_copies(lead: Lead, texts: list[Block], key: str) -> None:
    """Lines that begin like the lead and go on with the body: copies cut at a length."""
    for index, block in enumerate(texts[:3]):
        if block in lead.shown:
            continue
        words = words_of(block.text)
        if len(key) > 30 and words.startswith(key) and block.traits & Trait.LEAD:
            lead.shown.append(texts[index])
