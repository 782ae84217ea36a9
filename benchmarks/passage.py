"""What a value passes on its way, on the demo site: modules, rooms, and how often it comes back.

    python benchmarks/passage.py [--rev REV] [--list]

Four commands are run as users run them, each in a process of its own, and every call of a function
of ours is noted between two events:

feed answer to links   from Scrapy's signal that the answer to a feed is there to an idle spider
page to row            from the signal that an article's answer is there until it is archived
query to hits          the whole of ``baotinh search``
due source to child    of ``baotinh daemon --once``, from the daemon's start to its first child

A *call* enters a function, method or lambda. A *return* is a call from one module into another
that the value has passed before: the more, the more often one has to turn back to follow it. All
modules are imported first, so that no import is counted. A room is a package, or a module that
stands directly in ``crawler``.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import inspect
import io
import json
import os
import pkgutil
import runpy
import subprocess
import sys
import tarfile
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rooms import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

ROOT = Path(__file__).parent.parent

# What is renamed in the packages is renamed here. Functions are found by these names in whatever
# module of ours they stand.
SERVE_DEMO = "serve_demo"
EXTRACT = "extract"
DAEMON_START = "Daemon.run"


@dataclass(frozen=True, slots=True)
class Walk:
    """One of the four ways; ``modules`` and ``rooms`` are the most we want."""

    title: str
    command: tuple[str, ...]
    modules: int
    rooms: int
    answer: str = ""
    """End of the URL whose answer begins it; without it the whole command is the walk."""
    start: str = ""
    """The function that begins it."""
    ends_with_child: bool = False


WALKS = {
    "feed": Walk("feed answer to links", ("crawl", "demo", "--limit", "1"), 15, 6, answer=".rss"),
    "page": Walk("page to row", ("crawl", "demo", "--limit", "1"), 45, 10, answer=".html"),
    "due": Walk(
        *("due source to child", ("daemon", "--once", "demo"), 18, 5),
        start=DAEMON_START,
        ends_with_child=True,
    ),
    "query": Walk("query to hits", ("search", "tinh uy long an"), 14, 4),
}
WITHOUT_EXTRACT = Walk("page to row, without extraction", (), 18, 10)

SOURCE = """\
id = "demo"
name = "Báo Long An (demo)"
province = "Tây Ninh"
homepage = "{base}/"

[[seeds]]
kind = "feed"
url = "{base}/rss/home.rss"

[articles]
accept = ['-a(?P<id>\\d+)\\.html$']
"""


@dataclass(slots=True)
class Trace:
    """What was passed so far. ``watch`` is a profile function of Python's."""

    tree: str
    is_on: bool = False
    passed: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    """The same while no extraction went on."""
    calls: int = 0
    returns: int = 0
    start: str = ""
    _names: dict[str, str | None] = field(default_factory=dict)
    _extracting: int = 0

    def watch(self, frame: FrameType, event: str, _: Any) -> None:
        """Note a call of a function of ours."""
        code = frame.f_code
        if event not in ("call", "return") or not code.co_flags & inspect.CO_NEWLOCALS:
            return
        module = self._module_of(code.co_filename)
        if module is None or not code.co_flags & inspect.CO_OPTIMIZED:
            return
        step = 1 if event == "call" else -1
        self.is_on = self.is_on or (step > 0 and code.co_qualname == self.start)
        if code.co_qualname == EXTRACT:
            self._extracting += step
        # A comprehension is part of its function, and from Python 3.12 on has no call of its own.
        if self.is_on and step > 0 and not code.co_name.endswith(("comp>", "expr>")):
            self._note(module, frame.f_back)

    def _note(self, module: str, caller: FrameType | None) -> None:
        self.calls += 1
        while caller is not None and self._module_of(caller.f_code.co_filename) is None:
            caller = caller.f_back
        before = caller and self._module_of(caller.f_code.co_filename)
        if module not in self.passed:
            self.passed.append(module)
        elif before != module:
            self.returns += 1
        if not self._extracting and module not in self.outside:
            self.outside.append(module)

    def _module_of(self, file: str) -> str | None:
        if file not in self._names:
            words = Path(file.removeprefix(self.tree)).with_suffix("").parts
            ours = file.startswith(self.tree) and words[0] in PACKAGES
            self._names[file] = ".".join(words) if ours else None
        return self._names[file]


# --- one walk, in a process of its own -----------------------------------------------------------


def walk(name: str, tree: Path) -> dict[str, Any]:
    """Run one command and return what was passed on the way."""
    trace = Trace(f"{tree}/")
    chosen = WALKS[name]
    import_everything()
    if chosen.answer:
        add_watcher(chosen.answer, trace)
    elif chosen.start:
        trace.start = chosen.start
    if chosen.ends_with_child:
        sys.addaudithook(lambda event, _: stop_at_child(event, trace))
    sys.argv = ["baotinh", *chosen.command]
    threading.setprofile(trace.watch)
    sys.setprofile(trace.watch)
    trace.is_on = not (chosen.answer or chosen.start)
    with contextlib.suppress(SystemExit):
        runpy.run_module(PACKAGES[0], run_name="__main__")
    trace.is_on = False
    sys.setprofile(None)
    return {
        "passed": trace.passed,
        "outside": trace.outside,
        "calls": trace.calls,
        "returns": trace.returns,
    }


def import_everything() -> None:
    """Import all modules of ours whose libraries are installed."""
    for module in our_modules():
        with contextlib.suppress(ImportError):
            importlib.import_module(module)


def our_modules() -> Iterator[str]:
    """Names of all modules that can be imported without doing anything."""
    for top in PACKAGES:
        package = importlib.import_module(top)
        for found in pkgutil.walk_packages(package.__path__, f"{top}."):
            if not found.name.endswith("__main__"):
                yield found.name


