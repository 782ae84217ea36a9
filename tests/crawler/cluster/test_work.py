"""What a worker does with an order, and when it gives one up."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.cluster.parcels import pack, unpack
from crawler.cluster.post import BrokerAway, Post
from crawler.cluster.tickets import Ticket
from crawler.cluster.work import Unbegun, Work, WorkerOptions, _progress, _Watch, settle, sweep
from crawler.daemon.child import Child as Process
from crawler.daemon.child import Task, Watchdog
from crawler.net.broker import Broker
from storage.archive import Archive
from storage.records import Outcome, SourceRow
from storage.states import OutcomeKind, RunKind
from tests.support.servers import closed_port
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPTIONS = WorkerOptions(name="w1", longest=100.0, grace=5.0)


@pytest.fixture
def away() -> Iterator[Post]:
    with closed_port() as port:
        post = Post(Broker.parse(f"redis://127.0.0.1:{port}/0"))
        yield post
        post.close()


class Patience:
    """An event that is set after so many waits, and how long they were."""

    def __init__(self, times: int) -> None:
        self.waits: list[float] = []
        self._times = times

    def is_set(self) -> bool:
        return len(self.waits) >= self._times

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return self.is_set()


def test_a_broker_that_is_away_is_asked_at_twice_the_distance_until_the_end(away: Post) -> None:
    work = Work(away, OPTIONS)
    work.stopping = Patience(8)  # type: ignore[assignment]
    with pytest.raises(Unbegun):
        work.do("0" * 32)
    assert work.stopping.waits == [1, 2, 4, 8, 16, 30, 30, 30]  # type: ignore[attr-defined]


TICKET = Ticket(
    order="0" * 32,
    archive="1" * 32,
    kind=RunKind.CRAWL,
    sources=("a",),
    pages=1,
    seconds=50.0,
    stall=10.0,
    silence=60.0,
)


class Child:
    """A child that can only be asked to end."""

    def __init__(self) -> None:
        self.ending_since: float | None = None
        self.ended_by = ""

    def end(self, why: str, now: float) -> None:
        self.ending_since, self.ended_by = now, why


class Beats:
    """A broker that says whether an order is still wanted."""

    def __init__(self, *, wanted: bool = True, away: bool = False) -> None:
        self.wanted = wanted
        self.away = away
        self.heard: list[float] = []

    def beat(self, order: str, worker: str, seconds: float) -> bool:
        assert (order, worker) == (TICKET.order, "w1")
        self.heard.append(seconds)
        if self.away:
            raise BrokerAway("gone")
        return self.wanted


def test_a_worker_is_heard_of_three_times_in_half_of_its_silence() -> None:
    post, child = Beats(), Child()
    watch = _Watch(post, TICKET, OPTIONS, Patience(9))  # type: ignore[arg-type]
    for now in (0.0, 9.9, 10.0, 19.9, 20.0):
        watch._beat(child, now)  # type: ignore[arg-type]
    assert post.heard == [30.0] * 3
    assert (watch.stopped, child.ended_by) == (False, "")


def test_an_order_that_nobody_wants_any_more_is_ended_once() -> None:
    child = Child()
    watch = _Watch(Beats(wanted=False), TICKET, OPTIONS, Patience(9))  # type: ignore[arg-type]
    watch._beat(child, 0.0)  # type: ignore[arg-type]
    assert (watch.stopped, child.ended_by, child.ending_since) == (
        True,
        "the order was given up",
        0.0,
    )
    watch._stop(child, "the worker stops", 1.0)  # type: ignore[arg-type]
    assert child.ended_by == "the order was given up"


def test_a_broker_that_is_away_ends_no_order() -> None:
    child = Child()
    watch = _Watch(Beats(away=True), TICKET, OPTIONS, Patience(9))  # type: ignore[arg-type]
    watch._beat(child, 0.0)  # type: ignore[arg-type]
    assert not watch.stopped


def test_folders_of_orders_go_after_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, age in (("baotinh-order-1", 86_500), ("baotinh-order-2", 86_300), ("x", 90_000)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "f").touch()
        os.utime(folder, (time.time() - age,) * 2)
    sweep()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["baotinh-order-2", "x"]


def test_a_delivery_is_tried_as_long_as_its_order_may_matter(away: Post) -> None:
    work = Work(away, OPTIONS)
    assert [work._is_too_late(waited) for waited in (100.0, 100.1)] == [False, True]
    work.stopping.set()
    assert [work._is_too_late(waited) for waited in (10.0, 10.1)] == [False, True]


class Doors:
    """A broker that takes a delivery at the so-manyeth try."""

    def __init__(self, tries: int) -> None:
        self.tries = tries
        self.got: list[tuple[str, str, bytes]] = []

    def deliver(self, order: str, archive: str, parcel: bytes) -> None:
        self.tries -= 1
        if self.tries > 0:
            raise BrokerAway("gone")
        self.got.append((order, archive, parcel))


@pytest.mark.parametrize(("longest", "waits", "comes"), [(100.0, [1, 2, 4], True), (-1, [], False)])
def test_a_delivery_is_tried_again_after_longer_and_longer_waits(
    monkeypatch: pytest.MonkeyPatch, longest: float, waits: list[float], comes: bool
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    doors = Doors(4)
    options = WorkerOptions(name="w1", longest=longest, grace=5.0)
    Work(doors, options)._deliver(TICKET, b"rows")  # type: ignore[arg-type]
    assert waited == waits
    assert doors.got == ([(TICKET.order, TICKET.archive, b"rows")] if comes else [])


class Slow(Child):
    """A child that has ended after so many looks."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks
        self.ends = 0
        self.watchdog = Watchdog(started=0.0, progressed=0.0)
        self.graces: list[float] = []

    def end(self, why: str, now: float) -> None:
        self.ends += 1
        super().end(why, now)

    def has_ended(self) -> bool:
        self.looks -= 1
        return self.looks < 0

    def kill_if_late(self, now: float, grace: float) -> bool:
        assert now >= 0
        self.graces.append(grace)
        return False


