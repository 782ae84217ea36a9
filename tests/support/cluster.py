"""A cluster on this machine: a real Redis, the daemon's side, and workers."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler import settings as module
from crawler.cluster.post import Post
from crawler.cluster.remote import RemoteWorkers
from crawler.cluster.work import Work, WorkerOptions
from crawler.daemon.catalogue import Catalogue
from crawler.locks import locks_folder
from crawler.net.broker import Broker
from tests.support.forks import start
from tests.support.settings import make_options
from tests.support.template import open_new

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Sequence

    import pytest

    from crawler.daemon.workers import ChildResult
    from crawler.sources.model import Source
    from storage.archive import Archive
    from tests.site.server import Site
    from tests.support.crawls import Desk
    from tests.support.forks import Command
    from tests.support.redis import RedisServer

QUICKLY = {"DOWNLOAD_DELAY": 0.0, "DOWNLOAD_DELAY_JITTER": 0.0, "RETRY_BACKOFF": 0.1}


@dataclass(slots=True)
class Office:
    """The daemon's side of a cluster without its loop, and one worker without Celery.

    Between them is a real Redis; the worker's crawls are real child processes.
    """

    desk: Desk
    redis: RedisServer
    archive: Archive
    catalogue: Catalogue
    remote: RemoteWorkers
    queue: list[str]
    """Ids of orders, as Celery's queue would hold them."""
    posts: list[Post] = field(default_factory=list)

    @property
    def sources(self) -> list[Source]:
        """The desk's own sources."""
        ids = {path.stem for path in self.desk.sources.glob("*.toml")}
        return [source for id_, source in self.catalogue.sources.items() if id_ in ids]

    def worker(self, name: str = "w1") -> Work:
        """A worker that says that it is there."""
        post = Post(Broker.parse(self.redis.url))
        self.posts.append(post)
        post.say_present(name, 1)
        return Work(post, WorkerOptions(name=name, longest=120.0, grace=8.0))

    def look(self) -> None:
        """Look at the broker, however short ago it was."""
        self.remote._line.next_look = float("-inf")
        self.remote.watch(self.archive, time.monotonic())

    def hand_out(self, sources: Sequence[Source] | None = None) -> str:
        """Hand out a crawl; return the order's id."""
        self.look()
        assert self.remote.has_room()
        assert self.remote.crawl(self.archive, (), sources or self.sources)
        return self.queue[-1]

    def collect(self) -> list[ChildResult]:
        """Merge what has come."""
        self.look()
        results: list[ChildResult] = []
        while found := self.remote.collect(self.archive):
            results += found
        return results

    def do(self, sources: Sequence[Source] | None = None) -> ChildResult:
        """One crawl by way of an order."""
        work = self.worker()
        work.do(self.hand_out(sources))
        (result,) = self.collect()
        return result

    def restart(self) -> None:
        """The daemon was killed; another one begins."""
        self.remote.close()
        self.remote = _make_remote(self.desk, self.redis, self.catalogue, self.queue)


@contextlib.contextmanager
def open_office(
    desk: Desk, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """An office over a desk's archive."""
    for name, value in (desk.environ | {"BAOTINH_BROKER": redis.url}).items():
        monkeypatch.setenv(name, value)
    catalogue = Catalogue(desk.sources, locks_folder(desk.archive) / ".sources")
    catalogue.load()
    queue: list[str] = []
    with open_new(desk.archive) as archive:
        remote = _make_remote(desk, redis, catalogue, queue)
        office = Office(desk, redis, archive, catalogue, remote, queue)
        try:
            yield office
        finally:
            office.remote.close()
            for post in office.posts:
                post.close()


def _make_remote(
    desk: Desk, redis: RedisServer, catalogue: Catalogue, queue: list[str]
) -> RemoteWorkers:
    return RemoteWorkers(
        make_options(stall_timeout=60.0, crawl_timeout=120.0),
        catalogue,
        Post(Broker.parse(redis.url)),
        queue.append,
        path=desk.archive,
        pages=200,
        values=vars(module) | QUICKLY,
    )


class Crowd:
    """Workers as users run them: processes that are killed and started again."""

    def __init__(self, desk: Desk, redis: RedisServer, **settings: str) -> None:
        self._environ = {
            name: value
            for name, value in desk.environ.items()
            if name not in ("BAOTINH_ARCHIVE", "BAOTINH_SOURCES")
        }
        self._environ |= {f"BAOTINH_{name}": value for name, value in settings.items()}
        self._environ["BAOTINH_BROKER"] = redis.url
        self._folder = desk.folder
        self._started = 0
        self.running: list[Command | subprocess.Popen[str]] = []

    def hire(self) -> Command | subprocess.Popen[str]:
        """Start one worker."""
        self._started += 1
        name = f"w{self._started}"
        log = self._folder / f"worker-{self._started}.log"
        worker = start("crawler", ("worker", "--name", name), self._environ, log=log)
        self.running.append(worker)
        return worker

    def kill(self, worker: Command | subprocess.Popen[str], number: int = signal.SIGKILL) -> int:
        """End one with a signal; its exit code."""
        os.kill(worker.pid, number)
        code = worker.wait(60)
        self.running.remove(worker)
        return code

    @property
    def said(self) -> str:
        """Everything that workers have logged."""
        logs = sorted(self._folder.glob("worker-*.log"))
        return "".join(log.read_text(encoding="utf-8") for log in logs)

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.running:
            worker.kill()
            worker.wait(10)


def find_rudeness(site: Site, delay: float) -> list[str]:
    """Requests of a site that overlapped, or came before the pause was over."""
    hits = sorted(site.hits, key=lambda hit: hit.at)
    found = []
    for one, other in itertools.pairwise(hits):
        if one.ended and other.at < one.ended:
            found.append(f"overlapping: {one.target} {other.target}")
        elif other.at - (one.ended or one.at) < delay * 0.9:
            found.append(f"early: {one.target} {other.target} {other.at - one.at:.3f} s")
    return found
