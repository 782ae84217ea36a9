"""Articles and links read from one archive, by the page, without its row ids."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from storage.merge.kept import CaptureKey, KeptArticle, KeptLink, Named, Text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from storage.merge.kept import ArticleKey, Texts

OWN = frozenset({"id", "cluster_id", "capture_id", "revisions"})
"""Columns of ``articles`` that mean something in their own archive alone."""
TIMES = ("first_seen_at", "last_seen_at", "gone_at", "gone_reason")

_IDS = "(select value from json_each(:ids))"
_CAPTURE = "c.url as c_url, c.fetched_at, c.digest as c_digest, c.offset, c.length"
_ARTICLES = f"""
select a.*, {_CAPTURE}, d.article_id as due
from articles a left join captures c on c.id = a.capture_id
left join places_due d on d.article_id = a.id
where a.id in {_IDS} order by a.id"""  # noqa: S608 - our own words
_TEXTS = f"""
select r.*, {_CAPTURE} from revisions r left join captures c on c.id = r.capture_id
where r.article_id in {_IDS} order by r.article_id, r.number"""  # noqa: S608 - our own words
_IMAGES = f"select * from images where article_id in {_IDS} order by article_id, position"  # noqa: S608
_MENTIONS = f"select * from mentions where article_id in {_IDS} order by article_id, unit"  # noqa: S608
_LINKS = """
select l.*, s.url as seed, a.source_id as target_source, a.key as target_key, a.last_seen_at
from links l left join seeds s on s.id = l.seed_id left join articles a on a.id = l.article_id"""
_PAGE_OF_LINKS = f"""{_LINKS}
where l.article_id is null and l.id > :after order by l.id limit :limit"""
_LINKS_TO = f"{_LINKS} where l.article_id in {_IDS} order by l.id"
_LINK_AT = f"{_LINKS} where l.source_id = :source and l.key = :key"
_CAPTURES_TO = """
select c.id as id from captures c join links l on l.id = c.link_id
left join articles a on a.id = l.article_id
where (l.source_id = :source and l.key = :key) or (a.source_id = :source and a.key = :key)
union
select a.capture_id from articles a
where a.source_id = :source and a.key = :key and a.capture_id is not null
union
select r.capture_id from articles a join article_revisions r on r.article_id = a.id
where a.source_id = :source and a.key = :key and r.capture_id is not null
union
select m.capture_id from articles a join article_media am on am.article_id = a.id
join media m on m.id = am.media_id
where a.source_id = :source and a.key = :key and m.capture_id is not null
    and not exists (select 1 from article_media o where o.media_id = m.id and o.article_id <> a.id)
