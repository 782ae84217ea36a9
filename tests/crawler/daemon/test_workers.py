"""Running children: how many, what they work on, how they ended."""

from __future__ import annotations

import signal
import tempfile
import time
from typing import TYPE_CHECKING

import pytest

from crawler.daemon.child import Child, Task, Watchdog
from crawler.daemon.workers import ChildEnd, ChildResult, Workers
from storage.records import Outcome, SourceRow
from storage.states import OutcomeKind, RunKind
from tests.support.settings import make_options
from tests.support.sleepers import sleep_on
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "archive.db") as archive:
        for id_ in ("a", "b", "c"):
            archive.sources.put(
                SourceRow(id=id_, name=id_, kind="newspaper", province="Huế", homepage="x")
            )
        yield archive


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers(
        make_options(children=1, stall_timeout=10.0, crawl_timeout=100.0, kill_grace=5.0)
    )
    yield workers
    workers.kill_all(0.0)
    finish(workers, None)


def start(workers: Workers, *arguments: str, task: Task = Task.CRAWL, after_run: int = 0) -> None:
    sources = ["a", "b"] if task is Task.CRAWL else []
    assert workers.start(arguments, task=task, sources=sources, now=0.0, after_run=after_run)


def finish(workers: Workers, archive: Archive | None) -> list[ChildResult]:
    results, end = [], time.monotonic() + 30
    while workers.children and time.monotonic() < end:
        results += workers.collect(archive)
        time.sleep(0.01)
    assert not workers.children
    return results


def test_only_crawls_take_the_room_of_crawls(workers: Workers) -> None:
    start(workers, "--version", task=Task.BACKUP)
    assert workers.has_room()
    assert workers.busy() == set()
    start(workers, "--version")
    assert not workers.has_room()
    assert workers.busy() == {"a", "b"}


def test_a_result_names_the_sources_with_a_run_of_that_child(
    workers: Workers, archive: Archive
) -> None:
    earlier = archive.runs.start("b", RunKind.CRAWL, "2026-11-24T00:00:00Z")
    archive.runs.finish(earlier, "finished", "2026-11-24T00:01:00Z")
    start(workers, "--version", after_run=earlier)
    run = archive.runs.start("a", RunKind.CRAWL, "2026-11-24T00:02:00Z")
    archive.runs.finish(run, "finished", "2026-11-24T00:03:00Z")
    archive.runs.start("c", RunKind.BACKFILL, "2026-11-24T00:02:00Z")  # another process
    (result,) = finish(workers, archive)
    assert result.ran == {"a"}
    assert (result.status, result.ended_by, result.end) == (0, "", ChildEnd.FINISHED)


def test_a_wrong_command_is_a_failure_with_its_message(workers: Workers) -> None:
    start(workers, "no-such-command")
    (result,) = finish(workers, None)
    assert (result.end, result.ran) == (ChildEnd.FAILED, frozenset())
    assert "no-such-command" in result.messages


def test_pages_of_a_run_are_progress_and_silence_is_none(
    workers: Workers, archive: Archive
) -> None:
    run = archive.runs.start("a", RunKind.CRAWL, "2026-11-24T00:02:00Z")
    start(workers, "--version", after_run=0)
    (child,) = workers.children
    for now in (9.0, 18.0, 27.0):
        archive.runs.count(run, Outcome(kind=OutcomeKind.NEW))
        workers.watch(archive, now)
        assert not workers.is_ending()
    workers.watch(archive, 36.0)
    assert not workers.is_ending()
    workers.watch(archive, 38.0)
    assert workers.is_ending()
    assert child.ended_by == "no progress for 10 s"
    (result,) = finish(workers, archive)
    assert result.end is ChildEnd.KILLED


def sleeper(workers: Workers, *, stubborn: bool = True) -> Child:
    child = Child(
        process=sleep_on(stubborn=stubborn),
        output=tempfile.TemporaryFile(),  # noqa: SIM115 - the child has it
        task=Task.BACKUP,
        sources=(),
        watchdog=Watchdog(started=0.0, progressed=0.0),
        after_run=0,
    )
    workers.children.append(child)
    return child


def test_a_child_that_does_not_end_is_killed_after_its_grace(
    workers: Workers, caplog: pytest.LogCaptureFixture
) -> None:
    child = sleeper(workers)
    assert (workers.patience(), workers.is_ending()) == (3600.0, False)
    workers.watch(None, 10.0)
    assert not workers.is_ending()
    workers.watch(None, 10.5)
    assert (child.ended_by, child.ending_since) == ("no progress for 10 s", 10.5)
    assert (workers.patience(), workers.is_ending()) == (0.5, True)
    workers.watch(None, 15.4)
    assert not child.killed
    workers.watch(None, 15.5)
    assert child.killed
    number = child.process.pid
    assert caplog.messages == [
        f"child {number}: no progress for 10 s, asked to end",
        f"child {number}: did not end, killed",
    ]
    (result,) = finish(workers, None)
    assert (result.status, result.end, result.ran) == (
        -signal.SIGKILL,
        ChildEnd.KILLED,
        frozenset(),
    )


def test_all_children_are_asked_to_end_or_killed_at_once(workers: Workers) -> None:
    children = [sleeper(workers, stubborn=False), sleeper(workers)]
    workers.end_all("the daemon stops", 5.0)
    assert [(each.ended_by, each.killed) for each in children] == [("the daemon stops", False)] * 2
    workers.kill_all(5.0)
    assert [each.killed for each in children] == [True] * 2
    assert [result.ended_by for result in finish(workers, None)] == ["the daemon stops"] * 2
    third = sleeper(workers)
    workers.kill_all(7.0)
    assert (third.ended_by, third.ending_since, third.killed) == ("killed", 7.0, True)
    finish(workers, None)


def test_work_about_no_source_is_work_all_the_same(workers: Workers) -> None:
    assert not workers.is_at_work()
    sleeper(workers, stubborn=False)
    assert (workers.is_at_work(), workers.busy(), workers.has_room()) == (True, set(), True)
    assert [workers.count(task) for task in (Task.BACKUP, Task.CRAWL)] == [1, 0]


def test_a_system_that_starts_no_process_is_told(
    workers: Workers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("sys.executable", "/none/python")
    assert not workers.work(["index"], Task.INDEX)
    assert workers.children == []
    assert "cannot start a child for index" in caplog.text


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        ({}, ChildEnd.FINISHED),
        ({"status": 1}, ChildEnd.FAILED),
        ({"status": 1, "ended_by": "no progress"}, ChildEnd.KILLED),
        ({"ended_by": "no progress"}, ChildEnd.KILLED),
        ({"status": 1, "ended_by": "x", "lost": "its worker went"}, ChildEnd.LOST),
    ],
)
def test_a_result_says_how_a_child_ended(facts: dict[str, object], end: ChildEnd) -> None:
    known = {"task": Task.CRAWL, "sources": ("a",), "ran": frozenset(), "status": 0}
    known |= {"ended_by": "", "messages": ""}
    assert ChildResult(**known | facts).end is end  # type: ignore[arg-type]
