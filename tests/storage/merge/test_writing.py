"""Joined articles and links as rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from storage.articles.clusters import Copies
from storage.articles.places import Places
from storage.merge.grouping import as_article
from storage.merge.kept import CaptureKey, KeptArticle, KeptLink, Named, Text
from storage.merge.reading import read_articles
from storage.merge.writing import add_article, change_article, lead_to, put_link
from tests.support.template import open_new

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive

AT, LATER = "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"
CAPTURE = CaptureKey("u", AT, "d", 5, 9)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "mine.db") as opened:
        conn = opened.connection
        conn.execute(
            "insert into sources (id, name, kind, province, homepage)"
            " values ('x', 'X', 'newspaper', 'Tây Ninh', 'h')"
        )
        conn.execute(
            "insert into captures (id, url, fetched_at, status, digest, file, offset, length)"
            " values (4, 'u', ?, 200, 'd', 'f', 5, 9)",
            (AT,),
        )
        yield opened


def text(number: int, digest: str, kind: str = "edited") -> Text:
    return Text(
        digest=digest, number=number, seen_at=AT, kind=kind, title=digest, summary=None,
        body=f"Thân {digest}.", capture=CAPTURE if number == 1 else None, returned_at=None,
        returns=0,
    )  # fmt: skip


ONE, TWO, THREE = text(1, "một", "first"), text(2, "hai"), text(3, "ba")


def kept(current: Text, *texts: Text, **more: Any) -> KeptArticle:
    content = {"url": "u", "canonical_url": "u", "title": current.title, "summary": None,
               "body": current.body, "digest": current.digest, "published_on": "2026-10-01",
               "signature": 7}  # fmt: skip
    values: dict[str, Any] = {
        "source_id": "x", "key": "1", "content": content, "first_seen_at": AT, "last_seen_at": AT,
        "gone_at": None, "gone_reason": None, "capture": None, "images": (), "mentions": (),
        "texts": {(each.digest, 0): each for each in texts},
    }  # fmt: skip
    return KeptArticle(**values | more)


def add(archive: Archive, article: KeptArticle, cluster: int | None = None) -> int:
    copies = Copies.of(archive.connection, as_article(article), AT)
    return add_article(archive.connection, Places(archive._db), article, (cluster, copies))


def change(archive: Archive, before: KeptArticle, article: KeptArticle) -> None:
    change_article(archive.connection, Places(archive._db), 1, before, article)


def rows(conn: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in conn.execute(sql)]


def test_a_new_article_has_a_new_number_and_opens_a_cluster_or_joins_one(archive: Archive) -> None:
    conn = archive.connection
    conn.execute(
        "insert into withheld (id, source_id, key, url, why, withheld_at)"
        " values (5, 'x', '9', 'u', 'lệnh', ?)",
        (AT,),
    )
    article = kept(ONE, ONE, capture=CAPTURE, images=(("a.jpg", "Ảnh"), ("b.jpg", None)))
    assert add(archive, article) == 6, "5 was that of one that is withheld"
    assert add(archive, replace(article, key="2"), cluster=6) == 7
    assert rows(conn, "select id, key, cluster_id, capture_id, revisions from articles") == [
        (6, "1", 6, 4, 1), (7, "2", 6, 4, 1),
    ]  # fmt: skip
    assert {row[0] for row in rows(conn, "select article_id from copy_keys")} == {6}
    assert rows(conn, "select article_id, position, url, caption from images") == [
        (6, 0, "a.jpg", "Ảnh"), (6, 1, "b.jpg", None),
        (7, 0, "a.jpg", "Ảnh"), (7, 1, "b.jpg", None),
    ]  # fmt: skip
    assert read_articles(conn, [6])[6].texts == article.texts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (kept(ONE, ONE), kept(TWO, ONE, TWO)),
        (kept(TWO, ONE, TWO), kept(ONE, ONE, TWO)),
        (kept(ONE, ONE), kept(ONE, ONE, TWO, THREE)),
        (kept(ONE, ONE), kept(ONE, ONE)),
        (kept(ONE, ONE, TWO), kept(ONE, replace(ONE, returned_at=LATER, returns=1), TWO)),
        # Numbers are given anew: one that stood first comes second.
        (kept(TWO, replace(TWO, number=1), THREE),
         kept(TWO, replace(ONE, capture=None), TWO, THREE)),
        (kept(ONE, ONE, TWO), kept(ONE, replace(ONE, number=2), replace(TWO, number=1))),
    ],
)  # fmt: skip
def test_an_article_has_the_joined_texts_in_their_order(
    archive: Archive, before: KeptArticle, after: KeptArticle
) -> None:
    add(archive, before)
    change(archive, before, after)
    conn = archive.connection
    assert read_articles(conn, [1])[1].texts == after.texts
    without = rows(conn, "select count(*) from article_revisions where digest is null")
    assert without == [(1,)], "the current text stands in its article"
    assert rows(conn, "select revisions from articles") == [(len(after.texts),)]


def test_pictures_and_places_are_written_where_they_are_others(archive: Archive) -> None:
    conn = archive.connection
    named = Named("80", "kind", 0.9, 3)
    before = kept(ONE, ONE, images=(("a.jpg", None),), mentions=(named,))
    add(archive, before)
    mark = "update images set caption = 'kept'; update mentions set position = 99;"
    conn.executescript(mark)
    change(archive, before, replace(before, last_seen_at=LATER))
    assert rows(conn, "select last_seen_at from articles") == [(LATER,)]
    assert rows(conn, "select caption from images") == [("kept",)]
    assert rows(conn, "select unit, position from mentions") == [("80", 99)]
    after = replace(before, images=(("b.jpg", None),), mentions=(Named("01", "name", 0.8, 7),))
    change(archive, before, after)
    assert rows(conn, "select position, url, caption from images") == [(0, "b.jpg", None)]
    assert rows(conn, "select unit, how, confidence, position from mentions") == [
        ("01", "name", 0.8, 7)
    ]
    assert rows(conn, "select * from places_due") == []
    change(archive, after, replace(after, mentions=None))
    assert rows(conn, "select * from places_due") == [(1,)]


def link(key: str = "1", **more: Any) -> KeptLink:
    values: dict[str, Any] = {
        "source_id": "x", "key": key, "url": f"u{key}", "canonical_url": f"u{key}", "found_at": AT,
        "title_hint": "Tin", "date_hint": None, "seed": None, "state": "stored", "reason": None,
        "attempts": 2, "next_try_at": LATER, "etag": '"a"', "last_modified": None,
        "refused_at": None, "absent": 0, "target": ("x", "1"), "seen_at": "",
    }  # fmt: skip
    return KeptLink(**values | more)


@pytest.mark.parametrize(
    ("change", "state", "article", "seed"),
    [
        ({}, "stored", 1, None),
        ({"seed": "rss"}, "stored", 1, 1),
        ({"seed": "unknown"}, "stored", 1, None),
        ({"target": None}, "pending", None, None),
        ({"target": ("x", "9")}, "pending", None, None),
        ({"target": ("x", "9"), "state": "gone"}, "gone", None, None),
        ({"target": None, "state": "failed"}, "failed", None, None),
        ({"state": "gone"}, "gone", 1, None),
    ],
)
@pytest.mark.parametrize("is_known", [False, True])
def test_a_link_leads_to_an_article_that_is_here_or_waits(
    archive: Archive, change: dict[str, Any], state: str, article: int | None, seed: int | None, *,
    is_known: bool,
) -> None:  # fmt: skip
    conn = archive.connection
    add(archive, kept(ONE, ONE))
    conn.execute("insert into seeds (source_id, kind, url) values ('x', 'feed', 'rss')")
    known = put_link(conn, link(state="pending", target=None), None) if is_known else None
    assert put_link(conn, link(**change), known) == 1
    names = "state, article_id, seed_id, attempts, next_try_at, etag, title_hint"
    assert rows(conn, f"select {names} from links") == [  # noqa: S608
        (state, article, seed, 2, LATER, '"a"', "Tin")
    ]


@pytest.mark.parametrize(
    ("known", "links"),
    [
        ([], [("1", "stored", 1)]),
        ([link("7")], [("7", "stored", 1)]),
        ([link("1", target=None, state="gone")], [("1", "stored", 1)]),
        ([link("1", target=None, state="gone"), link("7")],
         [("1", "gone", None), ("7", "stored", 1)]),
    ],
)  # fmt: skip
def test_every_article_has_a_link(
    archive: Archive, known: list[KeptLink], links: list[tuple[object, ...]]
) -> None:
    article = kept(ONE, ONE)
    add(archive, article)
    for each in known:
        put_link(archive.connection, each, None)
    lead_to(archive.connection, ("x", "1"), article)
    found = rows(archive.connection, "select key, state, article_id from links order by key")
    assert found == links
