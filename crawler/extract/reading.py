"""From bytes to an article: each step in its module, put together here.

A page is read once. Generic rules and, where one applies, a layout each propose; per field the
better wins and ``Article.evidence`` says which it was and how sure we are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.errors import NotAnArticle
from crawler.extract.blocks import Block, Scan, scan_tree
from crawler.extract.body import Body, find_body, prune, useful_start
from crawler.extract.boilerplate import fingerprint_line
from crawler.extract.captions import pictures_above, take_pictures
from crawler.extract.charset import decode_page
from crawler.extract.languages import find_language
from crawler.extract.layouts import Layout, layouts_of
from crawler.extract.lead import Lead, find_lead, words_of
from crawler.extract.markup import Page, line_of, parse_page
from crawler.extract.moments import find_moments, now_of, without_date_lines
from crawler.extract.places import find_tags, section_path
from crawler.extract.rejection import (
    MIN_BODY,
    check_address,
    check_bytes,
    check_headline,
    check_listing,
    check_page,
    check_text,
    say_no_body,
)
from crawler.extract.signatures import find_signature
from crawler.extract.structured import Structured, read_structured
from crawler.extract.title import Title, choose_title
from crawler.sources.identity import article_key
from storage.records import Article, Evidence, Image
from storage.text import normalize
from storage.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Collection

    from selectolax.lexbor import LexborNode

    from crawler.sources.model import Source

MAX_BODY = 400_000
"""Characters of a body that are kept; the longest real ones have about 100,000."""
MAX_IMAGES = 200
_DATELINE = re.compile(
    r"(?:\(\s*[A-ZĐÀ-Ỹ][\w.\- ĐÀ-ỹ]{1,24}\s*\)\s*[-–—]?|[A-ZĐ]{2,6}(?:[ -][A-ZĐ]{2,6})?\s*[-–—])(?=\s|[A-ZĐÀ-Ỹ“\"])"
)


@dataclass(slots=True, kw_only=True)
class Draft:
    """A body with what was taken out of it."""

    how: str
    scan: Scan
    body: Body
    images: list[Image] = field(default_factory=list)
    texts: list[Block] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(len(block.text) for block in self.texts)


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
        raise NotAnArticle("empty-shell")
    data = read_structured(page)
    scan = scan_tree(root)
    layouts = layouts_of(page, source, None) if use_layouts else []
    layout = layouts[0] if layouts else None
    title = choose_title(
        page,
        data,
        scan,
        layout_title=_first_text(page, layout.title) if layout else None,
        layout=layout.name if layout else "",
    )
    start = title.position if title and title.position is not None else -1
    draft = _choose_draft(page, scan, layouts, start)
    draft = _with_stated_body(draft, data)
    check_page(page, scan, title.text if title else "", draft.size if draft else 0)
    if title is None:
        raise NotAnArticle("no-title")
    if draft is None:
        raise say_no_body(page, scan)
    check_headline(page, scan, data, title.position)
    check_listing(
        draft.scan,
        data,
        draft.texts,
        draft.body.el,
        titled=title.position is not None and len(title.text) > 20,
    )
    article = Article(
        source_id=source.id if source else "", url=url, fetched_at=fetched_at, title=""
    )
    _fill(article, page, data, scan, draft, title, layout, boilerplate)
    _identify(article, page, source)
    return article


def _choose_draft(page: Page, scan: Scan, layouts: list[Layout], start: int) -> Draft | None:
    """The layout's body or the generic one: the layout's, unless it is much poorer."""
    generic = _draft(page, scan, find_body(scan, start), "generic", start)
    for layout in layouts:
        found = _layout_draft(page, layout)
        if found is None:
            continue
        if generic is None or found.size >= 0.3 * generic.size:
            return found
        if found.size == 0 and not found.images:
            # The place of the text is there and empty: what stands elsewhere is not the text.
            return None
        generic.how = f"generic, layout {layout.name} found less"
    return generic


def _with_stated_body(draft: Draft | None, data: Structured) -> Draft | None:
    """The text that JSON-LD gives, where the page shows less than half of it."""
    stated = data.body or ""
    if (
        len(stated) < 500
        or "<" in stated[:20]
        or (draft is not None and 2 * draft.size > len(stated))
    ):
        return draft
    lines = [line for line in re.split(r"\s*\n\s*", stated) if line]
    blocks = [Block(line, 0, "p", 0, "") for line in lines]
    return Draft(
        how="json-ld articleBody",
        scan=Scan(blocks=blocks, parents=[-1], tags=["body"], own=[0]),
        body=Body(el=0, blocks=blocks, score=0.0),
        images=draft.images if draft else [],
        texts=blocks,
    )


def _layout_draft(page: Page, layout: Layout) -> Draft | None:
    for selector in layout.body:
        nodes = page.tree.css(selector)
        if not nodes:
            continue
        node = max(nodes[:5], key=lambda each: len(each.text(deep=True)))
        dropped = {each.mem_id for drop in layout.drop for each in node.css(drop)}
        scan = scan_tree(node, dropped)
        body = Body(el=0, blocks=scan.blocks, score=0.0)
        draft = _draft(page, scan, body, f"layout {layout.name}", -1)
        if draft is not None:
            return draft
    return None


def _draft(page: Page, scan: Scan, body: Body | None, how: str, start: int) -> Draft | None:
    if body is None:
        return None
    start = useful_start(scan, start)
    after = {id(block) for block in scan.blocks[: start + 1]} if start >= 0 else set()
    kept = [block for block in prune(scan, body) if id(block) not in after]
    if start >= 0 and kept:
        kept = pictures_above(scan, start, kept[0]) + kept
    images, texts = take_pictures(scan, kept, page)
    return Draft(how=how, scan=scan, body=body, images=images, texts=texts)


def _first_text(page: Page, selectors: tuple[str, ...]) -> str | None:
    for selector in selectors:
        for node in page.tree.css(selector)[:5]:
            text = line_of(node)
            if text:
                return text
    return None


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
    boilerplate: Collection[str],
) -> None:
    name = layout.name if layout else ""
    evidence = article.evidence
    article.title = normalize(title.text)
    if not article.title:
        raise NotAnArticle("no-title")
    evidence["title"] = title.evidence
    texts = _without_title(draft.texts, article.title)
    texts = without_date_lines(texts, now_of(article.fetched_at))
    if boilerplate:
        texts = [block for block in texts if fingerprint_line(block.text) not in boilerplate]
    article.language, evidence["language"] = find_language(page, data, texts)
    signature = find_signature(
        page, data, scan, texts,
        title=title.position, language=article.language,
        layout_lines=[t for s in (layout.author if layout else ()) if (t := _first_text(page, (s,)))],
        layout=name,
    )  # fmt: skip
    texts = signature.texts
    lead = find_lead(
        draft.scan if layout and draft.scan is not scan else scan,
        texts, page, data,
        start=title.position if title.position is not None and draft.scan is scan else -1,
        layout_lead=_first_text(page, layout.summary) if layout else None,
        layout=name,
    )  # fmt: skip
    _fill_text(article, draft, texts, lead)
    signature.fill(article)
    moments = find_moments(
        page, data, scan,
        url=article.url, fetched_at=article.fetched_at, title=title.position,
        first=_index_of(scan, draft), lead=(article.summary or article.body)[:600],
        foreign=article.language not in ("vi", None) and not _is_vietnamese_host(article.url),
        layout_dates=[t for s in (layout.date if layout else ()) if (t := _first_text(page, (s,)))],
    )  # fmt: skip
    moments.fill(article)
    _fill_places(article, page, data, scan, layout)


def _without_title(texts: list[Block], title: str) -> list[Block]:
    words = words_of(title)
    return [
        block
        for block in texts
        if abs(len(block.text) - len(title)) > 20 or words_of(block.text) != words
    ]


def _index_of(scan: Scan, draft: Draft) -> int | None:
    if draft.scan is not scan or not draft.texts:
        return None
    return next((i for i, block in enumerate(scan.blocks) if block is draft.texts[0]), None)


def _fill_text(article: Article, draft: Draft, texts: list[Block], lead: Lead) -> None:
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
    if prose < MIN_BODY and (captions < MIN_BODY or len(article.images) < 2):
        raise NotAnArticle("no-body", f"{prose} characters")
    if not article.body and article.summary and captions < MIN_BODY:
        article.body, article.summary = article.summary, None
        evidence.pop("summary", None)
    confidence = 0.95 if draft.how.startswith("layout") else min(0.95, 0.6 + prose / 8000)
    evidence["body"] = Evidence(how=draft.how, confidence=round(confidence, 2))
    if article.images:
        evidence["images"] = Evidence(how=draft.how, confidence=0.85)
    if len(article.images) >= 4 and captions > prose:
        article.kind = "photo"
    dateline = _DATELINE.match(article.body)
    if dateline and article.language == "vi":
        article.dateline = dateline[0].strip()


def _is_subhead(block: Block) -> bool:
    if len(block.text) > 150:
        return False
    if block.tag in ("h2", "h3", "h4", "h5", "h6"):
        return True
    return (
        block.is_bold
        and not block.text.endswith((".", "”", '"', ":", ",", ";"))
        and block.line == 0
    )


def _fill_places(
    article: Article, page: Page, data: Structured, scan: Scan, layout: Layout | None
) -> None:
    crumbs = _links(page, layout.crumbs) if layout else None
    path, how = section_path(page, data, article.title, crumbs or ())
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
    if named and _same_article(named, article.url, source):
        chosen = named
    try:
        article.canonical_url = canonical_url(chosen)
        article.key = article_key(source, chosen) if source else article.canonical_url
    except ValueError:
        article.canonical_url = article.key = article.url


def _same_article(named: str, url: str, source: Source | None) -> bool:
    host, path = _split(named)
    own_host, _ = _split(url)
    if host.removeprefix("www.") != own_host.removeprefix("www."):
        return False
    if path.strip("/") in ("", "index.html", "index.php", "default.aspx"):
        return False
    if source is None:
        return True
    try:
        return article_key(source, named) == article_key(source, url) or not source.accept
    except ValueError:
        return False


def _is_vietnamese_host(url: str) -> bool:
    return _split(url)[0].partition(":")[0].endswith(".vn")


def _split(url: str) -> tuple[str, str]:
    rest = url.partition("://")[2]
    host, _, path = rest.partition("/")
    return host.lower(), path.partition("?")[0].partition("#")[0]
