"""Commands in processes of their own that need not load Scrapy first.

A crawl spends more time on imports than on the pages of a small site. Here a process that has
imported what crawls need, and nothing that reads settings or opens anything, is forked for each
command. What a command does, how it is stopped or killed and what it leaves behind is as ever.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import warnings
import weakref
from multiprocessing import forkserver
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PRELOADED = (
    *("crawler.process", "crawler.net.handler", "crawler.spiders.source", "crawler.pipelines"),
    *("crawler.middlewares.capture", "crawler.middlewares.politeness", "crawler.cli"),
    *("scrapy.core.downloader.handlers.http11", "scrapy.utils.reactor", "storage.archive"),
    "tests.support.warmth",
)
STDOUT, STDERR = 1, 2
SWITCH = "BAOTINH_TEST_FORKS"
"""With ``0`` in the environment, each command is a new interpreter: for tools that hook into it."""

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload([__name__, *PRELOADED])
# Who measures the tests must see what the server and its commands have cost: they are waited for.
atexit.register(lambda: getattr(forkserver, "_forkserver")._stop())  # noqa: B009


class Command:
    """A running command; what of `subprocess.Popen` the tests use."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        cwd: Path = ROOT,
        log: Path | None = None,
    ) -> None:
        self.args = [sys.executable, "-m", module, *arguments]
        self._texts: tuple[str, str] | None = None
        if log is None:
            self._files = [_make_file(), _make_file()]
            weakref.finalize(self, _remove, self._files)
        else:
            log.touch()
            self._files = [log, log]
        names = [str(file) for file in self._files]
        self._process = _server.Process(
            target=_run, args=(module, list(arguments), dict(environ), str(cwd), names)
        )
        self._process.start()
        self.pid = int(self._process.pid or 0)

    @property
    def returncode(self) -> int | None:
        """Exit code, negative after a signal; None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end. Raise TimeoutExpired."""
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it wrote to standard output and error, when it has ended. Raise TimeoutExpired."""
        self.wait(timeout)
        if self._texts is None:
            out, err = (file.read_text(encoding="utf-8") for file in self._files)
            self._texts = out, err
        return self._texts

    def send_signal(self, number: int) -> None:
        """Send a signal while it runs."""
        with contextlib.suppress(ProcessLookupError):
            if self.returncode is None:
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)


def _make_file() -> Path:
    handle, name = tempfile.mkstemp(prefix="command-")
    os.close(handle)
    return Path(name)


def _remove(files: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def start(
    module: str,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    cwd: Path = ROOT,
    *,
    fresh: bool = False,
    log: Path | None = None,
) -> Command | subprocess.Popen[str]:
    """Start ``python -m MODULE ARGUMENTS`` and return at once.

    ``fresh``: in a new interpreter, for whoever measures what it takes. ``log``: a file that gets
    what it writes, while it runs.
    """
    if os.environ.get(SWITCH) != "0" and not fresh:
        return Command(module, arguments, environ, cwd, log)
    with contextlib.ExitStack() as stack:
        out = subprocess.PIPE if log is None else stack.enter_context(log.open("w"))
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=environ,
            cwd=cwd,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.PIPE if log is None else subprocess.STDOUT,
        )


def run(
    module: str,
    arguments: Sequence[str],
    environ: Mapping[str, str],
    *,
    cwd: Path = ROOT,
    timeout: float = 60,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, as `subprocess.run` does. Raise TimeoutExpired."""
    command = start(module, arguments, environ, cwd)
    try:
        out, err = command.communicate(timeout)
    except subprocess.TimeoutExpired:
        command.kill()
        command.communicate()
        raise
    return subprocess.CompletedProcess(command.args, command.wait(), out, err)


def _run(
    module: str, arguments: list[str], environ: dict[str, str], cwd: str, names: list[str]
) -> None:
    """In the child: become what ``python -m MODULE ARGUMENTS`` would be."""
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(cwd)
    for number, name in zip((STDOUT, STDERR), names, strict=True):
        file = os.open(name, os.O_WRONLY | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    if "ResourceWarning" in environ.get("PYTHONWARNINGS", ""):
        warnings.simplefilter("error", ResourceWarning)
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        # multiprocessing leaves a child by os._exit, which forgets these.
        atexit._run_exitfuncs()


NOBODY = 65534


def run_as_nobody(code: str, *arguments: str) -> int:
    """Run code in a process that may write only what everybody may; return its exit code."""
    process = _server.Process(target=_exec_as_nobody, args=(code, arguments))
    process.start()
    process.join(60)
    return process.exitcode if process.exitcode is not None else -1


def _exec_as_nobody(code: str, arguments: tuple[str, ...]) -> None:
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    sys.argv = ["-c", *arguments]
    exec(code, {})  # noqa: S102 - a test's own
