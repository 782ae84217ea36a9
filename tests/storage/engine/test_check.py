"""Files of the index, its stamp, and the log that it follows."""

from __future__ import annotations

import json
import zlib
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.engine.catchup import catch_up, update
from storage.engine.check import _is_whole, _spans, check_index
from storage.engine.entries import (
    Point,
    changed_since,
    has_log,
    is_ours,
    last_point,
    next_ids,
    prune,
    read_entries,
    read_list,
    read_texts,
)
from storage.engine.folder import State, folder_of, forget, locked, open_index, remove, unbroken
from storage.errors import ArchiveUnusable
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shelf(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_shelf(path)) as conn:
        put(conn, "Giá lúa tăng", "Nông dân vui.", section="Kinh tế", authors=["Nga"])
        put(conn, "Sạt lở", summary="Nhà dân phải dời.")
        yield conn


def footed(content: bytes, footer: bytes | None = None, magic: int = 1337, more: int = 0) -> bytes:
    """A file as tantivy writes it: its content, a footer, the footer's length, a number."""
    foot = json.dumps({"crc": zlib.crc32(content)}).encode() if footer is None else footer
    end = (len(foot) + more).to_bytes(4, "little") + magic.to_bytes(4, "little")
    return content + foot + end


@pytest.mark.parametrize(
    ("data", "is_whole"),
    [
        (footed(b"words"), True),
        (footed(b""), True),
        (footed(bytes(3 << 20)), True),
        (footed(b"words").replace(b"words", b"worts"), False),
        (footed(b"words", magic=1338), False),
        (footed(b"words", more=1), False),
        (footed(b"words", more=9999), False),
        (footed(b"words", footer=b"{}"), False),
        (footed(b"words", footer=b"{"), False),
        (footed(b"words")[1:], False),
        (b"", False),
        (b"12345678", False),
    ],
)
def test_a_file_of_the_index_ends_with_the_sum_of_its_bytes(
    tmp_path: Path, data: bytes, *, is_whole: bool
) -> None:
    path = tmp_path / "a.idx"
    path.write_bytes(data)
    assert _is_whole(path) is is_whole
    assert not _is_whole(tmp_path / "none")


def test_the_log_names_what_changed(shelf: sqlite3.Connection) -> None:
    start = last_point(shelf)
    assert is_ours(shelf, start)
    assert not is_ours(shelf, Point(start.seq, "other"))
    assert not is_ours(shelf, Point(start.seq + 1, start.token))
    assert changed_since(shelf, start.seq, 9) == (start.seq, [])
    assert changed_since(shelf, 0, 99)[1] == [1, 2]
    for title in ("a", "b", "b"):
        shelf.execute("update articles set title = ? where id = 1", (title,))
    new = put(shelf, "Ba")
    upto, changed = changed_since(shelf, start.seq, 99)
    assert (upto, changed) == (last_point(shelf).seq, [1, new])
    assert changed_since(shelf, start.seq, 2) == (start.seq + 2, [1])
    assert prune(shelf, start.seq, most=1) == 1
    assert prune(shelf, upto) == upto - 2
    assert changed_since(shelf, 0, 99) == (upto, [new])
    assert has_log(shelf)
    shelf.execute("drop table index_log")
    assert not has_log(shelf)


def test_articles_are_read_for_the_index(shelf: sqlite3.Connection) -> None:
    shelf.execute(
        "insert into mentions (article_id, unit, how, confidence, position)"
        " values (1, '27907c', 'kind', 1, 0), (1, 'zzz', 'kind', 1, 5)"
    )
    one, other = read_entries(shelf, [1, 2, 9])
    assert (one.id, one.title, one.summary, one.body) == (1, "Giá lúa tăng", "", "Nông dân vui.")
    assert (one.section, one.sections, one.authors) == ("Kinh tế", (), ("Nga",))
    assert sorted(one.units) == ["27907c", "zzz"]
    assert set(one.places) == {"27907c", "801c", "80c", "27907", "80"}
    assert (other.summary, other.units, other.places) == ("Nhà dân phải dời.", (), ())
    assert next_ids(shelf, 0, 1) == [1]
    assert next_ids(shelf, 1, 9) == [2]
    assert list(read_texts(shelf, [2])) == [(2, "Sạt lở", "Nhà dân phải dời.", "")]
    assert [read_list(text) for text in ('["a", 1]', "{}", "x", None)] == [("a", "1"), (), (), ()]


