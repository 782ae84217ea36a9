"""What pages say beside commands and settings is there: options, files, keys, tables, tools."""

from __future__ import annotations

import ast
import json
import re
import sqlite3
import tomllib
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any

import click
import pytest

import baotinh
from crawler.cli import cli
from crawler.imports import notes
from crawler.sources import files
from storage.archive import Archive
from tests.support.paths import ROOT
from tests.support.shelf import fill, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if path.name != "CHANGELOG.md"
}
TOOLS = "| tool | asks for | answers |"
OF_OTHERS = {"--seconds", "--coverage", "--python", "--extras", "--tools"}
"""Options of our benchmarks and of other programs."""
FILES = r"`((?:benchmarks|crawler|storage|tests|deploy|docs|\.ci|\.github)/[\w./-]*\w)/?`"


def spans(page: str) -> Iterator[str]:
    """What stands in backticks, outside of blocks."""
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```$", "", page))


@cache
def options() -> frozenset[str]:
    """Every option of every command."""

    def walk(command: click.Command, context: click.Context) -> Iterator[str]:
        yield from (name for each in command.params for name in each.opts)
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                below = command.get_command(context, name)
                assert below is not None
                yield from walk(below, context)

    return frozenset(walk(cli, click.Context(cli))) | {"--help"}


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"docs/benchmarks.md"}))
def test_options_that_are_named_are_there(page: str) -> None:
    named = {
        word.partition("=")[0]
        for span in spans(PAGES[page])
        if not span.startswith(("python ", "scrapy ", "make ", "warcio "))
        for word in re.findall(r"(?<![\w-])--[a-z][\w-]*", span)
    }
    assert named - options() - OF_OTHERS == set()


@pytest.mark.parametrize("page", sorted(PAGES))
def test_files_that_are_named_are_there(page: str) -> None:
    named = set(re.findall(FILES, PAGES[page]))
    made = {name for name in named if "ID" in name or "XX" in name}
    assert {name for name in named - made if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("page", sorted(PAGES))
def test_targets_and_extras_that_are_named_are_there(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"`make ([\w-]+)`", PAGES[page])) <= targets
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {each for found in re.findall(r"baotinh\[([\w,]+)\]", PAGES[page])
             for each in found.split(",")}  # fmt: skip
    assert named <= set(project["optional-dependencies"])


def test_readme_names_every_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {f"`{name}`" for name in project["optional-dependencies"]} <= set(
        re.findall(r"`\w+`", PAGES["README.md"])
    )


# --- rows of tables ------------------------------------------------------------------------------


def rows(page: str, header: str) -> list[list[str]]:
    """The cells of a table below its header line."""
    lines = PAGES[page].split(header + "\n", 1)[1].splitlines()[1:]
    table = lines[: next((n for n, line in enumerate(lines) if not line.startswith("|")), None)]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("facts") / "archive.db")


def test_tables_of_the_archive_are_there(archive: Path) -> None:
    named = {name for row in rows("docs/archive.md", "| table | one row is |")
             for name in re.findall(r"`(\w+)`", row[0])}  # fmt: skip
    with closing(sqlite3.connect(archive)) as conn:
        there = {name for (name,) in conn.execute("select name from sqlite_master")}
    assert named - there == set()


def test_columns_that_are_explained_are_there(archive: Path) -> None:
    said = tomllib.loads((ROOT / "docs/columns.toml").read_text(encoding="utf-8"))
    with closing(sqlite3.connect(archive)) as conn:
        for table, columns in said.items():
            if table not in {"all", "tables"}:
                there = {row[1] for row in conn.execute(f"pragma table_info({table})")}
                assert set(columns) <= there, table


@pytest.mark.parametrize("page", sorted(PAGES))
def test_columns_of_tables_in_sentences_are_there(page: str, archive: Path) -> None:
    found = re.findall(r"columns? `(\w+)`[^.`]{0,30}\btable `(\w+)`", " ".join(PAGES[page].split()))
    with closing(sqlite3.connect(archive)) as conn:
        for column, table in found:
            names = {row[1] for row in conn.execute(f"pragma table_info({table})")}
            assert column in names


@pytest.mark.parametrize("page", sorted(PAGES))
def test_queries_that_are_shown_can_be_asked(page: str, archive: Path) -> None:
    blocks = re.findall(r"(?ms)^```sql\n(.*?)^```$", PAGES[page])
    with Archive.open_reading(archive) as opened:
        for block in (each for each in blocks if "read_parquet" not in each):
            for statement in filter(str.strip, block.split(";")):
                opened._db.conn.execute(statement).fetchall()


def test_keys_of_source_files_are_read() -> None:
    named = {name for row in rows("docs/sources.md", "| key | meaning |")
             for name in re.findall(r"`([\w\[\]]+)`", row[0])}  # fmt: skip
    code = (ROOT / str(files.__file__)).read_text(encoding="utf-8")
    assert {name for name in named if f'"{name.strip("[]")}"' not in code} == set()


