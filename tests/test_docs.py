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
NO_SETTINGS = {
    "ARCHIVE",
    "SOURCES",
    "SERVE_HOSTS",
    "CHROMIUM",
    "FORWARDED_ALLOW_IPS",
    "NO_COLOR",
    "WATCH",
}
"""Variables that are none: of options, tests, uvicorn, terminals and commands of ours."""
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


@pytest.mark.parametrize("page", sorted(PAGES))
def test_links_to_a_heading_lead_to_one(page: str) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)#([^)\s]+)\)", PAGES[page])
    missing = []
    for name, anchor in targets:
        path = (ROOT / page).parent / name if name else ROOT / page
        headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        if anchor not in {slug(each) for each in headings}:
            missing.append(f"{name}#{anchor}")
    assert missing == []


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub and MyST make it."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"CHANGELOG.md"}))
def test_no_page_names_a_setting_that_is_not_there(page: str) -> None:
    named = re.findall(r"\bBAOTINH_[A-Z_]+[A-Z]\b(?!_)|`[A-Z]+(?:_[A-Z]+)+`", PAGES[page])
    known = {name for name in dir(settings) if name.isupper()} | NO_SETTINGS
    assert {name.strip("`").removeprefix("BAOTINH_") for name in named} - known == set()


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"CHANGELOG.md"}))
def test_no_page_names_a_column_that_is_not_there(page: str, columns: dict[str, set[str]]) -> None:
    named = re.findall(r"`([a-z_]+)\.([a-z_]+)`", PAGES[page])
    wrong = [f"{table}.{name}" for table, name in named if name not in columns.get(table, {name})]
    assert wrong == []


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Table or view -> its columns, in a new archive."""
    with Archive.open(tmp_path_factory.mktemp("columns") / "archive.db") as archive:
        conn = archive._db.conn
        names = [name for (name,) in conn.execute("select name from sqlite_master")]
        return {
            name: {row[0] for row in conn.execute("select name from pragma_table_info(?)", (name,))}
            for name in names
        }


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
