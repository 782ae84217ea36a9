"""A sample of small changes to code that decides, and which test notices each.

    python benchmarks/mutants.py [--sample N] [--seed N] [--workers N] [--only WORD ...]
        [--tests PATH ...] [--budget SECONDS] [--map FILE] [--out FILE]

First the tests run once under coverage, child processes included, to learn which test runs which
line; that map is kept until a source file changes. Then each change is made in a copy of the tree,
one a worker, and the tests that run the changed line are run until one fails: those of the module's
own test file first, then from each file in turn the quickest, and at last the other tests of the
same files, for what a fixture does is noted for its first test only.
A test that fails must pass without the change, or it does not count. A change that makes tests
hang must do so twice.

At most one change a function, from modules that decide something; functions of which no test runs
a changeable line are counted and not drawn. ``--out`` keeps what is known, so that a run which was
stopped goes on. Why a script of our own: cosmic-ray runs the whole suite for each change, and
mutmut cannot know which lines are run in child processes, where half of these tests work.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from covering import ROOT, Map, Trees, file_of, make_map, run_tests, source_state
from mutations import changes_code, find_mutations, lines_changed
from rooms import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mutations import Mutation

KEPT_MAP = ROOT / "build" / "mutants-map.json"
NO_DECISIONS = frozenset(
    """commands web demo cli settings environment logs systemd atom printing terminal render
    differences diff progress records errors schema migrations metrics __main__""".split()
)
"""Modules and packages that show, describe or configure rather than decide."""
GUARDS = frozenset({"addresses", "resolver"})
"""What keeps the tests from reaching out of this machine stays as it is."""
BATCHES = (5.0, 60.0)
"""Seconds of tests after which it pays to look whether one has failed already."""
TOO_SLOW = "a time-out"
PASSED = (0, 5)
"""Exit statuses of pytest: all passed, nothing to run."""


# --- the sample ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file, with the tests that may notice it."""

    path: str
    mutation: Mutation
    tests: tuple[str, ...]

    @property
    def where(self) -> str:
        """The line and the function."""
        return f"{self.path}:{self.mutation.line} {self.mutation.function}".strip()


def draw(known: Map, chance: Random, only: list[str]) -> Iterator[Mutant]:
    """Mutants in random order, one a function; without tests where none runs any of its lines."""
    places: dict[tuple[str, str], list[Mutation]] = defaultdict(list)
    for path in deciding_files(only):
        text = (ROOT / path).read_text(encoding="utf-8")
        for mutation in find_mutations(text, chance):
            places[path, mutation.function or f"line {mutation.line}"].append(mutation)
    order = sorted(places)
    chance.shuffle(order)
    for path, place in order:
        chance.shuffle(places[path, place])
        yield choose(known, path, places[path, place])


def deciding_files(only: list[str]) -> Iterator[str]:
    """Files of the modules that decide something, and whose names hold one of the words."""
    for path in sorted(path for top in PACKAGES for path in (ROOT / top).rglob("*.py")):
        words = path.relative_to(ROOT).with_suffix("").parts
        named = not only or any(word in ".".join(words) for word in only)
        if named and (NO_DECISIONS | GUARDS).isdisjoint(words):
            yield str(path.relative_to(ROOT))


def choose(known: Map, path: str, mutations: list[Mutation]) -> Mutant:
    """The first mutation that changes code a test runs; any other where there is none."""
    text = (ROOT / path).read_text(encoding="utf-8")
    for mutation in mutations:
        tests = known.tests_of(path, lines_changed(text, mutation))
        if tests and changes_code(text, mutation):
            return Mutant(path, mutation, tuple(tests))
    return Mutant(path, mutations[0], ())


# --- judging -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant."""

    mutant: str
    what: str
    noticed_by: str
    """A test, or why no test was needed; empty: unnoticed."""
    ran: int
    left_out: int = 0
    """Tests that run the line and were not run, for want of time."""


