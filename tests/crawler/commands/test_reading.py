"""``baotinh search`` and ``show``: what they print, and that nothing printed can act."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from crawler.render.diff import compare, compare_words, show
from storage.errors import BaotinhError
from tests.support.shelf import HOSTILE, fill, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive with an article that was edited once and captured twice, and a hostile one."""
    return fill(tmp_path / "archive.db")


def test_a_search_prints_one_line_a_hit(path: Path) -> None:
    for query in (["tinh", "uy", "long", "an"], ["Tỉnh ủy Long An"]):
        (line,) = run(path, "search", *query).stdout.splitlines()
        assert line.split("\t") == [
            "2026-03-01", "baolongan", "Tỉnh ủy Long An họp", "Sáng nay, [Tỉnh ủy Long An] họp.",
            "https://baolongan.vn/a-a1.html",
        ]  # fmt: skip


def test_json_is_one_object_a_line(path: Path) -> None:
    lines = run(path, "search", "lúa", "--json").stdout.splitlines()
    hits = [json.loads(line) for line in lines]
    assert {hit["id"] for hit in hits} == {1, 2}
    assert {hit["title"] for hit in hits} == {"Tỉnh ủy Long An họp", HOSTILE}


def test_matches_are_counted(path: Path) -> None:
    assert run(path, "search", "lua", "--count-by", "province").stdout.split() == [
        "2",
        "Tây",
        "Ninh",
    ]
    result = run(path, "search", "lua", "--count-by", "month", "--json")
    assert json.loads(result.stdout) == {"month": "2026-03", "articles": 2}
    assert result.stderr == ""


def test_what_was_done_to_a_query_is_said_where_matches_are_counted(path: Path) -> None:
    result = run(path, "search", "lua", "xyzzyq", "--count-by", "month", "--json")
    assert json.loads(result.stdout) == {"month": "2026-03", "articles": 2}
    assert "xyzzyq" in result.stderr


@pytest.mark.parametrize(
    "args",
    [("search", "lúa"), ("search", "lúa", "--json"), ("show", "2"), ("show", "2", "--json")],
)
def test_nothing_printed_acts_on_a_terminal(path: Path, args: tuple[str, ...]) -> None:
    printed = run(path, *args).stdout
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", printed)
    assert "Giá lúa" in printed


def test_an_article_is_shown_by_id_and_by_url(path: Path) -> None:
    for which in ("1", "https://baolongan.vn/a-a1.html", "HTTPS://baolongan.vn/a-a1.html#top"):
        printed = run(path, "show", which).stdout
        assert "Tỉnh ủy Long An họp" in printed
        assert "mười tấn" in printed
        assert "2 texts" in printed


def test_json_of_an_article_holds_evidence_history_and_captures(path: Path) -> None:
    record = json.loads(run(path, "show", "1", "--json").stdout)
    assert record["evidence"]["title"] == {"how": "h1", "confidence": 1}
    assert [revision["kind"] for revision in record["history"]] == ["first", "edited"]
    assert [capture["status"] for capture in record["captures"]] == [200, 200]


def test_the_capture_is_given_back_byte_for_byte(path: Path) -> None:
    assert run(path, "show", "1", "--raw").stdout_bytes == "<p>mười</p>".encode()
    assert run(path, "show", "1", "--page").stdout_bytes == "<p>mười</p>".encode()
    result = run(path, "show", "2", "--raw")
    assert str(result.exception) == "article 2 has no capture"


def test_a_diff_shows_just_what_changed(path: Path) -> None:
    printed = run(path, "show", "1", "--diff").stdout
    assert "Vụ này được [-chín-] {+mười+} tấn lúa mỗi héc-ta." in printed
    assert "Giá tăng" not in printed
    assert "chín" in run(path, "show", "1", "--revisions").stdout


@pytest.mark.parametrize("which", ["9", "khong-co", "https://baolongan.vn/khac", "9" * 30])
def test_an_unknown_article_is_one_sentence(path: Path, which: str) -> None:
    error = run(path, "show", which).exception
    assert isinstance(error, BaotinhError)
    assert which in str(error)


def test_the_command_says_errors_on_standard_error(path: Path, tmp_path: Path) -> None:
    for archive, query, code in ((path, '"', 2), (tmp_path / "none.db", "lúa", 1)):
        done = subprocess.run(
            [sys.executable, "-m", "crawler", "--archive", archive, "search", query],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (code, "")
        assert re.fullmatch("baotinh: [^\n]+\n", done.stderr)


def test_reading_imports_no_crawler_and_little_else() -> None:
    code = (
        "import sys, crawler.commands.search, crawler.commands.status\n"
        "print(*{'scrapy', 'twisted', 'sqlite_utils', 'rich', 'lxml'} & set(sys.modules))\n"
        "print(*{'email', 'shutil', 'difflib', 'socket'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_long_unchanged_text_is_left_out_of_a_diff() -> None:
    words = [f"từ{n}" for n in range(100)]
    other = [*words[:50], "mới", *words[51:]]
    line = show(compare_words(" ".join(words), " ".join(other)), colour=False)
    assert "[-từ50-] {+mới+}" in line
    assert line.count("…") == 2
    assert len(line.split()) < 32


def test_paragraphs_that_came_and_went_are_whole() -> None:
    changes = list(compare(["một", "hai", "ba"], ["một", "ba", "bốn năm"]))
    assert [show(pieces, colour=False) for pieces in changes] == ["[-hai-]", "{+bốn năm+}"]


def test_a_text_of_one_line_over_and_over_is_compared_place_by_place() -> None:
    old = ["a."] * 20_000
    (change,) = compare(old, [*old[:-1], "b."])
    assert show(change, colour=False) == "[-a.-] {+b.+}"
    (row,) = compare(["a " * 1_900], ["a " * 1_899 + "b"])
    assert [piece.kind for piece in row] == ["removed", "added"]
