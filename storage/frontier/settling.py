"""How a link stands once its page was read: after a visit, or when a capture was read again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from storage.states import LinkState, OutcomeKind

if TYPE_CHECKING:
    from storage.frontier.links import Links
    from storage.records import Article, Link, Outcome


def stored(link: Link, outcome: Outcome, revisit_at: str | None) -> Link:
    """Return a link as it is after a visit that found an article."""
    return replace(
        link,
        state=LinkState.STORED,
        reason=None,
        article_id=outcome.article_id,
        attempts=0,
        next_try_at=revisit_at,
        refused_at=None,
    )


def settle_stored(links: Links, link: Link, article: Article, outcome: Outcome) -> None:
    """Settle the link, and the one of the article's own URL if it was another.

    Only one link of an article is revisited: that of its own URL, so a later discovery of
    that URL fetches nothing.
    """
    if link.key == article.key:
        twin = outcome.kind is OutcomeKind.DUPLICATE
        links.settle(replace(link, next_try_at=None) if twin else link)
        return
    links.settle(replace(link, next_try_at=None))
    target = replace(link, url=article.url, canonical_url=article.canonical_url)
    links.put_stored(replace(target, key=article.key))


def settle_readable(links: Links, link: Link, article: Article, outcome: Outcome) -> None:
    """Settle a link whose page was refused and is an article now that it was read again.

    Nobody asked for the article's own URL: if that has a link, it stays as it is.
    """
    if link.key == article.key or links.find(article.source_id, article.key) is None:
        settle_stored(links, link, article, outcome)
    else:
        links.settle(replace(link, next_try_at=None))
