"""Output that no terminal obeys and every reader takes for one line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from crawler.render.terminal import json_line, note, say, say_json, say_text

if TYPE_CHECKING:
    import pytest


@dataclass
class Fact:
    name: str
    number: int | None = None


@given(st.text())
def test_any_text_is_one_line_of_json_without_signs_that_act(text: str) -> None:
    line = json_line({"x": text})
    assert json.loads(line) == {"x": text}
    assert len(line.splitlines()) == 1
    assert not any(sign in line for sign in "\x1b\x7f\x9b\u202e\u200b\ufeff")


def test_vietnamese_stays_readable_and_dataclasses_are_objects() -> None:
    assert json_line(Fact("Huế")) == '{"name": "Huế", "number": null}'


def test_each_function_prints_where_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b[2Jb\nc")
    say_json({"x": 1})
    say_text("one\x07\ntwo")
    note("careful\x1b")
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err
    lines = printed.out.splitlines()
    assert lines[1] == '{"x": 1}'
    assert lines[0].startswith("a")
    assert lines[-1] == "two"
    assert len(lines) == 4
    assert printed.err.startswith("careful")
