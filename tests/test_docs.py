"""README and docs/ say what the code does: commands, settings, tables, links, generated pages."""

from __future__ import annotations

import re
import subprocess
import sys
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

PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
}
README = PAGES["README.md"]
RELIED_ON = (
    *("sources", "seeds", "links", "captures", "articles", "images", "revisions", "runs"),
    *("articles_fts", "news"),
)
OURS = sorted(
    name for name in vars(settings) if name.isupper() and not hasattr(scrapy_settings, name)
)
KNOWN_BY_OPTION = {"ARCHIVE", "SOURCES"}
NOT_OF_THE_GUIDE = {"ADDONS"}
"""Scrapy's, though its defaults do not name them."""


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_readme_and_has_help(name: str) -> None:
    assert f"baotinh {name}" in README
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert "Usage:" in shown.output


@pytest.mark.parametrize("page", sorted(PAGES))
def test_no_page_names_a_command_that_is_not_there(page: str) -> None:
    named = set(re.findall(r"(?:`|^\$ )baotinh ([a-z]+)", PAGES[page], re.MULTILINE))
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", PAGES[page])
    assert [each for each in targets if not ((ROOT / page).parent / each).exists()] == []


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= 160


def test_generated_pages_are_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("table", RELIED_ON)
def test_every_table_others_rely_on_is_described_and_in_the_archive(
    table: str, tmp_path: Path
) -> None:
    assert f"| `{table}` |" in PAGES["docs/archive.md"]
    with Archive.open(tmp_path / "archive.db") as archive:
        archive._db.conn.execute(f"SELECT * FROM {table} LIMIT 1").fetchall()  # noqa: S608 - a name of RELIED_ON


@pytest.mark.parametrize("name", sorted(set(OURS) - KNOWN_BY_OPTION - NOT_OF_THE_GUIDE))
def test_every_setting_of_ours_is_described(name: str) -> None:
    assert f"| `{name}` |" in PAGES["docs/settings.md"]


def test_settings_that_are_described_are_there_with_their_defaults() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (\S+) \|", PAGES["docs/settings.md"], re.MULTILINE)
    assert rows
    assert {name: default for name, default in rows if default != shown(name)} == {}


def shown(name: str) -> str:
    """A default as the page writes it."""
    value = getattr(settings, name)
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`" if value else "unset"
