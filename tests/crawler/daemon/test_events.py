"""Events: their order, the signals behind them."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from crawler.daemon.events import SIGNALS, Event, EventKind, EventQueue

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def events() -> Iterator[EventQueue]:
    kept = {number: signal.getsignal(number) for number in SIGNALS}
    yield EventQueue()
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_events_come_in_their_order_and_once(events: EventQueue) -> None:
    assert events.wait(0.0) == []
    events.put(EventKind.DUE, "a")
    events.put(EventKind.CHECKUP)
    assert events.wait(0.0) == [Event(EventKind.DUE, "a"), Event(EventKind.CHECKUP)]
    assert events.wait(0.0) == []


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (signal.SIGTERM, EventKind.STOP),
        (signal.SIGINT, EventKind.STOP),
        (signal.SIGHUP, EventKind.RELOAD),
        (signal.SIGCHLD, EventKind.CHILD),
    ],
)
def test_a_signal_is_an_event_with_its_name(
    events: EventQueue, number: signal.Signals, kind: EventKind
) -> None:
    events.listen()
    os.kill(os.getpid(), number)
    assert events.wait(5.0) == [Event(kind, number.name)]


def test_after_the_work_signals_that_ask_for_something_are_ignored(events: EventQueue) -> None:
    events.listen()
    events.ignore_signals()
    os.kill(os.getpid(), signal.SIGTERM)
    assert events.wait(0.05) == []
