"""SQL functions whose time grows with their arguments only as fast as these do.

SQLite looks at the time limit between steps of a query (sqlite.org/c3ref/progress_handler.html),
and a call of a function is one step: its own ``instr`` of 400 KB in 800 KB takes 14 seconds,
``trim`` minutes, ``like`` with many ``%`` for ever. These take their places; what is not needed is
refused.
"""

from __future__ import annotations

import functools
import sqlite3
from typing import TYPE_CHECKING, Any

import re2

if TYPE_CHECKING:
    from collections.abc import Callable

    Value = str | bytes | int | float | None

REFUSED = frozenset({"dbstat", "format", "json_patch", "printf", "sqlite_dbpage", "unhex"})
"""Functions and tables that are not needed here, and that no limit ends."""
MOST_TRIMMED = 100
"""Different characters that ``trim`` may take off."""
MOST_PATTERN = 200
"""Characters of a pattern: with these, four million characters are matched in under a second."""
_GLOB = {"*": ".*", "?": "."}
_LIKE = {"%": ".*", "_": "."}


def bound_functions(conn: sqlite3.Connection, most: int) -> None:
    """Put functions that are bounded in place of SQLite's; ``most`` is the length of a value."""

    def add(name: str, arguments: int, function: Callable[..., Any]) -> None:
        conn.create_function(name, arguments, function, deterministic=True)

    add("like", 2, like)
    add("like", 3, like)
    add("glob", 2, glob)
    add("instr", 2, instr)
    add("replace", 3, functools.partial(replace, most=most))
    for name, strip in (("trim", str.strip), ("ltrim", str.lstrip), ("rtrim", str.rstrip)):
        add(name, 2, functools.partial(trim, strip=strip))
    conn.set_authorizer(_authorize)


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    asked = {sqlite3.SQLITE_FUNCTION: second, sqlite3.SQLITE_READ: first}.get(action)
    refused = asked is not None and asked.lower() in REFUSED
    return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK


def like(pattern: Value, value: Value, escape: str | None = None) -> bool | None:
    """Return whether a value is like a pattern; letters of ASCII match in both cases.

    Bytes are like nothing, as in Debian's SQLite. Raise ValueError for an ``escape`` that is no
    single character (sqlite.org/lang_expr.html), and for a long pattern.
    """
    if pattern is None or value is None:
        return None
    if isinstance(pattern, bytes) or isinstance(value, bytes):
        return False
    if escape is not None and len(escape) != 1:
        raise ValueError("ESCAPE must be one character")
    return bool(_read_like(_check(text_of(pattern)), escape)(text_of(value)))


def glob(pattern: Value, value: Value) -> bool | None:
    """Return whether a value is like a pattern of ``*``, ``?`` and ``[a-z]``."""
    if pattern is None or value is None:
        return None
    return bool(_read_glob(_check(text_of(pattern)))(text_of(value)))


def instr(value: Value, part: Value) -> int | None:
    """Return where a part begins, from 1 on; 0 where it is not in the value."""
    if value is None or part is None:
        return None
    if isinstance(value, bytes) and isinstance(part, bytes):
        return value.find(part) + 1
    return text_of(value).find(text_of(part)) + 1


def replace(value: Value, part: Value, new: Value, *, most: int) -> Value:
    """Return a value with each part replaced. Raise ValueError for what would be too long."""
    if value is None or part is None:
        return None
    if not (old := text_of(part)):
        return value
    if new is None:
        return None
    text, other = text_of(value), text_of(new)
    if len(text) + text.count(old) * max(0, len(other) - len(old)) > most:
        raise ValueError("string or blob too big")
    return text.replace(old, other)


def trim(value: Value, characters: Value, *, strip: Callable[[str, str], str]) -> str | None:
    """Return a value without these characters at its ends. Raise ValueError for too many."""
    if value is None or characters is None:
        return None
    some = "".join(dict.fromkeys(text_of(characters)))
    if len(some) > MOST_TRIMMED:
        raise ValueError("too many characters to trim")
    return strip(text_of(value), some)


def text_of(value: Value) -> str:
    """Return a value as SQLite makes text of it."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


@functools.lru_cache(maxsize=64)
def _read_like(pattern: str, escape: str | None) -> Callable[[str], object]:
    parts, characters = [], iter(pattern)
    for character in characters:
        if character == escape:
            parts.append(_either_case(next(characters, "")))
        else:
            parts.append(_LIKE.get(character) or _either_case(character))
    return _compile(parts)


@functools.lru_cache(maxsize=64)
def _read_glob(pattern: str) -> Callable[[str], object]:
    parts, at = [], 0
    while at < len(pattern):
        end = pattern.find("]", at + 2) if pattern[at] == "[" else -1
        if end > 0:
            inside = pattern[at + 1 : end]
            sign = "^" if inside.startswith("^") else ""
            parts.append(f"[{sign}{_escape_set(inside.removeprefix('^'))}]")
            at = end
        else:
            parts.append(_GLOB.get(pattern[at]) or re2.escape(pattern[at]))
        at += 1
    return _compile(parts)


def _escape_set(inside: str) -> str:
    return "".join(c if c == "-" or c.isalnum() else re2.escape(c) for c in inside)


def _either_case(character: str) -> str:
    if character.isascii() and character.isalpha():
        return f"[{character.lower()}{character.upper()}]"
    return str(re2.escape(character))


def _check(pattern: str) -> str:
    if len(pattern) > MOST_PATTERN:
        raise ValueError("the pattern is too long")
    return pattern


def _compile(parts: list[str]) -> Callable[[str], object]:
    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    match: Callable[[str], object] = re2.compile("".join(parts), options).fullmatch
    return match
