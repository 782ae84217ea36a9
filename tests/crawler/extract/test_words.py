"""Word lists: every file is read by some rule, and holds what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import crawler.extract
from crawler.extract import words
from crawler.extract.words import any_of, load_words

ROOM = Path(crawler.extract.__file__).parent
FILES = sorted((ROOM / "words").glob("*/*.txt"))
EXPRESSIONS = ("lines", "refusal", "titles", "sections", "bylines", "dates")


def test_languages_follow_each_other_and_comments_are_left_out() -> None:
    found = load_words("lines/related")
    assert found.index("lesen sie auch.{0,30}") < found.index("up next") < found.index("moi nhat")
    assert not [entry for entry in found if entry.startswith("#")]


def test_an_unknown_list_is_an_error() -> None:
    with pytest.raises(LookupError, match="lines/relate"):
        load_words("lines/relate")


def test_any_entry_of_several_lists() -> None:
    pattern = re.compile(any_of("sections/home", "titles/template"))
    assert pattern.fullmatch("trang chu")
    assert pattern.fullmatch("untitled")
    assert not pattern.fullmatch("thoi su")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_each_file_says_why_and_has_each_entry_once(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert lines[0].startswith("# ")
    entries = [line for line in lines if not line.startswith("#")]
    assert entries
    assert len(set(entries)) == len(entries)
    assert entries == [entry.strip() for entry in entries]
    if path.parent.name in EXPRESSIONS:
        for entry in entries:
            re.compile(entry)


def test_each_list_is_read_by_some_rule() -> None:
    code = "".join(path.read_text("utf-8") for path in ROOM.rglob("*.py"))
    for path in FILES:
        concept = f"{path.parent.name}/{path.name.split('.')[0]}"
        name = concept.partition("/")[2]
        assert f'"{concept}"' in code or f"'{concept}'" in code or f'"{name}"' in code, concept
    assert words.__doc__
