"""One name for one thing in all ``--json``; what old scripts read stays."""

from __future__ import annotations

import importlib
import io
import json
import pkgutil
import time
from typing import TYPE_CHECKING, Any

import pytest

from crawler import commands
from crawler.cli import COMMANDS
from crawler.render.progress import Counter, show_progress
from tests.support.shelf import fill, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("names") / "archive.db")


CALLS = (
    ["search", "giá", "--json"],
    ["show", "1", "--json"],
    ["changes", "--json"],
    ["status", "--json"],
    ["explain", "https://baolongan.vn/a-a1.html", "--json"],
    ["sources", "list", "long an", "--json"],
    ["sources", "show", "baolongan", "--json"],
    ["export"],
    ["verify", "--json"],
    ["reextract", "baolongan", "--json"],
)


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a value, the innermost too."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, dict | list):
            yield from objects(each)


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_an_outlet_is_called_source_by_every_command(path: Path, call: list[str]) -> None:
    lines = [json.loads(line) for line in run(path, *call).stdout.splitlines()]
    assert lines
    for each in (found for line in lines for found in objects(line)):
        assert each.get("source_id", each.get("source")) == each.get("source")
    if call[0] not in {"verify", "export"}:
        assert all(line["source"] for line in lines)


def test_a_text_of_an_article_is_called_revision(path: Path) -> None:
    (article,) = map(json.loads, run(path, "show", "1", "--json").stdout.splitlines())
    assert [text["revision"] for text in article["history"]] == [
        text["number"] for text in article["history"]
    ]


def test_verify_tells_problems_and_then_a_summary(path: Path) -> None:
    *problems, summary = map(json.loads, run(path, "verify", "--json").stdout.splitlines())
    assert summary["problems"] == len(problems)
    assert (summary["archive"], summary["articles"]) == (str(path), 2)
    assert all(set(each) == {"part", "what"} for each in problems)


def test_backup_and_export_say_what_they_wrote(path: Path, tmp_path: Path) -> None:
    copy, out = tmp_path / "copy.db", tmp_path / "out.jsonl"
    made = json.loads(run(path, "backup", str(copy), "--captures", "--json").stdout)
    assert (made["path"], made["articles"]) == (str(copy), 2)
    assert made["size"] == copy.stat().st_size
    assert made["capture_files"] == len(list((tmp_path / "captures").glob("*.warc.gz")))
    written = json.loads(run(path, "export", "-o", str(out), "--json").stdout)
    assert written == {"path": str(out), "format": "jsonl", "articles": 2, "problems": []}
    assert "-o" in str(run(path, "export", "--json").exception)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr("sys.stderr", stream)
        passed = Counter()
        with show_progress(lambda counter=passed: f"{counter.count} read", after=0.0):  # type: ignore[misc]
            assert list(passed.over("abc")) == ["a", "b", "c"]
            deadline = time.monotonic() + 10
            while shown and "3 read" not in stream.getvalue() and time.monotonic() < deadline:
                time.sleep(0.01)
        assert ("3 read" in stream.getvalue()) is shown


def test_quick_work_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    with show_progress(lambda: "at work"):
        pass
    assert stream.getvalue() == ""


def test_what_changes_an_archive_says_so_in_json(tmp_path: Path) -> None:
    mine = fill(tmp_path / "mine.db")

    def told(*words: str) -> dict[str, Any]:
        (line,) = run(mine, *words, "--json").stdout.splitlines()
        return dict(json.loads(line))

    built = told("index", "--rebuild")
    assert (built["archive"], built["done"], built["articles"]) == (str(mine), True, 2)
    assert built["rebuilt"]
    assert told("index", "--shrink")["freed"] >= 0
    watch = told("watch", "add", "Lúa gạo", "giá lúa")
    assert (watch["watch"], watch["slug"], watch["query"]) == ("Lúa gạo", "lua-gao", "giá lúa")
    assert told("watch", "list") == watch
    listed = told("evidence")
    assert listed["captures"] > 0
    assert listed["manifest"].endswith(".sha256")
    assert run(mine, "evidence", "--json").stdout == ""
    hidden = told("withhold", "1", "--why", "court order 12/2026")
    assert (hidden["id"], hidden["source"], hidden["why"]) == (
        1,
        "baolongan",
        "court order 12/2026",
    )
    assert told("withhold") == hidden


@pytest.mark.parametrize(
    "words",
    [["backup", "x/"], ["export", "-o", "x/"], ["show", "1", "--proof", "x/"]],
    ids=lambda words: words[0],
)
def test_a_name_that_ends_in_a_slash_is_a_folder(
    path: Path, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(path, *words)
    assert done.exit_code in {1, 2}
    assert "is a folder: name the file" in done.output + str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_every_module_of_a_command_is_in_the_group() -> None:
    defined = {
        module.name.removesuffix("_")
        for module in pkgutil.iter_modules(commands.__path__)
        if hasattr(importlib.import_module(f"{commands.__name__}.{module.name}"), "command")
    }
    assert defined == COMMANDS.keys()
