"""Joined articles and links into an archive. Functions here run inside the caller's transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from storage.articles.clusters import Copies, regroup
from storage.articles.place import NEXT_ID
from storage.merge.grouping import as_article
from storage.merge.reading import TIMES, find_articles, find_capture, find_link
from storage.places.mentions import How, Mention
from storage.states import LinkState

if TYPE_CHECKING:
    import sqlite3

    from storage.articles.places import Places
    from storage.merge.kept import ArticleKey, KeptArticle, KeptLink, Text

_ADD_TEXT = """
insert into article_revisions (article_id, number, seen_at, kind, title, summary, body, digest,
    capture_id, returned_at, returns)
values (:article_id, :number, :seen_at, :kind, :title, :summary, :body, :digest, :capture_id,
    :returned_at, :returns)"""
_SET_TEXT = """
update article_revisions set number = :number, seen_at = :seen_at, kind = :kind, title = :title,
    summary = :summary, body = :body, digest = :digest, capture_id = :capture_id,
    returned_at = :returned_at, returns = :returns
where article_id = :article_id and number = :was"""
_SET_ASIDE = "update article_revisions set number = -number where article_id = ?"
_ADD_LINK = """
insert into links (source_id, url, canonical_url, key, state, reason, found_at, title_hint,
    date_hint, seed_id, attempts, next_try_at, etag, last_modified, article_id, refused_at, absent)
values (:source_id, :url, :canonical_url, :key, :state, :reason, :found_at, :title_hint,
    :date_hint, :seed_id, :attempts, :next_try_at, :etag, :last_modified, :article_id,
    :refused_at, :absent)
returning id"""
_SET_LINK = """
update links set url = :url, canonical_url = :canonical_url, state = :state, reason = :reason,
    found_at = :found_at, title_hint = :title_hint, date_hint = :date_hint, seed_id = :seed_id,
    attempts = :attempts, next_try_at = :next_try_at, etag = :etag,
    last_modified = :last_modified, article_id = :article_id, refused_at = :refused_at,
    absent = :absent
