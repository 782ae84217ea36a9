"""Where a line is cut into several."""

from __future__ import annotations

import pytest

from crawler.extract.dom.breaks import BREAK, split_lines


def split(*pieces: str) -> list[str]:
    """The lines of pieces, of which ``|`` is a break."""
    parts = [BREAK if piece == "|" else (piece, 0) for piece in pieces]
    return ["".join(text for text, _ in line) for line in split_lines(parts)]


LONG, SHORT = "x" * 60, "x" * 59
STORY = "X" * 80


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        (["a", "b"], ["ab"]),
        ([LONG, "|", "b"], [f"{LONG} b"]),
        ([SHORT, "|", "b"], [SHORT, "b"]),
        ([LONG, "|", "|", "b"], [LONG, "b"]),
        ([LONG, "|", " ", "|", "b"], [f"{LONG} ", "b"]),
        ([LONG, ".", "|", "b"], [f"{LONG}.", "b"]),
        ([LONG, ". ", "|", "b"], [f"{LONG}. ", "b"]),
        ([LONG, "|", "- b"], [LONG, "- b"]),
        ([LONG, "|", " • b"], [LONG, " • b"]),
        ([LONG, "|", "“b"], [LONG, "“b"]),
        ([LONG, "|", "b", "c"], [f"{LONG} bc"]),
        ([LONG, "|", "b", "|", "c"], [f"{LONG} b c"]),
        (["|", "b"], ["", "b"]),
        ([LONG, "|"], [LONG]),
        (["|"], [""]),
        (["14:05 12/11/2025", STORY], ["14:05 12/11/2025", STORY]),
        (["12/11/2025", " ", STORY], ["12/11/2025", f" {STORY}"]),
        (["12-11-2025 | 9:05", STORY, "|", "b"], ["12-11-2025 | 9:05", f"{STORY} b"]),
        (["12/11/2025", STORY[:-1]], [f"12/11/2025{STORY[:-1]}"]),
        (["12/11/2025", f" là {STORY}"], [f"12/11/2025 là {STORY}"]),
        (["Sáng 12/11/2025", STORY], [f"Sáng 12/11/2025{STORY}"]),
        (["12/11/2025 -", STORY], [f"12/11/2025 -{STORY}"]),
        (["12/11/2025", " ", " "], ["12/11/2025  "]),
    ],
)
def test_where_a_line_ends(pieces: list[str], lines: list[str]) -> None:
    assert split(*pieces) == lines


@pytest.mark.parametrize("end", '.!?…:;”"»)。')
def test_signs_that_end_a_line(end: str) -> None:
    assert split(LONG + end, "|", "b") == [LONG + end, "b"]


@pytest.mark.parametrize("start", '-–—•*+(“"')
def test_signs_that_begin_one(start: str) -> None:
    assert split(LONG, "|", start + "b") == [LONG, start + "b"]
