"""How far something is that takes its time: a line on standard error, where a person reads it."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from storage.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeVar

    T = TypeVar("T")

AFTER = 2.0
"""Seconds after which a person wonders."""
EVERY = 0.5
"""Seconds between two looks."""
CLEAR = "\r\x1b[K"


@contextmanager
def show_progress(describe: Callable[[], str], *, after: float = AFTER) -> Iterator[None]:
    """Show what ``describe`` says, written over again and again, until the work is done.

    It is called from another thread. Nothing is shown before ``after`` seconds, and nothing at all
    where standard error is no terminal.
    """
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_show, args=(describe, done, after), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _show(describe: Callable[[], str], done: threading.Event, after: float) -> None:
    begun = time.monotonic()
    shown = False
    wait = after
    while not done.wait(wait):
        seconds = time.monotonic() - begun
        click.echo(f"{CLEAR}{printable(describe())}, {seconds:.0f} s", nl=False, err=True)
        shown, wait = True, EVERY
    if shown:
        click.echo(CLEAR, nl=False, err=True)


class Counter:
    """Counts what passes through it, for a description."""

    def __init__(self) -> None:
        self.count = 0

    def over(self, items: Iterable[T]) -> Iterator[T]:
        """Yield the same."""
        for item in items:
            self.count += 1
            yield item