"""
_WITHHELD_COPIES = """
select distinct w.source_id, t.digest
from withheld_texts t join withheld w on w.id = t.withheld_id"""
_COPY = "select source_id, key from articles where source_id = ? and digest = ?"
_ERASED = """
select c.url, c.fetched_at, c.digest from captures c join erased e on e.capture_id = c.id"""
_SAME = "select id from captures where url = ? and fetched_at = ? and digest = ?"
_CAPTURES_OF = f"select * from captures where link_id in {_IDS} order by id"  # noqa: S608


def page_of_articles(conn: sqlite3.Connection, after: int, limit: int) -> list[int]:
    """Return ids of articles behind one, in order."""
    rows = conn.execute("select id from articles where id > ? order by id limit ?", (after, limit))
    return [row[0] for row in rows]


def find_articles(
    conn: sqlite3.Connection, identities: Iterable[ArticleKey]
) -> dict[ArticleKey, int]:
    """Return the ids of the articles that the archive has, of those with the identities."""
    sql = "select id from articles where source_id = ? and key = ?"
    found = ((identity, conn.execute(sql, identity).fetchone()) for identity in identities)
    return {identity: row[0] for identity, row in found if row is not None}


def read_articles(conn: sqlite3.Connection, ids: Sequence[int]) -> dict[int, KeptArticle]:
    """Return articles by their ids, with texts, pictures and places."""
    bound = {"ids": json.dumps(ids)}
    texts = _texts(conn.execute(_TEXTS, bound))
    images: dict[int, list[tuple[str, str | None]]] = defaultdict(list)
    for row in conn.execute(_IMAGES, bound):
        images[row["article_id"]].append((row["url"], row["caption"]))
    mentions: dict[int, list[Named]] = defaultdict(list)
    for row in conn.execute(_MENTIONS, bound):
        named = Named(row["unit"], row["how"], row["confidence"], row["position"])
        mentions[row["article_id"]].append(named)
    found = {}
    for row in conn.execute(_ARTICLES, bound):
        known = row["id"]
        found[known] = KeptArticle(
            content=_content(row),
            **{name: row[name] for name in ("source_id", "key", *TIMES)},
            capture=_capture(row),
            images=tuple(images[known]),
            mentions=None if row["due"] else tuple(mentions[known]),
            texts=texts[known],
        )
    return found


def page_of_links(conn: sqlite3.Connection, after: int, limit: int) -> dict[int, KeptLink]:
    """Return links behind one that lead to no article, in order, by their ids."""
    rows = conn.execute(_PAGE_OF_LINKS, {"after": after, "limit": limit})
    return {row["id"]: _link(row) for row in rows}


def links_to(conn: sqlite3.Connection, articles: Sequence[int]) -> dict[int, KeptLink]:
    """Return all links that lead to some articles, by their ids."""
    rows = conn.execute(_LINKS_TO, {"ids": json.dumps(articles)})
    return {row["id"]: _link(row) for row in rows}


def find_link(conn: sqlite3.Connection, identity: ArticleKey) -> tuple[int, KeptLink] | None:
    """Return a link with its id, or None."""
    source, key = identity
    row = conn.execute(_LINK_AT, {"source": source, "key": key}).fetchone()
    return None if row is None else (row["id"], _link(row))


def captures_of(conn: sqlite3.Connection, links: Sequence[int]) -> list[tuple[int, CaptureKey]]:
    """Return (link's id, capture) of all captures of some links."""
    rows = conn.execute(_CAPTURES_OF, {"ids": json.dumps(links)})
    return [(row["link_id"], capture_key(row)) for row in rows]


def capture_key(row: sqlite3.Row) -> CaptureKey:
    """Return what a row of ``captures`` is known by in every archive."""
    return CaptureKey(row["url"], row["fetched_at"], row["digest"], row["offset"], row["length"])


def find_capture(conn: sqlite3.Connection, key: CaptureKey | None) -> int | None:
    """Return the id that a capture has in the archive, or None."""
    if key is None:
        return None
    row = conn.execute(
        "select id from captures where url = :url and digest = :digest"
        " and fetched_at = :fetched_at and offset = :offset and length = :length",
        key._asdict(),
    ).fetchone()
    return None if row is None else int(row[0])


def find_withheld(conn: sqlite3.Connection) -> frozenset[ArticleKey]:
    """Return the articles that were taken out by order: they do not come back."""
    rows = conn.execute("select source_id, key from withheld")
    return frozenset((row["source_id"], row["key"]) for row in rows)


def captures_to(conn: sqlite3.Connection, identities: Iterable[ArticleKey]) -> frozenset[int]:
    """Return the ids of all captures of some pages."""
    return frozenset(
        row["id"]
        for source, key in identities
        for row in conn.execute(_CAPTURES_TO, {"source": source, "key": key})
    )


def captures_withheld(mine: sqlite3.Connection, other: sqlite3.Connection) -> frozenset[int]:
    """Return the ids that captures have in another archive of what was taken out here by order.

    By the address, by the text at another address of the source, and by what was erased here.
    """
    identities = set(find_withheld(mine))
    for copy in mine.execute(_WITHHELD_COPIES):
        identities |= {(row["source_id"], row["key"]) for row in other.execute(_COPY, tuple(copy))}
    erased = [row for known in mine.execute(_ERASED) for row in other.execute(_SAME, tuple(known))]
    at = (
        row
        for known in mine.execute("select url from withheld")
        for row in other.execute("select id from captures where url = ?", tuple(known))
    )
    return captures_to(other, identities) | {row["id"] for row in (*erased, *at)}


def has_link(conn: sqlite3.Connection, capture: int) -> bool:
    """Return whether a capture belongs to a link."""
    row = conn.execute("select link_id from captures where id = ?", (capture,)).fetchone()
    return row is not None and row[0] is not None


def _content(row: sqlite3.Row) -> dict[str, Any]:
    joined = {*OWN, *TIMES, "source_id", "key", "due", "fetched_at", "offset", "length"}
    names = row.keys()
    return {n: row[n] for n in names if n not in joined and not n.startswith("c_")}


def _texts(rows: Iterable[sqlite3.Row]) -> dict[int, Texts]:
    found: dict[int, Texts] = defaultdict(dict)
    for row in rows:
        texts, digest = found[row["article_id"]], row["digest"]
        before = sum(known == digest for known, _ in texts)
        texts[digest, before] = Text(
            **{name: row[name] for name in _TEXT_COLUMNS}, capture=_capture(row)
        )
    return found


_TEXT_COLUMNS = (
    *("digest", "number", "seen_at", "kind", "title", "summary", "body"),
    *("returned_at", "returns"),
)


def _capture(row: sqlite3.Row) -> CaptureKey | None:
    if row["c_url"] is None:
        return None
    return CaptureKey(
        row["c_url"], row["fetched_at"], row["c_digest"], row["offset"], row["length"]
    )


_LINK_COLUMNS = (
    *("source_id", "key", "url", "canonical_url", "found_at", "title_hint", "date_hint"),
    *("seed", "state", "reason", "attempts", "next_try_at", "etag", "last_modified"),
    *("refused_at", "absent"),
)


def _link(row: sqlite3.Row) -> KeptLink:
    led = row["target_key"] is not None
    return KeptLink(
        **{name: row[name] for name in _LINK_COLUMNS},
        target=(row["target_source"], row["target_key"]) if led else None,
        seen_at=row["last_seen_at"] or "",
    )