where id = :id"""
_NAMES = ("url", "canonical_url", "state", "found_at", "next_try_at")


def add_article(
    conn: sqlite3.Connection, places: Places, article: KeptArticle, group: tuple[int | None, Copies]
) -> int:
    """Add an article that the archive does not have; return its id.

    ``group``: its cluster, None for a new one, and its copies.
    """
    article_id = conn.execute(NEXT_ID).fetchone()[0]
    cluster_id, copies = group
    values = _values(conn, article) | {
        "id": article_id,
        "source_id": article.source_id,
        "key": article.key,
        "cluster_id": cluster_id or article_id,
    }
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    conn.execute(f"insert into articles ({names}) values ({marks})", values)  # noqa: S608
    if cluster_id is None:
        copies.keep_keys(article_id)
    _put_texts(conn, article_id, None, article)
    _put_images(conn, article_id, article)
    _put_mentions(conn, places, article_id, article)
    return int(article_id)


def change_article(
    conn: sqlite3.Connection,
    places: Places,
    article_id: int,
    before: KeptArticle,
    article: KeptArticle,
) -> None:
    """Make an article of the archive the joined one."""
    values = _values(conn, article)
    pairs = ", ".join(f"{name} = :{name}" for name in values)
    conn.execute(f"update articles set {pairs} where id = :id", values | {"id": article_id})  # noqa: S608
    _put_texts(conn, article_id, before, article)
    if before.images != article.images:
        conn.execute("delete from images where article_id = ?", (article_id,))
        _put_images(conn, article_id, article)
    if before.mentions != article.mentions:
        _put_mentions(conn, places, article_id, article)
    _regroup(conn, article_id, before, article)


def put_link(conn: sqlite3.Connection, link: KeptLink, link_id: int | None) -> int:
    """Add a link, or make one of the archive the joined one; return its id."""
    target = find_articles(conn, [link.target]).get(link.target) if link.target else None
    if target is None and link.state == LinkState.STORED:
        link = replace(link, state=LinkState.PENDING.value)
    seed = conn.execute(
        "select id from seeds where source_id = ? and url = ?", (link.source_id, link.seed)
    ).fetchone()
    values = {name: getattr(link, name) for name in link.__slots__} | {
        "id": link_id,
        "seed_id": seed[0] if seed else None,
        "article_id": target,
    }
    if link_id is None:
        return int(conn.execute(_ADD_LINK, values).fetchone()[0])
    conn.execute(_SET_LINK, values)
    return link_id


def lead_to(conn: sqlite3.Connection, identity: ArticleKey, article: KeptArticle) -> None:
    """See that a link leads to an article: that of its own address, if no other does."""
    article_id = find_articles(conn, [identity])[identity]
    sql = "select 1 from links where article_id = ? limit 1"
    if conn.execute(sql, (article_id,)).fetchone():
        return
    known = find_link(conn, identity)
    if known is not None:
        conn.execute(
            "update links set article_id = ?, state = 'stored' where id = ?", (article_id, known[0])
        )
        return
    conn.execute(
        "insert into links (source_id, url, canonical_url, key, state, found_at, article_id)"
        " values (?, ?, ?, ?, 'stored', ?, ?)",
        (
            article.source_id,
            article.content["url"],
            article.content["canonical_url"],
            article.key,
            article.first_seen_at,
            article_id,
        ),
    )


def _values(conn: sqlite3.Connection, article: KeptArticle) -> dict[str, Any]:
    return {
        **article.content,
        **{name: getattr(article, name) for name in TIMES},
        "capture_id": find_capture(conn, article.capture),
        "revisions": len(article.texts),
    }


def _put_texts(
    conn: sqlite3.Connection, article_id: int, before: KeptArticle | None, after: KeptArticle
) -> None:
    """Write the texts that are new or stand otherwise now; the current one has its in articles."""
    known = before.texts if before is not None else {}
    was_current = before.content["digest"] if before is not None else None
    current = after.content["digest"]
    moves = any(after.texts[name].number != text.number for name, text in known.items())
    if moves:
        # Out of the way first: numbers are unique within an article at every instant.
        conn.execute(_SET_ASIDE, (article_id,))
    for name, text in after.texts.items():
        values = _text_values(conn, text) | {"article_id": article_id}
        if text.digest == current:
            values |= {"title": None, "summary": None, "body": None, "digest": None}
        if name not in known:
            conn.execute(_ADD_TEXT, values)
        elif (
            text != known[name] or moves or (text.digest == current) != (text.digest == was_current)
        ):
            was = known[name].number
            conn.execute(_SET_TEXT, values | {"was": -was if moves else was})


def _text_values(conn: sqlite3.Connection, text: Text) -> dict[str, Any]:
    values = {name: getattr(text, name) for name in text.__slots__ if name != "capture"}
    return values | {"capture_id": find_capture(conn, text.capture)}


def _put_images(conn: sqlite3.Connection, article_id: int, article: KeptArticle) -> None:
    conn.executemany(
        "insert into images (article_id, position, url, caption) values (?, ?, ?, ?)",
        [(article_id, position, *image) for position, image in enumerate(article.images)],
    )


def _put_mentions(
    conn: sqlite3.Connection, places: Places, article_id: int, article: KeptArticle
) -> None:
    mentions = [
        Mention(
            unit=named.unit,
            how=cast(How, named.how),
            confidence=named.confidence,
            position=named.position,
            length=0,
        )
        for named in article.mentions or ()
    ]
    places.keep(article_id, mentions)
    if article.mentions is None:
        conn.execute("insert or ignore into places_due values (?)", (article_id,))


def _regroup(
    conn: sqlite3.Connection, article_id: int, before: KeptArticle, article: KeptArticle
) -> None:
    """Look for copies again where what they are found by has changed."""
    old, new = as_article(before), as_article(article)
    if old == new and before.first_seen_at == article.first_seen_at:
        return
    regroup(conn, article_id, Copies.of(conn, new, article.first_seen_at))
