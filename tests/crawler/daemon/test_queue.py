"""Who waits for a child, and who shares one."""

from __future__ import annotations

from crawler.daemon.queue import DueQueue


def line(*ids: str, most: int = 10) -> DueQueue:
    """A line into which one source came each second, from 0 on."""
    made = DueQueue(gather=20.0, most=most)
    for second, id_ in enumerate(ids):
        made.add(id_, float(second))
    return made


def test_nobody_waits_in_an_empty_line() -> None:
    assert line().wait(5.0) is None
    assert line().choose(5.0, ()) == []


def test_what_is_due_waits_for_others_and_shares_their_child() -> None:
    waiting = line("a", "b")
    assert waiting.choose(19.0, ()) == []
    assert waiting.wait(19.0) == 1.0
    assert waiting.choose(20.0, ()) == ["a", "b"]


def test_a_child_takes_so_many_and_the_longest_waiting_first() -> None:
    assert line("a", "b", "c", most=2).choose(60.0, ()) == ["a", "b"]


def test_a_source_that_is_crawled_now_waits_for_the_end() -> None:
    assert line("a", "b").choose(60.0, {"a"}) == ["b"]
    assert line("a").choose(60.0, {"a"}) == []


def test_a_source_whose_child_had_to_be_ended_goes_alone_until_one_ends_well() -> None:
    waiting = line("a", "b", "c")
    waiting.isolate("a", isolated=True)
    assert waiting.choose(60.0, ()) == ["a"]
    waiting.remove(["a"])
    assert waiting.choose(60.0, ()) == ["b", "c"]
    waiting.add("a", 2.5)
    waiting.isolate("a", isolated=False)
    assert waiting.choose(60.0, ()) == ["b", "c", "a"]


def test_ringing_twice_is_no_second_turn_and_does_not_start_the_wait_anew() -> None:
    waiting = line("a")
    waiting.add("a", 15.0)
    assert waiting.choose(20.0, ()) == ["a"]
    assert len(waiting) == 1


def test_what_is_to_start_at_once_waits_for_nobody() -> None:
    waiting = line()
    waiting.add("a", 7.0, at_once=True)
    assert waiting.choose(7.0, ()) == ["a"]


def test_a_source_that_is_gone_leaves() -> None:
    waiting = line("a", "b")
    waiting.keep_only({"b"})
    assert "a" not in waiting
    assert waiting.choose(60.0, ()) == ["b"]
