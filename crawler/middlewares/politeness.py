"""What a server asks of its guests: ``Retry-After``, pauses before repetitions, a circuit breaker.

Order 555: below Scrapy's retry (550), so that what is decided here holds for repetitions too. The
pause between any two requests is kept deeper down, by `crawler.net.handler` and its throttle.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.failures import Word, status_word
from crawler.net.addresses import pace_key
from crawler.net.errors import Refused, name_failure
from crawler.net.handler import WAIT_SLICE, gates_of
from crawler.net.throttle import RETRY_AFTER_CAP, back_off, parse_retry_after
from crawler.spiders.session import session_of
from storage.instants import format_instant, time_left
from storage.records import HostState

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.net.pace import Gates
    from storage.archive import Archive

logger = logging.getLogger(__name__)

BACK_OFF_CAP = 30.0
UNWILLING = (429, 503)
"""Statuses with which a server may ask to be left alone."""
RELUCTANCE = 3
"""A first 429 that says nothing of time is waited for like a failure repeated so often."""
BREAKER_URLS = 5
"""So many pages in a row without any answer, and the host itself is asked whether it is there."""
BREAKER_PAUSE = 900.0
BREAKER_CAP = 6 * 3600.0
"""Seconds a host that is not there is left alone: the first time, and at most."""
MAX_WISHES = 3
"""Answers in a row that ask to be left alone, however shortly, after which a host is left to a
later run: it asks everybody, and will go on asking."""
TIMEOUT_RETRIES = 1
"""A page that did not answer in time is repeated once in a run, not more."""


class PolitenessMiddleware:
    """Holds a host that asks for it, and one that does not answer at all."""

    def __init__(self, crawler: Crawler, gates: Gates, *, patience: float, pause: float) -> None:
        """``patience``: seconds a run waits for a host; ``pause``: before the first repetition."""
        self._crawler = crawler
        self._gates = gates
        self._patience = patience
        self._pause = pause
        self._recalled: set[str] = set()
        self._silent: defaultdict[str, set[str]] = defaultdict(set)
        self._unwilling: defaultdict[str, set[str]] = defaultdict(set)
        self._wishes: Counter[str] = Counter()
        """How many answers in a row asked to be left alone."""
        self._answered: dict[str, str] = {}
        """What a host answered that is left alone since."""
        self._probing: set[str] = set()
        self._blamed: set[str] = set()
        """Hosts that were silent in an earlier run, until they answer a page or seed."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PolitenessMiddleware:
        """Read ``RETRY_AFTER_WAIT`` and ``RETRY_BACKOFF``, in seconds, and ``ARCHIVE``."""
        middleware = cls(
            crawler,
            gates_of(crawler.settings),
            patience=crawler.settings.getfloat("RETRY_AFTER_WAIT"),
            pause=crawler.settings.getfloat("RETRY_BACKOFF"),
        )
        crawler.signals.connect(middleware.close, signals.spider_closed)
        return middleware

    def close(self) -> None:
        """Give the gates back."""
        self._gates.close()

    # --- on the way out --------------------------------------------------------------------------

    async def process_request(self, request: Request) -> None:
        """Wait before a repetition; recall what the host asked for in an earlier run."""
        self._recall(pace_key(request.url))
        attempt = request.meta.get("retry_times", 0)
        if attempt and request.meta.get("waited_for") != attempt:
            request.meta["waited_for"] = attempt
            await self._wait(back_off(attempt, self._pause, BACK_OFF_CAP))

    async def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not self._crawler.crawling:
                raise Refused(Word.STOPPED)
            await asyncio.sleep(min(left, WAIT_SLICE))

    def _recall(self, key: str) -> None:
        archive = self._archive()
        if archive is None or key in self._recalled:
            return
        self._recalled.add(key)
        state = archive.hosts.get(key)
        if state is not None and state.not_before is not None:
            until = dt.datetime.fromisoformat(state.not_before).timestamp()
            self._gates.of(key).hold(time_left(until, time.time(), RETRY_AFTER_CAP))
        if state is not None and state.failures:
            self._blamed.add(key)

    # --- on the way back -------------------------------------------------------------------------

    def process_response(self, request: Request, response: Response) -> Response:
        """Obey ``Retry-After``. Raise Refused when it is longer than a run may wait."""
        key = pace_key(request.url)
        self._silent.pop(key, None)
        if key in self._blamed and not request.meta.get("robots"):
            self._forgive(key)
        if response.status not in UNWILLING:
            self._wishes.pop(key, None)
            return response
        self._answered[key] = status_word(response.status)
        header = response.headers.get("Retry-After")
        now = dt.datetime.now(dt.UTC)
        wait = parse_retry_after(header.decode("latin-1") if header else None, now)
        if wait is None and response.status == 429:
            attempt = request.meta.get("retry_times", 0) + RELUCTANCE
            wait = back_off(attempt, self._pause, BACK_OFF_CAP)
        if wait is None:
            return response
        why = f"answered {response.status} and asked to be left alone for {wait:.0f} s"
        self._wishes[key] += 1
        if self._wishes[key] >= MAX_WISHES and wait <= self._patience:
            why = f"{why}, {self._wishes[key]} times in a row"
            wait = self._break(key, why)
            raise Refused(status_word(response.status), why, wait=wait)
        if wait <= self._patience:
            self._hold(key, wait, why)
            return response
        if response.status == 429 or self._means_host(key, request):
            self._hold(key, wait, why)
        raise Refused(status_word(response.status), why, wait=wait)

    def _means_host(self, key: str, request: Request) -> bool:
        """A long 503 of one page is that page's; a seed's, or a second page's, is the host's."""
        self._unwilling[key].add(request.url)
        is_page = request.meta.get("link") is not None or request.meta.get("media") is not None
        return not is_page or len(self._unwilling[key]) > 1

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Count pages without an answer; after some of them ask the host for a sign of life.

        What is not asked for since the host is left alone learns what it had answered, or that it
        had not.
        """
        if isinstance(exception, Refused) and exception.reason == Word.RETRY_AFTER:
            exception.cause = self._answered.get(pace_key(request.url), "")
        if isinstance(exception, IgnoreRequest) or request.meta.get("probe"):
            return
        if isinstance(exception, DownloadTimeoutError):
            most = request.meta.get("max_retry_times", TIMEOUT_RETRIES)
            request.meta["max_retry_times"] = min(most, TIMEOUT_RETRIES)
        key = pace_key(request.url)
        self._silent[key].add(request.url)
        if len(self._silent[key]) >= BREAKER_URLS and key not in self._probing:
            self._probing.add(key)
            try:
                await self._probe(key, request)
            finally:
                self._probing.discard(key)

    async def _probe(self, key: str, request: Request) -> None:
        # Repeated once: a kept connection may have gone stale on one of the pages before.
        meta = {
            "robots": True,
            "probe": True,
            "max_retry_times": 1,
            "download_slot": f"probe {key}",
        }
        url = request.url.split("/", 3)
        robots = Request("/".join([*url[:3], "robots.txt"]), callback=NO_CALLBACK, meta=meta)
        try:
            await self._crawler.engine.download_async(robots)
        except IgnoreRequest:
            self._silent.pop(key, None)
        except Exception as error:  # noqa: BLE001 - whatever it is, there was no answer
            self._answered[key] = name_failure(error)
            name = type(error).__name__
            self._break(key, f"did not answer {BREAKER_URLS} pages in a row ({name})")

    def _break(self, key: str, why: str) -> float:
        """Leave the host alone, longer each time; return the seconds."""
        times = self._state(key).failures + 1
        pause = back_off(round(times), BREAKER_PAUSE, BREAKER_CAP)
        self._hold(key, pause, why, failures=times)
        return pause

    def _forgive(self, key: str) -> None:
        """Note that the host is there again: its next silence counts from the first."""
        self._blamed.discard(key)
        archive = self._archive()
        if archive is not None:
            archive.hosts.put(replace(self._state(key), failures=0.0))

    # --- what is kept ----------------------------------------------------------------------------

    def _hold(self, key: str, wait: float, why: str, failures: float = 0.0) -> None:
        logger.warning("%s %s; not asked again before that", key, why)
        until = time.time() + wait
        self._gates.of(key).hold(wait)
        archive = self._archive()
        if archive is not None:
            moment = format_instant(dt.datetime.fromtimestamp(until, dt.UTC))
            state = self._state(key)
            archive.hosts.put(
                replace(state, not_before=moment, failures=failures, reason=f"{key} {why}")
            )

    def _state(self, key: str) -> HostState:
        archive = self._archive()
        known = archive.hosts.get(key) if archive is not None else None
        return known or HostState(host=key)

    def _archive(self) -> Archive | None:
        session = session_of(self._crawler)
        return None if session is None else session.recorder.archive
