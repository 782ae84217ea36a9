"""Who wrote an article: bylines around and inside the text, and what the page says of itself.

Vietnamese papers sign at the end of the text, and their structured data names an account or the
paper; elsewhere the structured data is right and the page varies. So Vietnamese articles are
asked in the order layout, end of text, under the headline, structured; others the other way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crawler.extract.authors.detect import looks_like_byline, split_glued_byline
from crawler.extract.authors.edges import lines_at_edges, names_above, names_behind
from crawler.extract.authors.foreign import (
    AND,
    names_host,
    signing_lines,
    without_host,
    without_places,
)
from crawler.extract.authors.names import is_person
from crawler.extract.authors.parse import Byline, may_credit, parse_byline
from crawler.extract.authors.proposals import (
    MAX_BYLINE,
    find_text,
    list_lines,
    list_stated,
    may_sign,
    name_outlets,
)
from crawler.extract.authors.stamps import without_dates
from crawler.extract.dom.around import lines_around
from crawler.extract.dom.blocks import PROSE, find_block, with_text
from crawler.extract.dom.traits import Trait
from storage.records import Article, Evidence
from storage.text import fold, normalize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.extract.context import Context
    from crawler.extract.dom.blocks import Block, Scan

MAX_MARKED = 80
"""Characters of a byline inside the text."""
TOLD = 300
"""Characters of a text that somebody else wrote than who drew or filmed what stands beside it."""
LOOSE = 4
"""Short lines that may follow a signature in bold."""
_ENDS = tuple('.!?…”"»)')
_UNSURE = ("end of text", "line ")
"""Places where anything may stand: there a name must look like one."""
_ITEM = re.compile(r"[*•+◆■►▶♦●]\s?\S")
"""How the items of a round-up begin."""
_CODE = re.compile(r"\s*\([^()]{1,12}\)\s*$")
"""The short form of a reporter's name behind it."""


@dataclass(slots=True, kw_only=True)
class Signature:
    """The authors, and the body without the lines that name them."""

    texts: list[Block]
    authors: list[str] = field(default_factory=list)
    raw: str | None = None
    credit: str | None = None
    evidence: Evidence | None = None
    credit_evidence: Evidence | None = None
    others: int = 0
    """People whom the byline counts and no place has named yet."""
    items: int = 0
    """Items of a round-up, each with a byline of its own; 0 elsewhere."""

    def fill(self, article: Article) -> None:
        """Write authors, byline and credit into an article."""
        article.authors = [normalize(name) for name in self.authors]
        article.byline_raw = normalize(self.raw) if self.raw else None
        article.source_credit = normalize(self.credit) if self.credit else None
        if self.authors and self.evidence:
            article.evidence["authors"] = self.evidence
        if self.credit and self.credit_evidence:
            article.evidence["source_credit"] = self.credit_evidence


def find_signature(context: Context, texts: list[Block], *, pictures: bool) -> Signature:
    """Return the signature by the order of the module's rule: on a foreign page structured data
    goes first. ``pictures`` says that the article has some, so that no line of text is needed."""
    signature = Signature(texts=texts)
    items = _take_items(signature)
    marked = _take_marked(signature, context.scan)
    ends = _take_ends(signature, context.scan, needed=0 if pictures else 1)
    ends += _take_first(signature)

    def visible() -> list[tuple[str, str, float]]:
        """Where the authors are known, only a line that may name a source counts."""
        is_settled = bool(signature.authors) and not signature.others
        return list_lines(context, texts, marked, ends, may_credit if is_settled else bool)

    outlets = name_outlets(context.page, context.data)
    if items:
        _sign_items(signature, [*items, *ends])
    if context.foreign:
        people = [n for n in context.data.authors if not names_host(n, context.page.host)]
        _take_stated(signature, people, outlets)
        _sign_foreign(signature, context, texts, outlets)
        _propose(signature, visible(), outlets)
        _take_stated(signature, context.data.signed, ())
        _take_line(signature, context, names_above(context, texts))
        return signature
    _propose(signature, visible(), outlets)
    if not signature.authors:
        _propose(signature, lines_at_edges(context, texts), outlets)
    _unglue(signature, outlets)
    _propose(signature, list_stated(context.page, context.data), outlets)
    return signature


def _sign_foreign(
    signature: Signature, context: Context, texts: list[Block], outlets: list[str]
) -> None:
    """Take who signs a foreign page, where JSON-LD names no people: lines that begin with `by`,
    what the page states of people, other lines, and what it states."""
    if signature.authors:
        return
    scan, title, host = context.scan, context.headline, context.page.host
    around = lines_around(scan, title, *find_text(scan, texts, title))
    stated = list(without_places(list_stated(context.page, context.data), host))
    told = {fold(name) for line, *_ in stated for name in AND.split(line)}
    shown = signing_lines(around, scan, labelled=True) if told else ()
    # Whoever the page states too is written out better there.
    others = (each for each in shown if not any(name in fold(each[1].text) for name in told))
    _take_line(signature, context, others)
    _propose(signature, without_host(stated, host), outlets)
    _take_line(signature, context, signing_lines(around, scan))
    _take_line(signature, context, names_behind(context, texts))
    _propose(signature, stated, outlets)


