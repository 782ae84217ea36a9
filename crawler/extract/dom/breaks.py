"""Where the pieces of a line are cut into several: at line breaks."""

from __future__ import annotations

Piece = tuple[str, int]
"""A run of text and its style."""

BREAK = ("\n", 8)
"""What stands for a line break among the pieces of a line; no text has the style 8."""
ENDS = '.!?…:;”"»)。'
_VERSE = 60
"""Characters below which a line ends at a single break whatever its last sign: verses."""


def split_lines(parts: list[Piece]) -> list[list[Piece]]:
    """Split at line breaks: always at two, at one where a sentence or item ends there."""
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


def _ends_line(line: list[Piece], following: str) -> bool:
    before = "".join([piece for piece, _ in line]).rstrip()
    after = following.lstrip()
    if not before:
        return True
    return before[-1] in ENDS or after[0] in '-–—•*+(“"' or len(before) < _VERSE
