"""Reading commands over several archives."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from crawler.cli import cli
from crawler.errors import UsageError
from storage.errors import BaotinhError
from tests.support.twins import Shelf

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Two archives; the second holds an edit and a removal."""
    made = []
    for paper, key in (("baolongan", "1"), ("baotayninh", "2")):
        shelf = Shelf(tmp_path / paper / "archive.db", (paper,))
        shelf.crawl(0, {key: f"vụ lúa của {paper}", f"{key}0": "trường học mới"}, paper)
        if paper == "baotayninh":
            shelf.crawl(1, {key: f"vụ lúa của {paper}, sửa"}, paper)
            shelf.remove(2, "20", paper)
        shelf.close()
        made.append(shelf.archive.path)
    return made


def run(paths: list[Path], *args: str) -> Result:
    named = [part for path in paths for part in ("--archive", str(path))]
    result = CliRunner().invoke(cli, [*named, *args])
    if result.exception and not isinstance(result.exception, BaotinhError | SystemExit):
        raise result.exception
    return result


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_explain_says_what_each_archive_knows(paths: list[Path]) -> None:
    told = rows(run(paths, "explain", "https://baolongan.vn/tin-a1.html", "--json"))
    assert [(each["archive"], each["article"] is not None) for each in told] == [
        ("baolongan/archive", True),
        ("baotayninh/archive", False),
    ]
    missing = paths[0].with_name("missing.db")
    missing.write_text("no archive")
    beside = run([paths[0], missing], "explain", "https://baolongan.vn/tin-a1.html")
    assert "missing" in beside.stderr
    assert "stored: article 1" in beside.stdout


def test_search_names_the_archive_of_each_hit(paths: list[Path]) -> None:
    hits = rows(run(paths, "search", "vụ lúa", "--copies", "--json"))
    assert {(hit["archive"], hit["source"]) for hit in hits} == {
        ("baolongan/archive", "baolongan"),
        ("baotayninh/archive", "baotayninh"),
    }
    plain = run(paths, "search", "vụ lúa", "--copies").stdout.splitlines()
    assert {line.split("\t")[-1] for line in plain} == {"baolongan/archive", "baotayninh/archive"}


def test_archives_may_be_named_by_the_environment(paths: list[Path]) -> None:
    named = {"BAOTINH_ARCHIVE": ":".join(map(str, paths))}
    result = CliRunner().invoke(cli, ["search", "vụ lúa", "--copies", "--json"], env=named)
    assert len(rows(result)) == 2


def test_counts_are_those_of_all(paths: list[Path]) -> None:
    counts = rows(run(paths, "search", "vụ lúa", "--count-by", "source", "--json"))
    assert {row["source"]: row["articles"] for row in counts} == {"baolongan": 1, "baotayninh": 1}
    assert "xyzzyq" in run(paths, "search", "vụ lúa xyzzyq", "--count-by", "source").stderr


def test_show_finds_by_url_and_by_archive_and_id(paths: list[Path]) -> None:
    by_url = run(paths, "show", "https://baotayninh.vn/tin-a2.html", "--json")
    assert rows(by_url)[0]["source_id"] == "baotayninh"
    by_id = run(paths, "show", "baotayninh/archive:1", "--json")
    assert rows(by_id)[0]["source_id"] == "baotayninh"
    page = run(paths, "show", "baotayninh/archive:1", "--page")
    assert page.stdout == "<p>vụ lúa của baotayninh, sửa</p>"
    bare = run(paths, "show", "1").exception
    assert isinstance(bare, UsageError)
    assert "baolongan/archive:1, baotayninh/archive:1" in str(bare)
    assert "has no article" in str(run(paths, "show", "https://baolongan.vn/none").exception)


def test_changes_of_all_come_in_the_order_of_time(paths: list[Path]) -> None:
    changes = rows(run(paths, "changes", "--json"))
    assert [(each["kind"], each["archive"]) for each in changes] == [
        ("removed", "baotayninh/archive"),
        ("edited", "baotayninh/archive"),
    ]
    assert changes[1]["added"]
    assert "baotayninh/archive" in run(paths, "changes", "--diff").stdout
    assert run(paths, "changes", "--since", "x").exception


def test_status_shows_each_archive(paths: list[Path]) -> None:
    shown = rows(run(paths, "status", "--json"))
    assert [(each["archive"], each["source"]) for each in shown] == [
        ("baolongan/archive", "baolongan"),
        ("baotayninh/archive", "baotayninh"),
    ]


def test_exports_have_the_name_of_the_archive(paths: list[Path], tmp_path: Path) -> None:
    out = rows(run(paths, "export"))
    assert {(row["archive"], row["source"]) for row in out} == {
        ("baolongan/archive", "baolongan"),
        ("baotayninh/archive", "baotayninh"),
    }
    table = list(csv.DictReader(io.StringIO(run(paths, "export", "--format", "csv").stdout)))
    assert len(table) == 4
    assert {row["archive"] for row in table} == {"baolongan/archive", "baotayninh/archive"}
    doubled = [*paths, tmp_path / "copy.db"]
    run([tmp_path / "copy.db"], "merge", str(paths[0]))
    assert len(rows(run(doubled, "export"))) == 4
    other = Shelf(tmp_path / "other.db")
    other.crawl(5, {"1": "vụ lúa, như báo sửa lại"})
    other.close()
    assert len(rows(run([*paths, tmp_path / "other.db"], "export"))) == 4


@pytest.mark.parametrize("command", ["search vụ", "changes", "status", "export"])
def test_one_that_is_broken_is_told_and_others_answer(paths: list[Path], command: str) -> None:
    paths[0].write_text("no database", encoding="utf-8")
    result = run(paths, *command.split())
    assert result.exit_code == 0
    assert "baotayninh" in result.stdout
    assert f"{paths[0]} is not an SQLite database" in result.stderr


@pytest.mark.parametrize(
    "command", ["search vụ", "changes", "status", "export", "status --json", "explain http://a.vn/"]
)
def test_where_none_can_be_read_that_is_an_error(paths: list[Path], command: str) -> None:
    for path in paths:
        path.write_text("no database", encoding="utf-8")
    result = run(paths, *command.split())
    assert result.exit_code == 1
    assert not result.stdout
    assert all(
        f"{path} is not an SQLite database" in str(result.exception) + result.stderr
        for path in paths
    )


def test_a_check_fails_where_an_archive_cannot_be_read(paths: list[Path]) -> None:
    assert run(paths, "status", "--check").exit_code == 0
    paths[1].unlink()
    result = run(paths, "status", "--check")
    assert result.exit_code == 1
    assert f"there is no archive at {paths[1]}" in result.stderr


@pytest.mark.parametrize(
    "command",
    ["verify", "crawl --all", "backup x.db", "export --format wacz -o x", "daemon --once"],
)
def test_commands_that_work_on_one_archive_say_so(paths: list[Path], command: str) -> None:
    result = run(paths, *command.split())
    assert isinstance(result.exception, UsageError)
    assert "works on one archive" in str(result.exception)
