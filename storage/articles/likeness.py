"""Whether two texts are copies of one: the decision behind clusters. Pure.

Copies share runs of words *and* facts. Reprints with another lead, a trimmed end or a local
paragraph share most runs of the shorter text. Two reports of one event share its facts and few
runs. Two issues of one template (weather, prices, draws) share runs, and where words stand the
same, days, figures and names differ: a *slot* is a fact between the two words before it and the
two after it, and slots that both texts have are compared one by one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from storage.fingerprint import runs_of
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHARED_RUNS = 0.45
"""Least share of the shorter text's runs of words that the other text has."""
SHARED_IN_ONE_PAPER = 0.6
"""The same of the longer text, within one paper: a corrected text comes again almost whole, a
follow-up repeats the background of the first report only."""
SHARED_FACTS = 0.45
"""Least share of the shorter text's figures and names that the other text has. Days say nothing:
whatever is published on one day shares them."""
FEWEST_RUNS = 12
"""A shorter text is too little to tell a copy from a stock phrase."""
FEWEST_FACTS = 2
"""With fewer figures and names, runs decide alone."""
CHANGED_FACTS = 0.25
"""Most of the compared slots that may hold another figure or name: a misprint set right."""
CHANGED_NEXT_DAY = 0.15
"""The same for texts of different days: their figures change because the days do."""

LONGEST_NAME = 80
"""Characters after which words in capitals begin another name."""

