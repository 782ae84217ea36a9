"""From bytes to an article: each step in its module, put together here.

A page is read once. Generic rules and, where one applies, a layout each propose; per field the
better wins and ``Article.evidence`` says which it was and how sure we are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.charset import decode_page
from crawler.errors import NotAnArticle
from crawler.extract.authors.find import find_signature
from crawler.extract.dates.find import day_hint, find_moments, now_of, without_date_lines
from crawler.extract.dom.blocks import find_block
from crawler.extract.dom.lines import dateline_of
from crawler.extract.dom.markup import Page, line_of, parse_page
from crawler.extract.dom.structured import Structured, read_structured
from crawler.extract.dom.walk import scan_tree
from crawler.extract.kinds import find_kind
from crawler.extract.languages import find_language
from crawler.extract.layouts import Layout, layouts_of
from crawler.extract.refusal import (
    MIN_BODY,
    check_address,
    check_bytes,
    check_headline,
    check_listing,
    check_page,
    check_schedule,
    check_text,
    say_no_body,
)
from crawler.extract.sections import find_tags, section_path
from crawler.extract.text.body import SEVERAL_PICTURES
from crawler.extract.text.boilerplate import fingerprint_line
from crawler.extract.text.drafts import choose_draft, with_stated_body
from crawler.extract.text.lead import Lead, find_lead, words_of
from crawler.extract.text.title import Title, choose_title
from crawler.failures import Word
from crawler.sources.identity import article_key
from crawler.sources.shapes import is_front
from storage.records import Article, Evidence, Image
from storage.text import normalize
from storage.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Collection

    from selectolax.lexbor import LexborNode

    from crawler.extract.dom.blocks import Block, Scan
    from crawler.extract.text.drafts import Draft
    from crawler.sources.model import Source

MAX_BODY = 400_000
"""Characters of a body that are kept; the longest real ones have about 100,000."""
MAX_IMAGES = 200


def extract(
    body: bytes,
    *,
    url: str,
    source: Source | None = None,
    fetched_at: str,
    content_type: str | None = None,
    boilerplate: Collection[str] = (),
    use_layouts: bool = True,
) -> Article:
    """The article on a page. Pure: the same bytes and arguments give the same article.

    ``body`` is the response after Content-Encoding, ``url`` its final address, ``fetched_at``
    our UTC instant (ISO 8601 with ``Z``). ``boilerplate`` holds fingerprints of lines that the
    source repeats on many pages (``learn_boilerplate``). ``use_layouts=False`` reads by the
    generic rules alone, for comparison.

    Raises NotAnArticle, and nothing else, on any bytes.
    """
    check_bytes(body, content_type)
    check_address(url)
    text = decode_page(body, content_type).text
    check_text(text)
    page = parse_page(text, url)
    root = page.tree.body
    if root is None:
        raise NotAnArticle(Word.EMPTY_SHELL)
    data = read_structured(page)
    scan = scan_tree(root)
    day = day_hint(page, data, fetched_at=fetched_at) if source and source.layouts else None
    layouts = layouts_of(page, source, day, scan.names) if use_layouts else []
    layout = layouts[0] if layouts else None
    title = choose_title(
        page,
        data,
        scan,
        layout_title=_first_text(page, layout.title) if layout else None,
        layout=layout.name if layout else "",
    )
    start = title.position if title and title.position is not None else -1
    draft = choose_draft(page, scan, layouts, start)
    draft = with_stated_body(draft, data)
    check_page(page, scan, title.text if title else "", draft.size if draft else 0)
    if title is None:
        raise NotAnArticle(Word.NO_TITLE)
    if draft is None:
        raise say_no_body(page, scan)
    check_headline(page, scan, data, title.position)
    check_listing(
        draft.scan,
        data,
        draft.texts,
        draft.body.el,
        titled=title.position is not None and len(title.text) > 20,
        dated=_is_dated(page, scan, title.position, draft, fetched_at),
    )
    check_schedule(title.text, draft.texts)
    article = Article(
        source_id=source.id if source else "", url=url, fetched_at=fetched_at, title=""
    )
    _fill(article, page, data, scan, draft, title, layout, source, boilerplate)
    _identify(article, page, source)
    return article


def _first_text(page: Page, selectors: tuple[str, ...]) -> str | None:
    for selector in selectors:
        for node in page.tree.css(selector)[:5]:
            text = line_of(node)
            if text:
                return text
    return None


def _lines_at(page: Page, selectors: tuple[str, ...]) -> list[str]:
    """The first line that each selector finds."""
    return [line for each in selectors if (line := _first_text(page, (each,)))]


def _links(page: Page, selectors: tuple[str, ...]) -> list[LexborNode] | None:
    for selector in selectors:
        nodes = page.tree.css(selector)
        if nodes:
            return list(nodes)
    return None


def _fill(
    article: Article,
    page: Page,
    data: Structured,
    scan: Scan,
    draft: Draft,
    title: Title,
    layout: Layout | None,
    source: Source | None,
    boilerplate: Collection[str],
) -> None:
    name = layout.name if layout else ""
    evidence = article.evidence
    article.title = normalize(title.text)
    if not article.title:
        raise NotAnArticle(Word.NO_TITLE)
    evidence["title"] = title.evidence
    texts = _without_title(draft.texts, article.title)
    texts = without_date_lines(texts, now_of(article.fetched_at))
    if boilerplate:
        texts = [block for block in texts if fingerprint_line(block.text) not in boilerplate]
    article.language, evidence["language"] = find_language(page, data, texts)
    foreign = article.language not in ("vi", None) and not page.host.endswith(".vn")
    signature = find_signature(
        page, data, scan, texts, pictures=bool(draft.images),
        title=title.position, foreign=foreign,
        layout_lines=_lines_at(page, (*layout.author, *layout.source) if layout else ()),
        layout=name,
    )  # fmt: skip
    texts = signature.texts
    lead = find_lead(
        draft.scan if layout and draft.scan is not scan else scan,
        texts, page, data,
        start=title.position if title.position is not None and draft.scan is scan else -1,
        above=_above(scan, title.position, draft, texts),
        layout_lead=_first_text(page, layout.summary) if layout else None,
        layout=name,
    )  # fmt: skip
    _fill_text(article, page, scan, draft, texts, lead)
    signature.fill(article)
    _fill_dateline(article, source)
    article.kind, evidence["kind"] = find_kind(
        page, data, article.title, article.body,
        pictures=len(article.images),
        captions=sum(len(image.caption or "") for image in article.images),
        items=signature.items,
    )  # fmt: skip
    moments = find_moments(
        page, data, scan,
        url=article.url, fetched_at=article.fetched_at, title=title.position,
        first=find_block(scan, draft.texts[0]) if draft.texts else None, lead=(article.summary or article.body)[:600],
        foreign=foreign,
        layout_dates=_lines_at(page, layout.date if layout else ()),
    )  # fmt: skip
    moments.fill(article)
    _fill_places(article, page, data, scan, layout, title.position)


def _without_title(texts: list[Block], title: str) -> list[Block]:
    words = words_of(title)
    return [
        block
        for block in texts
        if abs(len(block.text) - len(title)) > 20 or words_of(block.text) != words
    ]


def _is_dated(page: Page, scan: Scan, title: int | None, draft: Draft, fetched_at: str) -> bool:
    """Whether the page says when it was published: to machines, or between headline and text."""
    if page.meta("article:published_time", "datepublished"):
        return True
    if title is None or not draft.texts:
        return False
    between = scan.blocks[title + 1 : find_block(scan, draft.texts[0])][:5]
    return len(without_date_lines(between, now_of(fetched_at))) < len(between)


def _above(scan: Scan, title: int | None, draft: Draft, texts: list[Block]) -> list[Block]:
    """What the page shows between its headline and the first line of the text."""
    if title is None or not texts:
        return []
    first = find_block(scan, texts[0])
    inside = {id(block) for block in draft.body.blocks}
    between = scan.blocks[title + 1 : first] if first is not None else []
    return [block for block in between if id(block) not in inside][-12:]


def _fill_text(
    article: Article, page: Page, scan: Scan, draft: Draft, texts: list[Block], lead: Lead
) -> None:
    evidence = article.evidence
    shown = {id(block) for block in lead.shown}
    lead_words = words_of(lead.text) if lead.text else ""
    paragraphs: list[str] = []
    subheads: list[str] = []
    size = 0
    for index, block in enumerate(texts):
        if id(block) in shown or (index < 4 and lead_words and words_of(block.text) == lead_words):
            continue
        paragraph = normalize(block.text)
        if not paragraph:
            continue
        size += len(paragraph) + 2
        if size > MAX_BODY:
            break
        paragraphs.append(paragraph)
        if _is_subhead(block):
            subheads.append(paragraph)
    article.body = "\n\n".join(paragraphs)
    article.subheads = subheads if len(subheads) < len(paragraphs) else []
    if lead.text and lead.evidence:
        article.summary = normalize(lead.text) or None
        evidence["summary"] = lead.evidence
    article.images = [
        Image(url=image.url, caption=normalize(image.caption) or None if image.caption else None)
        for image in draft.images[:MAX_IMAGES]
    ]
    prose = sum(map(len, paragraphs)) + len(article.summary or "")
    captions = sum(len(image.caption or "") for image in article.images)
    if prose < MIN_BODY and not _is_photo_story(article, draft, prose, captions):
        raise say_no_body(page, scan)
    if not article.body and article.summary and captions < MIN_BODY:
        article.body, article.summary = article.summary, None
        evidence.pop("summary", None)
    confidence = 0.95 if draft.how.startswith("layout") else min(0.95, 0.6 + prose / 8000)
    evidence["body"] = Evidence(how=draft.how, confidence=round(confidence, 2))
    if article.images:
        evidence["images"] = Evidence(how=draft.how, confidence=0.85)


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


def _is_photo_story(article: Article, draft: Draft, prose: int, captions: int) -> bool:
    """Whether pictures make up for a text that is hardly there. Pictures that are links lead to
    albums: their page is an index."""
    if captions >= MIN_BODY and len(article.images) >= 2:
        return True
    shown = sum(1 for block in draft.body.blocks if block.image and not block.links)
    return prose >= MIN_BODY // 2 and shown >= SEVERAL_PICTURES


def _is_subhead(block: Block) -> bool:
    if len(block.text) > 150 or block.align == "right":
        return False
    if block.tag in ("h2", "h3", "h4", "h5", "h6"):
        return True
    return (
        block.is_bold
        and not block.text.endswith((".", "”", '"', ":", ",", ";"))
        and block.line == 0
    )


def _fill_places(
    article: Article,
    page: Page,
    data: Structured,
    scan: Scan,
    layout: Layout | None,
    title: int | None,
) -> None:
    crumbs = _links(page, layout.crumbs) if layout else None
    around = scan.blocks[max(0, title - 10) : title + 8] if title is not None else []
    near = [scan.nodes[block.el] for block in around if not block.image]
    path, how = section_path(page, data, article.title, crumbs or (), near)
    if path:
        article.section_path, article.section = path, path[-1]
        article.evidence["section"] = Evidence(how=how, confidence=0.9)
    links = _links(page, layout.tags) if layout else None
    if links and layout and layout.pick_tags:
        links = layout.pick_tags(links)
    article.tags, how = find_tags(page, data, scan, links)
    if article.tags:
        article.evidence["tags"] = Evidence(how=how, confidence=0.85)


def _identify(article: Article, page: Page, source: Source | None) -> None:
    """Canonical URL and key: the page's own word counts only within the site, and never when
    it names the home page."""
    chosen = article.url
    link = page.tree.css_first("link[rel=canonical]")
    named = page.absolute(link.attributes.get("href") or "") if link is not None else None
    article.evidence["canonical_url"] = Evidence(how="address", confidence=0.8)
    if named and _same_article(named, article.url, source):
        chosen = named
        article.evidence["canonical_url"] = Evidence(how="link rel=canonical", confidence=0.95)
    try:
        article.canonical_url = canonical_url(chosen)
        article.key = article_key(source, chosen) if source else article.canonical_url
    except ValueError:
        article.canonical_url = article.key = article.url


def _same_article(named: str, url: str, source: Source | None) -> bool:
    if _host(named) != _host(url) or is_front(named.partition("?")[0]):
        return False
    if source is None:
        return True
    try:
        return article_key(source, named) == article_key(source, url) or not source.accept
    except ValueError:
        return False


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].lower().removeprefix("www.")
