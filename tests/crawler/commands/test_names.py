"""One name for one thing in all ``--json``; what old scripts read stays."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

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
