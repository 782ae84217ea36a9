"""Articles in batches, and the time that adding them takes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Articles = Iterable[tuple[int, str, str, str]]

BATCH = 500


class Missing(Exception):
    """The peer is not installed here; says what is missing."""


def timed(articles: Articles, add: Callable[[list[Any]], object]) -> tuple[int, float]:
    """Add all articles; return how many and the CPU seconds spent in adding alone."""
    count, seconds = 0, 0.0
    for batch in batches(articles, BATCH):
        started = time.process_time()
        add(batch)
        seconds += time.process_time() - started
        count += len(batch)
    return count, seconds


def batches(articles: Articles, size: int) -> Iterator[list[Any]]:
    batch: list[tuple[int, str, str, str]] = []
    for article in articles:
        batch.append(article)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
