"""`baotinh demo`: the main job on the site that comes with the package."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from crawler.commands.demo import SHELL_QUERY, find_command, prepare_folder
from crawler.demo.server import ARTICLE, EDIT, EDITED, ORIGIN, PAGES, read_pages
from crawler.errors import UsageError
from tests.support.paths import ROOT, SAMPLES

if TYPE_CHECKING:
    from pathlib import Path


QUESTIONS = (ROOT / "docs" / "places.md").read_text(encoding="utf-8")


def _demo(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crawler", "demo"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo")
    done = _demo(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "baotinh-demo" / "archive.db", done.stdout


@pytest.mark.long
def test_demo_leaves_all_articles_in_the_archive(shown: tuple[Path, str]) -> None:
    archive, _ = shown
    with closing(sqlite3.connect(archive)) as db:
        (count,) = db.execute("SELECT count(*) FROM news").fetchone()
    assert count == sum("-a16" in path for path in read_pages(ORIGIN))


def test_demo_finds_the_article_with_and_without_accents(shown: tuple[Path, str]) -> None:
    _, output = shown
    for query in ("'Tỉnh ủy Long An'", "'tinh uy long an'"):
        hits = output.split(f"$ baotinh search {query}")[1].split("$ baotinh")[0]
        assert "Năm 2024" in hits


def test_the_sql_about_places_answers_as_docs_say(shown: tuple[Path, str]) -> None:
    archive, _ = shown
    first, second = re.findall(r"```sql\n(.*?)```", QUESTIONS, re.DOTALL)
    with closing(sqlite3.connect(archive)) as db:
        rows = ["|".join(map(str, row)) for row in db.execute(first)]
        both = db.execute(second).fetchall()
    assert rows == re.findall(r"```text\n(.*?)\n```", QUESTIONS, re.DOTALL)[0].splitlines()
    assert [day for day, _ in both] == ["2025-08-05", "2023-11-20"]


def test_demo_shows_the_edit_the_paper_made(shown: tuple[Path, str]) -> None:
    _, output = shown
    diff = output.split("--diff")[1]
    assert "7,2" in diff
    assert "8,4" in diff


def test_demo_names_the_sqlite3_line_and_it_works(shown: tuple[Path, str]) -> None:
    archive, output = shown
    assert str(archive.name) in output
    assert f'"{SHELL_QUERY}"' in output
    with closing(sqlite3.connect(archive)) as db:
        rows = db.execute(SHELL_QUERY).fetchall()
    assert any("Tỉnh ủy Long An" in row[1] for row in rows)


def test_the_next_commands_are_named_as_the_shell_finds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_command(".venv/bin/baotinh") == ".venv/bin/baotinh"
    assert find_command("/src/crawler/__main__.py") == "python -m crawler"
    (tmp_path / "baotinh").touch(mode=0o755)
    assert find_command(".venv/bin/baotinh") == "baotinh"


def test_demo_makes_its_own_folder_anew_but_touches_no_other(
    shown: tuple[Path, str], tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="--into"):
        prepare_folder(tmp_path)
    assert (tmp_path / "thesis.txt").exists()
    archive, _ = shown
    assert prepare_folder(archive.parent) == archive
    assert not archive.exists()


def test_the_demo_site_is_whole() -> None:
    pages = read_pages("http://127.0.0.1:1")
    assert ARTICLE in pages
    assert EDIT[0].encode() in pages[EDITED][1]
    assert not any(ORIGIN.encode() in body for _, body in pages.values())


def test_pages_of_the_demo_and_of_the_samples_are_one_set() -> None:
    """What stands in both places is a link from the samples to the package's folder."""
    samples = [path for path in SAMPLES.rglob("*") if path.is_file() and not path.is_symlink()]
    copied = {path.read_bytes() for path in samples}
    assert [page.name for page in PAGES.rglob("*.*") if page.read_bytes() in copied] == []
