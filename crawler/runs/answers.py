"""What an answer to an article link means. Reads the response; decides nothing about storage."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.errors import NotAnArticle
from crawler.failures import Verdict, Word, reason_of, status_word
from crawler.runs.links import read_header, with_validators
from crawler.sources import article_key, is_article_url
from crawler.sources.shapes import is_front
from storage.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from scrapy.http import Response

    from crawler.sources import Source
    from storage.records import Article, Link


CHECK_STATUSES = frozenset({401, 403, 429, 503})
"""Statuses under which a check for robots is shown."""


class AnswerKind(StrEnum):
    """What an answer means for its link."""

    ARTICLE = "article"
    UNCHANGED = "unchanged"
    """The server says that the page is as it was."""
    GONE = "gone"
    """The page was removed."""
    REJECTED = "rejected"
    """The page was read and is no article."""
    FAILED = "failed"
    """The page could not be read this time."""
    AGAIN = "again"
    """It pays to ask once more in this run, without conditions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """One answer to an article link, understood."""

    kind: AnswerKind
    link: Link
    reason: str = ""
    article: Article | None = None


def read_answer(
    response: Response,
    link: Link,
    source: Source,
    *,
    now: str,
    repeated: Callable[[], Collection[str]] = frozenset,
    kinds: Callable[[], Mapping[int, str]] = dict,
) -> PageAnswer:
    """Understand an answer: status first, then where it came from, then what the page says.

    ``repeated`` gives the fingerprints of what the source repeats, ``kinds`` the kind of each of
    its seeds by id; they are called for pages to be read only.
    """
    answer = _read_status(response, link) or _read_place(response, link, source)
    if answer is not None:
        return answer
    link = with_validators(link, response)
    try:
        article = _extract(response, source, now, repeated(), link, kinds())
    except NotAnArticle as refusal:
        return PageAnswer(kind=AnswerKind.REJECTED, link=link, reason=refusal.reason)
    # Where nothing led elsewhere, discovery has identified the page already.
    article.key = link.key if _is_direct(response, link) else article_key(source, response.url)
    return PageAnswer(kind=AnswerKind.ARTICLE, link=link, article=article)


def is_gone(status: int) -> bool:
    """Return whether a status says that a page was removed."""
    return reason_of(status_word(status)).verdict is Verdict.GONE


def is_front_page(url: str, source: Source) -> bool:
    """Return whether the URL is the source's home page, with or without parameters."""
    if canonical_url(url) == canonical_url(source.homepage):
        return True
    is_root = urlsplit(source.homepage).path in {"", "/"} and is_front(url.partition("?")[0])
    return is_root and not is_article_url(source, url)


def _extract(
    response: Response,
    source: Source,
    now: str,
    repeated: Collection[str],
    link: Link,
    kinds: Mapping[int, str],
) -> Article:
    # Parser and rules take a while to import: a crawl with nothing new never needs them.
    from crawler.extract import extract
    from crawler.runs.boilerplate import hints_of

    return extract(
        response.body,
        url=response.url,
        source=source,
        fetched_at=now,
        content_type=read_header(response, "Content-Type"),
        boilerplate=repeated,
        hints=hints_of(link, kinds),
    )


def _read_status(response: Response, link: Link) -> PageAnswer | None:
    status = response.status
    if status == 200:
        return None if response.body.strip() else _failed(link, Word.EMPTY_BODY)
    if is_gone(status):
        return PageAnswer(kind=AnswerKind.GONE, link=link, reason=status_word(status))
    if status == 304:
        if response.meta.get("unconditional") or not (link.etag or link.last_modified):
            # Nobody asked whether it changed: some servers answer 304 to anything.
            if response.meta.get("unconditional"):
                return _failed(link, status_word(status))
            return PageAnswer(kind=AnswerKind.AGAIN, link=link)
        return PageAnswer(kind=AnswerKind.UNCHANGED, link=link)
    word = name_status(response)
    if word == Word.BOT_CHECK:
        return PageAnswer(kind=AnswerKind.REJECTED, link=link, reason=word)
    return _failed(link, word)


def name_status(response: Response) -> str:
    """Return the reason for a status: a check for robots is one whatever status it comes with.

    Networks that guard sites send it with 403, 429, 503 or 200, now one and now another.
    """
    word = status_word(response.status)
    if response.status in CHECK_STATUSES and response.body:
        from crawler.extract.refusal import name_refusal

        if name_refusal(response.body, read_header(response, "Content-Type")) == Word.BOT_CHECK:
            return Word.BOT_CHECK
    return word


def _read_place(response: Response, link: Link, source: Source) -> PageAnswer | None:
    if _is_direct(response, link):
        return None
    if not source.owned(response.url):
        return PageAnswer(kind=AnswerKind.REJECTED, link=link, reason=Word.OFF_SITE)
    if response.meta.get("redirect_times") and is_front_page(response.url, source):
        return PageAnswer(kind=AnswerKind.GONE, link=link, reason=Word.REDIRECT_HOME)
    return None


def _is_direct(response: Response, link: Link) -> bool:
    return response.url in (link.url, link.canonical_url)


def _failed(link: Link, reason: str) -> PageAnswer:
    return PageAnswer(kind=AnswerKind.FAILED, link=link, reason=reason)
