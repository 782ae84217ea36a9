"""The command ``baotinh``: one group, one module a command, imported when it is called."""

from __future__ import annotations

import errno
import importlib
import keyword
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar, cast

import click

from storage.errors import BaotinhError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.environment import Settings

T = TypeVar("T")

COMMANDS = {
    "backfill": "history of a source, resumable, newest first",
    "backup": "copy the archive while it is in use, verified",
    "changes": "what papers edited and removed",
    "crawl": "crawl once, now",
    "daemon": "keep going",
    "demo": "a small site on loopback, crawled, searched and explained",
    "evidence": "a manifest of what was captured, stamped by an authority",
    "explain": "every decision taken about a URL, and why",
    "export": "articles out, to a file or standard output",
    "import": "what other archives have of our sources",
    "index": "bring the search index up to date",
    "mcp": "the archive for assistants, over standard input and output",
    "merge": "bring another archive into this one",
    "reextract": "read all captures again with today's rules",
    "search": "ranked hits with snippets",
    "serve": "web pages over the archive",
    "show": "one article, its history, its raw capture",
    "sources": "the catalogue of outlets",
    "status": "health, last run and next poll of each source",
    "verify": "integrity of database, index and captures",
    "watch": "saved searches",
    "withhold": "take an article away from all readers, by order",
    "worker": "crawl what a daemon on another machine hands out",
}
"""Name -> what the group's help says; ``crawler/commands/<name>.py`` holds ``command``."""
_STDERR = 2
_LOST = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})
"""What a write to standard output fails with that takes nothing more; a pipe that nobody reads
any more is another matter, and ends a command silently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The global options, as every command gets them (``@click.pass_obj``)."""

    archives: tuple[Path, ...]
    sources_dir: Path | None

    @property
    def archive(self) -> Path:
        """Return the archive, for commands that work on one. Raise UsageError for several."""
        from crawler.errors import UsageError

        if len(self.archives) > 1:
            raise UsageError("this works on one archive: name one --archive alone")
        return self.archives[0]

    def ask(self, question: Callable[[Options], T]) -> tuple[list[tuple[str, Options, T]], bool]:
        """Return name, options and answer of each archive, and whether all answered.

        The name of the only one is empty. One that cannot answer is told on standard error; raise
        what the first one said where none can.
        """
        from storage.federation.archives import distinct, name_apart

        paths = distinct(self.archives) if len(self.archives) > 1 else self.archives
        names = name_apart(paths) if len(self.archives) > 1 else [""]
        answers: list[tuple[str, Options, T]] = []
        problems: list[tuple[str, BaotinhError]] = []
        for name, path in zip(names, paths, strict=True):
            one = replace(self, archives=(path,))
            try:
                answers.append((name, one, question(one)))
            except BaotinhError as error:
                problems.append((name, error))
        for name, problem in problems if answers else problems[1:]:
            click.echo(f"baotinh: {name}: {problem}", err=True)
        if not answers:
            raise problems[0][1]
        return answers, not problems

    @property
    def settings(self) -> Settings:
        """Return the settings; a command reads them once. Raise UsageError."""
        return load_settings()

    @property
    def captures_dir(self) -> Path | None:
        """Return the folder of captures, by CAPTURES_DIR; None: beside the archive."""
        folder = self.settings.captures_dir
        return Path(folder).absolute() if folder else None


def _trouble_of_file(error: Exception, options: Options) -> BaotinhError | None:
    """Return what an error says of the archive's file; None where it is no trouble of a file.

    Each part of the archive knows what to do where writing fails. Damage may be met anywhere.
    """
    import sqlite3

    from storage.db.connections import explain
    from storage.db.database import is_of_the_file

    if len(options.archives) > 1 or not isinstance(error, sqlite3.Error):
        return None
    return explain(error, options.archive) if is_of_the_file(error) else None


def load_settings() -> Settings:
    """Return the settings of this process. Not before a command needs them: loading takes time."""
    from crawler import settings
    from crawler.environment import read_settings

    return read_settings(vars(settings), os.environ)


class LazyGroup(click.Group):
    """Imports a command only when it is called, so that ``search`` never pays for Scrapy."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. Raise click.UsageError, with the one that may be meant."""
        if args and args[0] not in COMMANDS:
            from difflib import get_close_matches

            if near := get_close_matches(args[0], COMMANDS, 1):
                ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        module = importlib.import_module(f"crawler.commands.{name}")
        return cast(click.Command, module.command)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. Raise ArchiveError where the file of the one archive is in trouble."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            if isinstance(ctx.obj, Options) and (trouble := _trouble_of_file(error, ctx.obj)):
                raise trouble from error
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--archive",
    "archives",
    multiple=True,
    type=click.Path(path_type=Path),
    default=(Path("archive.db"),),
    envvar="BAOTINH_ARCHIVE",
    show_default=True,
    show_envvar=True,
    help="The archive; captures go to captures/ beside it. To read several, name each.",
)
@click.option(
    "--sources",
    "sources_dir",
    type=click.Path(path_type=Path),
    envvar="BAOTINH_SOURCES",
    show_envvar=True,
    help="A folder of source files that add to, or by id replace, the built-in ones.",
)
@click.version_option(package_name="baotinh")
@click.pass_context
def cli(ctx: click.Context, archives: tuple[Path, ...], sources_dir: Path | None) -> None:
    """Báo Tỉnh keeps the news of Vietnam's provinces."""
    ctx.obj = Options(archives=archives, sources_dir=sources_dir)


def main() -> NoReturn:
    """Run the command; an error of ours is one sentence on standard error, never a traceback."""
    open_streams()
    try:
        _check_arguments(sys.argv[1:])
        with guard_output():
            cli(prog_name="baotinh", standalone_mode=True)
    except BaotinhError as error:
        click.echo(f"baotinh: {error}", err=True)
        sys.exit(error.exit_code)
    sys.exit(0)


def _check_arguments(arguments: list[str]) -> None:
    """Refuse words of another encoding: they would be searched for, and stored, as other words."""
    from crawler.errors import UsageError

    for word in arguments:
        if not word.isprintable() and _is_garbled(word) and not Path(word).exists():
            shown = os.fsencode(word).decode(errors="replace")
            raise UsageError(f"{shown!r} is not UTF-8: set the terminal, or the script, to UTF-8")


def _is_garbled(word: str) -> bool:
    """Return whether bytes of an argument could not be decoded (PEP 383)."""
    return any("\udc80" <= letter <= "\udcff" for letter in word)


def open_streams() -> None:
    """Put the null device in the place of each standard stream that was closed.

    Else the next file that is opened, an archive for example, would get the number of standard
    output, and what is printed would go into it.
    """
    while (opened := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        os.set_inheritable(opened, True)
    os.close(opened)
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            stream = os.fdopen(number, mode, encoding="utf-8", closefd=False)
            setattr(sys, name, stream)


@contextmanager
def guard_output() -> Iterator[None]:
    """Raise BaotinhError where standard output could not take all that was written to it."""
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.errno not in _LOST or error.filename is not None:
            raise
        # What is left in the buffer can go nowhere; at its end Python would try once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise BaotinhError(f"standard output cannot be written: {error.strerror}") from None
