"""What a column promises, and what no process of ours writes into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.db.forms import find_strange
from tests.support.shelf import open_shelf, put
from tests.support.twins import Shelf

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("published_on", "2026-02-30", "no day"),
        ("published_on", "0000-00-00", "no day"),
        ("published_on", "1026-01-01", "no day"),
        ("published_on", "3026-01-01", "no day"),
        ("published_on", "hôm qua", "no day"),
        ("published_on", "2026-02-28T", "no day"),
        ("published_on", "", "no day"),
        ("published_on", b"\xff", "no text"),
        ("published_on", "2026-03-04", "later than its page was seen"),
        ("published_on", "2026-03-03", None),
        ("published_on", "2024-02-29", None),
        ("published_on", None, None),
        ("published_at", "2026-02-28T05:00:00+07:00", None),
        ("published_at", "2026-02-28T05:00:00.250000+07:00", None),
        ("published_at", "2026-02-30T05:00:00+07:00", "no instant"),
        ("published_at", "2026-02-28T25:00:00+07:00", "no instant"),
        ("published_at", "2026-02-28T05:00:00", "no instant"),
        ("published_at", "2026-02-28", "no instant"),
        ("modified_at", "3026-02-28T05:00:00+07:00", "no instant"),
        ("first_seen_at", "2026-02-30T05:00:00Z", "no instant"),
        ("first_seen_at", "1970-01-01T00:00:07Z", "no instant"),
        ("gone_at", "gone", "no instant"),
        ("kind", "tin", "no word of ours"),
        ("key", "", "nothing to know it by"),
        ("tags", "{}", "no array of JSON"),
        ("tags", "[", "no array of JSON"),
        ("evidence", "[]", "no object of JSON"),
        ("revisions", "two", "no integer"),
    ],
)
def test_a_value_that_no_crawl_writes_is_strange(
    column: str, value: object, what: str | None
) -> None:
    conn = open_shelf()
    put(conn, "Tin", published_on=None)
    conn.execute(f"update articles set {column} = ?", (value,))  # noqa: S608 - our own
    found = [(each.row, each.column, each.what) for each in find_strange(conn)]
    assert found == ([] if what is None else [(1, column, what)])
    assert list(find_strange(conn, but={("articles", column)})) == []
    conn.close()


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (
            "update links set found_at = '2026-02-30T00:00:00Z' where id = 2",
            "row 2 of links has '2026-02-30T00:00:00Z' as found_at: no instant",
        ),
        (
            "update article_revisions set seen_at = 'x' where id = 1",
            "row 1 of article_revisions has 'x' as seen_at: no instant",
        ),
        ("update runs set kind = 'walk'", "row 1 of runs has 'walk' as kind: no word of ours"),
        (
            "update images set url = x'ff' where article_id = 2",
            "row 2/0 of images has X'FF' as url: no text",
        ),
        (
            "update sources set status = 'asleep'",
            "row baolongan of sources has 'asleep' as status: no word of ours",
        ),
        (
            "insert into hosts (host, not_before) values ('a.vn', 'soon')",
            "row a.vn of hosts has 'soon' as not_before: no instant",
        ),
    ],
)
def test_a_strange_value_is_told_with_its_row(tmp_path: Path, sql: str, says: str) -> None:
    shelf = Shelf(tmp_path / "archive.db")
    shelf.crawl(0, {"1": "vụ lúa", "2": "cầu mới"})
    assert list(find_strange(shelf.archive.connection)) == []
    shelf.archive._db.conn.execute(sql)
    assert [str(each) for each in find_strange(shelf.archive.connection)] == [says]
    shelf.close()
