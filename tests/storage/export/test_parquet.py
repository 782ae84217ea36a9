"""Parquet by the month: typed, and only what changed is written."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from storage.archive import Archive
from storage.errors import BaotinhError
from storage.export.articles import COLUMNS
from storage.export.parquet import _day, _folder, _instant, write_parquet
from storage.search.filters import Filters
from tests.support.paths import ROOT
from tests.support.shelf import fill, put

if TYPE_CHECKING:
    from pathlib import Path

UNDATED = "month=__HIVE_DEFAULT_PARTITION__"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of March (two articles), April, and one without a day."""
    made = fill(tmp_path / "archive.db")
    with Archive.open(made) as archive:
        conn = archive._db.conn
        put(conn, "Mưa lớn", published_on="2026-04-02", published_at="2026-04-02T06:30:00+07:00")
        put(conn, "Không rõ ngày", published_on=None)
    return made


def export(path: Path, folder: Path, **filters: str) -> tuple[int, int, int]:
    with Archive.open_reading(path) as archive:
        done = archive.export_months(Filters(**filters), folder)
    return done.months, done.written, done.removed


def change(path: Path, sql: str) -> None:
    with Archive.open(path) as archive:
        archive._db.conn.execute(sql)


def read(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    table = f"read_parquet('{folder}/*/*.parquet', hive_partitioning = true)"
    return duckdb.sql(sql.replace("ARTICLES", table)).fetchall()


def test_only_months_that_changed_are_written(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert export(path, out) == (3, 3, 0)
    before = {file.parent.name: file.stat().st_ino for file in out.glob("*/*")}
    assert export(path, out) == (3, 0, 0)
    change(path, "update articles set gone_at = '2026-05-01T00:00:00Z' where title = 'Mưa lớn'")
    assert export(path, out) == (3, 1, 0)
    after = {file.parent.name: file.stat().st_ino for file in out.glob("*/*")}
    assert {month for month in after if before[month] != after[month]} == {"month=2026-04"}


@pytest.mark.parametrize(
    "column", ["title", "summary", "body", "authors", "section", "tags", "last_seen_at", "url"]
)
def test_a_change_of_any_column_is_seen(path: Path, tmp_path: Path, column: str) -> None:
    export(path, tmp_path / "out")
    text = column in ("title", "summary", "body")  # the digest stands for these
    sets = f"{column} = '[\"x\"]'" + (", digest = 'x'" if text else "")
    change(path, f"update articles set {sets} where title = 'Mưa lớn'")  # noqa: S608
    assert export(path, tmp_path / "out") == (3, 1, 0)


def test_an_article_moves_to_another_month_and_an_empty_month_goes(
    path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    export(path, out)
    change(path, "update articles set published_on = '2026-03-05' where title = 'Mưa lớn'")
    assert export(path, out) == (2, 1, 1)
    assert sorted(each.name for each in out.iterdir()) == ["month=2026-03", UNDATED]
    assert read(out, "select count(*), count(distinct id) from ARTICLES") == [(4, 4)]


def test_a_torn_file_is_written_anew(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(path, out)
    torn = out / "month=2026-04" / "articles.parquet"
    torn.write_bytes(torn.read_bytes()[:-20])
    assert export(path, out) == (3, 1, 0)


def test_other_filters_are_another_export(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(path, out)
    assert export(path, out, since="2026-04-01") == (1, 0, 2)


def test_what_others_keep_in_the_folder_is_left(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(path, out)
    (out / "month=2026-04" / "notes.txt").write_text("x", encoding="utf-8")
    change(path, "delete from place_articles")
    with pytest.raises(BaotinhError, match="cannot be written"):
        export(path, out, until="2026-03-31")
    assert (out / "month=2026-04" / "notes.txt").exists()


def test_days_and_instants_are_such(path: Path, tmp_path: Path) -> None:
    export(path, tmp_path)
    rows = read(
        tmp_path,
        "select published_on, epoch(published_at), epoch(first_seen_at), typeof(published_at),"
        " month from ARTICLES where title = 'Mưa lớn'",
    )
    at = dt.datetime(2026, 4, 1, 23, 30, tzinfo=dt.UTC).timestamp()
    seen = dt.datetime(2026, 3, 1, tzinfo=dt.UTC).timestamp()
    assert rows == [(dt.date(2026, 4, 2), at, seen, "TIMESTAMP WITH TIME ZONE", "2026-04")]


def test_values_that_are_no_dates_are_null(path: Path, tmp_path: Path) -> None:
    change(
        path,
        "update articles set published_at = '0001-01-01T00:00:00+07:00', modified_at = 'x',"
        " published_on = '2026-02-30' where title = 'Mưa lớn'",
    )
    export(path, tmp_path)
    rows = read(tmp_path, "select published_on, published_at from ARTICLES where title = 'Mưa lớn'")
    assert rows == [(None, None)]


PAGE = (ROOT / "docs" / "archives.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```(sql|python)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("language", "code"), QUERIES)
def test_documented_queries_run(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, code: str
) -> None:
    export(path, tmp_path / "months")
    monkeypatch.chdir(tmp_path)
    if language == "sql":
        for statement in code.strip().split(";\n"):
            assert duckdb.sql(statement).fetchall()
    else:
        pytest.importorskip("polars")
        found: dict[str, Any] = {}
        exec(code, found)  # noqa: S102 - our own page
        assert len(found["counts"]) > 0


def test_there_are_queries_in_both_languages() -> None:
    assert {language for language, _ in QUERIES} == {"sql", "python"}


@pytest.mark.parametrize(
    ("month", "folder"),
    [
        ("2026-04", "month=2026-04"), ("2026-13", UNDATED), ("2026-4", UNDATED), ("", UNDATED),
        (None, UNDATED), ("tháng 4", UNDATED),
    ],
)  # fmt: skip
def test_each_month_has_its_folder_and_what_is_no_month_the_undated_one(
    month: str | None, folder: str
) -> None:
    assert _folder(month) == folder


@pytest.mark.parametrize(
    ("text", "day", "instant"),
    [
        ("2026-04-02", dt.date(2026, 4, 2), dt.datetime(2026, 4, 2, tzinfo=dt.UTC)),
        ("2026-04-02T06:30:00+07:00", None, dt.datetime(2026, 4, 1, 23, 30, tzinfo=dt.UTC)),
        (None, None, None), ("", None, None), ("hôm qua", None, None),
        ("0001-01-01T00:00:00+07:00", None, None),
    ],
)  # fmt: skip
def test_a_text_is_a_day_or_an_instant_or_neither(
    text: str | None, day: dt.date | None, instant: dt.datetime | None
) -> None:
    assert (_day(text), _instant(text)) == (day, instant)


@pytest.mark.parametrize("count", [0, 1, 500, 501])
def test_one_file_tells_how_many_articles_it_holds(count: int) -> None:
    records = ({**dict.fromkeys(COLUMNS), "id": number} for number in range(count))
    out = io.BytesIO()
    assert write_parquet(out, records) == count
    assert out.getvalue().startswith(b"PAR1")