@pytest.mark.parametrize(
    ("since", "stall", "seconds", "longest", "stopping", "why", "stopped"),
    [
        (0.0, 10.0, 50.0, 100.0, False, "", False),
        (20.0, 10.0, 50.0, 100.0, False, "no progress for 10 s", False),
        (60.0, 90.0, 50.0, 100.0, False, "running for more than 50 s", False),
        (60.0, 90.0, 80.0, 50.0, False, "running for more than 50 s", False),
        (60.0, 90.0, 80.0, 100.0, False, "", False),
        (0.0, 10.0, 50.0, 100.0, True, "the worker stops", True),
        (20.0, 10.0, 50.0, 100.0, True, "no progress for 10 s", False),
    ],
)
def test_a_crawl_is_ended_when_it_stalls_takes_too_long_or_the_worker_stops(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    since: float,
    stall: float,
    seconds: float,
    longest: float,
    stopping: bool,
    why: str,
    stopped: bool,
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    ticket = replace(TICKET, seconds=seconds, stall=stall)
    options = WorkerOptions(name="w1", longest=longest, grace=5.0)
    post, child = Beats(), Slow(3)
    begun = time.monotonic() - since
    child.watchdog = Watchdog(started=begun, progressed=begun)
    watch = _Watch(post, ticket, options, Patience(0 if stopping else 9))  # type: ignore[arg-type]
    watch.until_ended(child, tmp_path / "none.db")  # type: ignore[arg-type]
    assert (child.ended_by, watch.stopped) == (why, stopped)
    assert (slept, child.graces) == ([0.5] * 3, [5.0] * 3)
    assert (len(post.heard), child.ends) == (1, 1 if why else 0)


def test_progress_is_what_the_small_archive_says_of_its_sources(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    assert _progress(path, TICKET) is None
    with open_new(path) as archive:
        row = SourceRow(id="a", name="A", kind="newspaper", province="Huế", homepage="https://a.vn")
        archive.sources.put(row)
        before = _progress(path, TICKET)
        run = archive.runs.start("a", RunKind.CRAWL, "2026-11-20T08:00:00Z")
        archive.runs.count(run, Outcome(kind=OutcomeKind.NEW))
        assert _progress(path, TICKET) != before


def test_a_small_archive_is_one_whole_file_before_it_is_sent(tmp_path: Path) -> None:
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(
            SourceRow(id="a", name="A", kind="newspaper", province="Huế", homepage="https://a.vn")
        )
        settle(tmp_path)
        # A connection is still open: nothing has been moved by a close.
        (tmp_path / "copy").mkdir()
        whole = tmp_path / "copy" / "archive.db"
        whole.write_bytes((tmp_path / "archive.db").read_bytes())
    with Archive.open_reading(whole) as copy:
        assert [row.id for row in copy.sources.all()] == ["a"]


class Noted(Work):
    """A worker that notes what it would carry out."""

    def __init__(self, parcel: bytes | None) -> None:
        super().__init__(self, OPTIONS)  # type: ignore[arg-type]
        self.parcel = parcel
        self.claims: list[tuple[str, str, float]] = []
        self.carried: list[tuple[str, Path, list[str]]] = []

    def claim(self, order: str, worker: str, now: str, seconds: float) -> bytes | None:
        assert now
        self.claims.append((order, worker, seconds))
        return self.parcel

    def _carry_out(self, ticket: Ticket, folder: Path) -> None:
        names = sorted(path.name for path in folder.iterdir())
        self.carried.append((ticket.order, folder, names))


@pytest.fixture
def parcel(tmp_path: Path) -> bytes:
    (tmp_path / "made" / "captures").mkdir(parents=True)
    (tmp_path / "made" / "archive.db").write_bytes(b"rows")
    (tmp_path / "made" / "captures" / "a.warc.gz").write_bytes(b"page")
    return pack(tmp_path / "made", TICKET.as_json())


def test_an_order_is_opened_in_a_folder_of_its_own_without_captures(parcel: bytes) -> None:
    work = Noted(parcel)
    work.do(TICKET.order)
    assert work.claims == [(TICKET.order, "w1", 60.0)]
    ((order, folder, names),) = work.carried
    assert (order, names) == (TICKET.order, ["archive.db", "words.json"])
    assert folder.name.startswith("baotinh-order-")
    assert not folder.exists()


@pytest.mark.parametrize("void", [True, False])
def test_an_order_that_is_void_or_of_another_name_is_not_begun(
    parcel: bytes, void: bool, caplog: pytest.LogCaptureFixture
) -> None:
    work = Noted(None if void else parcel)
    work.do("f" * 32)
    assert work.carried == []
    assert ("its ticket is of order" in caplog.text) is not void


class Quick(Work):
    """A worker whose crawls are over at once, with a message."""

    def _start(self, ticket: Ticket, folder: Path) -> Process:
        assert (folder / "archive.db").exists()
        output = tempfile.TemporaryFile()  # noqa: SIM115 - the child has it
        output.write(f"crawled {ticket.sources[0]}".encode())
        return Process(
            process=subprocess.Popen(["sh", "-c", "exit 3"], process_group=0),
            output=output,
            task=Task.CRAWL,
            sources=ticket.sources,
            watchdog=Watchdog(started=time.monotonic(), progressed=time.monotonic()),
            after_run=0,
        )


class Willing(Doors):
    """One that wants every order."""

    def beat(self, order: str, worker: str, seconds: float) -> bool:
        assert (order, worker, seconds) == (TICKET.order, "w1", 30.0)
        return True


def test_what_a_crawl_left_is_sent_with_words_about_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(
            SourceRow(id="a", name="A", kind="newspaper", province="Huế", homepage="https://a.vn")
        )
    broker = Willing(1)
    work = Quick(broker, OPTIONS)  # type: ignore[arg-type]
    work._carry_out(TICKET, tmp_path)
    ((order, key, parcel),) = broker.got
    assert (order, key) == (TICKET.order, TICKET.archive)
    (tmp_path / "out").mkdir()
    assert json.loads(unpack(parcel, tmp_path / "out")) == {
        "order": TICKET.order,
        "worker": "w1",
        "status": 3,
        "ended_by": "",
        "stopped": False,
        "messages": "crawled a",
    }
    with Archive.open_reading(tmp_path / "out" / "archive.db") as sent:
        assert [row.id for row in sent.sources.all()] == ["a"]
