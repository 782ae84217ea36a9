"""What the daemon does after each event, step by step, without starting a process."""

from __future__ import annotations

import socket
import sqlite3
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.daemon.catalogue import Catalogue
from crawler.daemon.child import Task
from crawler.daemon.events import Event, EventKind, EventQueue
from crawler.daemon.service import Daemon
from crawler.daemon.workers import ChildResult, Workers
from crawler.monitoring.delivery import Delivery
from crawler.runs.links import row_of
from storage.archive import Archive
from storage.db.database import identity
from storage.errors import ArchiveUnusable
from storage.instants import add_seconds, read_clock
from storage.records import Outcome, Poll
from storage.states import OutcomeKind, RunKind, RunState
from tests.support.settings import make_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from crawler.daemon.options import DaemonOptions
    from crawler.monitoring.alerts import Message
    from crawler.sources.model import Source

OPTIONS = make_options(
    tick=1000.0, gather=500.0, stagger=60.0, hold=60.0, sources_a_child=2, reserve=0, checkup=999.0
)


class Notes(Workers):
    """Workers that begin nothing and remember what they were asked for."""

    def __init__(self, options: DaemonOptions) -> None:
        super().__init__(options)
        self.began: list[list[str]] = []
        self.jobs: list[tuple[Task, list[str]]] = []
        self.ended: list[ChildResult] = []
        self.is_full = False
        self.may_begin = True
        self.said: list[str] = []
        self.looked: list[str] = []
        self.is_busy = False

    def has_room(self) -> bool:
        return not self.is_full

    def crawl(self, archive: Archive, words: Sequence[str], sources: Sequence[Source]) -> bool:  # noqa: ARG002
        self.began.append([source.id for source in sources])
        return self.may_begin

    def work(self, words: Sequence[str], task: Task) -> bool:
        self.jobs.append((task, list(words)))
        return True

    def collect(self, archive: Archive | None) -> list[ChildResult]:  # noqa: ARG002
        ended, self.ended = self.ended, []
        return ended

    def watch(self, archive: Archive | None, now: float) -> None:  # noqa: ARG002
        self.looked.append("watch")

    def go_on(
        self,
        archive: Archive,  # noqa: ARG002
        sources: Sequence[Source],
        may_crawl: Callable[[], bool],  # noqa: ARG002
    ) -> None:
        self.looked.append(f"go on with {len(sources)}")

    def is_at_work(self) -> bool:
        return self.is_busy

    def end_all(self, why: str, now: float) -> None:  # noqa: ARG002
        self.said.append(why)

    def kill_all(self, now: float) -> None:  # noqa: ARG002
        self.said.append("killed")


class Desk:
    """A daemon on an archive with the sources a, b and c, not running."""

    def __init__(self, folder: Path, options: DaemonOptions = OPTIONS) -> None:
        files = folder / "sources"
        files.mkdir()
        for id_ in "abc":
            (files / f"{id_}.toml").write_text(
                f'id = "{id_}"\nname = "{id_}"\nprovince = "Huế"\nhomepage = "https://{id_}.vn/"\n'
                f'[[seeds]]\nkind = "feed"\nurl = "https://{id_}.vn/rss"\n'
            )
        self.files = files
        catalogue = Catalogue(files, folder / "snapshot")
        catalogue.load()
        self.got: list[Message] = []
        self.workers = Notes(options)
        options = replace(options, only=frozenset("abc"))
        self.path = folder / "archive.db"
        self.daemon = Daemon(
            self.path,
            catalogue,
            options,
            Delivery({"mail": self.got.append}),
            EventQueue(),
            workers=self.workers,
        )
        self.archive = Archive.open(self.path)
        self.daemon._archive = self.archive
        self.daemon._identity = identity(self.path)
        for source in self.daemon.sources():
            self.archive.sources.put(row_of(source))

    def wait_of(self, id_: str) -> float:
        """In how many seconds a source is planned."""
        job = self.daemon.timer._scheduler.get_job(f"source {id_}")
        return float(job.trigger.run_date.timestamp() - time.time())

    def due(self, *ids: str, waited: float = 1000.0) -> None:
        for id_ in ids:
            self.daemon.queue.add(id_, time.monotonic() - waited)

    def run(self, id_: str, *, failed: bool = False, new: int = 0) -> None:
        """A crawl of a source that has ended, whose only poll failed or not."""
        run = self.archive.runs.start(id_, RunKind.CRAWL, read_clock())
        with self.archive.transaction():
            for _ in range(new):
                self.archive.runs.count(run, Outcome(kind=OutcomeKind.NEW))
        self.archive.runs.finish(run, RunState.FINISHED, read_clock())
        (seed,) = self.archive.seeds.put(id_, [("feed", f"https://{id_}.vn/rss")])
        self.archive.seeds.record_poll(
            Poll(
                seed_id=seed.id,
                polled_at=read_clock(),
                next_poll_at=add_seconds(read_clock(), 50_000.0),
                failures=9.0 if failed else 0.0,
                error="it fails" if failed else None,
                reason="timeout" if failed else None,
            ),
            [],
        )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.archive.close()


