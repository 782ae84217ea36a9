"""Pictures and documents of two archives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from storage.merge.media import add_media
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive

AT = "2026-10-01T00:00:00Z"
CAPTURE = {"url": "p.jpg", "fetched_at": AT, "status": 200, "digest": "d", "file": "f",
           "offset": 5, "length": 9}  # fmt: skip


def put(archive: Archive, table: str, **row: Any) -> int:
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    sql = f"insert into {table} ({names}) values ({marks})"  # noqa: S608
    return int(archive.connection.execute(sql, row).lastrowid or 0)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Archive, Archive]]:
    """Two archives of one source; what the other one has is numbered otherwise."""
    with open_new(tmp_path / "mine.db") as mine, open_new(tmp_path / "other.db") as other:
        for number, archive in ((3, mine), (8, other)):
            put(archive, "sources", id="x", name="X", kind="newspaper", province="Tây Ninh",
                homepage="https://x.vn/")  # fmt: skip
            put(archive, "articles", id=number, source_id="x", key="1", url="u", canonical_url="u",
                title="Tin", body="Thân.", digest="1", cluster_id=number, first_seen_at=AT,
                last_seen_at=AT)  # fmt: skip
        put(mine, "captures", id=4, **CAPTURE)
        put(other, "captures", id=1, **CAPTURE)
        yield mine, other


def show(archive: Archive, article: int, *, url: str = "p.jpg", **media: Any) -> int:
    facts = {"source_id": "x", "kind": "image", "url": url, "found_at": AT}
    number = put(archive, "media", **facts | media)
    put(archive, "article_media", media_id=number, article_id=article, title="Ảnh")
    return number


STORED = {"state": "stored", "digest": "d", "width": 640, "capture_id": 1}
PENDING = {"state": "pending", "attempts": 2}
REFUSED = {"state": "refused", "reason": "http-404", "attempts": 2}


@pytest.mark.parametrize(
    ("ours", "theirs", "kept"),
    [
        (None, STORED, ("stored", None, 0, "d", 640, 4)),
        (None, PENDING, ("pending", None, 2, None, None, None)),
        (None, REFUSED, ("refused", "http-404", 2, None, None, None)),
        (PENDING, STORED, ("stored", None, 0, "d", 640, 4)),
        (REFUSED, STORED, ("stored", None, 0, "d", 640, 4)),
        (STORED | {"capture_id": 4, "width": 80}, STORED, ("stored", None, 0, "d", 80, 4)),
        (STORED | {"capture_id": 4}, REFUSED, ("stored", None, 0, "d", 640, 4)),
        (PENDING, REFUSED, ("refused", "http-404", 2, None, None, None)),
        (REFUSED, PENDING, ("refused", "http-404", 2, None, None, None)),
        (PENDING, REFUSED | {"attempts": 3}, ("refused", "http-404", 3, None, None, None)),
        (PENDING, PENDING | {"attempts": 1}, ("pending", None, 2, None, None, None)),
        (REFUSED, PENDING | {"attempts": 5}, ("pending", None, 5, None, None, None)),
        # Its capture is not among ours: it may be fetched anew.
        (None, STORED | {"capture_id": 2}, ("pending", None, 0, None, 640, None)),
        (None, STORED | {"capture_id": None}, ("pending", None, 0, None, 640, None)),
    ],
)
def test_what_either_has_stored_is_stored(
    both: tuple[Archive, Archive], ours: dict[str, Any] | None, theirs: dict[str, Any],
    kept: tuple[object, ...],
) -> None:  # fmt: skip
    mine, other = both
    put(other, "captures", id=2, **CAPTURE | {"offset": 6})
    if ours:
        show(mine, 3, **ours)
    show(other, 8, **theirs)
    add_media(mine._db, other._db)
    names = "state, reason, attempts, digest, width, capture_id"
    rows = mine.connection.execute(f"select {names} from media").fetchall()  # noqa: S608
    assert [tuple(row) for row in rows] == [kept]
    shown = mine.connection.execute("select article_id, title from article_media").fetchall()
    assert [tuple(row) for row in shown] == [(3, "Ảnh")]


STATES = (STORED, STORED | {"found_at": "2026-09-30T00:00:00Z", "width": 80},
          STORED | {"digest": "c"}, PENDING, PENDING | {"attempts": 3}, REFUSED)  # fmt: skip


@pytest.mark.parametrize("theirs", range(len(STATES)))
@pytest.mark.parametrize("ours", range(len(STATES)))
def test_what_is_kept_does_not_depend_on_who_is_merged_into_whom(
    both: tuple[Archive, Archive], ours: int, theirs: int
) -> None:
    mine, other = both
    show(mine, 3, **STATES[ours] | ({"capture_id": 4} if ours < 3 else {}))
    show(other, 8, **STATES[theirs])
    names = "state, reason, attempts, digest, width, found_at, capture_id is null"
    kept = []
    for into, of in ((mine, other), (other, mine)):
        into.connection.execute("begin")
        add_media(into._db, of._db)
        kept.append([*map(tuple, into.connection.execute(f"select {names} from media"))])  # noqa: S608
        into.connection.execute("rollback")
    assert kept[0] == kept[1]


@pytest.mark.parametrize(("title", "kept"), [("Ảnh", "Ảnh"), (None, "")])
def test_texts_of_documents_come_with_them(
    both: tuple[Archive, Archive], title: str | None, kept: str
) -> None:
    mine, other = both
    show(mine, 3, url="first.jpg")
    number = show(other, 8)
    other.connection.execute("update article_media set title = ?", (title,))
    put(other, "document_texts", media_id=number, article_id=8, title="", text="Quyết định",
        spellings="quyet dinh")  # fmt: skip
    for _ in range(2):
        add_media(mine._db, other._db)
        rows = mine.connection.execute("select * from document_texts").fetchall()
        assert [tuple(row) for row in rows] == [(3, 2, kept, "Quyết định", "quyet dinh")]


@pytest.mark.parametrize(
    ("ours", "theirs", "kept"), [("09", "10", "ours"), ("10", "09", "theirs"), ("09", "09", "ours")]
)
def test_the_text_of_a_document_is_that_of_the_file_that_is_kept(
    both: tuple[Archive, Archive], ours: str, theirs: str, kept: str
) -> None:
    mine, other = both
    for archive, article, month in ((mine, 3, ours), (other, 8, theirs)):
        text = "ours" if archive is mine else "theirs"
        number = show(
            archive, article, url="a.pdf", state="stored", digest=text,
            found_at=f"2026-{month}-01T00:00:00Z", capture_id=4 if archive is mine else 1,
        )  # fmt: skip
        put(archive, "document_texts", media_id=number, article_id=article, title="", text=text,
            spellings="")  # fmt: skip
    for _ in range(2):
        add_media(mine._db, other._db)
        texts = mine.connection.execute("select text from document_texts").fetchall()
        digests = mine.connection.execute("select digest from media").fetchall()
        assert [tuple(row) for row in (*texts, *digests)] == [(kept,), (kept,)]


def test_what_articles_show_that_only_the_other_has_stays_there(
    both: tuple[Archive, Archive],
) -> None:
    mine, other = both
    show(other, 8)
    other.connection.execute("update articles set key = '2'")
    add_media(mine._db, other._db)
    assert mine.connection.execute("select count(*) from media").fetchone()[0] == 0


def test_pictures_come_by_two_hundred_and_none_twice_or_never(
    both: tuple[Archive, Archive],
) -> None:
    mine, other = both
    put(other, "articles", id=9, source_id="x", key="2", url="v", canonical_url="v", title="Tin",
        body="Thân.", digest="2", cluster_id=9, first_seen_at=AT, last_seen_at=AT)  # fmt: skip
    other.connection.execute("begin")
    for number in range(200):
        show(other, 8, url=f"{number}.jpg")
    # The last one of the first page is shown by a second article, which is on the next page.
    put(other, "article_media", media_id=200, article_id=9, title=None)
    other.connection.execute("commit")
    asked: list[str] = []
    other.connection.set_trace_callback(asked.append)
    add_media(mine._db, other._db)
    other.connection.set_trace_callback(None)
    assert mine.connection.execute("select count(*) from article_media").fetchone()[0] == 200
    assert sum("from article_media am" in each for each in asked) == 3, "two pages, and no third"
