"""The judged searches of `tests/data/search`: invented articles, queries, and what answers them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "tests" / "data" / "search"
HALVES = ("development", "unseen", "all")
GOOD = 2
"""Grade from which on an article is an answer; 1 is only near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One query: article -> grade, 3 just what was meant, 2 good, 1 near."""

    id: str
    kind: str
    query: str
    judged: dict[str, int]

    @property
    def half(self) -> str:
        """Whether it may be looked at while something is tuned."""
        return HALVES[int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """An article that is hidden among generated ones."""

    id: str
    title: str
    lead: str
    body: str
    published_on: str
    province: str
    province_now: str
    section: str


def read_queries(half: str) -> list[Judged]:
    """Return the queries of one half, or all."""
    queries = (Judged(**row) for row in _rows("queries.jsonl"))
    return [query for query in queries if half in ("all", query.half)]


def read_planted() -> list[Planted]:
    """Return the articles."""
    return [Planted(**_without(row, "source")) for row in _rows("articles.jsonl")]


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}
