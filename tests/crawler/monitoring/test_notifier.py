"""What people are told together, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.monitoring.delivery import Delivery
from crawler.monitoring.notifier import Notifier
from crawler.runs.links import row_of
from crawler.sources import Seed, Source
from storage.states import SeedKind
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.monitoring.alerts import Message
    from storage.archive import Archive

NOW = "2026-11-24T03:00:00Z"


class Bench:
    """Sources that break and recover, a clock, and what people got."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.now = 0.0
        self.got: list[Message] = []
        self.times: list[float] = []
        """When each message was sent."""
        self.delivery = Delivery({"mail": self._receive})
        self.notifier = self.restart()
        self.sources: dict[str, Source] = {}

    def _receive(self, message: Message) -> None:
        self.got.append(message)
        self.times.append(self.now)

    def restart(self) -> Notifier:
        self.notifier = Notifier(self.delivery, gather=30.0, clock=lambda: self.now)
        return self.notifier

    def turn(self, id_: str, failures: float) -> None:
        """A poll of a source failed so often in a row, by weight."""
        url = f"https://{id_}.vn/rss"
        seed = Seed(kind=SeedKind.FEED, url=url)
        source = Source(id=id_, name=id_, province="Huế", homepage=url, seeds=(seed,))
        self.sources[id_] = source
        self.archive.sources.put(row_of(source))
        self.archive.seeds.put(id_, [("feed", url)])
        self.archive._db.conn.execute(
            "update seeds set polled_at = ?, failures = ? where source_id = ?",
            (NOW, failures, id_),
        )

    def wait(self, seconds: float, *, step: float = 10.0) -> list[str]:
        """The subjects of what is told in the next seconds, looking every ``step`` of them."""
        before, end = len(self.got), self.now + seconds
        while self.now < end:
            self.notifier.check(self.archive, self.sources.values(), now=NOW)
            self.notifier.send(self.archive)
            self.delivery.deliver()
            self.now += step
        return [message.subject.removeprefix("Báo Tỉnh: ") for message in self.got[before:]]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_new(tmp_path / "archive.db") as archive:
        yield Bench(archive)


def test_trouble_and_recovery_are_told_once_each(bench: Bench) -> None:
    bench.turn("a", 2)
    assert bench.wait(600) == ["a is broken"]
    bench.turn("a", 0)
    assert bench.wait(600) == ["a is ok"]


def test_changes_at_about_the_same_time_are_one_message(bench: Bench) -> None:
    bench.turn("a", 2)
    assert bench.wait(20) == []
    bench.turn("b", 2)
    assert bench.wait(600) == ["2 sources in trouble"]


def test_what_is_right_again_before_it_was_told_is_not_told(bench: Bench) -> None:
    bench.turn("a", 2)
    bench.wait(20)
    bench.turn("a", 0)
    assert bench.wait(600) == []


def test_a_change_that_was_seen_and_not_told_is_told_after_a_restart(bench: Bench) -> None:
    bench.turn("a", 2)
    bench.wait(20)
    bench.restart()
    assert bench.wait(600) == ["a is broken"]
    bench.restart()
    assert bench.wait(600) == []


def test_an_outage_that_spreads_for_hours_is_a_few_messages(bench: Bench) -> None:
    subjects = []
    for number in range(40):
        bench.turn(f"s{number}", 2)
        subjects += bench.wait(240, step=60)
    subjects += bench.wait(2 * 3600, step=600)
    assert len(subjects) < 12
    told = [change.source_id for message in bench.got for change in message.changes]
    assert sorted(told) == sorted(bench.sources)


def test_the_pause_between_messages_doubles_to_about_an_hour_until_it_is_calm(
    bench: Bench,
) -> None:
    bench.turn("a", 2)
    bench.wait(60, step=30)
    sent, is_broken = bench.times[-1], True
    for pause in (30, 60, 120, 240, 480, 960, 1920, 3840, 3840, 3841, 30):
        is_broken = not is_broken
        bench.turn("a", 2 * is_broken)
        told = len(bench.got)
        bench.now = sent
        bench.wait(1)
        bench.now = sent + pause - 1 if pause <= 3840 else sent + 3840 - 1
        bench.wait(1)
        assert len(bench.got) == told
        bench.now = sent = sent + pause
        bench.wait(1)
        assert len(bench.got) == told + 1


def test_what_was_handed_over_is_not_handed_over_again(bench: Bench) -> None:
    bench.turn("a", 2)
    bench.notifier.check(bench.archive, bench.sources.values(), now=NOW)
    bench.notifier.send(bench.archive)
    assert bench.delivery.waiting == 0, "others may come"
    bench.notifier.send(bench.archive, at_once=True)
    assert bench.delivery.waiting == 1
    bench.notifier.send(bench.archive, at_once=True)
    assert bench.delivery.waiting == 1
