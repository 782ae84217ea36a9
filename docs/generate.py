"""Writes what follows from other files: commands, tables, reasons; notebooks from their text.

python docs/generate.py            # write them
python docs/generate.py --check    # end with 1 and name what is stale
"""

from __future__ import annotations

import ast
import contextlib
import json
import sqlite3
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crawler.cli import COMMANDS, cli
from crawler.failures import REASONS, reason
from storage import records
from storage.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent / "reference"
EXAMPLES = Path(__file__).parent / "examples"
NOTICE = "<!-- Written by docs/generate.py; change the code instead. -->\n"
RECORDS = {
    "articles": ("StoredArticle", "Article"),
    "captures": ("Capture",),
    "hosts": ("HostState",),
    "images": ("Image",),
    "links": ("Link",),
    "revisions": ("Revision",),
    "runs": ("Run",),
    "seeds": ("SeedState",),
    "sources": ("SourceRow",),
}
"""Tables that people rely on, and the records whose docstrings describe their columns."""
COLUMNS = Path(__file__).parent / "columns.toml"
"""What docstrings do not explain."""


def main() -> int:
    """Write the pages, or check them; return the exit code."""
    pages = {
        FOLDER / "commands.md": write_commands(),
        FOLDER / "tables.md": write_tables(),
        FOLDER / "reasons.md": reasons(),
    }
    for path in sorted(EXAMPLES.glob("*.py")):
        pages[path.with_suffix(".ipynb")] = write_notebook(path.read_text(encoding="utf-8"))
    if "--check" in sys.argv[1:]:
        stale = [path for path, text in pages.items() if _read(path) != text]
        for path in stale:
            shown = path.relative_to(FOLDER.parents[1])
            print(f"{shown} is stale: run python docs/generate.py")
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return 0


def _read(path: Path) -> str | None:
    with contextlib.suppress(OSError):
        return path.read_text(encoding="utf-8")
    return None


# --- commands ------------------------------------------------------------------------------------


def write_commands() -> str:
    """Every command with its help and options."""
    context = click.Context(cli, info_name="baotinh")
    parts = [NOTICE, "# Commands\n", *_describe(cli, context, 2)]
    for name in sorted(COMMANDS):
        parts += _sections(cli.get_command(context, name), context, name, 2)
    return "\n".join(parts)


def _sections(
    command: click.Command | None, parent: click.Context, name: str, level: int
) -> Iterator[str]:
    if command is None:
        raise LookupError(name)
    context = click.Context(command, parent=parent, info_name=name)
    yield f"{'#' * level} {context.command_path}\n"
    yield from _describe(command, context, level)
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            yield from _sections(command.get_command(context, below), context, below, level + 1)


def _describe(command: click.Command, context: click.Context, _: int) -> Iterator[str]:
    yield f"`{' '.join([context.command_path, *command.collect_usage_pieces(context)])}`\n"
    if command.help:
        yield _plain(command.help) + "\n"
    rows = [
        record for each in command.get_params(context) if (record := each.get_help_record(context))
    ]
    if rows:
        yield "| option | does |\n|---|---|"
        yield "\n".join(f"| `{_cell(option)}` | {_cell(does)} |" for option, does in rows) + "\n"


def _plain(text: str) -> str:
    paragraphs = text.replace("\b\n", "").split("\n\n")
    return "\n\n".join(" ".join(each.split()) for each in paragraphs).replace("<", "\\<")


def _cell(text: str) -> str:
    """One line for a cell; docstrings have two backticks where Markdown has one."""
    return " ".join(text.split()).replace("|", "\\|").replace("``", "`")


# --- tables --------------------------------------------------------------------------------------


