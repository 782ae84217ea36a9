"""The pages of one run: a request for each link of the frontier, an outcome for each answer."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from scrapy import Request

from crawler.failures import Word
from crawler.media.choice import NOTHING
from crawler.net.errors import Refused, name_failure
from crawler.runs.answers import AnswerKind, read_answer
from crawler.runs.items import PageItem, make_item
from crawler.runs.links import read_header
from crawler.sources import asked_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.media.choice import Choice
    from crawler.runs.answers import PageAnswer
    from crawler.runs.recorder import Recorder
    from storage.media.files import Wanted
    from storage.records import Article, Link

logger = logging.getLogger(__name__)


class Pages:
    """Asks for articles and records what the answers mean."""

    def __init__(
        self,
        recorder: Recorder,
        check_storage: Callable[[Failure], None],
        choice: Choice = NOTHING,
    ) -> None:
        """``choice``: which pictures and documents of an article are wanted."""
        self._recorder = recorder
        self._choice = choice
        self._check_storage = check_storage

    def ask(self, link: Link) -> Request:
        """Return the request for an article; conditional when it is stored."""
        source = self._recorder.source
        return Request(
            asked_at(source, link.url),
            callback=self.read,
            errback=self.fail,
            # A shell stays as it is, whatever its scripts show in it.
            meta={"link": link, "unconditional": True} if source.render else {"link": link},
        )

    def read(self, response: Response) -> Iterator[PageItem | Request]:
        """Record what an answer says; an article goes down the pipelines first."""
        recorder = self._recorder
        link: Link = response.meta["link"]
        for _ in range(2):
            answer = self._understand(response, link)
            day = answer.article.published_on if answer.article else None
            outside = recorder.plan.outside(day)
            if answer.article is None or outside or not recorder.learns_from(answer.article):
                break  # else it is read without what has just been seen to be on many pages
        capture = response.meta.get("capture")
        if answer.kind is AnswerKind.AGAIN:
            yield self.ask(link).replace(meta={"link": link, "unconditional": True})
        elif answer.article is None:
            self._settle(answer, response)
        elif outside:
            recorder.reject(link, outside, capture)
        else:
            media = self._list_media(answer.article, response)
            yield make_item(answer.article, answer.link, capture, media)

    def _understand(self, response: Response, link: Link) -> PageAnswer:
        answer = self._read_answer(response, link)
        if answer.reason == Word.COMMON_TITLE:
            # The page has no title of its own; its article's is the next best.
            answer = self._read_answer(response, link, lost=True)
        return answer

    def _read_answer(self, response: Response, link: Link, *, lost: bool = False) -> PageAnswer:
        recorder, is_page = self._recorder, response.status == HTTPStatus.OK
        return read_answer(
            response,
            recorder.lessons.with_title(link, lost=lost) if is_page else link,
            recorder.source,
            now=recorder.clock(),
            repeated=lambda: recorder.lessons.lines,
            kinds=lambda: recorder.lessons.kinds,
        )

    def _list_media(self, article: Article, response: Response) -> tuple[Wanted, ...]:
        if not self._choice.kinds:
            return ()
        # A crawl that fetches no files needs nothing of this.
        from crawler.media.wanted import list_media

        kind = read_header(response, "Content-Type")
        return list_media(article, self._recorder.source, self._choice, response.body, kind)

    def _settle(self, answer: PageAnswer, response: Response) -> None:
        link: Link = response.meta["link"]
        capture = response.meta.get("capture")
        match answer.kind:
            case AnswerKind.UNCHANGED:
                self._recorder.confirm(link)
            case AnswerKind.GONE:
                self._recorder.lose(link, answer.reason, capture)
            case AnswerKind.REJECTED if missing := response.meta.get("missing"):
                # Its scripts did not get all they asked for: another time they may.
                self._recorder.obey(link, Refused(missing), capture)
            case AnswerKind.REJECTED:
                self._recorder.reject(link, answer.reason, capture)
            case _:
                self._recorder.fail(link, answer.reason, capture=capture)

    def fail(self, failure: Failure) -> None:
        """Record that an article could not be fetched, or that a guard refused it."""
        self._check_storage(failure)
        request: Request = failure.request  # type: ignore[attr-defined]
        link: Link = request.meta["link"]
        error = failure.value
        if isinstance(error, Refused):
            self._recorder.obey(link, error, request.meta.get("capture"))
            return
        reason = name_failure(error)
        if reason == Word.CRASHED:
            logger.error("%s: %s", link.url, failure.getTraceback())
        self._recorder.fail(link, reason)