def test_words_of_imports_are_those_of_the_code() -> None:
    named = {name for row in rows("docs/imports.md", "| word | what it means |")
             for name in re.findall(r"`([\w-]+)`", row[0])}  # fmt: skip
    assert named <= set(map(str, notes.SENTENCES))


def test_tools_for_assistants_are_there() -> None:
    named = {row[0].strip("`") for row in rows("docs/assistants.md", TOOLS)}
    code = (ROOT / "crawler/assistants/server.py").read_text(encoding="utf-8")
    defined = {each.name for each in ast.walk(ast.parse(code)) if isinstance(each, ast.FunctionDef)}
    assert named <= defined


def test_addresses_of_web_pages_are_routed() -> None:
    named = {found[1] for row in rows("docs/web.md", "| address | shows |")
             for found in re.finditer(r"`/([a-z][\w.]*)", row[0])}  # fmt: skip
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "crawler/web").rglob("*.py")
    )
    assert {name for name in named if f"/{name.split('.')[0]}" not in code} == set()


@pytest.mark.parametrize("page", sorted(PAGES))
def test_figures_that_are_named_are_kept(page: str) -> None:
    named = set(re.findall(r"`(baotinh_[a-z_]+(?:_total|_seconds|_bytes))`", PAGES[page]))
    code = (ROOT / "crawler/monitoring/metrics.py").read_text(encoding="utf-8")
    assert {
        name for name in named if name.removeprefix("baotinh_").removesuffix("_total") not in code
    } == set()


# --- keys of --json ------------------------------------------------------------------------------

CALLS: dict[str, list[list[str]]] = {
    "search": [["search", "tỉnh ủy"]],
    "show": [["show", "1"]],
    "changes": [["changes"]],
    "status": [["status", "--all"]],
    "explain": [["explain", "https://baolongan.vn/a-a1.html"]],
    "sources": [["sources", "list", "long an"], ["sources", "list", "hà nội"]],
    "watch": [["watch", "add", "gạo", "giá"], ["watch", "list"]],
    "verify": [["verify"]],
    "index": [["index", "--shrink"]],
    "evidence": [["evidence"]],
    "withhold": [["withhold", "2", "--why", "an order"]],
    "crawl": [["reextract", "baolongan"]],
    "backup": [["backup", "copy.db"]],
    "export -o": [["export", "-o", "out.jsonl"]],
    "export --format jsonl": [["export"]],
}
NOT_TRIED = {"sources check", "watch run", "merge", "import"}
"""They need a site, a second run or another archive; tests of their own look at them."""
SOMETIMES = {"stamp", "manifest", "stamped_at", "part", "what", "months", "written", "removed"}
"""Of an authority, of a problem, of an export by month."""


def test_keys_of_json_are_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = fill(tmp_path / "archive.db")
    given: dict[str, set[str]] = {}
    for name, calls in CALLS.items():
        for call in calls:
            words = call if name == "export --format jsonl" else [*call, "--json"]
            for line in run(path, *words).stdout.splitlines():
                record: dict[str, Any] = json.loads(line)
                given.setdefault(name, set()).update(record)
    missing = {}
    for command, _, keys in rows("docs/formats.md", "| command | one object is | keys |"):
        named = command.replace("`", "")
        if any(each in named for each in NOT_TRIED):
            continue
        name = next(each for each in sorted(CALLS, key=len, reverse=True) if named.startswith(each))
        listed = re.sub(r"\([^)]*\)|\.\.\.|: each.*", "", keys)
        wanted = set(re.findall(r"`(\w+)`", listed)) - SOMETIMES
        if lost := wanted - given.get(name, set()):
            missing[named] = lost
    assert missing == {}


# --- Python --------------------------------------------------------------------------------------


def test_names_of_the_package_in_examples_are_there() -> None:
    known = {
        "baotinh": set(baotinh.__all__),
        "archive": set(dir(baotinh.ArchiveReader)),
        "article": set(baotinh.StoredArticle.__dataclass_fields__),
        "hit": set(baotinh.Hit.__dataclass_fields__),
        "hits": set(dir(baotinh.Hits)),
        "text": set(baotinh.Revision.__dataclass_fields__),
        "copy": set(baotinh.StoredArticle.__dataclass_fields__),
    }
    wrong = set()
    for block in re.findall(r"(?ms)^```python\n(.*?)^```$", PAGES["docs/python.md"]):
        for node in ast.walk(ast.parse(block)):
            if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
                continue
            if node.attr not in known.get(node.value.id, {node.attr}):
                wrong.add(f"{node.value.id}.{node.attr}")
    assert wrong == set()