_FACT = "#"
_DAY_IN_WORDS = re.compile(r"(?<![\w/])(\d{1,2}) tháng (\d{1,2})(?![\w/])")
# Bounded, as a page may hold a hundred thousand brackets.
_WORD = re.compile(r"""(^|[.!?…\n]["”’')\]]{0,4}\s{1,4})?["“‘'(\[]{0,4}(\w+(?:[.,:/-]\w+)*)""")
_DAY = re.compile(r"([0-3]?\d)[/.-]([01]?\d)(?:[/.-]\d{2,4})?")
_ORDINALS = frozenset(["nhat", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi"])
_SEPARATORS = str.maketrans("", "", ".,:-")


@dataclass(frozen=True)
class Text:
    """A text to be compared, and what of it is."""

    title: str
    summary: str | None
    body: str
    day: str | None = None
    """The local day it was published on."""

    @cached_property
    def runs(self) -> frozenset[int]:
        """Hashes of its runs of words. The lead counts: outlets disagree on what it is."""
        return runs_of(self.summary, self.body)

    @cached_property
    def slots(self) -> dict[tuple[str, ...], list[str]]:
        """Two words before, two after -> the facts that stand between them, in order."""
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for part in (self.title, self.summary or "", self.body):
            words = _mask(part)
            frame = ["", "", *(_FACT if fact else word for word, fact in words), "", ""]
            for place, (word, fact) in enumerate(words):
                if fact:
                    around = (*frame[place : place + 2], *frame[place + 3 : place + 5])
                    found[around].append(word)
        return found

    @cached_property
    def facts(self) -> frozenset[str]:
        """Its days, figures and names."""
        return frozenset(fact for facts in self.slots.values() for fact in facts)


def is_copy(one: Text, other: Text, *, one_paper: bool = False) -> bool:
    """Say whether two texts are copies of one; ``one_paper``: the same paper published both."""
    fewest, most = sorted((len(one.runs), len(other.runs)))
    if fewest < FEWEST_RUNS:
        return False
    same = len(one.runs & other.runs)
    if same < SHARED_RUNS * fewest or (one_paper and same < SHARED_IN_ONE_PAPER * most):
        return False
    return _speaks_of_the_same(one, other) and _says_the_same(one, other)


def _speaks_of_the_same(one: Text, other: Text) -> bool:
    """Say whether enough figures and names of one text are in the other, and one name at least."""
    mine, theirs = ({fact for fact in text.facts if not _is_day(fact)} for text in (one, other))
    shared, least = mine & theirs, min(len(mine), len(theirs))
    if least >= FEWEST_FACTS and len(shared) < SHARED_FACTS * least:
        return False
    both_name = any(map(_is_name, mine)) and any(map(_is_name, theirs))
    return not both_name or any(map(_is_name, shared))


def _says_the_same(one: Text, other: Text) -> bool:
    """Say whether slots that both texts have hold the same facts, but for a misprint or so."""
    kept: set[str] = set()
    gone: set[str] = set()
    come: set[str] = set()
    for around in one.slots.keys() & other.slots.keys():
        mine, theirs = Counter(one.slots[around]), Counter(other.slots[around])
        kept.update(mine & theirs)
        # Where one text has a phrase more often, it is not known which slot is which.
        if mine.total() == theirs.total():
            gone.update(mine - theirs)
            come.update(theirs - mine)
    # A fact that the other text has elsewhere was moved, not replaced.
    gone -= other.facts
    come -= one.facts
    changed = min(len(gone), len(come))
    most = CHANGED_FACTS if one.day == other.day else CHANGED_NEXT_DAY
    if changed > most * (len(kept) + changed):
        return False
    # Another day, place or price makes another issue, however much else stays; one wrong figure
    # is set right even in a text that has no other.
    kinds = (_is_day, _is_name) if changed == 1 else (_is_day, _is_name, _is_figure)
    return all(_outweighs(kept, gone, come, kind) for kind in kinds)


def _outweighs(kept: set[str], gone: set[str], come: set[str], kind: Callable[[str], bool]) -> bool:
    """Say whether of one kind of facts more were kept than changed."""
    stayed, left, came = (sum(map(kind, facts)) for facts in (kept, gone, come))
    changed = min(left, came)
    return not changed or changed < stayed


def _is_day(fact: str) -> bool:
    return "/" in fact


def _is_figure(fact: str) -> bool:
    return "/" not in fact and fact[0].isdigit()


def _is_name(fact: str) -> bool:
    return "/" not in fact and not fact[0].isdigit()


def _mask(text: str) -> list[tuple[str, bool]]:
    """Return the folded words of a text, and whether each is a fact. A name is one word."""
    masked: list[tuple[str, bool]] = []
    for word, is_name, goes_on in _words(_DAY_IN_WORDS.sub(r"\1/\2", text)):
        before = masked[-1][0] if masked else ""
        if goes_on and len(before) < LONGEST_NAME:
            masked[-1] = (f"{before} {word}", True)
        elif is_name:
            masked.append((word, True))
        elif word[0].isdigit():
            masked.append((_figure(word, before), True))
        else:
            masked.append((f"{word}/", True) if _is_ordinal(word, before) else (word, False))
    return masked


def _words(text: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield folded words, whether each is a name, and whether it goes on with one.

    A name is in capitals and does not open a sentence.
    """
    found = list(_WORD.finditer(text))
    folded = fold("\n".join(match[2] for match in found)).split("\n") if found else []
    end, in_name = -1, False
    for match, word in zip(found, folded, strict=True):
        is_name = match[2][0].isupper() and match[1] is None
        goes_on = is_name and in_name and match.start(2) == end + 1 and text[end] == " "
        yield word.translate(_SEPARATORS) if is_name else word, is_name, goes_on
        end, in_name = match.end(2), is_name


def _figure(word: str, before: str) -> str:
    """Return a figure without separators; a day as day/month, or as day/ after "ngày"."""
    if day := _DAY.fullmatch(word):
        return f"{int(day[1])}/{int(day[2])}"
    if before == "ngay" and word.isdecimal():
        return f"{int(word)}/"
    return word.translate(_SEPARATORS).replace("/", "|")


def _is_ordinal(word: str, before: str) -> bool:
    """Say whether a word is that of a weekday or of a session: "thứ hai"."""
    return before == "thu" and word in _ORDINALS
