"""Figures that are kept between requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

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
