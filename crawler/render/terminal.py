"""What commands print: scraped text made harmless, JSON one object a line."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import asdict, is_dataclass
from typing import Any

import click

from storage.text import printable

_RISKY = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff0-\uffff\U000e0000-\U000e0fff]"
)

MARKED = re.compile(r"\[([^\[\]]+)\]")
"""Words of a snippet that were found."""
NARROWEST = 20
"""Columns: what is narrower cannot be read either way."""


def on_terminal() -> bool:
    """Return whether a person reads standard output."""
    return sys.stdout.isatty()


def in_colour() -> bool:
    """Return whether standard output takes colours: a terminal, unless NO_COLOR is set.

    https://no-color.org
    """
    return on_terminal() and not os.environ.get("NO_COLOR")


def say(text: str = "", **style: Any) -> None:
    """Print one line of scraped or own text to standard output; ``style`` as in click.style.

    On a terminal it is wrapped by words, and what is left over indented as the line is.
    """
    colour = False if os.environ.get("NO_COLOR") else None
    click.secho(_wrap(printable(text)), color=colour, **style)


def say_hits(text: str) -> None:
    """Print a snippet, with the words that were found, in ``[ ]``, coloured on a terminal."""
    text = _wrap(printable(text))
    if in_colour():
        text = MARKED.sub(lambda found: click.style(found[1], fg="yellow", bold=True), text)
    click.echo(text)


def _wrap(text: str) -> str:
    if not on_terminal():
        return text
    # Here: each command prints, few on a terminal, and these take milliseconds to import.
    import shutil
    import textwrap

    indent = text[: len(text) - len(text.lstrip(" "))]
    lines = textwrap.wrap(
        text,
        max(shutil.get_terminal_size().columns, NARROWEST),
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)


def say_text(text: str) -> None:
    """Print text of several lines to standard output, every line harmless, and wrapped as `say`."""
    for line in printable(text, lines=True).split("\n"):
        click.echo(_wrap(line))


def note(text: str) -> None:
    """Print one line to standard error."""
    click.echo(printable(text), err=True)


def say_json(record: object) -> None:
    """Print one JSON object on one line to standard output."""
    click.echo(json_line(record))


def json_line(record: object) -> str:
    """Return JSON that every reader takes for one line and no terminal obeys.

    Vietnamese letters stay readable; control, bidi, zero-width, surrogate code points and the
    line separators U+2028, U+2029 and U+0085 are escaped. Dataclasses are objects. What has a
    ``source_id`` gets ``source`` too, the name that all commands share (docs/formats.md).
    """
    value = asdict(record) if is_dataclass(record) and not isinstance(record, type) else record
    return _RISKY.sub(
        lambda found: json.dumps(found[0])[1:-1], json.dumps(_share(value), ensure_ascii=False)
    )


def _share(value: Any) -> Any:
    if isinstance(value, dict):
        shared = {"source": value["source_id"]} if "source_id" in value else {}
        return shared | {name: _share(each) for name, each in value.items()}
    return [_share(each) for each in value] if isinstance(value, list | tuple) else value
