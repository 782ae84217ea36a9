"""The lead (sapo): what stands between headline and body, and is not repeated in the body."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.extract.dom.blocks import FURNITURE
from crawler.extract.dom.lines import dateline_of, is_junk, is_sentence
from crawler.extract.dom.traits import Trait
from storage.records import Evidence
from storage.text import fold

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Block, Scan
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured

MAX_LEAD = 1500
_CUT = re.compile(r"\s*(?:\.{2,}|…|\[…\]|\[\.\.\.\])\s*$")
_WORD = re.compile(r"\w+")


@dataclass(slots=True, kw_only=True)
class Lead:
    """The lead, how it was found, and the blocks that show it."""

    text: str | None = None
    evidence: Evidence | None = None
    shown: list[Block] = field(default_factory=list)
    """Blocks that are the lead or a copy of it: not part of the body."""


def find_lead(
    scan: Scan,
    texts: list[Block],
    page: Page,
    data: Structured,
    *,
    start: int,
    above: list[Block],
    layout_lead: str | None = None,
    layout: str = "",
) -> Lead:
    """The lead of an article whose body paragraphs are ``texts``; ``start`` is the headline's
    index in the scan, ``above`` what stands between the headline and the text."""
    lead = Lead()
    description = _description(page, data)
    if layout_lead:
        lead.text, lead.evidence = layout_lead, Evidence(how=f"layout {layout}", confidence=0.95)
    else:
        _from_marked(lead, scan, texts, start, description)
    if lead.text is None:
        _from_apart(lead, above, description)
    if lead.text is None:
        _from_paragraph(lead, scan, texts, description)
    if lead.text is None:
        _from_description(lead, scan, texts, description)
    if lead.text is not None:
        key = words_of(lead.text)
        for block in texts[:4]:
            text = block.text[len(dateline_of(block.text)) :]
            if block not in lead.shown and _same(words_of(text), key):
                lead.shown.append(block)
        _drop_cut_copies(lead, texts, key)
    return lead


def words_of(text: str) -> str:
    """The words of a text for comparisons: folded, without punctuation."""
    return " ".join(_WORD.findall(fold(text)))


def _description(page: Page, data: Structured) -> str:
    for text in (page.meta("og:description"), data.description, page.meta("description")):
        if text and len(text) >= 40:
            return " ".join(text[: 2 * MAX_LEAD].split())
    return ""


def _from_marked(lead: Lead, scan: Scan, texts: list[Block], start: int, description: str) -> None:
    """Lines whose class says that they are the lead, between the headline and the body's text."""
    body_lines = [b for b in texts if not b.traits & Trait.LEAD]
    first = body_lines[0] if body_lines else None
    groups: dict[int, list[Block]] = {}
    begin = start + 1 if start >= 0 else 0
    end = next((i for i, block in enumerate(scan.blocks) if block is first), None)
    if end is None:
        end = begin + 12
    for block in scan.blocks[begin:end]:
        if (
            block.image
            or not block.traits & Trait.LEAD
            or block.traits & (FURNITURE | Trait.CAPTION)
        ):
            continue
        if block.links * 3 > len(block.text):
            continue
        groups.setdefault(_lead_root(scan, block.el), []).append(block)
    for blocks in groups.values():
        text = " ".join(block.text for block in blocks)
        if not 25 <= len(text) <= MAX_LEAD:
            continue
        key = words_of(text)
        others = [block for block in texts[:10] if block not in blocks]
        after = words_of(" ".join(block.text for block in others))
        if key in after and not any(words_of(b.text).startswith(key) for b in others[:3]):
            # A copy of the beginning of the page's text, cut at a number of characters.
            lead.shown.extend(blocks)
            continue
        lead.text = text
        lead.shown.extend(blocks)
        agrees = bool(description) and _same(words_of(description), key)
        within = any(block in texts for block in blocks)
        lead.evidence = Evidence(
            how="visible lead in the text" if within else "visible lead",
            confidence=0.95 if agrees else 0.8,
        )
        return


def _from_apart(lead: Lead, above: list[Block], description: str) -> None:
    """The last sentence above the text, outside its element: set in bold, as the description
    says, or the only one there."""
    lines = [
        block
        for block in above
        if 60 <= len(block.text) <= MAX_LEAD
        and not block.image
        and not block.traits & (FURNITURE | Trait.CAPTION | Trait.BYLINE)
        and block.links * 3 <= len(block.text)
        and is_sentence(block.text)
        and not is_junk(block.text)
    ]
    if not lines:
        return
    line = lines[-1]
    agrees = bool(description) and _same(words_of(description), words_of(line.text))
    apart = line.is_bold or line.is_italic or line.tag in ("h2", "h3", "h4")
    if agrees or apart or len(lines) == 1:
        lead.text = line.text
        lead.shown.append(line)
        confidence = 0.95 if agrees else 0.8 if apart else 0.6
        lead.evidence = Evidence(how="line above the text", confidence=confidence)


def _lead_root(scan: Scan, el: int) -> int:
    """The outermost element that is named as the lead."""
    root = el
    while el > 0:
        if scan.own[el] & Trait.LEAD:
            root = el
        el = scan.parents[el]
    return root


def _from_paragraph(lead: Lead, scan: Scan, texts: list[Block], description: str) -> None:
    """The first paragraph, where type, description or a box of its own set it apart."""
    if len(texts) < 2 or len(texts[0].text) < 40 or len(texts[0].text) > 900:
        return
    first = texts[0]
    boxed = _is_boxed(scan, texts)
    apart = first.is_bold or boxed or first.tag in ("h2", "h3", "h4", "strong")
    rest_bold = sum(1 for b in texts[1:] if b.is_bold and len(b.text) > 120)
    agrees = bool(description) and _same(words_of(description), words_of(first.text))
    complete = agrees and not _CUT.search(description)
    if complete or (apart and agrees):
        confidence = 0.9 if apart else 0.7
    elif apart and not rest_bold and len(first.text) >= 80:
        confidence = 0.75
    else:
        return
    lead.text = first.text
    lead.shown.append(first)
    plain = "first paragraph in a box" if boxed else "paragraph equal to the description"
    how = "bold first paragraph" if apart and not boxed else plain
    lead.evidence = Evidence(how=how, confidence=confidence)


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


def _from_description(lead: Lead, scan: Scan, texts: list[Block], description: str) -> None:
    """What the page gives as description, if it is no copy of the text; best where it shows."""
    if not description or _CUT.search(description):
        return
    key = words_of(description)
    whole = words_of(" ".join(block.text for block in texts[:6]))
    if key[:80] in whole:
        return
    for block in scan.blocks:
        near = abs(len(block.text) - len(description)) < 20 and not block.image
        if near and not block.traits & FURNITURE and words_of(block.text) == key:
            lead.text = block.text
            lead.shown.append(block)
            lead.evidence = Evidence(how="line equal to the description", confidence=0.85)
            return
    lead.text = description
    lead.evidence = Evidence(how="meta description", confidence=0.5)


def _same(one: str, other: str) -> bool:
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
