"""The texts an article has had. The current one stands in ``articles`` and is not stored twice.

A row of ``article_revisions`` without a digest has the text of its article; view ``revisions``
shows each with its text. Functions here run inside the caller's transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from storage.records import Article
    from storage.states import RevisionKind

_FIND = "select id from revisions where article_id = ? and digest = ?"
_INSERT = """
insert into article_revisions
    (article_id, number, seen_at, kind, title, summary, body, digest, capture_id)
values (:article_id, :number, :seen_at, :kind, :title, :summary, :body, :digest, :capture_id)"""
_SET_ASIDE = """
update article_revisions set title = :title, summary = :summary, body = :body, digest = :digest
where article_id = :id and digest is null"""
_RETURN = """
update article_revisions set title = null, summary = null, body = null, digest = null,
    returned_at = ?, returns = returns + 1
where id = ?"""
_EARLIER = "update article_revisions set seen_at = min(seen_at, ?) where id = ?"
_FIRST_NO_MORE = """
update article_revisions set kind = 'edited' where article_id = ? and kind = 'first'"""
_NUMBER = "update articles set revisions = ? where id = ?"


def find_revision(conn: sqlite3.Connection, article_id: int, digest: str) -> int | None:
    """Return the id of the article's revision with that text, or None."""
    row = conn.execute(_FIND, (article_id, digest)).fetchone()
    return None if row is None else int(row[0])


def add_first(
    conn: sqlite3.Connection, article_id: int, *, seen_at: str, capture_id: int | None
) -> None:
    """Add the first revision of a new article: its text is the article's."""
    _insert(
        conn, article_id=article_id, number=1, seen_at=seen_at, kind="first", capture_id=capture_id
    )


def replace_current(
    conn: sqlite3.Connection,
    stored: sqlite3.Row,
    kind: RevisionKind,
    *,
    seen_at: str,
    capture_id: int | None,
) -> None:
    """Keep the text of ``stored``, a row of ``articles``, and add a revision for the next one.

    The caller then gives the article its new text.
    """
    conn.execute(_SET_ASIDE, _text_of(stored))
    _add_number(conn, stored, kind, seen_at=seen_at, capture_id=capture_id)


def return_to(
    conn: sqlite3.Connection, stored: sqlite3.Row, revision_id: int, returned_at: str
) -> None:
    """Keep the text of ``stored`` and make an earlier revision the current one.

    The caller then gives the article that text.
    """
    conn.execute(_SET_ASIDE, _text_of(stored))
    conn.execute(_RETURN, (returned_at, revision_id))


def file_earlier(
    conn: sqlite3.Connection,
    stored: sqlite3.Row,
    article: Article,
    kind: RevisionKind,
    *,
    seen_at: str,
    capture_id: int | None,
) -> None:
    """Add a text from before the article's last visit. Before its first, it becomes the first."""
    if kind == "first":
        conn.execute(_FIRST_NO_MORE, (stored["id"],))
    text = {name: getattr(article, name) for name in ("title", "summary", "body", "digest")}
    _add_number(conn, stored, kind, seen_at=seen_at, capture_id=capture_id, **text)


def note_earlier(conn: sqlite3.Connection, revision_id: int, seen_at: str) -> None:
    """Record that a revision was there at that instant already."""
    conn.execute(_EARLIER, (seen_at, revision_id))


def _add_number(
    conn: sqlite3.Connection, stored: sqlite3.Row, kind: RevisionKind, **values: object
) -> None:
    number = stored["revisions"] + 1
    _insert(conn, article_id=stored["id"], number=number, kind=str(kind), **values)
    conn.execute(_NUMBER, (number, stored["id"]))


def _insert(conn: sqlite3.Connection, **values: object) -> None:
    without_text = {"title": None, "summary": None, "body": None, "digest": None}
    conn.execute(_INSERT, without_text | values)


def _text_of(stored: sqlite3.Row) -> dict[str, object]:
    return {name: stored[name] for name in ("id", "title", "summary", "body", "digest")}
