"""Commands at a terminal of some width, into a full disk, without standard output."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from typing import TYPE_CHECKING

import pytest

from tests.support.paths import ROOT
from tests.support.shelf import fill

if TYPE_CHECKING:
    from pathlib import Path

BAOTINH = [sys.executable, "-m", "crawler"]
RED_OR_GREEN = re.compile(r"\x1b\[3[123]m")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("streams") / "archive.db")


def environ(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "COLUMNS"}}
    return kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm"} | more


def at_terminal(archive: Path, *words: str, columns: int = 80, **more: str) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [*BAOTINH, "--archive", str(archive), *words],
        stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL, env=environ(**more),
    ) as process:  # fmt: skip
        os.close(theirs)
        written = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux, when nobody holds the other end any more
                break
            if not part:
                break
            written += part
    os.close(ours)
    assert process.returncode == 0
    return written.decode().replace("\r\n", "\n")


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_hits_are_in_colour_and_wrapped_by_words(archive: Path) -> None:
    wide = at_terminal(archive, "search", "tỉnh ủy", columns=200)
    narrow = at_terminal(archive, "search", "tỉnh ủy", columns=40)
    assert "\x1b[33m" in narrow
    assert plain(narrow).split() == plain(wide).split()
    lines = [line for line in plain(narrow).splitlines() if "http" not in line]
    assert len(lines) > len(plain(wide).splitlines())
    assert max(map(len, lines)) <= 40


def test_no_color_takes_the_colours_of_changes_away(archive: Path) -> None:
    for words in (["show", "1", "--diff"], ["changes", "--diff"], ["search", "tỉnh ủy"]):
        assert "\x1b[" in at_terminal(archive, *words)
        assert not RED_OR_GREEN.search(at_terminal(archive, *words, NO_COLOR="1"))


def test_status_breaks_no_word_on_a_narrow_terminal(archive: Path) -> None:
    shown = plain(at_terminal(archive, "status", columns=40))
    assert {"baolongan", "articles,"} <= set(shown.split())
    assert max(map(len, shown.splitlines())) <= 40


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["search", "tỉnh ủy", "--json"],
        ["export"],
        ["export", "--format", "csv"],
        ["show", "1", "--raw"],
        ["sources", "list"],
    ],
    ids=" ".join,
)
def test_a_full_disk_behind_standard_output_is_said(archive: Path, words: list[str]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - no path of a folder
        done = subprocess.run(
            [*BAOTINH, "--archive", str(archive), *words],
            stdout=full, stderr=subprocess.PIPE, text=True, env=environ(), check=False,
        )  # fmt: skip
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert said == "baotinh: standard output cannot be written: No space left on device"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_fault(archive: Path, closed: str) -> None:
    line = f"exec {' '.join(BAOTINH)} --archive {archive} search 'tỉnh ủy' {closed}"
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, env=environ(), check=False
    )
    assert done.returncode == 0
    assert done.stderr == ""
    assert bool(done.stdout) == (">&-" not in closed.replace("2>&-", ""))


@pytest.mark.parametrize("words", [["search"], ["watch", "add", "name"], ["show"]])
def test_words_of_another_encoding_are_refused(archive: Path, words: list[str]) -> None:
    done = subprocess.run(
        [*BAOTINH, "--archive", str(archive), *words, b"l\xfaa"],
        capture_output=True, text=True, env=environ(), check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "is not UTF-8" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
