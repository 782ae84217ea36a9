"""What README and docs/ tell people to type: it is understood, and where it can be, it is run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from crawler.cli import cli
from crawler.demo.server import EDIT, EDITED, ORIGIN, DemoSite, serve_demo, write_source
from tests.support import forks
from tests.support.console import Command, read_commands, split
from tests.support.crawls import Desk
from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if path.name != "CHANGELOG.md"
}
CONSOLES = {name: found for name, text in PAGES.items() if (found := read_commands(text))}
RUN = [name for name, found in CONSOLES.items() if any(not each.not_run for each in found)]
SHELL = re.compile(r"[|<>;&$]")
"""What only a shell understands, outside quotes or inside."""
CALL = re.compile(r"(?:^|/bin/|\| |exec daemon |^\S+=\S+ )(baotinh .+)")
TARGETS = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


# --- understood ----------------------------------------------------------------------------------


def find_lines(page: str) -> list[str]:
    """Return each call of ours that a page names, in blocks and in sentences."""
    blocks = [each.text.replace("\\\n", " ") for each in read_commands(page)]
    spans = re.findall(r"`(baotinh [^`\n]+)`", re.sub(r"(?m)^```[^`]*?^```$", "", page))
    indented = re.findall(r"^    (?:\S+=\S+ )*(baotinh .+)$", page, re.MULTILINE)
    called = [found[1] for each in blocks if (found := CALL.search(each))]
    return [*called, *spans, *indented]


def find_unknown(line: str) -> list[str]:
    """Return the commands and options of a call that are not there."""
    words = split(line.partition(" | ")[0])[1:]
    command: click.Command | None = cli
    context = click.Context(cli, info_name="baotinh")
    unknown = []
    at = 0
    while at < len(words):
        word, at = words[at], at + 1
        if word == "--":
            break
        if word.startswith("-") and len(word) > 1 and not word[1].isspace():
            options = [each for each in command.params if isinstance(each, click.Option)]
            name = word.partition("=")[0]
            option = next((o for o in options if name in (*o.opts, *o.secondary_opts)), None)
            if name in context.help_option_names or name == "--help":
                continue
            if option is None:
                unknown.append(word)
            elif not option.is_flag and "=" not in word:
                at += option.nargs
        elif isinstance(command, click.Group) and re.fullmatch(r"[a-z-]+", word):
            below = command.get_command(context, word)
            if below is None:
                return [*unknown, word]
            command = below
    return unknown


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_call_names_commands_and_options_that_are_there(page: str) -> None:
    lines = find_lines(PAGES[page])
    assert {line: wrong for line in lines if (wrong := find_unknown(line))} == {}


def test_a_stale_call_is_noticed() -> None:
    assert find_unknown("baotinh serch lúa") == ["serch"]
    assert find_unknown("baotinh --archive a.db search lúa --best -- -x") == ["--best"]
    assert find_unknown("baotinh sources ad https://x.vn/") == ["ad"]
    assert find_unknown("baotinh search 'x' --sort date --json") == []


@pytest.mark.parametrize("page", sorted(CONSOLES))
def test_blocks_name_targets_and_files_that_are_there(page: str) -> None:
    for command in CONSOLES[page]:
        words = split(command.text)
        if words[0] == "make":
            assert {word for word in words[1:] if "=" not in word} <= TARGETS
        named = [word for word in words if re.match(r"(benchmarks|deploy|docs|tests)/\w", word)]
        assert [word for word in named if not (ROOT / word).exists()] == []


@pytest.mark.parametrize("page", sorted(PAGES))
def test_only_console_blocks_show_what_to_type(page: str) -> None:
    """A block without a language is not looked at: it must hold no commands."""
    blocks = re.findall(r"^```\n(.*?)^```$", PAGES[page], re.MULTILINE | re.DOTALL)
    assert [each for each in blocks if re.match(r"(\$ |# |python |pip |baotinh )", each)] == []


# --- run -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with serve_demo() as site:
        yield site


@pytest.fixture(scope="module")
def made(site: DemoSite, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The archive that the pages speak of: the demo's paper under the name of a real one."""
    desk = Desk(tmp_path_factory.mktemp("made"))
    path = write_source(desk.sources, site.base)
    text = path.read_text("utf-8").replace('id = "demo"', 'id = "baolongan"')
    path.unlink()
    (desk.sources / "baolongan.toml").write_text(text, encoding="utf-8")
    (desk.folder / "mine.toml").write_text(text.replace("baolongan", "mine"), encoding="utf-8")
    desk.private.add(site.base.partition("//")[2])
    for words in (["baolongan"], ["--url", site.base + EDITED]):
        done = desk.crawl(*words)
        assert done.returncode == 0, done.stderr
        if words == ["baolongan"]:
            site.replace(EDITED, *EDIT)
    (desk.folder / "more").mkdir()
    for capture in (desk.folder / "captures").rglob("*.warc.gz"):
        shutil.copy(capture, desk.folder / "old.warc.gz")
        shutil.copy(capture, desk.folder / "more" / capture.name)
    assert desk.run("export", "--format", "wacz", "-o", str(desk.folder / "site.wacz")).stdout == ""
    return desk


@pytest.mark.parametrize("page", sorted(RUN))
def test_blocks_do_what_the_page_says(
    page: str, made: Desk, site: DemoSite, tmp_path: Path
) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(made.folder, folder)
    environ = made.environ | {
        "BAOTINH_ARCHIVE": "archive.db",
        "BAOTINH_SOURCES": "sources",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for command in CONSOLES[page]:
        words = split(command.text)
        if words[0] == "export" and not command.not_run:
            environ |= dict(word.split("=", 1) for word in words[1:])
        if command.not_run or not shutil.which(words[0], path=environ["PATH"]):
            continue
        told = perform(command, folder, environ, site.base)
        if command.shown:
            wanted = command.shown
            assert len(told) >= len(wanted), (command.text, told)
            first = [line for line, said in zip(told, wanted, strict=False)]
            assert all(map(command.shows, first, wanted)), (command.text, told)


def perform(command: Command, folder: Path, environ: dict[str, str], base: str) -> list[str]:
    """Run a command to its end; return the lines it wrote, those of standard error first."""
    text = command.text.replace(ORIGIN, base).replace("\\\n", " ")
    words = split(text)
    if words[0] == "baotinh" and not SHELL.search(re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "", text)):
        done = forks.run("crawler", words[1:], environ, cwd=folder)
    else:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    failed = done.returncode and not command.shown
    assert not failed, f"$ {shlex.join(words)}\n{done.stdout}{done.stderr}"
    return [*done.stderr.splitlines(), *done.stdout.splitlines()]
