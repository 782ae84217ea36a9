"""Word lists: what pages write, as data. One file a concept and language, one entry a line.

A file is ``<room>/<concept>.<language>.txt``; the language is an ISO 639 code (``mul`` for
several), and is left out where the entries belong to none. A line that starts with ``#`` says
why its neighbours are there. Entries are plain words, or regular expressions where the head of
the file says so.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def load_words(concept: str) -> tuple[str, ...]:
    """Return the entries of a concept (``names/surnames``), language by language, in order.

    Raise LookupError where there is no such list.
    """
    room, _, name = concept.partition("/")
    found = sorted(
        (each for each in (files(__name__) / room).iterdir() if each.name.split(".")[0] == name),
        key=lambda each: each.name,
    )
    if not found:
        raise LookupError(f"no word list {concept}")
    lines = [line.strip() for each in found for line in each.read_text("utf-8").splitlines()]
    return tuple(line for line in lines if line and not line.startswith("#"))


def any_of(*concepts: str) -> str:
    """Return a regular expression for any entry of these lists."""
    return f"(?:{'|'.join(entry for each in concepts for entry in load_words(each))})"
