"""The same article in several archives: one of them stands for all."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.federation.parts import Parts

_IDENTITIES = """
select id, source_id, key from articles where id in (select value from json_each(?))"""
_NUMBER = "select id from articles where source_id = ? and key = ?"


class Twins:
    """Articles by their source and key, whichever archives they are in."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._first: dict[tuple[str, str], int] = {}
        self._identity: dict[int, tuple[str, str]] = {}
        self._stand_in: dict[int, int] = {}
        """Article -> the one that stands for it; an article that nobody has is not in here."""
        self.also: dict[int, list[str]] = defaultdict(list)
        """Article -> names of the other archives that have it."""

    def identify(self, numbers: Iterable[int]) -> None:
        """Learn which articles these are; of the same one, the first that is met stands."""
        unknown: dict[int, list[int]] = defaultdict(list)
        for number in numbers:
            if number not in self._stand_in:
                unknown[number % self._parts.step].append(number // self._parts.step)
        for place, member in self._parts.every():
            if place in unknown:
                with self._parts.asking(place):
                    ids = json.dumps(unknown[place])
                    rows = member.archive.connection.execute(_IDENTITIES, (ids,)).fetchall()
                    for local, source, key in rows:
                        number = local * self._parts.step + place
                        first = self._first.setdefault((source, key), number)
                        self._identity[number], self._stand_in[number] = (source, key), first
                        if first != number:
                            self.also[first].append(member.name)

    def find_all(self, number: int) -> None:
        """Learn which archives have an article besides, whether it was found there or not."""
        for place, member in self._parts.every():
            if place != number % self._parts.step and number in self._identity:
                with self._parts.asking(place):
                    conn = member.archive.connection
                    for row in conn.execute(_NUMBER, self._identity[number]).fetchall():
                        self.identify([row[0] * self._parts.step + place])

    def is_twin(self, number: int) -> bool:
        """Return whether another stands for an article, as far as both were identified."""
        return self._stand_in.get(number, number) != number
