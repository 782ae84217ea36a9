"""What may be merged, and what is withheld of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.errors import ArchiveError, ArchiveUnusable
from storage.merge.check import check_apart, check_source, check_sources_agree, vet
from storage.merge.reading import (
    capture_key,
    captures_to,
    captures_withheld,
    find_articles,
    find_capture,
    find_link,
    find_withheld,
    has_link,
    page_of_articles,
    page_of_links,
)
from storage.records import Link, SourceRow
from tests.support.twins import Shelf, day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = "2026-12-01T00:00:00Z"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("home") / "archive.db"
    made = Shelf(path)
    made.crawl(0, {"1": "vụ lúa", "2": "cầu mới"})
    made.close()
    return path


@pytest.fixture
def shelf(path: Path) -> Iterator[Shelf]:
    """The archive, as it was when the test has ended."""
    opened = Shelf(path, ())
    opened.archive.connection.execute("begin")
    yield opened
    opened.archive.connection.execute("rollback")
    opened.close()


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("update runs set started_at = '2026-12-01T00:10:00Z'", ""),
        ("update runs set started_at = '2026-12-01T00:10:01Z'", "runs.started_at says 2026-12-01T"),
        ("update runs set finished_at = '2027-01-01T00:00:00Z'", "runs.finished_at says"),
        ("update articles set gone_at = '2027-01-01T00:00:00Z'", "articles.gone_at says"),
        ("update links set next_try_at = '2027-01-01T00:00:00Z'", ""),
        ("update runs set process = '1 22 boot'", ""),
        ("update runs set process = '12345678901 22 boot'", "a process that is none"),
        ("update runs set process = '1 ' || char(10)", "a process that is none"),
        ("update runs set process = null", ""),
        ("update articles set published_at = 'x'", ""),
        ("update articles set first_seen_at = '2026-10-01T03:00:00+07:00'", ""),
        (
            "update articles set first_seen_at = '2026-10-01T03:00:00'",
            "articles.first_seen_at holds",
        ),
        ("update links set reason = 5", "links.reason holds|^$"),
        ("update links set state = 'lost'", "links.state holds"),
        ("update articles set tags = '{}'", "articles.tags holds"),
        ("update articles set evidence = '{}'", ""),
    ],
)
def test_a_delivery_holds_what_a_crawl_of_ours_could_write(
    shelf: Shelf, sql: str, why: str
) -> None:
    shelf.archive._db.conn.execute(sql)
    if not why or why.endswith("|^$"):
        vet(shelf.archive._db, now=NOW)
        return
    with pytest.raises(ArchiveUnusable, match=why):
        vet(shelf.archive._db, now=NOW)


def test_an_archive_with_other_tables_is_none_of_ours(shelf: Shelf) -> None:
    shelf.archive._db.conn.execute("analyze")
    vet(shelf.archive._db, now=NOW)
    shelf.archive._db.conn.execute("create table more (a)")
    with pytest.raises(ArchiveUnusable, match=r"its schema is not ours \(more\)"):
        vet(shelf.archive._db, now=NOW)
    check_source(shelf.archive._db)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("update articles set section = cast(x'ff41' as text) where id = 2", "UTF-8 .*section"),
        ("update links set title_hint = cast(x'ff41' as text)", "UTF-8 .*title_hint"),
        ("update articles set body = cast(body as blob) where id = 2", "row 2 .* no text as body"),
        ("update articles set last_seen_at = x'41'", "row 1 of articles has no text as last_seen"),
        ("update captures set offset = 'x' where id = 1", "row 1 .* no integer as offset"),
        ("delete from article_revisions where article_id = 2", "article 2 .* none of its revis"),
        ("update articles set revisions = 7, cluster_id = 99", None),
        ("alter table gaps add column wings text", "other columns in its table gaps"),
        ("alter table captures drop column origin", "other columns in its table captures"),
        ("create table mine (x); create view own as select 1 as x", None),
        ("update articles set published_on = '2026-02-30'", None),
    ],
)
def test_an_archive_with_rows_that_cannot_be_taken_is_refused(
    shelf: Shelf, sql: str, why: str | None
) -> None:
    """Before anything is merged: a merge that breaks off at a row has brought those before it."""
    for each in sql.split("; "):
        shelf.archive.connection.execute(each)
    if why is None:
        check_source(shelf.archive._db)
    else:
        with pytest.raises(ArchiveUnusable, match=f"nothing was merged.*{why}|{why}.*nothing was"):
            check_source(shelf.archive._db)


@pytest.mark.parametrize(
    ("homepage", "link", "agree"),
    [
        ("https://baolongan.vn/", None, True),
        ("https://www.BaoLongAn.vn/moi", None, True),
        ("http://longan.baotayninh.vn/", None, False),
        ("http://longan.baotayninh.vn/", "https://baolongan.vn/a9", True),
        ("http://longan.baotayninh.vn/", "https://khac.vn/a9", False),
        ("http://[", None, False),
        ("baolongan.vn", None, True),
        ("baotayninh.vn", None, False),
    ],
)
def test_one_id_means_one_paper(
    shelf: Shelf, tmp_path: Path, homepage: str, link: str | None, *, agree: bool
) -> None:
    with Archive.open(tmp_path / "other.db") as other:
        other.sources.put(
            SourceRow(id="baolongan", name="x", kind="newspaper", province="x", homepage=homepage)
        )
        if link:
            other.links.add(
                [
                    Link(
                        source_id="baolongan",
                        url=link,
                        canonical_url=link,
                        key="9",
                        found_at=day(0),
                    )
                ]
            )
        if agree:
            check_sources_agree(shelf.archive._db, other._db)
        else:
            with pytest.raises(ArchiveError, match=r"is baolongan\.vn in"):
                check_sources_agree(shelf.archive._db, other._db)


def test_a_file_is_apart_from_another(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    one.touch()
    other.touch()
    check_apart(one, other)
    with pytest.raises(ArchiveError, match="is the archive itself"):
        check_apart(one, one)


def test_rows_are_read_by_what_they_are_known_by(shelf: Shelf) -> None:
    conn = shelf.archive._db.conn
    assert page_of_articles(conn, 0, 1) == [1]
    assert page_of_articles(conn, 1, 9) == [2]
    one, none = ("baolongan", "1"), ("baolongan", "9")
    assert find_articles(conn, [one, none]) == {one: 1}
    assert find_link(conn, none) is None
    found = find_link(conn, one)
    assert found is not None
    assert (found[1].target, found[1].seen_at) == (one, day(0))
    assert page_of_links(conn, 0, 9) == {}
    shelf.archive.links.add([shelf.link("5")])
    ((number, link),) = page_of_links(conn, 0, 9).items()
    assert (link.key, link.target, link.seen_at) == ("5", None, "")
    assert page_of_links(conn, number, 9) == {}
    row = conn.execute("select * from captures where id = 2").fetchone()
    assert find_capture(conn, capture_key(row)) == 2
    assert find_capture(conn, capture_key(row)._replace(offset=1)) is None
    assert find_capture(conn, None) is None
    assert has_link(conn, 2)
    conn.execute("update captures set link_id = null where id = 2")
    assert not has_link(conn, 2)
    assert not has_link(conn, 9)
    assert captures_to(conn, [one]) == {1}
    assert captures_to(conn, [none]) == frozenset()


@pytest.mark.parametrize(
    ("withheld", "more", "captures"),
    [
        ("('baolongan', '1', 'u')", "", {1}),
        ("('baolongan', '9', 'u')", "", set()),
        ("('baolongan', '9', 'https://baolongan.vn/tin-a2.html')", "", {2}),
        ("('baolongan', '9', 'u')", "text", {2}),
        ("('baolongan', '9', 'u')", "erased", {2}),
    ],
)
def test_captures_of_what_is_withheld_are_known_in_another_archive(
    shelf: Shelf, tmp_path: Path, withheld: str, more: str, captures: set[int]
) -> None:
    with Archive.open(tmp_path / "mine.db") as mine:
        conn = mine._db.conn
        conn.execute("pragma foreign_keys = off")
        conn.execute(
            "insert into withheld (source_id, key, url, why, withheld_at)"  # noqa: S608 - of this test
            f" select *, 'order', '2026' from (values {withheld})"
        )
        other = shelf.archive._db.conn
        if more == "text":
            (digest,) = other.execute("select digest from articles where id = 2").fetchone()
            conn.execute("insert into withheld_texts values (?, 1)", (digest,))
        if more == "erased":
            row = dict(other.execute("select * from captures where id = 2").fetchone())
            row |= {"link_id": None, "id": 7}
            conn.execute(f"insert into captures ({', '.join(row)}) values"  # noqa: S608
                         f" ({', '.join('?' * len(row))})", tuple(row.values()))  # fmt: skip
            conn.execute("insert into erased values (7, 1, 'x')")
        assert len(find_withheld(conn)) == 1
        assert captures_withheld(conn, other) == captures