def test_the_index_follows_the_log_to_its_end(shelf: sqlite3.Connection, path: Path) -> None:
    folder = folder_of(path)
    told: list[int] = []
    built = catch_up(shelf, folder, report=told.append)
    assert (built.done, built.articles, built.rebuilt, told) == (True, 2, State.MISSING, [2, 2])
    again = catch_up(shelf, folder)
    assert (again.done, again.articles, again.rebuilt, again.busy) == (True, 0, None, False)
    put(shelf, "Ba")
    assert not catch_up(shelf, folder, seconds=-1).done
    behind = catch_up(shelf, folder)
    assert (behind.done, behind.articles) == (True, 1)
    assert behind.stamp is not None
    assert behind.stamp.followed == last_point(shelf).seq
    assert list(check_index(shelf, folder)) == []
    with locked(folder):
        assert catch_up(shelf, folder).busy
    forget(folder)
    assert open_index(shelf, folder).state is State.MISSING
    assert not catch_up(shelf, folder, build=False).done
    assert open_index(shelf, folder).state is State.MISSING


def test_what_the_index_lacks_or_has_otherwise_is_named(
    shelf: sqlite3.Connection, path: Path
) -> None:
    folder = folder_of(path)
    assert list(check_index(shelf, folder)) == [], "there is none yet"
    catch_up(shelf, folder)
    shelf.execute("drop trigger articles_log_update")
    shelf.execute("update articles set title = 'Giá vàng' where id = 1")
    assert list(check_index(shelf, folder)) == ["has other words than article 1"]
    shelf.execute("drop trigger articles_log_delete")
    shelf.execute("delete from articles where id = 2")
    (first, *_) = check_index(shelf, folder)
    assert first == "holds 2 of the 1 articles from 1 to 10000"


def test_lines_that_the_index_has_followed_are_deleted(
    shelf: sqlite3.Connection, path: Path
) -> None:
    import contextlib

    progress = update(shelf, path, contextlib.nullcontext)
    assert progress.done
    assert shelf.execute("select count(*) from index_log").fetchone()[0] == 1
    assert is_ours(shelf, last_point(shelf))
    other = path.with_name("none") / "archive.db"
    with pytest.raises(ArchiveUnusable, match="cannot be written"):
        update(shelf, other, contextlib.nullcontext)
    remove(folder_of(path))
    assert [each.name for each in folder_of(path).iterdir()] == [".lock"]
    remove(other)


def test_only_what_a_damaged_index_raises_is_noted() -> None:
    for error in (ValueError("bad"), OSError("bad"), KeyError("bad")):
        with unbroken() as harm:
            raise error
        assert len(harm) == 1
        assert "bad" in harm[0]
    with unbroken() as harm:
        pass
    assert harm == []
    with pytest.raises(TypeError), unbroken():
        raise TypeError("ours")


def test_articles_are_put_into_the_index_by_two_hundred(path: Path) -> None:
    with closing(open_shelf(path)) as conn:
        conn.execute("begin")
        for _ in range(201):
            put(conn, "Tin")
        conn.execute("commit")
        told: list[int] = []
        catch_up(conn, folder_of(path), report=told.append)
        assert told == [200, 201, 201]


@pytest.mark.parametrize(
    ("ids", "spans"),
    [
        ([], [(1, 1 << 62, set())]),
        ([1], [(1, 1, set()), (1, 10_001, {1}), (10_001, 1 << 62, set())]),
        ([5, 10_004], [(1, 5, set()), (5, 10_005, {5, 10_004}), (10_005, 1 << 62, set())]),
        ([5, 10_005], [(1, 5, set()), (5, 10_005, {5}), (10_005, 20_005, {10_005}),
                       (20_005, 1 << 62, set())]),
    ],
)  # fmt: skip
def test_ids_are_counted_by_ten_thousand_and_beyond_both_ends(
    path: Path, ids: list[int], spans: list[tuple[int, int, set[int]]]
) -> None:
    with closing(open_shelf(path)) as conn:
        for number in ids:
            put(conn, "Tin", id=number)
        assert list(_spans(conn)) == spans


@pytest.mark.parametrize(("articles", "looked_at"), [(199, 199), (201, 200)])
def test_the_words_of_two_hundred_articles_are_looked_up(
    path: Path, articles: int, looked_at: int
) -> None:
    with closing(open_shelf(path)) as conn:
        conn.execute("begin")
        for _ in range(articles):
            put(conn, "Tin")
        conn.execute("commit")
        catch_up(conn, folder_of(path))
        # Whatever the index says of it, the words of each are others now.
        conn.execute("drop trigger articles_log_update")
        conn.execute("update articles set title = 'Khác'")
        problems = list(check_index(conn, folder_of(path)))
    assert len(problems) == looked_at
    assert all(each.startswith("has other words than article ") for each in problems)


def test_articles_that_changed_since_are_not_compared(
    shelf: sqlite3.Connection, path: Path
) -> None:
    folder = folder_of(path)
    catch_up(shelf, folder)
    shelf.execute("update articles set title = 'Giá vàng' where id = 1")
    shelf.execute("delete from articles where id = 2")
    put(shelf, "Ba")
    assert list(check_index(shelf, folder)) == []
