"""Which tests run which lines, child processes included, and trees to run tests in."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coverage.numbits import numbits_any_intersection, numbits_union, nums_to_numbits
from rooms import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).parent.parent
COMPANIONS = 20.0
"""Seconds of a test file up to which its other tests are run, too."""
MEMORY = 8 << 30
"""Bytes of addresses that a test run may have."""
HOOKS = {
    "sitecustomize.py": """\
import coverage, runpy, sys
def run_module(*args, _run=runpy.run_module, **named):
    coverage.process_startup()
    return _run(*args, **named)
if "multiprocessing.forkserver" in " ".join(sys.orig_argv):
    runpy.run_module = run_module
else:
    coverage.process_startup()
""",
    "coverage.rc": """\
[run]
parallel = true
data_file = ${MUTANTS_DATA}/coverage
include = ${MUTANTS_TREE}/crawler/*,${MUTANTS_TREE}/storage/*
context = ${PYTEST_CURRENT_TEST-}
sigterm = true
core = ctrace
""",
    "mutants_plugin.py": """\
import collections, json, os, coverage, pytest
SECONDS = collections.Counter()
@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    coverage.Coverage.current().switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        coverage.Coverage.current().switch_context("")
def pytest_runtest_logreport(report):
    SECONDS[report.nodeid] += report.duration
def pytest_sessionfinish():
    with open(f"{os.environ['MUTANTS_DATA']}/seconds-{os.getpid()}.json", "w") as file:
        json.dump(SECONDS, file)
""",
}
"""What a test run needs to note lines by test: in this process by a hook, in its children by the
variable that pytest leaves in the environment."""


@dataclass(slots=True)
class Map:
    """Which tests run which lines, and how long each takes under coverage."""

    state: str
    """Of the source files it was made from."""
    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[str, bytes]] = field(default_factory=lambda: defaultdict(dict))
    """File -> test -> lines as coverage packs them."""

    def tests_of(self, path: str, lines: Iterable[int]) -> list[str]:
        """Tests that run one of the lines: those named as the file, then of each file in turn."""
        wanted = nums_to_numbits(lines)
        run = self.lines.get(path, {}).items()
        found = [test for test, bits in run if numbits_any_intersection(bits, wanted)]
        of_file: Counter[str] = Counter()
        order = []
        for test in sorted(filter(self.seconds.__contains__, found), key=self.seconds.__getitem__):
            file = file_of(test)
            of_file[file] += 1
            order.append((Path(path).stem not in file, of_file[file], self.seconds[test], test))
        return [test for *_, test in sorted(order)]

    def companions_of(self, tests: list[str]) -> list[str]:
        """The other tests of their files, where a file takes little time."""
        files = {file_of(test) for test in tests}
        totals: dict[str, float] = defaultdict(float)
        for test, seconds in self.seconds.items():
            totals[file_of(test)] += seconds
        few = {file for file in files if totals[file] <= COMPANIONS}
        return [test for test in self.seconds if file_of(test) in few and test not in tests]

    def add(self, folder: Path, tree: Path) -> None:
        """Take in what one run of tests has left in a folder."""
        for file in folder.glob("seconds-*.json"):
            self.seconds |= json.loads(file.read_text())
        for file in folder.glob("coverage.*"):
            for path, test, bits in read_lines(file):
                known = self.lines[path.removeprefix(f"{tree}/")]
                known[test] = numbits_union(known.get(test, b""), bits)

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = {p: {test: bits.hex() for test, bits in t.items()} for p, t in self.lines.items()}
        facts = {"state": self.state, "seconds": self.seconds, "lines": lines}
        path.write_text(json.dumps(facts), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Map:
        facts = json.loads(path.read_text(encoding="utf-8"))
        found = cls(facts["state"], facts["seconds"])
        for file, tests in facts["lines"].items():
            found.lines[file] = {test: bytes.fromhex(bits) for test, bits in tests.items()}
        return found


def read_lines(file: Path) -> list[tuple[str, str, bytes]]:
    """(path, test, lines) of one data file of coverage; none where its process was killed."""
    conn = sqlite3.connect(file)
    try:
        rows = conn.execute(
            "SELECT path, context, numbits FROM line_bits"
            " JOIN file ON file.id = file_id JOIN context ON context.id = context_id"
        ).fetchall()
    except sqlite3.DatabaseError:
        return []
    finally:
        conn.close()
    phase = re.compile(r" \((setup|call|teardown)\)$")
    return [(path, phase.sub("", test), bits) for path, test, bits in rows if test]


def file_of(test: str) -> str:
    """The file of a test."""
    return test.partition("::")[0]


# --- trees ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Trees:
    """A copy of the working tree for each worker."""

    folder: Path
    free: queue.Queue[Path] = field(default_factory=queue.Queue)

    def make(self, count: int) -> None:
        """Copy all files that git knows or would know."""
        listed = subprocess.run(
            ["git", "ls-files", "-coz", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\0")
        for number in range(count):
            tree = (self.folder / f"tree{number}").resolve()
            for name in filter(None, listed):
                if (ROOT / name).is_file():
                    (tree / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / name, tree / name)
            self.free.put(tree)

    def work(self, tasks: Iterable[Any], do: Callable[[Path, Any], None]) -> None:
        """Do all tasks, each in a tree that nobody else uses meanwhile."""

        def one(task: Any) -> None:
            tree = self.free.get()
            try:
                do(tree, task)
            finally:
                self.free.put(tree)

        with ThreadPoolExecutor(self.free.qsize()) as pool:
            list(pool.map(one, tasks))


def run_tests(
    tree: Path, words: Iterable[str], *, timeout: float, **more: str
) -> tuple[int | None, str]:
    """Exit status, None after a time-out, and output of pytest in a tree."""
    path = os.pathsep.join(filter(None, (more.pop("hooks", ""), str(tree))))
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
            + [f"--basetemp={scratch}/t", "--tb=no", "-rfE", *words],
            cwd=tree,
            env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"} | more,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            status: int | None = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what it left behind, too
        process.wait()
        said.seek(0)
        return status, said.read()


# --- the map -------------------------------------------------------------------------------------


def source_state() -> str:
    """A digest of all source files and tests."""
    digest = hashlib.sha256()
    for top in (*PACKAGES, "tests"):
        for path in sorted((ROOT / top).rglob("*.py")):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def make_map(trees: Trees, state: str, tests: list[str]) -> Map:
    """Run the tests, a file at a time, under coverage."""
    hooks = trees.folder / "hooks"
    hooks.mkdir()
    for name, text in HOOKS.items():
        (hooks / name).write_text(text)
    made, lock = Map(state), threading.Lock()

    def run(tree: Path, file: str) -> None:
        data = Path(tempfile.mkdtemp(dir=trees.folder))
        status, _ = run_tests(
            tree,
            ["-p", "mutants_plugin", file],
            timeout=1800,
            hooks=str(hooks),
            COVERAGE_PROCESS_START=str(hooks / "coverage.rc"),
            MUTANTS_DATA=str(data),
            MUTANTS_TREE=str(tree),
        )
        with lock:
            made.add(data, tree)
            print(f"  {file}: {'passed' if status == 0 else f'status {status}'}", file=sys.stderr)
        shutil.rmtree(data)

    print("noting which tests run which lines", file=sys.stderr)
    trees.work(list(find_tests(tests)), run)
    return made


def find_tests(chosen: list[str]) -> Iterator[str]:
    """Test files below the chosen paths, the largest first: it may take longest."""
    if missing := [name for name in chosen if not (ROOT / name).exists()]:
        raise SystemExit(f"no such tests: {', '.join(missing)}")
    paths = {p for name in chosen for p in [ROOT / name, *(ROOT / name).rglob("test_*.py")]}
    for path in sorted(filter(Path.is_file, paths), key=lambda path: -path.stat().st_size):
        yield str(path.relative_to(ROOT))
