"""Figures that are kept between requests."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

import pytest

from crawler.web.memo import COST, MOST, SECONDS, Memo

if TYPE_CHECKING:
    from storage.archive import Archive

ARCHIVE = cast("Archive", object())


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_figure_is_counted_once_and_again_behind_the_readers_back() -> None:
    clock, counted = Clock(), []

    def count(archive: Any) -> int:
        counted.append(archive)
        return len(counted)

    memo = Memo(lambda: ARCHIVE, clock=clock)
    assert [memo.get("x", ARCHIVE, count) for _ in range(3)] == [1, 1, 1]
    clock.now = SECONDS + 1
    assert memo.get("x", ARCHIVE, count) == 1
    memo.close()
    assert memo.get("x", ARCHIVE, count) == 2
    assert len(counted) == 2


def test_what_took_long_is_kept_longer() -> None:
    clock = Clock()

    def count(_: Any) -> float:
        clock.now += 10
        return clock.now

    memo = Memo(lambda: ARCHIVE, clock=clock)
    assert memo.get("x", ARCHIVE, count) == 10
    clock.now = 10 + COST * 10 - 1
    assert memo.get("x", ARCHIVE, count) == 10
    memo.close()
    assert clock.now == 10 + COST * 10 - 1


def test_no_more_are_kept_than_have_room() -> None:
    memo = Memo(lambda: ARCHIVE)
    for number in range(MOST + 5):
        memo.get(str(number), ARCHIVE, lambda _, n=number: n)
    assert len(memo._kept) == MOST
    memo.close()


def test_a_figure_that_takes_long_is_there_when_it_is_asked_for_again() -> None:
    memo, free = Memo(lambda: ARCHIVE), threading.Event()

    def count(_: Any) -> int:
        free.wait(20)
        return 7

    assert memo.soon("x", count, 0.0) is None
    free.set()
    assert memo.get("x", ARCHIVE, lambda _: 8) == 7
    assert memo.soon("x", count, 0.0) == 7
    memo.forget()
    assert memo.get("x", ARCHIVE, lambda _: 8) == 8
    memo.close()


def test_a_figure_that_waits_for_its_turn_is_counted_by_who_needs_it() -> None:
    memo, free = Memo(lambda: ARCHIVE), threading.Event()
    memo.prepare("first", lambda _: free.wait(20))
    memo.prepare("second", lambda _: 1)
    assert memo.get("second", ARCHIVE, lambda _: 2) == 2
    free.set()
    memo.close()


def test_what_failed_in_the_background_fails_before_the_reader() -> None:
    memo = Memo(lambda: ARCHIVE)

    def fail(_: Any) -> int:
        raise ValueError("no figure")

    memo.prepare("x", fail)
    with pytest.raises(ValueError, match="no figure"):
        memo.get("x", ARCHIVE, fail)
    memo.close()


def test_a_figure_is_a_minute_old_at_most_or_twenty_times_what_it_took() -> None:
    for took, good in ((0.0, 60.0), (2.9, 60.0), (3.1, 62.0)):
        clock, counted = Clock(), []

        def count(_: Any, clock: Clock = clock, took: float = took, into: Any = counted) -> int:
            clock.now += took
            into.append(clock.now)
            return len(into)

        memo = Memo(lambda: ARCHIVE, clock=clock)
        memo.get("x", ARCHIVE, count)
        clock.now = took + good
        memo.get("x", ARCHIVE, count)
        assert memo._counting == {}
        clock.now = took + good + 0.1
        memo.get("x", ARCHIVE, count)
        assert set(memo._counting) == {"x"}
        memo.close()


def test_five_hundred_figures_are_kept_and_the_oldest_goes_first() -> None:
    memo = Memo(lambda: ARCHIVE)
    for number in range(501):
        memo.get(str(number), ARCHIVE, lambda _, n=number: n)
    assert (len(memo._kept), "0" in memo._kept, "1" in memo._kept) == (500, False, True)
    memo.close()


def test_what_is_being_counted_is_not_counted_twice() -> None:
    memo, free = Memo(lambda: ARCHIVE), threading.Event()
    first = memo.prepare("x", lambda _: free.wait(20))
    assert memo.prepare("x", lambda _: free.wait(20)) is first
    free.set()
    assert memo.soon("x", lambda _: False, 20) is True
    second = memo.prepare("x", lambda _: 3)
    assert second.result(20) == 3
    memo.close()
    assert memo.get("x", ARCHIVE, lambda _: 4) == 3
