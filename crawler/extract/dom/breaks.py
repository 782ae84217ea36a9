"""Where the pieces of a line are cut into several: at line breaks, and behind a day that is all of
its element."""

from __future__ import annotations

import re

Piece = tuple[str, int]
"""A run of text and its style."""

BREAK = ("\n", 8)
"""What stands for a line break among the pieces of a line; no text has the style 8."""
ENDS = '.!?…:;”"»)。'
_STORY = 80
"""Characters of a run of text that no name of an author, a place or a section has."""
_DAY_ALONE = re.compile(
    r"\s*(?:[0-9]{1,2}[:h][0-9]{2}[\s,|–-]{1,3})?[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}"
    r"(?:[\s,|–-]{1,3}[0-9]{1,2}[:h][0-9]{2})?\s*\Z"
)
"""A day in figures, with or without a clock, that is all of its element: `14:05 12/11/2025`."""
_VERSE = 60
"""Characters below which a line ends at a single break whatever its last sign: verses."""


def split_lines(parts: list[Piece]) -> list[list[Piece]]:
    """Split at line breaks: always at two, at one where a sentence or item ends there. A day that
    begins the line, and not the story behind it, is one of its own."""
    if _DAY_ALONE.match(parts[0][0]) and _begins_text(parts):
        return [parts[:1], *split_lines(parts[1:])]
    if BREAK not in parts:
        return [parts]
    lines: list[list[Piece]] = [[]]
    breaks = 0
    for part in parts:
        if part == BREAK:
            breaks += 1
            continue
        if part[0].strip():
            if breaks and (breaks > 1 or _ends_line(lines[-1], part[0])):
                lines.append([])
            elif breaks:
                lines[-1].append((" ", 0))
            breaks = 0
        lines[-1].append(part)
    return lines


def _begins_text(parts: list[Piece]) -> bool:
    """Whether a story begins behind the first piece: with a capital, and longer than a byline."""
    following = next((text.strip() for text, _ in parts[1:] if text.strip()), "")
    return len(following) >= _STORY and following[0].isupper()


def _ends_line(line: list[Piece], following: str) -> bool:
    before = "".join([piece for piece, _ in line]).rstrip()
    after = following.lstrip()
    if not before:
        return True
    return before[-1] in ENDS or after[0] in '-–—•*+(“"' or len(before) < _VERSE