def _propose(
    signature: Signature, proposals: Iterable[tuple[str, str, float]], outlets: list[str]
) -> None:
    """Take authors and credit from the first lines that have them."""
    for line, how, confidence in proposals:
        if signature.authors and not signature.others and not may_credit(line):
            continue
        byline = parse_byline(line, site_names=outlets, field=not how.startswith(_UNSURE))
        if byline is not None:
            _take(signature, byline, line, how, confidence)


def _take(signature: Signature, byline: Byline, line: str, how: str, confidence: float) -> None:
    evidence = Evidence(how=how, confidence=confidence)
    if byline.made and sum(len(block.text) for block in signature.texts) >= TOLD:
        byline = replace(byline, authors=())
    if byline.authors and not signature.authors:
        signature.authors = list(byline.authors)
        signature.others = byline.others
        signature.raw = " ".join(without_dates(line).split())
        signature.evidence = evidence
    elif signature.others:
        _name_others(signature, byline.authors)
    if byline.source_credit and signature.credit and is_person(signature.credit):
        # `Theo Hải Đường`, and the source beside it.
        signature.authors = signature.authors or [signature.credit]
        signature.evidence = signature.evidence or evidence
        signature.credit = None
    if byline.source_credit and signature.credit is None:
        signature.credit = byline.source_credit
        signature.credit_evidence = evidence
        signature.raw = signature.raw or line


def _name_others(signature: Signature, names: Iterable[str]) -> None:
    """Add people whom the byline only counted, as long as it counts any."""
    known = set(map(fold, signature.authors))
    for name in names:
        if signature.others and fold(name) not in known:
            signature.authors.append(name)
            signature.others -= 1


def _unglue(signature: Signature, outlets: list[str]) -> None:
    """Cut a byline that hangs on the last sentence: where nobody has signed yet, or the same
    people sign again."""
    texts = signature.texts
    if not texts or texts[-1].image:
        return
    rest, byline = split_glued_byline(texts[-1].text, site_names=outlets)
    if byline is None or not rest:
        return
    again = set(map(fold, byline.authors)) <= set(map(fold, signature.authors))
    if signature.authors and not again:
        return
    signature.texts = [*texts[:-1], with_text(texts[-1], rest)]
    _take(signature, byline, byline.raw, "end of the last sentence", 0.75)


def _take_items(signature: Signature) -> list[str]:
    """Take the bylines of a round-up, one behind each item, out of the text. Return them; none
    where fewer than two items are signed."""
    texts = signature.texts
    starts = [index for index, block in enumerate(texts) if _ITEM.match(block.text)]
    if len(starts) < 2:
        return []
    found: list[str] = []
    kept: list[Block] = []
    for index, block in enumerate(texts):
        ends_item = index + 1 == len(texts) or index + 1 in starts
        rest, raw = _split_item(block, alone=index > starts[0]) if ends_item else (block, "")
        if raw:
            found.append(raw)
        if rest is not None:
            kept.append(rest)
    if len(found) < 2:
        return []
    signature.texts = kept
    signature.items = len(starts)
    return found


def _split_item(block: Block, *, alone: bool) -> tuple[Block | None, str]:
    """Return the last line of an item without its byline, and the byline. ``alone`` says that
    the line may be nothing else."""
    if alone and _signs(block, 0):
        return None, block.text
    rest, byline = split_glued_byline(block.text, last=False)
    if byline is not None and byline.authors and rest:
        return with_text(block, rest), byline.raw
    return block, ""


def _take_marked(signature: Signature, scan: Scan) -> list[str]:
    """Take short lines whose own element is named as a byline out of the text. Return them."""
    marked = [block for block in signature.texts if _is_marked(scan, block)]
    if 2 * len(marked) < len(signature.texts):
        signature.texts = [block for block in signature.texts if block not in marked]
    return [block.text for block in marked]


def _is_marked(scan: Scan, block: Block) -> bool:
    if len(block.text) > MAX_MARKED or not block.traits & Trait.BYLINE or not block.el:
        return False
    return bool((scan.own[block.el] | scan.own[scan.parents[block.el]]) & Trait.BYLINE)


def _sign_items(signature: Signature, lines: list[str]) -> None:
    bylines = [byline for line in lines if (byline := parse_byline(line))]
    names = dict.fromkeys(name for byline in bylines for name in byline.authors)
    signature.authors = list(names)
    signature.raw = "; ".join(dict.fromkeys(byline.raw for byline in bylines))
    signature.evidence = Evidence(how="ends of items", confidence=0.85)


