"""From bytes to an article: each step in its module, put together here.

A page is read once. Generic rules and, where one applies, a layout each propose; per field the
better wins and ``Article.evidence`` says which it was and how sure we are.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crawler.charset import decode_page
from crawler.errors import NotAnArticle
from crawler.extract.authors.parse import parse_byline
from crawler.extract.context import Context
from crawler.extract.dates.find import day_hint, now_of, without_date_lines
from crawler.extract.dom.blocks import find_block
from crawler.extract.dom.markup import line_of, parse_page
from crawler.extract.dom.structured import read_structured
from crawler.extract.dom.traits import Trait
from crawler.extract.dom.walk import scan_tree
from crawler.extract.fields import fill_fields
from crawler.extract.hints import NO_HINTS, is_repeated_title, is_shown
from crawler.extract.identity import fill_identity
from crawler.extract.layouts import layouts_of
from crawler.extract.listing import (
    NO_SIGNS,
    Signs,
    check_headline,
    check_listing,
    heads_a_teaser,
    lines_inside,
)
from crawler.extract.refusal import (
    LONG_TEXT,
    check_address,
    check_bytes,
    check_form,
    check_page,
    check_text,
    say_no_body,
)
from crawler.extract.schedule import check_schedule
from crawler.extract.text.drafts import choose_draft, with_stated_body
from crawler.extract.text.title import choose_title, has_label
from crawler.failures import Word, is_passing, reason_of
from storage.records import Article

if TYPE_CHECKING:
    from collections.abc import Collection

    from crawler.charset import Decoded
    from crawler.extract.dom.blocks import Block
    from crawler.extract.hints import Hints
    from crawler.extract.layouts import Layout
    from crawler.extract.text.drafts import Draft
    from crawler.extract.text.title import Title
    from crawler.sources.model import Source

LONG_TITLE = 20
"""Characters above which a visible headline names an article; sections are named in one or two
words."""


def extract(
    body: bytes,
    *,
    url: str,
    source: Source | None = None,
    fetched_at: str,
    content_type: str | None = None,
    boilerplate: Collection[str] = (),
    hints: Hints = NO_HINTS,
    use_layouts: bool = True,
) -> Article:
    """Return the article on a page. Pure: the same bytes and arguments give the same article.

    ``body`` is the response after Content-Encoding, ``url`` its final address, ``fetched_at``
    our UTC instant (ISO 8601 with ``Z``). ``boilerplate`` holds fingerprints of what the source
    repeats on many pages: lines (``learn_boilerplate``), titles, leads and dates. ``hints`` is
    what the page's link says of it: a witness for title and date. ``use_layouts=False`` reads by
    the generic rules alone, for comparison.

    Raise NotAnArticle, and nothing else, on any bytes.
    """
    check_bytes(body, content_type)
    check_address(url)
    decoded = decode_page(body, content_type)
    check_text(decoded.text)
    context = _parse(decoded, url, fetched_at)
    context.hints, context.repeated = hints, boilerplate
    context.names = (source.name, source.province) if source else ()
    layouts = _layouts(context, source, fetched_at) if use_layouts else []
    context.layout = layouts[0] if layouts else None
    title, draft = _choose(context, layouts)
    article = Article(
        source_id=source.id if source else "", url=url, fetched_at=fetched_at, title=""
    )
    fill_fields(article, context, draft, title, source)
    fill_identity(article, context.page, source)
    return article


def _parse(decoded: Decoded, url: str, fetched_at: str) -> Context:
    page = parse_page(decoded.text, url, decoded.raw)
    root = page.tree.body
    if root is None:
        raise NotAnArticle(Word.EMPTY_SHELL)
    data = read_structured(page)
    return Context(page=page, data=data, scan=scan_tree(root), now=now_of(fetched_at))


def _layouts(context: Context, source: Source | None, fetched_at: str) -> list[Layout]:
    page, named = context.page, source is not None and bool(source.layouts)
    day = day_hint(page, context.data, fetched_at=fetched_at) if named else None
    return layouts_of(page, source, day, context.scan.names)


def _choose(context: Context, layouts: list[Layout]) -> tuple[Title, Draft]:
    """Return headline and body. Raise NotAnArticle where the page is something else."""
    page, data, scan, layout = context.page, context.data, context.scan, context.layout
    named = partial(
        choose_title,
        page,
        data,
        scan,
        layout_title=context.first_text(*layout.title) if layout else None,
        layout=context.layout_name,
        names=context.names,
        repeated=context.repeated,
    )
    title = named(hints=context.hints)
    context.headline = title.position if title else None
    start = -1 if context.headline is None else context.headline
    draft = with_stated_body(choose_draft(page, scan, layouts, start), data)
    prose = draft.size if draft else 0
    kept = prose > LONG_TEXT or _keeps_promise(context)
    signs = _signs(context, draft, title) if draft else NO_SIGNS
    dated = signs.are_of_an_article
    check_page(page, scan, _own_name(context, title), prose, promised=bool(kept), dated=dated)
    if title is None or draft is None:
        own = title and named()
        raise _say_nothing(context, draft, title, kept=kept is not False, is_named=own is not None)
    if kept is False and not (dated and context.hints.is_loose):
        unnamed = named() is None
        raise NotAnArticle(Word.COMMON_TITLE if unnamed else Word.OTHER_PAGE)
    check_form(page, draft.texts)
    check_headline(page, scan, data, title.position, lines_inside(draft.scan, draft.body.el))
    check_listing(draft.scan, data, draft.texts, draft.body.el, signs)
    check_schedule(title.text, draft.texts)
    return title, draft


def _say_nothing(
    context: Context, draft: Draft | None, title: Title | None, *, kept: bool, is_named: bool
) -> NotAnArticle:
    """Return why a page without title or text has none; ``is_named``: it has a title of its own."""
    page, data, scan = context.page, context.data, context.scan
    labelled = title is None and has_label(page, data, scan)
    if labelled and draft is not None:
        # A page of its site's name is the host's fault; a section's page names itself so, too.
        try:
            check_listing(
                draft.scan, data, draft.texts, draft.body.el, _signs(context, draft, None)
            )
        except NotAnArticle as listing:
            return listing
        return NotAnArticle(Word.COMMON_TITLE)
    refusal = say_no_body(page, scan)
    if is_passing(refusal.reason):
        return refusal
    if not kept:
        # A film under the name of its site alone may well be what the link names.
        unnamed = not is_named and has_label(page, data, scan)
        is_film = unnamed and reason_of(refusal.reason).is_usual
        return NotAnArticle(Word.COMMON_TITLE if is_film else Word.OTHER_PAGE)
    return refusal if title is not None or labelled else NotAnArticle(Word.NO_TITLE)


def _keeps_promise(context: Context) -> bool | None:
    """Return whether the page is about what its link's title says, lists of others left out.

    None where the link says nothing of it.
    """
    hints, page, data = context.hints, context.page, context.data
    if hints.headline is None or is_repeated_title(hints.headline, context.repeated):
        return None
    element = page.tree.css_first("title")
    title = line_of(element) if element is not None else None
    named = [page.meta("og:title", "twitter:title") or "", data.headline or "", title or ""]
    own = [block.text for block in context.scan.blocks if block.tag == "h1" or block.density < 0.5]
    return is_shown(hints, [*named, *own])


def _own_name(context: Context, title: Title | None) -> str:
    """Return what the page calls itself: its link knows nothing of an error page."""
    is_own = title is not None and title.evidence.how != context.hints.place
    return title.text if title is not None and is_own else ""


def _signs(context: Context, draft: Draft, title: Title | None) -> Signs:
    """Return what the page shows that a list of articles does not."""
    stated = bool(context.page.meta("article:published_time", "datepublished"))
    between: list[Block] = []
    if context.headline is not None and draft.texts:
        end = find_block(context.scan, draft.texts[0])
        between = context.scan.blocks[context.headline + 1 : end][:5]
        # What stands below the headline of another article is of that.
        heads = [n for n, block in enumerate(between) if block.links and heads_a_teaser(block)]
        between = between[: heads[0]] if heads else between
    titled = bool(title and title.position is not None and len(title.text) > LONG_TITLE)
    dated = stated or len(without_date_lines(between, context.now)) < len(between)
    # To read a byline is dear, and one decides nothing beside a date for machines.
    signed = titled and dated and not stated and _is_signed(draft, between)
    return Signs(titled=titled, dated=dated, stated=stated, signed=signed)


def _is_signed(draft: Draft, between: list[Block]) -> bool:
    """Whether a byline stands between headline and text, or is the text's last line."""
    if any(block.traits & Trait.BYLINE for block in between):
        return True
    last = parse_byline(draft.texts[-1].text) if draft.texts else None
    return bool(last and last.authors)
