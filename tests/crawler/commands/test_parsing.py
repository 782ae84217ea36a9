"""Steps of single commands: what their arguments mean and what they refuse."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from crawler.cli import COMMANDS, cli
from crawler.commands import backup, changes, daemon, explain, export, verify, watch
from crawler.commands.search import add_filters
from crawler.commands.show import find_article
from crawler.commands.sources import facts_of, matches
from crawler.sources import Source
from crawler.web.tables.application import read_metadata
from storage.archive import Archive
from storage.errors import BaotinhError
from storage.search.filters import Filters
from tests.support.shelf import fill, run

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = Source(
    id="baolongan",
    name="Báo Long An",
    province="Tây Ninh",
    province_before_2025="Long An",
    homepage="https://baolongan.vn/",
    hosts=("baolongan.vn",),
)


def names(command: click.Command) -> set[str]:
    return {each.name or "" for each in command.params}


def test_every_command_is_there_with_help() -> None:
    for name in COMMANDS:
        result = CliRunner().invoke(cli, [name, "--help"])
        assert result.exit_code == 0, name
        assert len(re.sub(r"\s+", " ", result.output)) > 100


def test_filters_of_search_arrive_by_the_names_of_the_filters() -> None:
    @click.command()
    @add_filters
    def command(**_: object) -> None: ...

    assert names(command) == set(Filters.__dataclass_fields__)
    assert names(command) <= names(export.command)


@pytest.mark.parametrize("word", ["baolongan", "báo long an", "LONG AN", "tay ninh", "longan.vn"])
def test_a_filter_matches_ids_names_hosts_and_provinces_old_and_new(word: str) -> None:
    assert matches(SOURCE, word)
    assert not matches(SOURCE, "Cà Mau")


def test_facts_of_a_source_leave_out_what_is_empty() -> None:
    facts = facts_of(SOURCE)
    assert facts["province_before_2025"] == "Long An"
    assert "successor" not in facts
    assert "seeds" not in facts


def test_an_article_is_found_by_id_or_url(tmp_path: Path) -> None:
    with Archive.open_reading(fill(tmp_path / "archive.db")) as archive:
        assert find_article(archive, "1").id == 1
        assert find_article(archive, "https://baolongan.vn/a-a1.html").id == 1
        for wrong in ("9", "9" * 30, "https://baolongan.vn/b-a9.html", "not a url"):
            with pytest.raises(BaotinhError):
                find_article(archive, wrong)


def test_a_backup_and_its_captures_are_reported(tmp_path: Path) -> None:
    path = fill(tmp_path / "archive.db")
    (tmp_path / "copy").mkdir()
    result = run(path, "backup", "--captures", str(tmp_path / "copy" / "b.db"))
    assert "2 articles, 2 captures known" in result.stdout
    assert "1 capture files copied" in result.stdout
    assert {"path", "captures", "as_json"} == names(backup.command)


def test_a_sound_archive_verifies_and_a_lost_capture_does_not(tmp_path: Path) -> None:
    path = fill(tmp_path / "archive.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("delete from articles where id = 2")  # it has no link and no capture
    assert "1 articles, 2 captures, all well" in run(path, "verify").stdout
    for file in (tmp_path / "captures").iterdir():
        file.unlink()
    result = run(path, "verify")
    assert result.exit_code == 1
    assert "run-00001.warc.gz" in result.stdout
    assert names(verify.command) == {"as_json", "evidence", "repair"}


def test_changes_since_a_day_that_is_none_are_refused(tmp_path: Path) -> None:
    path = fill(tmp_path / "archive.db")
    result = run(path, "changes", "--since", "31/2/2026")
    assert "is no date; write it as" in result.output
    assert "edited" in run(path, "changes").stdout
    assert {"since", "diff", "limit"} <= names(changes.command)


def test_pages_are_described_for_databases_of_any_names() -> None:
    databases = read_metadata(["tin-tuc", "kho-cu"])["databases"]
    assert list(databases) == ["tin-tuc", "kho-cu"]
    assert all("search" in database["queries"] for database in databases.values())


def test_an_explanation_of_what_is_no_url_is_wrong_use(tmp_path: Path) -> None:
    result = run(tmp_path / "no.db", "explain", "not a url")
    assert result.exit_code == 2
    assert "URL" in result.stderr
    assert explain.WIDTH > 100


def test_the_options_of_daemon_and_watch_leave_settings_their_place() -> None:
    given = {each.name: each.default for each in daemon.command.params}
    given |= {each.name: each.default for each in watch.run.params}
    for name in ("address", "feeds", "webhook", "program"):
        assert not isinstance(given[name], str), "a default would hide the setting"