@pytest.fixture
def once(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, replace(OPTIONS, once=True))
    yield desk
    desk.archive.close()


def ended(*sources: str, task: Task = Task.CRAWL, **changes: object) -> ChildResult:
    facts: dict[str, object] = {
        "ran": frozenset(sources),
        "status": 0,
        "ended_by": "",
        "messages": "",
    }
    return ChildResult(task=task, sources=sources, **facts | changes)  # type: ignore[arg-type]


def test_what_has_waited_long_enough_is_started_two_at_a_time(desk: Desk) -> None:
    desk.due("a", "b", "c")
    desk.daemon._work()
    assert desk.workers.began == [["a", "b"], ["c"]]
    assert len(desk.daemon.queue) == 0
    desk.due("a", waited=400.0)
    desk.daemon._work()
    assert len(desk.workers.began) == 2


def test_without_room_nothing_is_started_and_all_wait_on(desk: Desk) -> None:
    desk.workers.is_full = True
    desk.due("a")
    desk.daemon._work()
    assert desk.workers.began == []
    assert "a" in desk.daemon.queue


def test_sources_that_are_not_crawled_any_more_leave_the_queue(desk: Desk) -> None:
    desk.due("a", "z")
    desk.daemon._work()
    assert desk.workers.began == [["a"]]
    assert "z" not in desk.daemon.queue


def test_a_crawl_that_cannot_be_started_is_held_back(desk: Desk) -> None:
    desk.workers.may_begin = False
    desk.due("a")
    desk.daemon._work()
    assert desk.workers.began == [["a"]]
    assert len(desk.daemon.queue) == 0
    assert desk.wait_of("a") == pytest.approx(60, abs=10)


def test_once_what_cannot_be_started_is_not_planned(once: Desk) -> None:
    once.workers.may_begin = False
    once.due("a")
    once.daemon._work()
    assert once.daemon.timer.planned() == frozenset()


def test_while_it_stops_nothing_is_started(desk: Desk) -> None:
    desk.due("a")
    desk.daemon._handle(Event(EventKind.STOP, "SIGTERM"))
    assert desk.workers.said == ["the daemon stops"]
    assert len(desk.daemon.queue) == 0
    desk.due("a")
    desk.workers.ended = [ended("b")]
    desk.daemon._work()
    assert (desk.workers.began, desk.workers.jobs) == ([], [])
    assert desk.daemon.timer.planned() == frozenset()
    desk.daemon._handle(Event(EventKind.STOP, "SIGTERM"))
    assert desk.workers.said == ["the daemon stops", "killed"]


def test_an_obstacle_stops_crawls_and_is_told_until_it_is_over(desk: Desk) -> None:
    desk.daemon.options = replace(desk.daemon.options, reserve=1 << 62)
    desk.due("a")
    desk.daemon._work()
    assert desk.workers.began == []
    assert "obstacle" in desk.daemon.problems
    desk.daemon.state.ticked = time.monotonic()
    assert desk.daemon._patience() > 500, "what waits is no reason to look again"
    desk.daemon.options = replace(desk.daemon.options, reserve=0)
    desk.daemon._work()
    assert desk.workers.began == [["a"]]
    assert "obstacle" not in desk.daemon.problems
    assert desk.daemon.state.exit_code == 0


