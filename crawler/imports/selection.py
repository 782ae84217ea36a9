"""Which sources an import is for, as a command line names them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crawler.sources import find_source
from crawler.sources.files import read_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.sources import Source


def choose_source(known: Mapping[str, Source], word: str) -> Source:
    """Return the source with an id, or of a file that is in no catalogue (``town.toml``).

    Raise UnknownSource or SourceError.
    """
    return read_source(Path(word)) if word.endswith(".toml") else find_source(known, word)


def choose_sources(known: Mapping[str, Source], words: Sequence[str]) -> list[Source]:
    """Return the sources that are named, all known ones where none is. Raise as above."""
    chosen = {source.id: source for source in (choose_source(known, word) for word in words)}
    return list(chosen.values()) or list(known.values())
