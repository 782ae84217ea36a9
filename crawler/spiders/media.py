"""Pictures and documents of a run's articles, fetched when its pages are done.

One request at a time to a host, and a chain of its own for each host: one that hangs holds up
nobody. What is fetched is settled before the next is asked for; the rest stays pending.
"""

from __future__ import annotations

import importlib.util
import math
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from scrapy import Request

from crawler.errors import UsageError
from crawler.failures import Verdict, Word, reason_of, status_word
from crawler.media.documents import judge_document, read_text
from crawler.media.errors import UnfitMedia
from crawler.media.pictures import judge_picture
from crawler.net.addresses import pace_key
from crawler.net.errors import Refused, name_failure
from crawler.scheduling.retries import retry_media_at
from storage.media.choices import AttachmentChoice, ImageChoice
from storage.media.files import MediaKind, MediaState
from storage.warc.encodings import BodyTooLarge, decode_body
from storage.warc.records import payload_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Self

    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from crawler.media.choice import Choice
    from crawler.runs.recorder import Recorder
    from storage.media.files import Facts, MediaFile

MOST_TROUBLES = 3
"""Failures of a host in a row after which a run leaves the rest of its files."""
ACCEPT = {
    MediaKind.IMAGE: "image/jpeg,image/png,image/webp,image/gif,image/avif;q=0.9,*/*;q=0.1",
    MediaKind.DOCUMENT: "application/pdf,*/*;q=0.1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaOptions:
    """Bounds of one run; the usual ones stand in the settings."""

    most: int
    """Files."""
    seconds: float
    """Time in which they are asked for."""
    timeout: float
    """Seconds of one request."""
    largest_image: int
    """Bytes."""
    largest_document: int

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Read ``MEDIA_PER_RUN``, ``MEDIA_SECONDS``, ``MEDIA_TIMEOUT``, and the largest sizes."""
        return cls(
            most=settings.getint("MEDIA_PER_RUN"),
            seconds=settings.getfloat("MEDIA_SECONDS"),
            timeout=settings.getfloat("MEDIA_TIMEOUT"),
            largest_image=settings.getint("IMAGE_MAXSIZE"),
            largest_document=settings.getint("ATTACHMENT_MAXSIZE"),
        )

    def largest(self, kind: MediaKind) -> int:
        """Return the bytes that a file may have."""
        return self.largest_image if kind is MediaKind.IMAGE else self.largest_document


class MediaFetcher:
    """Asks for what is pending and keeps what comes."""

    def __init__(
        self,
        recorder: Recorder,
        options: MediaOptions,
        kinds: Sequence[MediaKind],
        *,
        check_storage: Callable[[Failure], None],
        makes_way: Callable[[], bool],
    ) -> None:
        """``makes_way``: whether another process waits for the source."""
        self._recorder = recorder
        self._options = options
        self._kinds = kinds
        self._check_storage = check_storage
        self._makes_way = makes_way
        # A crawl of one page fetches what was found with it, and nothing else.
        self._after = 0 if recorder.plan.url is None else recorder.archive.media.newest()
        self._deadline = math.inf
        """Monotonic; from when files are asked for."""
        self._asked: set[int] = set()
        self._waiting: defaultdict[str, list[MediaFile]] = defaultdict(list)
        self._troubles: Counter[str] = Counter()

    def start(self) -> list[Request]:
        """Return a request for each host that has pending files; none when time is up."""
        if not self._kinds:
            return []
        if math.isinf(self._deadline):
            self._deadline = time.monotonic() + self._options.seconds
        files = self._recorder.archive.media.due(
            self._recorder.source.id,
            self._kinds,
            now=self._recorder.clock(),
            limit=self._options.most,
            after=self._after,
        )
        room = self._options.most - len(self._asked)
        for file in [each for each in files if each.id not in self._asked][:room]:
            self._asked.add(file.id)
            self._waiting[pace_key(file.url)].append(file)
        return [request for key in list(self._waiting) for request in self._next(key)]

    def _next(self, key: str) -> list[Request]:
        """Return the next request of a host, or none."""
        waiting = self._waiting[key]
        late = time.monotonic() >= self._deadline
        if late or self._troubles[key] >= MOST_TROUBLES or self._makes_way():
            waiting.clear()
        while waiting:
            file = waiting.pop(0)
            try:
                return [self._ask(file)]
            except ValueError:  # Scrapy takes some addresses for none
                self._settle(file, Word.MALFORMED_URL)
        return []

    def _ask(self, file: MediaFile) -> Request:
        return Request(
            file.url,
            callback=self.read,
            errback=self.fail,
            headers={"Accept": ACCEPT[file.kind], "Accept-Encoding": "identity"},
            meta={
                "media": file,
                "download_maxsize": self._options.largest(file.kind),
                "download_timeout": self._options.timeout,
                # It has attempts of its own, in later runs.
                "max_retry_times": 0,
            },
        )

    async def keep(self, request: Request, response: Response) -> None:
        """Keep a file that came, whatever its server calls it. Raise Refused, CaptureError.

        It is on record before anybody else looks for the same bytes.
        """
        if response.status != HTTPStatus.OK:
            return
        file: MediaFile = request.meta["media"]
        try:
            facts, text = await self._judge(file.kind, response)
        except BodyTooLarge as error:
            raise Refused(Word.TOO_LARGE, str(error)) from error
        except ValueError as error:
            raise Refused(Word.ENCODING, str(error)) from error
        except UnfitMedia as unfit:
            raise Refused(unfit.reason, request.url) from unfit
        archive, captures = self._recorder.archive, self._recorder.captures
        digest = payload_digest(response.body)
        capture = captures.write(request, response, same=archive.media.same(digest))
        captures.sync()
        with archive.transaction():
            capture_id = archive.captures.keep(capture, None)
            archive.media.store(file, facts, capture_id, capture.digest, text)

    async def _judge(self, kind: MediaKind, response: Response) -> tuple[Facts, str]:
        """Return what a file is, and its text."""
        encoding = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        body = decode_body(response.body, encoding, max_bytes=self._options.largest(kind))
        if kind is MediaKind.IMAGE:
            return judge_picture(body), ""
        return judge_document(body), await read_text(body)

    def read(self, response: Response) -> list[Request]:
        """Go on with the host's next file."""
        file: MediaFile = response.meta["media"]
        if response.status == HTTPStatus.OK:
            self._troubles[pace_key(file.url)] = 0
            return self._next(pace_key(file.url))
        return self._refuse(file, status_word(response.status))

    def fail(self, failure: Failure) -> list[Request]:
        """Record why a file could not be had."""
        self._check_storage(failure)
        file: MediaFile = failure.request.meta["media"]  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, Refused) and error.verdict is Verdict.DEFERRED:
            self._waiting[pace_key(file.url)].clear()
            return []
        return self._refuse(file, name_failure(error))

    def _refuse(self, file: MediaFile, word: str) -> list[Request]:
        key = pace_key(file.url)
        self._troubles[key] = self._troubles[key] + 1 if reason_of(word).is_of_the_host else 0
        self._settle(file, word)
        return self._next(key)

    def _settle(self, file: MediaFile, word: str) -> None:
        reason = reason_of(word)
        given_up = MediaState.FAILED
        if reason.verdict in (Verdict.REJECTED, Verdict.GONE):
            given_up = MediaState.REJECTED
        retry = retry_media_at(file.attempts + 1, reason, self._recorder.clock())
        self._recorder.archive.media.refuse(file, given_up, word, retry)


def check_libraries(choice: Choice) -> None:
    """Raise UsageError where what is to be fetched cannot be judged here."""
    if choice.images is not ImageChoice.NONE and importlib.util.find_spec("PIL") is None:
        raise UsageError("IMAGES needs Pillow: pip install 'baotinh[pictures]'")
    if choice.attachments is AttachmentChoice.PDF and importlib.util.find_spec("pypdf") is None:
        raise UsageError("ATTACHMENTS needs pypdf: pip install 'baotinh[pdf]'")
