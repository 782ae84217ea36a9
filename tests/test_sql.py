"""What stands where: rules about the code that no import contract can state."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

CRAWLER = Path(__file__).parents[1] / "crawler"
DATASETTE = CRAWLER / "web" / "tables" / "database.py"
"""Gives Datasette a database of its own: Datasette's interface hands it SQL."""
SHELL = CRAWLER / "commands" / "demo.py"
"""Prints a query that the reader may type into the sqlite3 shell."""
POST = CRAWLER / "cluster" / "post.py"
"""Its pipelines of commands are Redis's."""

_STATEMENT = re.compile(
    r"\s*(?:select\b.+\bfrom|insert\s+(?:or\s+\w+\s+)?into|update\s+\w+\s+set|delete\s+from|pragma"
    r"|create\s+(?:table|index|view|trigger)|begin\s+immediate)\b",
    re.IGNORECASE | re.DOTALL,
)
_CALLS = {"execute", "executemany", "executescript", "set_progress_handler"}


def find_sql(code: str) -> list[str]:
    """Return the lines of a module that hold SQL, run it, or reach for a connection."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            wrong = bool(_STATEMENT.match(node.value))
        elif isinstance(node, ast.Attribute):
            wrong = node.attr in _CALLS or node.attr in {"conn", "_conn", "_db"}
        else:
            continue
        if wrong:
            found.append(f"line {node.lineno}")
    return found


@pytest.mark.parametrize(
    "code",
    [
        "rows = archive._db",
        "archive.conn.commit()",
        "db.execute(sql)",
        "X = 'SELECT max(id) FROM runs'",
        "X = f'update links set state = {state}'",
        "X = '''\n  insert or ignore into runs (id) values (1)'''",
        "X = 'pragma optimize'",
    ],
)
def test_sql_is_recognised(code: str) -> None:
    assert find_sql(code)


@pytest.mark.parametrize("text", ["Select a source", "update the file", "delete it from there"])
def test_plain_words_are_no_sql(text: str) -> None:
    assert find_sql(f"X = {text!r}") == []


def test_sql_stands_in_storage_only() -> None:
    found = {
        str(path.relative_to(CRAWLER)): lines
        for path in CRAWLER.rglob("*.py")
        if path not in {DATASETTE, POST, SHELL} and (lines := find_sql(path.read_text("utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize("folder", ["crawler", "storage", "tests", "benchmarks"])
def test_values_of_statements_have_names_or_none(folder: str) -> None:
    """Python 3.12 deprecates ``?`` with a number beside a tuple, and 3.14 refuses it."""
    numbered = re.compile(r"""(?:[=<>(,]|\bin|\bvalues) ?\?[1-9]\b(?=[ ,)|"']|$)""", re.MULTILINE)
    assert numbered.search("where id = ?1")
    paths = sorted((CRAWLER.parent / folder).rglob("*.py"))
    assert paths
    found = [path.name for path in paths if numbered.search(path.read_text(encoding="utf-8"))]
    assert found in ([], [Path(__file__).name])