def test_once_an_obstacle_is_the_end(once: Desk) -> None:
    once.daemon.options = replace(once.daemon.options, reserve=1 << 62)
    once.due("a")
    once.daemon._work()
    assert (once.daemon.state.exit_code, once.daemon.state.stopping) == (1, "cannot go on")


def test_it_looks_again_at_the_next_tick_or_when_a_source_has_waited(desk: Desk) -> None:
    daemon = desk.daemon
    daemon.state.ticked = time.monotonic()
    assert 900 < daemon._patience() <= 1000
    desk.due("a", waited=200.0)
    assert 200 < daemon._patience() <= 300
    desk.workers.is_full = True
    assert daemon._patience() > 800
    daemon.state.ticked = time.monotonic() - 5000
    assert daemon._patience() == 0.05


def test_jobs_get_the_archive_and_the_sources_of_the_daemon(desk: Desk) -> None:
    desk.daemon._work()
    folder = str(desk.daemon.catalogue.children_folder)
    words = ["--archive", str(desk.path), "--sources", folder, "index"]
    assert desk.workers.jobs == [(Task.INDEX, words)]
    desk.daemon._work()
    assert len(desk.workers.jobs) == 1
    desk.run("a", new=1)
    desk.workers.ended = [ended("a"), ended(task=Task.WATCH, status=1)]
    desk.daemon._work()
    assert [task for task, _ in desk.workers.jobs] == [Task.INDEX] * 2


def test_after_a_crawl_the_next_one_is_planned(desk: Desk) -> None:
    desk.run("a")
    desk.due("a", waited=0.0)
    desk.workers.ended = [ended("a")]
    desk.daemon._work()
    assert desk.wait_of("a") == pytest.approx(50_000, abs=10)
    assert "a" not in desk.daemon.queue
    assert desk.daemon.queue._alone == set()
    desk.workers.ended = [ended("a", task=Task.BACKFILL)]
    desk.due("a", waited=0.0)
    desk.daemon._work()
    assert "a" in desk.daemon.queue, "a backfill is no crawl"


@pytest.mark.parametrize(
    ("changes", "alone", "wait", "runs"),
    [
        ({}, False, 50_000, 1),
        ({"ended_by": "no progress for 60 s"}, True, 50_000, 1),
        ({"ran": frozenset(), "status": 2}, True, 60, 1),
        ({"ran": frozenset(), "ended_by": "no progress"}, True, 60, 1),
        # What went with its worker says nothing of the source.
        ({"ran": frozenset(), "lost": "worker w1 was stopped"}, True, 60, 0),
    ],
)
def test_a_crawl_that_did_not_begin_or_had_to_be_ended_is_isolated(
    desk: Desk, changes: dict[str, object], alone: bool, wait: float, runs: int
) -> None:
    if "ran" not in changes:
        desk.run("a")
    desk.workers.ended = [ended("a", **changes)]
    desk.daemon._work()
    assert ("a" in desk.daemon.queue._alone) is alone
    assert desk.wait_of("a") == pytest.approx(wait, abs=10)
    assert len(desk.archive.runs.last("a")) == runs
    assert desk.daemon.state.exit_code == 0


def test_sources_that_left_the_catalogue_are_not_settled(desk: Desk) -> None:
    desk.workers.ended = [ended("z", "a")]
    desk.run("a")
    desk.daemon._work()
    assert desk.daemon.timer.planned() == {"a"}


@pytest.mark.parametrize(
    ("failed", "changes", "code"),
    [
        (False, {}, 0),
        (True, {}, 1),
        (False, {"ran": frozenset(), "status": 2}, 1),
        (False, {"ran": frozenset(), "lost": "its worker went"}, 1),
    ],
)
def test_once_a_source_that_failed_or_did_not_begin_is_a_failure(
    once: Desk, failed: bool, changes: dict[str, object], code: int
) -> None:
    once.run("a", failed=failed)
    once.workers.ended = [ended("a", **changes)]
    once.daemon._work()
    assert once.daemon.state.exit_code == code
    assert once.daemon.timer.planned() == frozenset()


