"""The guide's SQL, run in plain SQLite as it stands there."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.support.paths import ROOT
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (ROOT / "docs/search.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
SHELL = re.findall(r'sqlite3 archive\.db "(.*?)"\n', PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shelf") / "archive.db"
    with closing(open_shelf(path)) as conn:
        title = "Tỉnh ủy Long An ban hành Chỉ thị 58-CT/TU"
        put(conn, title, "Nội dung", published_on="2023-11-28")
        put(conn, "Tình ủy mị, lòng an", "Nội dung 58", published_on="2023-11-29")
        put(conn, "Mùa nước nổi", "Tin khác", published_on="2023-11-30")
    return path


def test_the_guide_has_queries() -> None:
    assert len(QUERIES) == 3
    assert len(SHELL) == 1


@pytest.mark.parametrize("query", QUERIES + SHELL)
@pytest.mark.parametrize("words", ["tinh uy long an", "Tỉnh ủy Long An", "TỈNH ỦY LONG AN"])
def test_a_query_finds_the_article_by_any_accents(path: Path, query: str, words: str) -> None:
    titles = re.sub("tinh uy long an|Tỉnh ủy Long An", words, query)
    with closing(sqlite3.connect(path)) as conn:
        rows = conn.execute(titles.rstrip("; \n")).fetchall()
    found = {value for row in rows for value in row}
    assert "Tỉnh ủy Long An ban hành Chỉ thị 58-CT/TU" in found
    assert "Mùa nước nổi" not in found


def test_typed_accents_come_first(path: Path) -> None:
    query = next(query for query in QUERIES if "articles_exact" in query)
    with closing(sqlite3.connect(path)) as conn:
        for words, first in (("Tỉnh ủy Long An", "Tỉnh ủy"), ("Tình ủy", "Tình ủy")):
            rows = conn.execute(query.replace("Tỉnh ủy Long An", words).rstrip("; \n")).fetchall()
            assert rows[0][-1].startswith(first)
            assert len(rows) == 2


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="no sqlite3 shell here")
@pytest.mark.parametrize("query", QUERIES + SHELL)
def test_the_shell_runs_it(path: Path, query: str) -> None:
    done = subprocess.run(
        ["sqlite3", path, query], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert "Tỉnh ủy" in done.stdout.replace("[", "").replace("]", "")
    assert done.stderr == ""
