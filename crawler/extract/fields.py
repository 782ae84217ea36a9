"""The fields of an article, filled in one after the other: later steps look at earlier ones."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from crawler.errors import NotAnArticle
from crawler.extract.authors.find import find_signature
from crawler.extract.dates.find import find_moments, without_date_lines
from crawler.extract.dom.blocks import find_block
from crawler.extract.dom.lines import dateline_of
from crawler.extract.dom.tags import SUBHEADS
from crawler.extract.hints import fingerprint_line
from crawler.extract.kinds import find_kind
from crawler.extract.languages import find_language, is_american
from crawler.extract.refusal import MIN_BODY, say_no_body
from crawler.extract.sections import LABEL, find_tags, labels_above, section_path
from crawler.extract.text.body import SEVERAL_PICTURES
from crawler.extract.text.lead import find_lead, words_of
from crawler.failures import Word
from storage.instants import VIETNAM
from storage.records import Article, Evidence, Image
from storage.text import normalize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.extract.context import Context
    from crawler.extract.dom.blocks import Block
    from crawler.extract.text.drafts import Draft
    from crawler.extract.text.lead import Lead
    from crawler.extract.text.title import Title
    from crawler.sources.model import Source

MAX_BODY = 400_000
"""Characters of a body that are kept; the longest real ones have about 100,000."""
MAX_IMAGES = 200
ABOVE = 12
"""Lines above the text that can be its lead; what stands farther up belongs to the page."""
LEAD_COPIES = 4
"""First lines of a text that may repeat the lead."""
FULL_CONFIDENCE = 8000
"""Characters of prose beyond which more of it says nothing: 0.6 grows to 0.95 on the way."""
LONGEST_SUBHEAD = 150


def fill_fields(
    article: Article,
    context: Context,
    draft: Draft,
    title: Title,
    source: Source | None,
) -> None:
    """Fill in all fields but the identity. Raise NotAnArticle where no title or text is left."""
    article.title = normalize(title.text)
    if not article.title:
        raise NotAnArticle(Word.NO_TITLE)
    article.evidence["title"] = title.evidence
    texts = _clean_texts(context, draft, article.title)
    article.language, article.evidence["language"] = fill_language(context, texts)
    signature = find_signature(context, texts, pictures=bool(draft.images))
    lead = find_lead(
        context, draft.scan, signature.texts, above=_above(context, draft, signature.texts)
    )
    _fill_text(article, signature.texts, lead)
    _fill_images(article, draft)
    _check_prose(article, context, draft)
    _settle_text(article, draft)
    signature.fill(article)
    _fill_dateline(article, source)
    _fill_kind(article, context, items=signature.items)
    find_moments(
        context,
        url=article.url,
        first=find_block(context.scan, draft.texts[0]) if draft.texts else None,
        last=find_block(context.scan, draft.texts[-1]) if draft.texts else None,
        lead=article.summary or article.body,
    ).fill(article)
    _fill_places(article, context)


def _clean_texts(context: Context, draft: Draft, title: str) -> list[Block]:
    """Return the lines of the text without copies of the headline, date lines and boilerplate."""
    words = words_of(title)
    texts = [
        block
        for block in draft.texts
        if abs(len(block.text) - len(title)) > 20 or words_of(block.text) != words
    ]
    texts = without_date_lines(texts, context.now)
    if context.repeated:
        texts = [block for block in texts if fingerprint_line(block.text) not in context.repeated]
    return texts


def fill_language(context: Context, texts: list[Block]) -> tuple[str | None, Evidence]:
    """Return the language of a text and how it was found; fill in what it says of the page."""
    page = context.page
    language, evidence = find_language(page, context.data, texts)
    context.foreign = language not in ("vi", None) and not page.host.endswith(".vn")
    context.zone = dt.UTC if context.foreign else VIETNAM
    context.order = "mdy" if language == "en" and is_american(page) else "dmy"
    return language, evidence


def _above(context: Context, draft: Draft, texts: list[Block]) -> list[Block]:
    """Return what the page shows between its headline and the first line of the text."""
    if context.headline is None or not texts:
        return []
    first = find_block(context.scan, texts[0])
    inside = {id(block) for block in draft.body.blocks}
    between = context.scan.blocks[context.headline + 1 : first] if first is not None else []
    return [block for block in between if id(block) not in inside][-ABOVE:]


def _fill_text(article: Article, texts: list[Block], lead: Lead) -> None:
    lines = list(_paragraphs(texts, lead))
    paragraphs = [paragraph for paragraph, _ in lines]
    subheads = [paragraph for paragraph, block in lines if is_subhead(block)]
    article.body = "\n\n".join(paragraphs)
    article.subheads = subheads if len(subheads) < len(paragraphs) else []
    if lead.text and lead.evidence:
        article.summary = normalize(lead.text) or None
        article.evidence["summary"] = lead.evidence


def _paragraphs(texts: list[Block], lead: Lead) -> Iterator[tuple[str, Block]]:
    """The paragraphs of the body, without the lead and its copies, up to MAX_BODY characters."""
    shown = {id(block) for block in lead.shown}
    lead_words = words_of(lead.text) if lead.text else ""
    size = 0
    for index, block in enumerate(texts):
        copied = index < LEAD_COPIES and lead_words and words_of(block.text) == lead_words
        paragraph = "" if id(block) in shown or copied else normalize(block.text)
        if not paragraph:
            continue
        size += len(paragraph) + 2
        if size > MAX_BODY:
            return
        yield paragraph, block


def _fill_images(article: Article, draft: Draft) -> None:
    article.images = [
        Image(url=image.url, caption=normalize(image.caption) or None if image.caption else None)
        for image in draft.images[:MAX_IMAGES]
    ]


def _prose(article: Article) -> int:
    """Characters of text, the blank lines between paragraphs left out."""
    gaps = 2 * article.body.count("\n\n")
    return len(article.body) - gaps + len(article.summary or "")


def _captions(article: Article) -> int:
    return sum(len(image.caption or "") for image in article.images)


def _check_prose(article: Article, context: Context, draft: Draft) -> None:
    """Refuse pages with hardly a text, unless pictures make up for it."""
    if _prose(article) < MIN_BODY and not _is_photo_story(article, draft):
        raise say_no_body(context.page, context.scan)


def _is_photo_story(article: Article, draft: Draft) -> bool:
    """Whether pictures make up for a text that is hardly there. Pictures that are links lead to
    albums: their page is an index."""
    if _captions(article) >= MIN_BODY and len(article.images) >= 2:
        return True
    shown = sum(1 for block in draft.body.blocks if block.image and not block.links)
    return _prose(article) >= MIN_BODY // 2 and shown >= SEVERAL_PICTURES


def _settle_text(article: Article, draft: Draft) -> None:
    """Make a lead without a text the text, and say how sure the text is."""
    prose = _prose(article)
    if not article.body and article.summary and _captions(article) < MIN_BODY:
        article.body, article.summary = article.summary, None
        article.evidence.pop("summary", None)
    by_layout = draft.how.startswith("layout")
    confidence = 0.95 if by_layout else min(0.95, 0.6 + prose / FULL_CONFIDENCE)
    article.evidence["body"] = Evidence(how=draft.how, confidence=round(confidence, 2))
    if article.images:
        article.evidence["images"] = Evidence(how=draft.how, confidence=0.85)


def is_subhead(block: Block) -> bool:
    """Whether a line of the text is a heading inside it: by its tag, or a bold line of its own."""
    if len(block.text) > LONGEST_SUBHEAD or block.align == "right":
        return False
    if block.tag in SUBHEADS:
        return True
    return (
        block.is_bold
        and not block.text.endswith((".", "”", '"', ":", ",", ";"))
        and block.line == 0
    )


def _fill_dateline(article: Article, source: Source | None) -> None:
    """What stands before the first sentence of the text, else of the lead."""
    own = source.datelines if source else ()
    if article.language != "vi":
        return
    for text, how in ((article.body, "start of text"), (article.summary or "", "start of lead")):
        article.dateline = dateline_of(text, own) or None
        if article.dateline:
            article.evidence["dateline"] = Evidence(how=how, confidence=0.9)
            return


def _fill_kind(article: Article, context: Context, *, items: int) -> None:
    article.kind, article.evidence["kind"] = find_kind(
        context.page,
        context.data,
        article.title,
        article.body,
        pictures=len(article.images),
        captions=_captions(article),
        items=items,
    )


def _fill_places(article: Article, context: Context) -> None:
    """Section and tags."""
    page, data, scan, layout = context.page, context.data, context.scan, context.layout
    title = context.headline
    crumbs = context.nodes_at(*layout.crumbs) if layout else None
    around = scan.blocks[max(0, title - 10) : title + 8] if title is not None else []
    near = [scan.nodes[block.el] for block in around if not block.image]
    labels = labels_above(scan, title, page) if title is not None else []
    path, how = section_path(page, data, article.title, crumbs or (), near, labels, scan.names)
    if path:
        article.section_path, article.section = path, path[-1]
        article.evidence["section"] = Evidence(how=how, confidence=0.7 if how == LABEL else 0.9)
    links = context.nodes_at(*layout.tags) if layout else None
    if links and layout and layout.pick_tags:
        links = layout.pick_tags(links)
    article.tags, how = find_tags(page, data, scan, links, title)
    if article.tags:
        article.evidence["tags"] = Evidence(how=how, confidence=0.85)
