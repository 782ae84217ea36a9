"""README says what the code does: its commands, tables and source keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import scrapy.settings.default_settings as scrapy_settings
from click.testing import CliRunner

from crawler import settings
from crawler.cli import COMMANDS, cli
from storage.archive import Archive
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")
RELIED_ON = (
    *("sources", "seeds", "links", "captures", "articles", "images", "revisions", "runs"),
    *("articles_fts", "news"),
)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_readme_and_has_help(name: str) -> None:
    assert f"baotinh {name}" in README
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert "Usage:" in shown.output


def test_readme_names_no_command_that_is_not_there() -> None:
    named = set(re.findall(r"`(?:\$ )?baotinh ([a-z]+)", README))
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("table", RELIED_ON)
def test_every_table_others_rely_on_is_in_readme_and_in_the_archive(
    table: str, tmp_path: Path
) -> None:
    assert f"| `{table}` |" in README
    with Archive.open(tmp_path / "archive.db") as archive:
        archive._db.conn.execute(f"SELECT * FROM {table} LIMIT 1").fetchall()  # noqa: S608 - a name of RELIED_ON


OURS = sorted(
    name for name in vars(settings) if name.isupper() and not hasattr(scrapy_settings, name)
)
KNOWN_BY_OPTION = {"ARCHIVE", "SOURCES"}


@pytest.mark.parametrize("name", sorted(set(OURS) - KNOWN_BY_OPTION))
def test_every_setting_of_ours_is_in_readme(name: str) -> None:
    assert f"| `{name}` |" in README


def test_readme_names_settings_that_are_there_with_their_defaults() -> None:
    section = README.split("## Settings")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\S+) \|", section, re.MULTILINE)
    assert rows
    assert {name: default for name, default in rows if default != shown(name)} == {}


def shown(name: str) -> str:
    """A default as README writes it."""
    value = getattr(settings, name)
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`" if value else "unset"