def write_tables() -> str:
    """Every column of the tables that people rely on, as a new archive has them."""
    said = read_docstrings(Path(records.__file__))
    introduction = (records.__doc__ or "").split("\n\n", 1)[1].strip()
    parts = [NOTICE, "# Tables\n", introduction.replace("``", "`") + "\n"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        with Archive.open(path):
            pass
        with contextlib.closing(sqlite3.connect(path)) as conn:
            more = tomllib.loads(COLUMNS.read_text(encoding="utf-8"))
            for table, names in RECORDS.items():
                parts += _table(conn, table, names, said, more)
            for table in more["tables"]:
                parts += _table(conn, table, (), said, more)
    return "\n".join(parts)


def _table(
    conn: sqlite3.Connection,
    table: str,
    names: tuple[str, ...],
    said: dict[str, dict[str, str]],
    more: dict[str, Any],
) -> Iterator[str]:
    """``more``: what columns.toml says. Raise LookupError for a column nobody explains."""
    yield f"## {table}\n"
    yield (said[names[-1]][""] if names else more["tables"][table]).replace("``", "`") + "\n"
    yield "| column | type | means |\n|---|---|---|"
    rows = []
    for _, column, kind, *_ in conn.execute(f"pragma table_info({table})"):
        told = [said[name] for name in names] + [more.get(table, {}), more["all"]]
        means = next((each[column] for each in told if column in each), None)
        if means is None:
            raise LookupError(f"{table}.{column}: say in {COLUMNS.name} what it is")
        rows.append(f"| `{column}` | {kind or 'any'} | {_cell(means)} |")
    yield "\n".join(rows) + "\n"


def read_docstrings(path: Path) -> dict[str, dict[str, str]]:
    """Class -> field -> the string behind it; the class's own docstring under ``""``."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            fields = {"": ast.get_docstring(node) or ""}
            for field, text in zip(node.body, node.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                    fields[ast.unparse(field.target)] = ast.literal_eval(text.value)
            found[node.name] = fields
    return found


# --- notebooks -----------------------------------------------------------------------------------


def write_notebook(text: str) -> str:
    """Return a notebook (nbformat 4.5) of a script whose cells begin with ``# %%``.

    No outputs: whoever runs it has another archive.
    """
    cells = []
    for number, part in enumerate(text.split("# %%")[1:]):
        head, _, body = part.partition("\n")
        kind = "markdown" if "[markdown]" in head else "code"
        lines = body.strip().splitlines(keepends=True)
        if kind == "markdown":
            lines = [line.removeprefix("#").removeprefix(" ") for line in lines]
        cell = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": lines}
        cells.append(cell | ({"execution_count": None, "outputs": []} if kind == "code" else {}))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


# --- reasons -------------------------------------------------------------------------------------


def reasons() -> str:
    """The table of reasons."""
    rows = [
        f"| `{each.word}` | {_cell(each.sentence)} | {each.whose} | {each.retry} | {each.verdict} |"
        for each in sorted(REASONS.values(), key=lambda each: each.word)
    ]
    head = (
        "# Reasons\n\nWhy a page or a seed gave nothing, as in `failed/timeout`. Whose fault it is "
        "decides whether it is asked again. [The daemon](../daemon.md) says after what waits.\n\n"
        "| reason | the page or seed | whose | asked again | the link becomes |\n"
        "|---|---|---|---|---|"
    )
    said = read_members(Path(str(reason.__file__)))
    words = ["", "## Words of this table"]
    for title, name in (("Whose", "Whose"), ("Asked again", "Retry"), ("The link", "Verdict")):
        words += ["", f"| {title} | is |", "|---|---|"]
        words += [f"| `{word}` | {_cell(means)} |" for word, means in said[name].items()]
    return "\n".join([NOTICE, head, *rows, *words]) + "\n"


def read_members(path: Path) -> dict[str, dict[str, str]]:
    """Class of words -> word -> the string behind it."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found[node.name] = {
                ast.literal_eval(member.value): ast.literal_eval(text.value)
                for member, text in zip(node.body, node.body[1:], strict=False)
                if isinstance(member, ast.Assign) and isinstance(text, ast.Expr)
            }
    return found


if __name__ == "__main__":
    sys.exit(main())
