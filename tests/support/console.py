"""Console blocks of README and docs/: their commands, what they show, and why some are not run.

A block stands between ```console and ```; each command begins with ``$``, or ``#`` for root. What
follows a command is what it shows; there `…` stands for any text. Comments before the block, which
no reader sees, say what is special:

    <!-- not run: installs packages -->             nothing of the block
    <!-- not run (daemon): runs until stopped -->   the commands that contain this text
    <!-- numbers vary -->                           each number shown stands for any number
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

_COMMENT = re.compile(r"<!-- (not run(?: \((?P<part>.+?)\))?: (?P<why>.+)|numbers vary) -->")
_PROMPT = re.compile(r"[$#] ")


@dataclass(slots=True)
class Command:
    """One command line, with the lines that it is said to print."""

    text: str
    root: bool = False
    shown: list[str] = field(default_factory=list)
    numbers_vary: bool = False
    not_run: str = ""
    """Why it is not run by the tests; empty where it is."""

    def shows(self, line: str, said: str) -> bool:
        """Return whether a line is what the page said."""
        pattern = re.escape(said).replace("…", ".*")
        if self.numbers_vary:
            pattern = re.sub(r"\d+", r"\\d+", pattern)
        return re.fullmatch(pattern, line) is not None


def read_commands(page: str) -> list[Command]:
    """Return the commands of a page's console blocks, in their order."""
    found: list[Command] = []
    comments: list[re.Match[str]] = []
    block: list[str] | None = None
    for line in page.splitlines():
        if block is not None:
            if line != "```":
                block.append(line)
                continue
            found += _read_block(block, comments)
            block, comments = None, []
        elif line == "```console":
            block = []
        elif comment := _COMMENT.fullmatch(line):
            comments.append(comment)
        elif line:
            comments = []
    return found


def _read_block(lines: list[str], comments: list[re.Match[str]]) -> list[Command]:
    commands: list[Command] = []
    for line in lines:
        if commands and is_open(commands[-1].text):
            commands[-1].text += f"\n{line}"
        elif _PROMPT.match(line):
            commands.append(Command(line[2:], root=line.startswith("#")))
        else:
            commands[-1].shown.append(line)
    for command in commands:
        for comment in comments:
            if comment["why"] is None:
                command.numbers_vary = True
            elif comment["part"] is None or comment["part"] in command.text:
                command.not_run = comment["why"]
    return commands


def is_open(text: str) -> bool:
    """Return whether a command goes on in the next line: a quote or a backslash is open."""
    try:
        split(text)
    except ValueError:
        return True
    return text.endswith("\\")


def split(text: str) -> list[str]:
    """Return the words of a command without its comment. Raise ValueError for an open quote."""
    return shlex.split(text.replace("\\\n", " "), comments=True)