def test_a_tick_finds_sources_that_nobody_planned(desk: Desk) -> None:
    desk.due("a")
    desk.daemon.timer.set("b", 500.0)
    desk.daemon._tick()
    assert desk.daemon.timer.planned() == {"b", "c"}
    assert desk.wait_of("b") > 400
    (desk.files / "b.toml").unlink()
    desk.daemon._tick()
    assert desk.daemon.timer.planned() == {"c"}


def test_once_a_tick_plans_nothing(once: Desk) -> None:
    once.daemon._tick()
    (once.files / "b.toml").unlink()
    once.daemon._tick()
    assert once.daemon.timer.planned() == frozenset()


def test_files_are_read_again_when_asked_and_what_is_wrong_is_told(desk: Desk) -> None:
    (desk.files / "a.toml").write_text("no toml")
    desk.daemon._handle(Event(EventKind.RELOAD, "SIGHUP"))
    assert "sources" in desk.daemon.problems
    (desk.files / "a.toml").write_text(
        'id = "a"\nname = "A!"\nprovince = "Huế"\nhomepage = "https://a.vn/"\n'
    )
    desk.daemon._handle(Event(EventKind.RELOAD, "SIGHUP"))
    assert "sources" not in desk.daemon.problems
    assert desk.daemon.timer.planned() == {"a"}


def test_an_archive_that_fails_is_told_until_it_has_worked_for_two_ticks(desk: Desk) -> None:
    def fail() -> None:
        raise ArchiveUnusable("no room")

    daemon = desk.daemon
    daemon._guarded(fail)
    assert "archive" in daemon.problems
    daemon._guarded(lambda: None)
    assert "archive" in daemon.problems
    daemon.state.failed = time.monotonic() - 1900.0
    daemon._guarded(lambda: None)
    assert "archive" in daemon.problems
    daemon.state.failed = time.monotonic() - 2100.0
    daemon._guarded(lambda: None)
    assert "archive" not in daemon.problems
    assert daemon.state.exit_code == 0


def test_an_archive_that_was_replaced_is_the_end(desk: Desk) -> None:
    desk.path.rename(desk.path.with_name("away.db"))
    done: list[int] = []
    desk.daemon._guarded(lambda: done.append(1))
    assert done == []
    assert (desk.daemon.state.exit_code, desk.daemon.state.stopping) == (1, "cannot go on")
    desk.daemon._guarded(lambda: done.append(1))
    assert desk.workers.said == ["the daemon stops"]


def test_changes_of_health_are_sent_once_at_the_end_and_else_by_ticks(once: Desk) -> None:
    once.run("a", failed=True)
    once.daemon._handle(Event(EventKind.CHECKUP))
    once.daemon.delivery.deliver()
    assert [message.subject for message in once.got] == ["Báo Tỉnh: a is broken"]


def test_changes_of_health_wait_for_others(desk: Desk) -> None:
    desk.run("a", failed=True)
    desk.daemon._handle(Event(EventKind.CHECKUP))
    desk.daemon._tick()
    desk.daemon.delivery.deliver()
    assert desk.got == []
    desk.daemon.notifier._since -= 1100.0
    desk.daemon._tick()
    desk.daemon.delivery.deliver()
    assert len(desk.got) == 1


def test_maintenance_and_due_sources_come_as_events(desk: Desk) -> None:
    desk.daemon.maintenance._search_due = False
    desk.daemon.maintenance._search_failed = True
    desk.daemon._handle(Event(EventKind.MAINTENANCE))
    assert desk.daemon.maintenance._search_due
    desk.daemon._handle(Event(EventKind.DUE, "a"))
    assert "a" in desk.daemon.queue
    assert desk.daemon.queue.wait(time.monotonic()) == pytest.approx(500, abs=100)


def test_a_start_marks_what_is_due_or_plans_all(desk: Desk, tmp_path: Path) -> None:
    desk.run("a")
    desk.daemon._plan_start()
    assert desk.daemon.timer.planned() == {"a", "b", "c"}
    assert desk.wait_of("a") > 40_000
    assert desk.wait_of("c") <= 31
    folder = tmp_path / "once"
    folder.mkdir()
    other = Desk(folder, replace(OPTIONS, once=True))
    other.run("a")
    other.daemon._start()
    assert other.daemon.queue.choose(time.monotonic(), ()) == ["b", "c"]
    other.archive.close()


