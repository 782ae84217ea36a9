"""Where a text belongs: a new article, another text of a known one, or nothing new.

Functions here run inside the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.articles import revisions
from storage.articles.clusters import regroup
from storage.articles.likeness import Text, is_copy
from storage.db.rows import CONTENT, article_values
from storage.fingerprint import syllables
from storage.records import Outcome
from storage.states import OutcomeKind, RevisionKind

if TYPE_CHECKING:
    import sqlite3

    from storage.articles.clusters import Copies
    from storage.records import Article, Link

_COLUMNS = ("id", "source_id", "key", "first_seen_at", "last_seen_at", "capture_id", "cluster_id")
NEXT_ID = """
select max(coalesce((select max(id) from articles), 0),
    coalesce((select max(id) from withheld), 0)) + 1"""
_INSERT = "insert into articles ({}) values ({})".format(  # noqa: S608 - our own column names
    ", ".join((*_COLUMNS, *CONTENT)), ", ".join(f":{name}" for name in (*_COLUMNS, *CONTENT))
)
_REWRITE = "update articles set {} where id = :id".format(  # noqa: S608 - our own column names
    ", ".join(f"{name} = :{name}" for name in CONTENT)
)
_TOUCH = """
update articles set last_seen_at = max(last_seen_at, :seen_at),
    gone_reason = iif(gone_at > :seen_at, gone_reason, null),
    gone_at = iif(gone_at > :seen_at, gone_at, null),
    capture_id = coalesce(:capture_id, capture_id)
where id = :id"""
_LOWER = "update articles set first_seen_at = min(first_seen_at, ?) where id = ?"
_MOVE = "update articles set url = ?, canonical_url = ? where id = ?"
_SAME_MINUTE = """
select * from articles where cluster_id = ? and source_id = ? and published_at = ? order by id"""
_SAME_PAYLOAD = """
select one.digest = other.digest from captures one, captures other
where one.id = ? and other.id = ?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An article as it came in, with where it came from."""

    article: Article
    link: Link
    capture_id: int | None
    kind: RevisionKind
    """What another text of a known article is: edited or reextracted."""
    seen_at: str
    copies: Copies


def place(conn: sqlite3.Connection, page: Page) -> Outcome:
    """Put a page's text where it belongs, and say what it was."""
    article = page.article
    stored = conn.execute(
        "select * from articles where source_id = ? and key = ?", (article.source_id, article.key)
    ).fetchone()
    if stored is None:
        twin = conn.execute(
            "select * from articles where digest = ? and source_id = ? order by id limit 1",
            (article.digest, article.source_id),
        ).fetchone()
        if twin is not None:
            return _join_twin(conn, page, twin)
        edited = _twin_before(conn, page)
        if edited is not None:
            return _revise(conn, page, edited)
        stored = _renamed(conn, page)
        if stored is None:
            return _insert(conn, page)
    if page.kind is not RevisionKind.REEXTRACTED and page.seen_at < stored["last_seen_at"]:
        return _file_older(conn, page, stored)
    if stored["digest"] == article.digest:
        return _see_again(conn, page, stored)
    return _revise(conn, page, stored)


def _twin_before(conn: sqlite3.Connection, page: Page) -> sqlite3.Row | None:
    """The article whose text this page had until now, if the new text is an edit of it.

    A paper that shows an article at two addresses edits both; either may be visited first.
    """
    article, link = page.article, page.link
    if link.article_id is None or link.key != article.key:
        return None
    before: sqlite3.Row | None = conn.execute(
        "select * from articles where id = ? and source_id = ?",
        (link.article_id, article.source_id),
    ).fetchone()
    if before is None or before["title"] == article.title:
        return before
    old = Text(before["title"], before["summary"], before["body"])
    new = Text(article.title, article.summary, article.body)
    return before if is_copy(old, new) else None


def _renamed(conn: sqlite3.Connection, page: Page) -> sqlite3.Row | None:
    """The source's article of the same minute with the same lead and text, if this is its title
    edited: the page was met at another address before it was visited again.

    Figures tell one issue from the next: `Thông báo số 12` is not `Thông báo số 13`.
    """
    article = page.article
    cluster = page.copies.find() if article.published_at else None
    if cluster is None or page.kind is not RevisionKind.EDITED:
        return None
    for row in conn.execute(_SAME_MINUTE, (cluster, article.source_id, article.published_at)):
        same = (row["summary"], row["body"]) == (article.summary, article.body)
        if same and _is_renamed(row["title"], article.title):
            return row  # type: ignore[no-any-return]
    return None


def _is_renamed(before: str, title: str) -> bool:
    old, new = syllables(before), syllables(title)
    figures = [[word for word in words if word.isdigit()] for words in (old, new)]
    return figures[0] == figures[1] and 2 * len({*old} & {*new}) >= max(len({*old}), len({*new}))