def _take_stated(signature: Signature, stated: list[str], outlets: Iterable[str]) -> None:
    """Whoever JSON-LD names, as it names them: forms of names differ by language, and agencies
    sign too."""
    known = {fold(name).strip() for name in outlets}
    names = [
        name
        for name in dict.fromkeys(
            _CODE.sub("", name).strip() for each in stated for name in AND.split(each[:500])
        )
        if 1 < len(name) < 60
        and not any(letter in name for letter in "/@|:")
        and fold(name).strip() not in known
    ]
    if names and not signature.authors:
        signature.authors = names
        signature.raw = "; ".join(names)
        signature.evidence = Evidence(how="json-ld author", confidence=0.9)


def _take_line(
    signature: Signature, context: Context, lines: Iterable[tuple[list[str], Block]]
) -> None:
    """The names of the first line that is there to give them."""
    if signature.authors:
        return
    for names, block in lines:
        people = [name for name in names if not names_host(name, context.page.host)]
        if people:
            signature.authors, signature.raw = people, " ".join(without_dates(block.text).split())
            _leave_out(signature, block)
            signature.evidence = Evidence(how="line of the byline", confidence=0.8)
            return


def _leave_out(signature: Signature, line: Block) -> None:
    """Take a line that signs out of the text, where it is one of the first or the last two."""
    texts = signature.texts
    edges = {*range(2), len(texts) - 2, len(texts) - 1}
    rest = [b for i, b in enumerate(texts) if i not in edges or b.text != line.text]
    signature.texts = rest or texts


def _take_ends(signature: Signature, scan: Scan, *, needed: int) -> list[str]:
    """Take the bylines that stand as the last lines out of the text, but for so many lines as
    are needed. Return them. More than two bare names in a row are a list of people."""
    texts = signature.texts
    signing = 0
    while signing < min(4, len(texts) - needed) and _signs(texts[-1 - signing], signing):
        if _says_who_speaks(scan, texts[: len(texts) - signing]):
            break
        signing += 1
    if signing < len(texts) and _is_bare_name(texts[-1 - signing]):
        while signing and _is_bare_name(texts[-signing]):
            signing -= 1
    if not signing:
        return _take_followed(signature)
    signature.texts = texts[:-signing]
    return [block.text for block in texts[-signing:]]


def _take_followed(signature: Signature) -> list[str]:
    """Take the only line that signs and is set apart out of the text, with the tools and notes
    behind it, which are less than the text. Return it."""
    texts = signature.texts
    signed = [
        index
        for index, block in enumerate(texts)
        if (block.align == "right" or block.bold or block.traits & Trait.BYLINE)
        and len(block.text) <= MAX_BYLINE
        and _styles(block) - {"center"}
        and _signs(block, 0)
    ]
    if len(signed) != 1 or not 0 < signed[0] < len(texts) - 1:
        return []
    place = signed[0]
    above, behind = texts[:place], texts[place + 1 :]
    if len(above[-1].text) <= PROSE or not above[-1].text.endswith(_ENDS):
        return []
    if texts[place].align == "right":
        loose = sum(len(block.text) for block in behind) < sum(len(block.text) for block in above)
    else:
        loose = len(behind) <= LOOSE and all(len(block.text) <= PROSE for block in behind)
    if not loose:
        return []
    signature.texts = above
    return [texts[place].text]


def _signs(block: Block, position: int) -> bool:
    return may_sign(block) and looks_like_byline(
        block.text, position_from_end=position, styles=_styles(block)
    )


def _says_who_speaks(scan: Scan, texts: list[Block]) -> bool:
    """Whether the last line names, with a title, who is in a picture above it or who said what
    stands above it."""
    line = texts[-1]
    byline = parse_byline(line.text)
    if byline is None or not byline.titled:
        return False
    place = find_block(scan, line)
    pictured = bool(place) and scan.blocks[(place or 1) - 1].image is not None
    above = texts[-2] if len(texts) > 1 else None
    quoted = above is not None and (above.text[-1:] in '”»"' or above.traits & Trait.QUOTE)
    return pictured or bool(quoted or line.traits & Trait.QUOTE)


def _is_bare_name(block: Block) -> bool:
    """A name and nothing that sets it apart from the text."""
    return (
        not _styles(block)
        and len(block.text) <= 40
        and not block.text.isupper()
        and is_person(block.text)
    )


def _styles(block: Block) -> set[str]:
    styles = {block.align} if block.align else set()
    if block.is_bold:
        styles.add("bold")
    if block.traits & Trait.BYLINE:
        styles.add("author")
    return styles


def _take_first(signature: Signature) -> list[str]:
    """Take a byline that is the first line, under the headline, out of the text. Return it."""
    texts = signature.texts
    if len(texts) <= 2 or not may_sign(texts[0]) or texts[0].text[-1:] in ".!?":
        return []
    marked = bool(texts[0].traits & Trait.BYLINE)
    byline = parse_byline(texts[0].text, field=marked)
    if byline is None or not (byline.authors or marked) or (byline.titled and not marked):
        return []
    signature.texts = texts[1:]
    return [texts[0].text]