class Judge:
    """Runs tests on mutants."""

    def __init__(self, known: Map, budget: float) -> None:
        self.known = known
        self.budget = budget
        self.sound: dict[str, bool] = {}
        """Tests that failed with some change: whether they pass without."""

    def judge(self, tree: Path, mutant: Mutant) -> Verdict:
        """Make the change in a tree, run tests, take it back."""
        file = tree / mutant.path
        original = file.read_text(encoding="utf-8")
        tests, left_out = self._affordable(mutant)
        ran = 0
        noticed = ""
        for batch in self._batches(tests):
            while batch and not noticed:
                file.write_text(mutant.mutation.apply(original), encoding="utf-8")
                try:
                    failed = self._run(tree, batch)
                finally:
                    file.write_text(original, encoding="utf-8")
                if failed is None:
                    break
                if failed == TOO_SLOW:
                    noticed = self._hangs(tree, file, mutant, batch)
                    break
                if self._is_sound(tree, failed, batch):
                    noticed = failed
                else:
                    batch = [test for test in batch if test != failed]
            ran += len(batch)
            if noticed:
                break
        return Verdict(mutant.where, mutant.mutation.what, noticed, ran, left_out)

    def _affordable(self, mutant: Mutant) -> tuple[list[str], int]:
        """The tests to run, and how many that run the line are too many."""
        direct, spent = [], 0.0
        for test in mutant.tests:
            spent += self.known.seconds[test]
            if not direct or spent <= self.budget:
                direct.append(test)
        return [*direct, *self.known.companions_of(direct)], len(mutant.tests) - len(direct)

    def _batches(self, tests: list[str]) -> Iterator[list[str]]:
        """Tests in order, few at first."""
        limits = iter((*BATCHES, float("inf")))
        batch: list[str] = []
        spent, limit = 0.0, next(limits)
        for test in tests:
            batch.append(test)
            spent += self.known.seconds[test]
            if spent >= limit:
                yield batch
                batch, spent, limit = [], 0.0, next(limits)
        if batch:
            yield batch

    def _hangs(self, tree: Path, file: Path, mutant: Mutant, batch: list[str]) -> str:
        """What notices a change that was too slow once, which a busy machine can be, too.

        Without the change the tests must pass; with it they must take ten times as long, or fail.
        """
        began = time.monotonic()
        if self._run(tree, batch) is not None:
            return ""
        patience = 10 * (time.monotonic() - began)
        original = file.read_text(encoding="utf-8")
        file.write_text(mutant.mutation.apply(original), encoding="utf-8")
        try:
            return self._run(tree, batch, patience) or ""
        finally:
            file.write_text(original, encoding="utf-8")

    def _run(self, tree: Path, tests: list[str], patience: float = 0.0) -> str | None:
        """The first test that fails, `TOO_SLOW`, or None when all pass."""
        timeout = 30 + 4 * sum(self.known.seconds.get(test, 0.0) for test in tests)
        timeout = max(timeout, patience)
        status, said = run_tests(tree, ["-x", *tests], timeout=timeout)
        if status is None:
            return TOO_SLOW
        if status in PASSED:
            return None
        if failed := find_failed(said, tests):
            return failed
        # Names of some tests change from one run to the next: such a test cannot be run alone.
        known = [test for test in tests if f"not found: {tree / test}\n" not in said]
        if len(known) == len(tests):
            return tests[0]
        return self._run(tree, known) if known else None

    def _is_sound(self, tree: Path, failed: str, batch: list[str]) -> bool:
        """Whether what failed with the change passes without it."""
        if failed not in self.sound:
            of_file = [test for test in batch if file_of(test) == failed]
            self.sound[failed] = self._run(tree, of_file or [failed]) is None
        return self.sound[failed]


def find_failed(said: str, tests: list[str]) -> str | None:
    """What pytest's summary names first: a test, or a file that could not be read."""
    for line in said.splitlines():
        word, _, rest = line.partition(" ")
        if word in ("FAILED", "ERROR"):
            names = [name for name in (*tests, *map(file_of, tests)) if rest.startswith(name)]
            if names:
                return max(names, key=len)
    return None


# --- output --------------------------------------------------------------------------------------


def main() -> int:
    """Judge a sample and print it; 0 whatever was noticed."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sample", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--only", nargs="+", default=[], help="words in names of modules")
    options.add_argument("--tests", nargs="+", default=["tests"], help="files or folders")
    options.add_argument("--budget", type=float, default=240.0, help="seconds of tests a change")
    options.add_argument("--map", type=Path, default=KEPT_MAP, help="where the map is kept")
    options.add_argument("--out", type=Path, help="where verdicts are kept, one a line")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trees = Trees(Path(folder))
        trees.make(given.workers)
        known = read_map(given.map, trees, given.tests)
        drawn, not_run = draw_sample(known, given)
        print(f"{len(drawn)} changes drawn; {not_run} functions passed over: no test runs them")
        verdicts = judge_all(drawn, Judge(known, given.budget), trees, given.out)
    counts = Counter(bool(verdict.noticed_by) for verdict in verdicts)
    print(f"\nnoticed: {counts[True]} of {len(verdicts)}; unnoticed:")
    for verdict in verdicts:
        if not verdict.noticed_by:
            print(f"  {verdict.mutant}: {verdict.what}")
    return 0


def read_map(path: Path, trees: Trees, tests: list[str]) -> Map:
    """The kept map where it is of these sources, a new one otherwise."""
    state = f"{source_state()} {' '.join(tests)}"
    if path.exists() and (known := Map.load(path)).state == state:
        return known
    known = make_map(trees, state, tests)
    known.save(path)
    return known


def draw_sample(known: Map, given: argparse.Namespace) -> tuple[list[Mutant], int]:
    """So many mutants that tests run, and how many were passed over."""
    drawn: list[Mutant] = []
    not_run = 0
    for mutant in draw(known, Random(given.seed), given.only):
        if len(drawn) == given.sample:
            break
        if mutant.tests:
            drawn.append(mutant)
        else:
            not_run += 1
    return drawn, not_run


def judge_all(drawn: list[Mutant], judge: Judge, trees: Trees, out: Path | None) -> list[Verdict]:
    """Verdicts in the order of the sample; what ``out`` holds already is taken from there."""
    lines = out.read_text(encoding="utf-8").splitlines() if out and out.exists() else []
    known = [Verdict(**json.loads(line)) for line in lines]
    verdicts = {(verdict.mutant, verdict.what): verdict for verdict in known}
    lock = threading.Lock()

    def one(tree: Path, mutant: Mutant) -> None:
        verdict = judge.judge(tree, mutant)
        with lock:
            verdicts[verdict.mutant, verdict.what] = verdict
            show(verdict)
            if out:
                with out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(verdict), ensure_ascii=False) + "\n")

    trees.work([m for m in drawn if (m.where, m.mutation.what) not in verdicts], one)
    return [verdicts[mutant.where, mutant.mutation.what] for mutant in drawn]


def show(verdict: Verdict) -> None:
    """Print one verdict."""
    said = f"noticed by {verdict.noticed_by}"
    if not verdict.noticed_by:
        said = f"UNNOTICED by {verdict.ran} tests"
        said += f"; no time for {verdict.left_out} more" if verdict.left_out else ""
    print(f"{verdict.mutant}: {verdict.what}\n    {said}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
