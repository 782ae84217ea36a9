"""Near-duplicate articles of different sources: join a cluster or open one.

Signatures are cut into bands of two bins (locality-sensitive hashing, Indyk and Motwani 1998):
articles that share a band are candidates, and the few most promising are compared word by word.
Bands are kept by the month of their article, so a lookup touches two months of the archive, not
all of it; copies further apart than that are found only when their text is the same. Every
step is bounded: ``LOOKED_UP`` articles a band, ``ESTIMATED`` signatures, ``COMPARED`` bodies.
"""

from __future__ import annotations

import datetime as dt
import json
import struct
from collections import Counter
from typing import TYPE_CHECKING

from storage.articles.likeness import features, is_copy
from storage.fingerprint import BINS, SIGNATURE_BYTES, similarity

if TYPE_CHECKING:
    import sqlite3

    from storage.records import Article

BANDS = BINS // 2
MONTH = 32
"""Days whose articles are kept together."""
LOOKED_UP = 32
ESTIMATED = 48
COMPARED = 6
LEAST_ESTIMATE = 0.06

_CANDIDATES = "select article_id from bands where band = ? order by article_id desc limit ?"
_SIGNATURES = """
select id, signature from articles
where id in (select value from json_each(?)) and source_id <> ?"""
_SAME_TEXT = """
select cluster_id from articles where digest = ? and source_id <> ? order by id limit 1"""


def find_cluster(conn: sqlite3.Connection, article: Article, seen_at: str) -> int | None:
    """Return the cluster of the article's best copy in another source, or None."""
    same = conn.execute(_SAME_TEXT, (article.digest, article.source_id)).fetchone()
    if same is not None:
        return int(same["cluster_id"])
    candidates = _promising(conn, article, seen_at)
    if not candidates:
        return None
    mine = features(article.summary, article.body)
    for candidate in candidates:
        row = conn.execute(
            "select summary, body, cluster_id from articles where id = ?", (candidate,)
        ).fetchone()
        if is_copy(mine, features(row["summary"], row["body"])):
            return int(row["cluster_id"])
    return None


def keep_bands(conn: sqlite3.Connection, article_id: int, article: Article, seen_at: str) -> None:
    """Let later articles find this one."""
    month, _ = _months(article, seen_at)
    conn.executemany(
        "insert or ignore into bands (band, article_id) values (?, ?)",
        [(band, article_id) for band in _bands(article.signature, month)],
    )


def forget_bands(conn: sqlite3.Connection, article_id: int, article: Article, seen_at: str) -> None:
    """Undo ``keep_bands`` for a text that is no longer the article's."""
    month, _ = _months(article, seen_at)
    conn.executemany(
        "delete from bands where band = ? and article_id = ?",
        [(band, article_id) for band in _bands(article.signature, month)],
    )


def _promising(conn: sqlite3.Connection, article: Article, seen_at: str) -> list[int]:
    """Return ids of articles worth comparing, the most alike first."""
    counts: Counter[int] = Counter()
    for month in _months(article, seen_at):
        for band in _bands(article.signature, month):
            rows = conn.execute(_CANDIDATES, (band, LOOKED_UP))
            counts.update(row["article_id"] for row in rows)
    ids = [article_id for article_id, _ in counts.most_common(ESTIMATED)]
    others = conn.execute(_SIGNATURES, (json.dumps(ids), article.source_id))
    estimates = [(similarity(article.signature, row["signature"]), row["id"]) for row in others]
    likely = sorted((e for e in estimates if e[0] >= LEAST_ESTIMATE), reverse=True)
    return [article_id for _, article_id in likely[:COMPARED]]


def _bands(signature: bytes, month: int) -> list[int]:
    """Return month, band number and the band's two bins, packed into one number each."""
    if len(signature) != SIGNATURE_BYTES:
        return []
    values = struct.unpack(f">{BANDS}I", signature)
    return [(month << 5 | place) << 32 | value for place, value in enumerate(values)]


def _months(article: Article, seen_at: str) -> tuple[int, int]:
    """Return the article's month, counted from 1970, and the nearer of its neighbours."""
    try:
        day = dt.date.fromisoformat(article.published_on or seen_at[:10])
    except ValueError:
        day = dt.date.fromisoformat(seen_at[:10])
    # Dates before 1970 are mistakes; they share the first month.
    month, rest = divmod(max(0, day.toordinal() - dt.date(1970, 1, 1).toordinal()), MONTH)
    return month, month + 1 if rest * 2 >= MONTH else max(0, month - 1)
