"""Archives of earlier versions: read as they are, upgraded by writing, nothing lost."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from crawler.cli import cli
from storage.archive import Archive
from storage.db.database import SET
from storage.db.migrations import STEPS
from storage.errors import ArchiveUnusable
from storage.search.filters import Filters
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

FIVE_STEPS = ROOT / "tests" / "data" / "archives" / "five-steps.db.gz"
DROPPED = {("seeds", "gap_at"), ("hosts", "last_request_at")}
DROPPED_TABLES = ("bands",)
"""Made anew from the articles, in another form."""
COUNTED_ANEW = {("seeds", "empty")}
"""An index was counted as empty although its sitemaps showed links."""
READING = (
    ["search", "trái cây sấy", "--json"],
    ["show", "8", "--diff"],
    ["show", "8", "--json"],
    ["status", "--json"],
    ["export", "--format", "jsonl"],
    ["changes"],
    ["explain", "http://127.0.0.1:42907/nam-2024-tinh-uy-long-an-de-ra-18-chi-tieu-chu-yeu-a167064.html"],
)  # fmt: skip


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An archive that the demo of an earlier version wrote."""
    path = tmp_path / "old" / "archive.db"
    path.parent.mkdir()
    path.write_bytes(gzip.decompress(FIVE_STEPS.read_bytes()))
    return path


@pytest.fixture
def first_step(old: Path) -> Path:
    """The same as the first step left it: without what later steps added."""
    with closing(sqlite3.connect(old)) as conn:
        for table in ("gaps", "watch_matches", "watches", "repeated_lines"):
            conn.execute(f"drop table {table}")
        for table in ("backfill_links", "backfill_steps", "backfills"):
            conn.execute(f"drop table {table}")
        for column in ("complete_at", "parent_id"):
            conn.execute(f"alter table seeds drop column {column}")
        conn.execute("delete from _sqlite_migrations where name <> 'create_archive'")
        conn.commit()
    return old


def run(archive: Path, words: list[str]) -> Result:
    return CliRunner().invoke(cli, ["--archive", str(archive), *words])


def read_rows(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Table -> its rows, of all tables but the index and the list of steps, and of revisions."""
    with closing(sqlite3.connect(path)) as conn:
        conn.row_factory = sqlite3.Row
        names = [
            row["name"]
            for row in conn.execute(
                "select name from sqlite_master where type = 'table' or name = 'revisions'"
            )
            if not row["name"].startswith(("articles_", "_", "sqlite_"))
        ]
        return {
            name: [dict(row) for row in conn.execute(f"select * from {name}")]  # noqa: S608
            for name in names
        }


def test_an_upgrade_keeps_every_row(old: Path) -> None:
    before = read_rows(old)
    assert len(before["articles"]) == 12
    for table in DROPPED_TABLES:
        del before[table]
    with Archive.open(old):
        pass
    after = read_rows(old)
    for table, rows in before.items():
        assert len(rows) == len(after[table])
        for row, kept in zip(rows, after[table], strict=True):
            assert {(table, name) for name in row.keys() - kept.keys()} <= DROPPED
            alike = {n for n in kept.keys() & row.keys() if (table, n) not in COUNTED_ANEW}
            assert {name: row[name] for name in alike} == {name: kept[name] for name in alike}
    assert {(t, c) for t, c in DROPPED if after[t] and c in after[t][0]} == set()


def test_an_upgrade_keeps_the_current_text_once(old: Path) -> None:
    before = read_rows(old)["revisions"]
    with Archive.open(old) as archive:
        assert {row["article_id"] for row in before if row["number"] > 1} == {8}
        kept = archive._db.conn.execute(
            "select article_id, number from article_revisions where body is not null"
        )
        assert [tuple(row) for row in kept] == [(8, 1)]
    assert read_rows(old)["revisions"] == before


def test_an_upgrade_without_space_changes_nothing(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_rows(old)
    monkeypatch.setattr("storage.db.revisions.BYTES_A_REVISION", 10**15)
    with pytest.raises(ArchiveUnusable, match=r"needs 13,000,000,000 MB of free space, and there"):
        Archive.open(old)
    assert read_rows(old) == before
    assert run(old, ["show", "8", "--diff"]).exit_code == 0


def test_an_upgraded_archive_is_whole_and_goes_on(old: Path) -> None:
    with Archive.open(old) as archive:
        assert [str(problem) for problem in archive.check() if problem.part != "captures"] == []
        assert {seed.empty for seed in archive.seeds.of("demo")} == {0}
        assert [hit.id for hit in archive.search("trái cây sấy", limit=1)] == [8]
        assert [gap.end_at for gap in archive.gaps.unclosed("demo")] == ["2026-11-25T00:00:00Z"]
        assert [watch.query for watch in archive.watches.all()] == ["giá lúa"]
        (said,) = [change.kind for change in archive.changes(Filters())]
        assert said == "edited"
    with closing(sqlite3.connect(old)) as conn:
        applied = conn.execute("select name from _sqlite_migrations where migration_set = ?", [SET])
        assert {row[0] for row in applied} == set(STEPS)


@pytest.mark.parametrize("words", READING, ids=lambda words: " ".join(words[:3]))
def test_reading_commands_read_an_older_archive(old: Path, words: list[str]) -> None:
    before = old.read_bytes()
    result = run(old, words)
    assert result.exit_code == 0, result.output
    assert result.stdout
    assert old.read_bytes() == before


@pytest.mark.parametrize("words", READING, ids=lambda words: " ".join(words[:3]))
def test_reading_commands_read_the_oldest_archive(first_step: Path, words: list[str]) -> None:
    result = run(first_step, words)
    assert result.exit_code == 0, result.output


def test_what_an_older_archive_has_not_is_empty(first_step: Path) -> None:
    with Archive.open_reading(first_step) as archive:
        assert archive.gaps.unclosed("demo") == []
        assert {seed.complete_at for seed in archive.seeds.of("demo")} == {None}
    (row,) = map(json.loads, run(first_step, ["status", "demo", "--json"]).stdout.splitlines())
    assert row["gaps"] == []


def test_a_command_that_needs_a_later_table_says_so(first_step: Path) -> None:
    words = [sys.executable, "-m", "crawler", "--archive", str(first_step), "watch", "list"]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (1, "")
    assert "older version" in said.stderr
    assert "no such table: watches" in said.stderr
    assert said.stderr.count("\n") == 1


def test_an_archive_in_a_read_only_folder_is_read(old: Path) -> None:
    old.chmod(0o400)
    old.parent.chmod(0o500)
    try:
        assert run(old, ["search", "trái cây sấy"]).exit_code == 0
        assert [file.name for file in old.parent.iterdir()] == [old.name]
    finally:
        old.parent.chmod(0o700)


def test_an_upgrade_begins_where_the_archive_stands(first_step: Path) -> None:
    with Archive.open(first_step) as archive:
        assert archive.watches.all() == []
        assert len(archive.seeds.of("demo")) == 5
        assert archive.search("trái cây sấy")