def _insert(conn: sqlite3.Connection, page: Page) -> Outcome:
    article = page.article
    # The id is chosen here because the cluster of an article without copies bears it.
    article_id = conn.execute(NEXT_ID).fetchone()[0]
    cluster_id = page.copies.find() or article_id
    conn.execute(
        _INSERT,
        {
            "id": article_id,
            "source_id": article.source_id,
            "key": article.key,
            "first_seen_at": page.seen_at,
            "last_seen_at": page.seen_at,
            "capture_id": page.capture_id,
            "cluster_id": cluster_id,
            **article_values(article),
        },
    )
    if cluster_id == article_id:
        page.copies.keep_keys(article_id)
    _put_images(conn, article_id, article)
    revisions.add_first(conn, article_id, seen_at=page.seen_at, capture_id=page.capture_id)
    return Outcome(kind=OutcomeKind.NEW, article_id=article_id)


def _join_twin(conn: sqlite3.Connection, page: Page, twin: sqlite3.Row) -> Outcome:
    if twin["gone_at"] is not None and twin["gone_at"] <= page.seen_at:
        # The paper moved the text: it is not gone, it lives here now.
        _touch(conn, twin["id"], page)
        conn.execute(_MOVE, (page.article.url, page.article.canonical_url, twin["id"]))
    return Outcome(kind=OutcomeKind.DUPLICATE, article_id=twin["id"])


def _see_again(conn: sqlite3.Connection, page: Page, stored: sqlite3.Row) -> Outcome:
    article_id = stored["id"]
    _touch(conn, article_id, page)
    if page.kind is RevisionKind.REEXTRACTED:
        _rewrite(conn, article_id, page.article)
        if stored["published_on"] != page.article.published_on:
            regroup(conn, article_id, page.copies)
    elif stored["url"] != page.article.url:
        conn.execute(_MOVE, (page.article.url, page.article.canonical_url, article_id))
    led_here = page.link.article_id == article_id or page.link.key == page.article.key
    kind = OutcomeKind.UNCHANGED if led_here else OutcomeKind.DUPLICATE
    return Outcome(kind=kind, article_id=article_id)


def _revise(conn: sqlite3.Connection, page: Page, stored: sqlite3.Row) -> Outcome:
    """Make another text the current one; a text the article had before is not stored again."""
    article_id = stored["id"]
    seen = revisions.find_revision(conn, article_id, page.article.digest)
    if seen is None:
        revisions.replace_current(
            conn,
            stored,
            _kind(conn, page, stored),
            seen_at=page.seen_at,
            capture_id=page.capture_id,
        )
    else:
        revisions.return_to(conn, stored, seen, page.seen_at)
    _touch(conn, article_id, page)
    _rewrite(conn, article_id, page.article)
    regroup(conn, article_id, page.copies)
    return Outcome(kind=OutcomeKind.REVISED, article_id=article_id)


def _file_older(conn: sqlite3.Connection, page: Page, stored: sqlite3.Row) -> Outcome:
    """File a text from before the last visit: an older revision, the article stays as it is."""
    article_id, was_first = stored["id"], page.seen_at < stored["first_seen_at"]
    seen = revisions.find_revision(conn, article_id, page.article.digest)
    if seen is None:
        revisions.file_earlier(
            conn,
            stored,
            page.article,
            RevisionKind.FIRST if was_first else page.kind,
            seen_at=page.seen_at,
            capture_id=page.capture_id,
        )
    else:
        revisions.note_earlier(conn, seen, page.seen_at)
    if was_first:
        conn.execute(_LOWER, (page.seen_at, article_id))
    led_here = page.link.article_id == article_id or page.link.key == page.article.key
    same = OutcomeKind.UNCHANGED if led_here else OutcomeKind.DUPLICATE
    return Outcome(kind=OutcomeKind.REVISED if seen is None else same, article_id=article_id)


def _kind(conn: sqlite3.Connection, page: Page, stored: sqlite3.Row) -> RevisionKind:
    """Another text out of the very same bytes is our doing, not the paper's."""
    same = conn.execute(_SAME_PAYLOAD, (page.capture_id, stored["capture_id"])).fetchone()
    return RevisionKind.REEXTRACTED if same is not None and same[0] else page.kind


def _touch(conn: sqlite3.Connection, article_id: int, page: Page) -> None:
    conn.execute(
        _TOUCH,
        {"id": article_id, "seen_at": page.article.fetched_at, "capture_id": page.capture_id},
    )


def _rewrite(conn: sqlite3.Connection, article_id: int, article: Article) -> None:
    conn.execute(_REWRITE, {"id": article_id, **article_values(article)})
    conn.execute("delete from images where article_id = ?", (article_id,))
    _put_images(conn, article_id, article)


def _put_images(conn: sqlite3.Connection, article_id: int, article: Article) -> None:
    conn.executemany(
        "insert into images (article_id, position, url, caption) values (?, ?, ?, ?)",
        [
            (article_id, position, image.url, image.caption)
            for position, image in enumerate(article.images)
        ],
    )
