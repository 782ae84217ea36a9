"""Mentions against the labelled texts of ``tests/data/mentions/``.

    python -m benchmarks.mentions              # precision and recall of every file there
    python -m benchmarks.mentions --show FILE  # what is wrong, text by text

A mention is right where its unit, of the right time, ends at the letter where the label ends. The
labels were written by somebody who had not seen the list of units; ``meant`` says of which time
the unit is.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.places.mentions import Setting, find_mentions
from storage.places.questions import find_provinces, name_code
from storage.places.units import load_units

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "mentions"

Named = tuple[int, str]
"""Where a name ends, and the unit's code."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was right in a set of texts."""

    right: int
    found: int
    wanted: int
    traps: int
    caught: int
    """Traps of which some part was taken for a place."""

    @property
    def precision(self) -> float:
        """Right ones of those found."""
        return self.right / self.found

    @property
    def recall(self) -> float:
        """Right ones of those wanted."""
        return self.right / self.wanted


def main() -> None:
    """Print a line a file, and with ``--show`` each error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=Path)
    options = parser.parse_args()
    for path in [options.show] if options.show else sorted(FOLDER.glob("*.jsonl")):
        texts = read_texts(path)
        if options.show:
            for text in texts:
                _show(text)
        figures = measure(texts)
        print(
            f"{path.name}: {len(texts)} texts, {figures.wanted} mentions, {figures.traps} traps;"
            f" precision {figures.precision:.3f}, recall {figures.recall:.3f},"
            f" {figures.caught} traps taken for places"
        )


def read_texts(path: Path) -> list[dict[str, Any]]:
    """Return the labelled texts of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def measure(texts: Iterable[dict[str, Any]]) -> Figures:
    """Compare what is found with the labels."""
    right = found = wanted = traps = caught = 0
    for text in texts:
        labels, told = set(labelled(text)), read(text)
        right += len(labels & told)
        found += len(told)
        wanted += len(labels)
        traps += len(text["traps"])
        ends = {end for end, _ in told - labels}
        for trap in text["traps"]:
            caught += any(trap["start"] < end <= trap["start"] + len(trap["text"]) for end in ends)
    return Figures(right, found, wanted, traps, caught)


def labelled(text: dict[str, Any]) -> list[Named]:
    """Return the labels of a text."""
    return [
        (m["start"] + len(m["text"]), m["code_old"] + "c" if m["meant"] == "old" else m["code_new"])
        for m in text["mentions"]
    ]


def read(text: dict[str, Any]) -> set[Named]:
    """Return what is found in a text."""
    names = (text["source_province"], text["source_province_before_2025"])
    setting = Setting(text["published_on"], find_provinces(name for name in names if name))
    mentions = find_mentions(load_units(), text["text"], setting)
    return {(m.position + m.length, m.unit) for m in mentions}


def _show(text: dict[str, Any]) -> None:
    labels, told = set(labelled(text)), read(text)
    for what, wrong in (("missed", labels - told), ("wrong", told - labels)):
        for end, code in sorted(wrong):
            around = text["text"][max(0, end - 50) : end] + "|" + text["text"][end : end + 25]
            print(f"{text['id']} {what:7} {name_code(code)}: {around!r}")


if __name__ == "__main__":
    main()