def test_after_each_event_children_are_watched_and_what_goes_on_goes_on(desk: Desk) -> None:
    desk.daemon._work()
    assert desk.workers.looked == ["watch", "go on with 3"]
    desk.daemon._handle(Event(EventKind.STOP, "SIGTERM"))
    desk.daemon._work()
    assert desk.workers.looked[2:] == ["watch"]


def test_once_the_work_is_done_when_nothing_waits_and_nothing_is_at_work(once: Desk) -> None:
    assert once.daemon._is_done()
    once.workers.is_busy = True
    assert not once.daemon._is_done()
    once.workers.is_busy = False
    once.due("a")
    assert not once.daemon._is_done()


def test_a_daemon_that_stays_is_never_done(desk: Desk) -> None:
    assert not desk.daemon._is_done()


def test_a_start_plans_sources_and_chores_and_says_that_it_is_ready(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(path)
        server.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        for id_ in "abc":
            desk.run(id_)
        try:
            desk.daemon._start()
            planned = desk.daemon.timer.planned()
            jobs = desk.daemon.timer._scheduler.get_jobs()
            assert desk.daemon.timer._scheduler.running
        finally:
            desk.daemon.timer.stop()
        assert server.recv(64) == b"READY=1"
    assert planned == {"a", "b", "c"}
    chores = [job for job in jobs if not job.id.startswith("source ")]
    for job in chores:
        job.func()
    assert {event.kind for event in desk.daemon.events.wait(0.0)} == {
        EventKind.CHECKUP,
        EventKind.MAINTENANCE,
    }


def test_without_a_folder_of_sources_children_are_told_of_none(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    catalogue = Catalogue(None, tmp_path / "snapshot")
    daemon = Daemon(path, catalogue, OPTIONS, Delivery({}), EventQueue(), workers=Notes(OPTIONS))
    assert daemon._global_options() == ["--archive", str(path)]


class Noted(Delivery):
    """A delivery that notes how long its end may take."""

    def __init__(self) -> None:
        super().__init__({})
        self.patience_at_end: list[float] = []

    def finish(self, patience: float) -> None:
        self.patience_at_end.append(patience)


@pytest.mark.parametrize(("stops", "seconds"), [(False, 60.0), (True, 4.0)])
def test_at_the_end_everything_is_given_back(desk: Desk, stops: bool, seconds: float) -> None:
    delivery = Noted()
    desk.daemon.delivery = delivery
    desk.daemon.timer.start()
    if stops:
        desk.daemon.state.stopping = "SIGTERM"
    desk.daemon._clean_up()
    assert delivery.patience_at_end == [seconds]
    assert desk.workers.said == ["killed"]
    assert not desk.daemon.timer._scheduler.running
    with pytest.raises(sqlite3.ProgrammingError):
        desk.archive.sources.all()


@pytest.mark.parametrize(("is_once", "seconds"), [(False, 10.0), (True, 0.0)])
def test_a_start_looks_for_damage_for_ten_seconds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, is_once: bool, seconds: float
) -> None:
    given: list[float] = []

    def note(_: Archive, *, seconds: float, **__: object) -> None:
        given.append(seconds)

    monkeypatch.setattr("crawler.daemon.service.ensure_usable", note)
    desk.archive.close()
    desk.daemon.options = replace(desk.daemon.options, once=is_once)
    assert desk.daemon._open()
    desk.daemon.archive.close()
    assert given == [seconds]


def test_a_daemon_waits_two_seconds_for_another_writer(desk: Desk) -> None:
    desk.archive.close()
    assert desk.daemon._open()
    archive = desk.daemon.archive
    assert archive.connection.execute("pragma busy_timeout").fetchone()[0] == 2000
    desk.daemon._guarded(lambda: None)
    assert desk.daemon.state.exit_code == 0, "it is the archive that was opened"
    archive.close()
