"""Days as people type them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from crawler.cli import cli
from storage.search.days import read_wish
from tests.support.shelf import fill, run

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2026, 11, 25)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2026-11-05", "2026-11-05", "2026-11-05"),
        ("25/11/2026", "2026-11-25", "2026-11-25"),
        ("5-3-2026", "2026-03-05", "2026-03-05"),
        ("05.03.2026", "2026-03-05", "2026-03-05"),
        ("2026/3/5", "2026-03-05", "2026-03-05"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("10/2026", "2026-10-01", "2026-10-31"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("7d", "2026-11-18", "2026-11-18"),
        ("2 w", "2026-11-11", "2026-11-11"),
        ("3 ngày", "2026-11-22", "2026-11-22"),
        ("1 tuần trước", "2026-11-18", "2026-11-18"),
        ("ngày 5/3/2026", "2026-03-05", "2026-03-05"),
        ("tháng 10/2026", "2026-10-01", "2026-10-31"),
        ("today", "2026-11-25", "2026-11-25"),
        ("Hôm qua", "2026-11-24", "2026-11-24"),
        ("hôm kia", "2026-11-23", "2026-11-23"),
        ("năm 2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
    ],
)
def test_a_day_is_read_as_people_write_it(typed: str, first: str, last: str) -> None:
    assert str(read_wish(typed, TODAY, last=False)) == first
    assert str(read_wish(typed, TODAY, last=True)) == last


@pytest.mark.parametrize(
    "typed",
    ["", "soon", "31/02/2026", "13/2026", "2026-13", "11/25/2026", "25-11-26", "99999999d", "0000"],
)
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        read_wish(typed, TODAY, last=True)


@given(st.dates(dt.date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]))
def test_every_day_is_read_back(day: dt.date, form: str) -> None:
    assert read_wish(day.strftime(form), TODAY, last=False) == day


@given(st.text(max_size=20))
def test_any_text_is_a_day_or_refused(text: str) -> None:
    try:
        assert isinstance(read_wish(text, TODAY, last=False), dt.date)
    except (ValueError, OverflowError):
        return


def test_commands_take_them_and_name_what_is_none(tmp_path: Path) -> None:
    path = fill(tmp_path / "archive.db")
    assert (
        "a1.html" in run(path, "search", "tỉnh ủy", "--since", "3/2026", "--until", "2026").stdout
    )
    assert run(path, "search", "tỉnh ủy", "--since", "4/2026").stdout == ""
    wrong = run(path, "changes", "--since", "2026-13-01")
    assert wrong.exit_code == 2
    assert "is no date; write it as one of: 2026-11-25" in wrong.output


def test_a_mistyped_command_is_suggested() -> None:
    done = CliRunner().invoke(cli, ["serch", "giá lúa"])
    assert done.exit_code == 2
    assert "Did you mean 'search'?" in done.output


def test_no_color_takes_colours_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fill(tmp_path / "archive.db")
    monkeypatch.setattr("crawler.commands.search.on_terminal", lambda: True)
    words = ["--archive", str(path), "search", "tỉnh ủy"]
    assert "\x1b[" in CliRunner().invoke(cli, words, color=True).output
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in CliRunner().invoke(cli, words, color=True).output
