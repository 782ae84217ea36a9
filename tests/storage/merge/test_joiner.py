"""Page by page: what is there already is only read, and what is known is joined."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from storage.errors import ArchiveError
from storage.merge.reading import find_link
from storage.merge.whole import Joiner, Merged, reading
from tests.support.twins import Shelf, day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Shelf, Shelf]]:
    mine, other = (Shelf(tmp_path / name / "archive.db") for name in ("mine", "other"))
    other.crawl(0, {"1": "vụ lúa", "2": "cầu mới"})
    other.archive.links.add([other.link("3"), other.link("4")])
    mine.archive.merge(other.archive, now=day(2))
    yield mine, other
    mine.close()
    other.close()


def join(pair: tuple[Shelf, Shelf], *, late: bool = False) -> tuple[Merged, int]:
    """Return what was joined, and how many transactions that took."""
    mine, other = (shelf.archive._db for shelf in pair)
    merged, asked = Merged(), []
    mine.conn.set_trace_callback(asked.append)
    with reading(other):
        joiner = Joiner(mine, other, merged, late=late)
        for _ in (*joiner.join_articles(), *joiner.join_links()):
            pass
    assert not other.conn.in_transaction
    mine.conn.set_trace_callback(None)
    return merged, sum(each == "begin immediate" for each in asked)


def rows(shelf: Shelf, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in shelf.archive.connection.execute(sql)]


def test_what_is_there_already_is_only_read(pair: tuple[Shelf, Shelf]) -> None:
    merged, transactions = join(pair)
    assert (merged.articles, merged.is_nothing, transactions) == (2, True, 0)


NEW_LINK = """
insert into links (source_id, url, canonical_url, key, found_at)
values ('baolongan', 'u', 'u', '9', '2026-10-01T00:00:00Z')"""


@pytest.mark.parametrize(
    ("change", "asked", "told"),
    [
        (NEW_LINK, "select state from links where key = '9'", (0, 0, 1, ("pending",))),
        ("update links set attempts = 3 where key = '3'",
         "select attempts from links where key = '3'", (0, 0, 0, (3,))),
        ("update links set found_at = '2026-01-01T00:00:00Z' where key = '1'",
         "select found_at from links where key = '1'", (0, 0, 0, ("2026-01-01T00:00:00Z",))),
        ("update articles set first_seen_at = '2026-01-01T00:00:00Z' where key = '1'",
         "select first_seen_at from articles where key = '1'",
         (0, 1, 0, ("2026-01-01T00:00:00Z",))),
    ],
)  # fmt: skip
def test_what_the_other_archive_knows_better_is_joined(
    pair: tuple[Shelf, Shelf], change: str, asked: str, told: tuple[Any, ...]
) -> None:
    mine, other = pair
    other.archive.connection.execute(change)
    merged, transactions = join(pair)
    assert (merged.new, merged.changed, merged.links, *rows(mine, asked)) == told
    assert transactions == 1
    assert join(pair)[1] == 0, "once"


@pytest.mark.parametrize("key", ["1", "3"])
def test_captures_without_a_link_get_theirs(pair: tuple[Shelf, Shelf], key: str) -> None:
    mine, other = pair
    link = "(select id from links where key = ?)"
    other.archive.connection.execute(
        f"update captures set link_id = {link} where id = 1",  # noqa: S608
        (key,),
    )
    mine.archive.connection.execute("update captures set link_id = null where id = 1")
    assert join(pair)[1] == 1
    led = "select key from captures join links on links.id = link_id where captures.id = 1"
    assert rows(mine, led) == [(key,)]
    assert join(pair)[1] == 0


def test_what_was_withheld_here_stays_out_with_its_links_and_copies(
    pair: tuple[Shelf, Shelf],
) -> None:
    mine, other = pair
    other.crawl(1, {"5": "bệnh viện", "6": "trường học"})
    order = "insert into withheld (id, source_id, key, url, why, withheld_at)"
    mine.archive.connection.execute(
        f"{order} values (9, 'baolongan', '5', 'u', 'lệnh', '2026-10-01T00:00:00Z')"
    )
    mine.archive.connection.execute(
        "insert into withheld_texts (digest, withheld_id) values (?, 9)",
        rows(other, "select digest from articles where key = '6'")[0],
    )
    merged, _ = join(pair)
    assert (merged.articles, merged.new) == (4, 0)
    keys = rows(mine, "select key from links order by key")
    assert [key for (key,) in keys] == ["1", "2", "3", "4", "6"]
    assert rows(mine, "select state, article_id from links where key = '6'") == [("pending", None)]


@pytest.mark.parametrize(
    ("late", "attempts", "article"), [(True, [0, 0], "3"), (False, [5, 5], "3")]
)
def test_a_late_delivery_leaves_links_alone_but_for_those_of_new_articles(
    pair: tuple[Shelf, Shelf], *, late: bool, attempts: list[int], article: str
) -> None:
    mine, other = pair
    other.crawl(1, {article: "bệnh viện"})
    other.archive.connection.execute("update links set attempts = 5 where key in ('1', '4')")
    merged, _ = join(pair, late=late)
    assert merged.new == 1
    known = rows(mine, "select attempts from links where key in ('1', '4') order by key")
    assert [count for (count,) in known] == attempts
    assert rows(mine, f"select state from links where key = '{article}'") == [("stored",)]  # noqa: S608
    assert day(1) in str(rows(mine, "select first_seen_at from articles"))


def test_an_archive_is_read_as_of_one_instant(pair: tuple[Shelf, Shelf]) -> None:
    _, other = (shelf.archive._db for shelf in pair)
    with reading(other):
        assert other.conn.in_transaction
    assert not other.conn.in_transaction
    with pytest.raises(ArchiveError), reading(other):
        raise sqlite3.DatabaseError("file is not a database")
    assert not other.conn.in_transaction


@pytest.mark.parametrize(
    ("late", "mine", "theirs", "is_joined"),
    [
        (False, None, None, True), (False, "1", "1", True), (False, None, "1", True),
        (True, None, None, False), (True, "1", None, False), (True, None, "1", True),
        (True, "1", "1", False),
    ],
)  # fmt: skip
def test_a_late_delivery_tells_only_what_an_unread_link_leads_to(
    pair: tuple[Shelf, Shelf], *, late: bool, mine: str | None, theirs: str | None, is_joined: bool
) -> None:
    here, there = (shelf.archive._db for shelf in pair)
    joiner = Joiner(here, there, Merged(), late=late)
    known = find_link(here.conn, ("baolongan", "3"))
    assert known is not None
    links = [
        replace(known[1], attempts=tries, target=("baolongan", key) if key else None)
        for tries, key in ((0, mine), (7, theirs))
    ]
    assert (joiner._joined(*links) != links[0]) is is_joined


NUMBERS = "with recursive n (i) as (select 1 union all select i + 1 from n where i < :most)"
ARTICLES = f"""
insert into articles (id, source_id, key, url, canonical_url, title, body, digest, cluster_id,
    first_seen_at, last_seen_at) {NUMBERS}
select i, 'baolongan', i, 'u' || i, 'u' || i, 'Tin', 'Thân ' || i, i, i, '2026-10-01T00:00:00Z',
    '2026-10-01T00:00:00Z' from n"""  # noqa: S608
LINKS = f"""
insert into links (source_id, url, canonical_url, key, found_at) {NUMBERS}
select 'baolongan', 'u' || i, 'u' || i, i, '2026-10-01T00:00:00Z' from n"""  # noqa: S608


@pytest.mark.parametrize(
    ("sql", "most", "transactions"),
    [(ARTICLES, 40, 1), (ARTICLES, 41, 2), (LINKS, 400, 1), (LINKS, 401, 2)],
)
def test_forty_articles_and_four_hundred_links_are_joined_at_a_time(
    tmp_path: Path, sql: str, most: int, transactions: int
) -> None:
    mine, other = (Shelf(tmp_path / name / "archive.db") for name in ("mine", "other"))
    other.archive.connection.execute(sql, {"most": most})
    merged, count = join((mine, other))
    assert (merged.new + merged.links, count) == (most, transactions)
    mine.close()
    other.close()