def stop_at_child(event: str, trace: Trace) -> None:
    """Python announces each child process before it is started."""
    if event == "subprocess.Popen":
        trace.is_on, trace.start = False, ""


def add_watcher(answer: str, trace: Trace) -> None:
    """Let the crawl load an extension that turns the trace on and off."""
    from scrapy import signals

    class Watcher:
        @classmethod
        def from_crawler(cls, crawler: Any) -> Watcher:
            watcher = cls()
            crawler.signals.connect(watcher.start, signals.response_received)
            crawler.signals.connect(watcher.stop, signals.item_scraped)
            crawler.signals.connect(watcher.stop, signals.spider_idle)
            return watcher

        def start(self, response: Any) -> None:
            trace.is_on = trace.is_on or response.url.endswith(answer)

        def stop(self) -> None:
            trace.is_on = False

    settings = importlib.import_module("crawler.settings")
    settings.EXTENSIONS = {Watcher: 0, **settings.EXTENSIONS}


def serve() -> None:
    """Serve the demo until standard input ends; say where on standard output."""
    with find_function(SERVE_DEMO)() as site:
        print(site.base, flush=True)
        sys.stdin.read()


def find_function(name: str) -> Callable[..., Any]:
    """A function of ours, wherever it stands. Raises LookupError."""
    import_everything()
    for module in our_modules():
        found = getattr(sys.modules.get(module), name, None)
        if found is not None:
            return found  # type: ignore[no-any-return]
    raise LookupError(f"no module of ours has {name}: change the names in {__file__}")


# --- all of them ---------------------------------------------------------------------------------


def main() -> int:
    """Walk all ways and print what they pass."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rev", help="a git revision instead of the working tree")
    options.add_argument("--list", action="store_true", help="name the modules in their order")
    options.add_argument("--walk", choices=WALKS, help=argparse.SUPPRESS)
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.walk or given.serve:
        sys.path.insert(0, str(Path.cwd()))
        if given.serve:
            serve()
        else:
            found = walk(given.walk, Path.cwd())
            Path(os.environ["PASSAGE"]).write_text(json.dumps(found), encoding="utf-8")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        tree = unpack(given.rev, Path(folder)) if given.rev else ROOT
        report(walk_all(tree), names=given.list)
    return 0


def unpack(revision: str, folder: Path) -> Path:
    """Put the packages of a revision into a folder."""
    packed = subprocess.run(
        ["git", "archive", revision], cwd=ROOT, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder.resolve()


def walk_all(tree: Path) -> dict[str, dict[str, Any]]:
    """What each walk passes. The daemon's first child fills the archive that is searched."""
    found = {}
    with served(tree) as base, tempfile.TemporaryDirectory() as folder:
        for name in WALKS:
            desk = Path(folder) / ("due" if name == "query" else name)
            found[name] = run_walk(name, tree, base, desk)
    return found


@contextlib.contextmanager
def served(tree: Path) -> Iterator[str]:
    """The demo site, served by a process of its own."""
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve"],
        cwd=tree,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.communicate(timeout=30)


def run_walk(name: str, tree: Path, base: str, desk: Path) -> dict[str, Any]:
    """Run one walk on the archive and source file of a folder."""
    (desk / "sources").mkdir(parents=True, exist_ok=True)
    (desk / "sources" / "demo.toml").write_text(SOURCE.format(base=base), encoding="utf-8")
    result = desk / "result.json"
    environ = {k: v for k, v in os.environ.items() if not k.startswith("BAOTINH_")} | {
        "BAOTINH_ARCHIVE": str(desk / "archive.db"),
        "BAOTINH_SOURCES": str(desk / "sources"),
        "BAOTINH_ALLOW_PRIVATE_HOSTS": base.partition("//")[2],
        "BAOTINH_CONTACT": "benchmark@example.vn",
        "BAOTINH_DOWNLOAD_DELAY": "0",
        "PASSAGE": str(result),
    }
    done = subprocess.run(
        [sys.executable, __file__, "--walk", name],
        cwd=tree,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if not result.exists():
        raise SystemExit(f"{WALKS[name].title}: the command did not end well\n{done.stderr}")
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    if not found["passed"]:
        raise SystemExit(f"{WALKS[name].title}: never began; names at the top of {__file__}?")
    return found


def report(found: dict[str, dict[str, Any]], *, names: bool) -> None:
    """Print one line a walk, and the way itself where it is asked for."""
    heads = ("modules", "wanted", "rooms", "wanted", "packages", "calls", "returns")
    print(" " * 34 + "".join(f"{head:>9}" for head in heads))
    for name, facts in found.items():
        print(line(WALKS[name], facts["passed"], f"{facts['calls']:9}{facts['returns']:9}"))
        if name == "page":
            print(line(WITHOUT_EXTRACT, facts["outside"], ""))
    if names:
        for name, facts in found.items():
            print(f"\n{WALKS[name].title}:", *facts["passed"], sep="\n  ")
            if name == "page":
                print(f"\n{WITHOUT_EXTRACT.title}:", *facts["outside"], sep="\n  ")


def line(wanted: Walk, passed: list[str], more: str) -> str:
    """The figures of one walk."""
    rooms = len(set(map(room_of, passed)))
    packages = len({module.rpartition(".")[0] for module in passed})
    figures = (len(passed), wanted.modules, rooms, wanted.rooms, packages)
    return f"{wanted.title:34}" + "".join(f"{figure:9}" for figure in figures) + more


def room_of(module: str) -> str:
    """Its package, or itself where it stands directly in ``crawler``."""
    package = module.rpartition(".")[0]
    return module if package == PACKAGES[0] else package


if __name__ == "__main__":
    sys.exit(main())
