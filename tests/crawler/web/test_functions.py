"""SQL functions of the tables: what they return is what SQLite's own return, in bounded time."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.web.tables.functions import (
    MOST_PATTERN,
    bound_functions,
    glob,
    instr,
    like,
    replace,
    text_of,
    trim,
)

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


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ((like, "a%", "ABC"), True), ((like, "a_", "ab"), True), ((like, "a_", "a"), False),
        ((like, None, "a"), None), ((like, "a", None), None), ((like, b"a", "a"), False),
        ((like, "a", b"a"), False), ((like, "đ", "Đ"), False), ((like, 12, 12), True),
        ((like, "a\\%", "a%", "\\"), True), ((like, "a\\", "a", "\\"), True),
        ((glob, "a*", "abc"), True), ((glob, "a*", "Abc"), False), ((glob, "a?", "ab"), True),
        ((glob, None, "a"), None), ((glob, "a", None), None), ((glob, "[", "["), True),
        ((glob, "[^a]", "b"), True), ((glob, "[a-c]", "b"), True), ((glob, "[]", "[]"), True),
        ((glob, "[]]", "]"), True), ((glob, "[a.]", "b"), False), ((glob, "a.c", "abc"), False),
        ((instr, None, "a"), None), ((instr, "a", None), None), ((instr, "abc", "c"), 3),
        ((instr, b"abc", b"c"), 3), ((instr, "abc", b"c"), 3), ((instr, "abc", "x"), 0),
        ((text_of, b"\xff"), "\ufffd"), ((text_of, 1.5), "1.5"),
    ],
)  # fmt: skip
def test_functions_by_their_values(call: tuple[Any, ...], found: object) -> None:
    function, *values = call
    assert function(*values) == found
    assert (function(*values) is None) is (found is None)


@pytest.mark.parametrize(
    ("value", "part", "new", "most", "found"),
    [
        ("aba", "a", "cc", 5, "ccbcc"), ("aba", "a", "cc", 4, ValueError),
        ("aba", "a", "", 1, ValueError),
        ("aba", "a", "", 3, "b"), ("aba", "", None, 3, "aba"), ("aba", "a", None, 9, None),
        (None, "a", "b", 9, None), ("a", None, "b", 9, None), (b"a", "a", 1, 9, "1"),
    ],
)  # fmt: skip
def test_a_replacement_is_never_too_long(
    value: Any, part: Any, new: Any, most: int, found: object
) -> None:
    if found is ValueError:
        with pytest.raises(ValueError, match="too big"):
            replace(value, part, new, most=most)
    else:
        assert replace(value, part, new, most=most) == found


def test_bounds_of_patterns_and_of_what_is_trimmed() -> None:
    many = "".join(chr(0x1000 + n) for n in range(101))
    assert trim(f"{many[:100]}x", many[:100], strip=str.strip) == "x"
    assert trim("aax", "a" * 500, strip=str.lstrip) == "x"
    with pytest.raises(ValueError, match="too many"):
        trim("x", many, strip=str.strip)
    assert trim(None, "a", strip=str.strip) is trim("a", None, strip=str.strip) is None
    assert like("a" * 200, "b") is False
    for function in (like, glob):
        with pytest.raises(ValueError, match="too long"):
            function("a" * 201, "a")
    for escape in ("", "ab"):
        with pytest.raises(ValueError, match="one character"):
            like("a", "a", escape)
