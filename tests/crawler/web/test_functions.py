"""SQL functions of the tables: what they return is what SQLite's own return, in bounded time."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.web.tables.functions import MOST_PATTERN, bound_functions

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 4_000_000
LETTERS = st.text("aAbđĐ%_*?-\n\\", max_size=8)
VALUES = st.none() | st.integers(-99, 99) | LETTERS
ZEROS = "hex(zeroblob(1900000))"
LONG_WORK = (
    f"instr({ZEROS}, hex(zeroblob(600000)) || '1')",
    f"replace({ZEROS}, hex(zeroblob(600000)) || '1', '')",
    f"{ZEROS} like '%0%0%0%0%0%0%0%0%1'",
    f"{ZEROS} glob '*0*0*0*0*0*0*0*1'",
)
REFUSED = (
    "printf('%.*c', 900000000, 'x')",
    "format('%.*c', 900000000, 'x')",
    f"replace({ZEROS}, '0', {ZEROS})",
    "'a' like replace(hex(zeroblob(2000)), '0', '0%')",
    "trim('a', (select group_concat(char(value + 100), '') from json_each(:many)))",
    "(select count(*) from dbstat)",
)


@pytest.fixture(scope="module")
def conn() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened:
        bound_functions(opened, MOST)
        yield opened


@pytest.fixture(scope="module")
def plain() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("call", "count"),
    [
        ("? like ?", 2), ("? glob ?", 2), ("instr(?, ?)", 2), ("replace(?, ?, ?)", 3),
        ("trim(?, ?)", 2), ("ltrim(?, ?)", 2), ("rtrim(?, ?)", 2),
    ],
)  # fmt: skip
@given(data=st.data())
def test_they_return_what_sqlites_own_return(
    conn: sqlite3.Connection, plain: sqlite3.Connection, call: str, count: int, data: st.DataObject
) -> None:
    values = tuple(data.draw(VALUES) for _ in range(count))
    ours, theirs = (each.execute(f"select {call}", values).fetchone() for each in (conn, plain))
    assert ours == theirs


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("'50%' like '50\\%' escape '\\'", 1), ("'50x' like '50\\%' escape '\\'", 0),
        ("'b-7' glob '[a-c][-]?'", 1), ("'xbc' glob '[^a-c]*'", 1), ("'a]' glob 'a[]]'", 1),
        ("x'61' like 'a'", 0), ("instr(x'0102', x'02')", 2), ("trim('  a ')", "a"),
    ],
)  # fmt: skip
def test_escapes_sets_and_bytes(conn: sqlite3.Connection, question: str, answer: object) -> None:
    assert conn.execute(f"select {question}").fetchone() == (answer,)


@pytest.mark.parametrize("work", LONG_WORK)
def test_work_that_takes_sqlite_minutes_comes_to_an_end(
    conn: sqlite3.Connection, work: str
) -> None:
    assert conn.execute(f"select length({work}) > 0").fetchone() == (1,)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("work", REFUSED)
def test_what_no_limit_ends_is_refused(conn: sqlite3.Connection, work: str) -> None:
    with pytest.raises(sqlite3.DatabaseError):
        conn.execute(f"select {work}", {"many": json.dumps(list(range(500)))}).fetchone()


def test_a_pattern_of_the_greatest_length_is_matched(conn: sqlite3.Connection) -> None:
    pattern = "%a" * (MOST_PATTERN // 2)
    assert conn.execute("select ? like ?", ("a" * 100, pattern)).fetchone() == (1,)
