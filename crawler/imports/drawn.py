"""Pages that a browser drew: the answer waits for what was drawn of it, and both are one page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.imports.importer import Importer
    from crawler.imports.responses import Response

MOST_WAITING = 100
"""Answers that wait: crawls write what was drawn a few records behind."""
MOST_BYTES = 64 * 1024 * 1024


class Pairing:
    """Hands the responses of one file on to the importer."""

    def __init__(self, importer: Importer) -> None:
        self._importer = importer
        self._waiting: dict[str, Response] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self, response: Response) -> None:
        """Take a response; an answer of a source that is drawn waits. Raise as `Importer.take`."""
        if response.drawn_from is not None:
            shell = self._waiting.pop(response.drawn_from, None)
            self._importer.take(replace(response, shell=shell))
            return
        source, id_ = self._importer.choice.owner_of(response.url), response.origin.record_id
        if source is None or not source.render or not id_:
            self._importer.take(response)
            return
        self._waiting[id_] = response
        while len(self._waiting) > MOST_WAITING or self._size() > MOST_BYTES:
            self._importer.take(self._waiting.pop(next(iter(self._waiting))))

    def give_up(self) -> None:
        """Take the answers of which nothing was drawn, as they are."""
        while self._waiting:
            self._importer.take(self._waiting.pop(next(iter(self._waiting))))

    def _size(self) -> int:
        return sum(len(each.payload) for each in self._waiting.values())
