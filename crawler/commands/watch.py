"""``baotinh watch``: saved searches and their new matches."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler.commands.completion import WatchName
from crawler.commands.search import add_filters, note_places
from crawler.errors import CrawlError, UsageError
from crawler.render.terminal import json_line, note, on_terminal, say, say_json
from storage.archive import Archive
from storage.errors import BaotinhError
from storage.instants import read_clock
from storage.search.filters import Filters
from storage.text import printable

if TYPE_CHECKING:
    from crawler.cli import Options
    from crawler.net.addresses import PrivateHosts
    from storage.articles.watches import News, Watch
    from storage.records import StoredArticle

COMMAND_SECONDS = 60
FEED_ENTRIES = 100


@click.group()
def command() -> None:
    """Saved searches: new matches of each run go to an Atom feed file."""


@command.command()
@click.argument("name")
@click.argument("words", nargs=-1, metavar="QUERY")
@add_filters
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def add(
    options: Options,
    /,
    name: str,
    words: tuple[str, ...],
    as_json: bool,
    **filters: str | None,
) -> None:
    """Save a search. Put -- before a query that starts with a minus.

    It tells of articles archived from now on; with --since also of those published since that
    day that are there already. With --place, words may be left out: every new article of the
    place is told.
    """
    if not words and not filters["place"]:
        raise UsageError("say what to look for: words, or a --place")
    with Archive.open(options.archive) as archive:
        note_places(archive, "", filters["place"])
        watch = archive.watches.add(
            name, " ".join(words), Filters(**filters), now=read_clock(),
            backlog=filters["since"] is not None,
        )  # fmt: skip
    if as_json:
        say_json(_as_json(watch))
        return
    what = repr(watch.query) if watch.query else watch.filters.place
    say(f"watching {what}: `baotinh watch run` writes watches/{watch.slug}.atom")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a watch.")
@click.pass_obj
def show_all(options: Options, as_json: bool) -> None:
    """List the saved searches."""
    with Archive.open_reading(options.archive) as archive:
        for watch in archive.watches.all():
            if as_json:
                say_json(_as_json(watch))
            else:
                say(f"{watch.name}  {watch.query or watch.filters.place}")


def _as_json(watch: Watch) -> dict[str, object]:
    return {"watch": watch.name} | asdict(watch)


@command.command()
@click.argument("name", type=WatchName())
@click.pass_obj
def remove(options: Options, name: str) -> None:
    """Forget a saved search. Its feed file stays."""
    with Archive.open_existing(options.archive) as archive:
        archive.watches.remove(name)


@command.command()
@click.argument("names", nargs=-1, type=WatchName(), metavar="[NAME]...")
@click.option(
    "--feeds",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the feed files; else watches/ beside the archive.",
)
@click.option("--webhook", metavar="URL", help="POST each watch's news there as JSON lines.")
@click.option("--command", "program", metavar="CMD", help="Run this with the news on its input.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a new match.")
@click.pass_obj
def run(
    options: Options,
    names: tuple[str, ...],
    feeds: Path | None,
    webhook: str | None,
    program: str | None,
    as_json: bool,
) -> None:
    """Print and send what is new since the last run.

    All saved searches, or some. The daemon does this after crawls that stored something. A match
    is done once feed, webhook and command have taken it; else the next run repeats it.
    CMD is run without a shell, with BAOTINH_WATCH in its environment.
    """
    settings = options.settings
    folder = feeds or Path(settings.watch_feeds or options.archive.parent / "watches")
    webhook, program = webhook or settings.watch_webhook, program or settings.watch_command
    with Archive.open_existing(options.archive) as archive:
        errors: list[CrawlError] = []
        for watch in _chosen(archive, names):
            news = archive.watches.find_news(watch, now=read_clock())
            articles = _articles(archive, list(news.found))
            for article in articles:
                _show(watch, article, as_json=as_json)
            if news.left_out:
                note(f"watch {watch.name}: {news.left_out} earlier matches are left out")
            _write_feed(archive, folder, news)
            try:
                if articles:
                    _send(watch, articles, webhook, program, settings.private_hosts)
            except CrawlError as error:  # the other searches are run all the same
                errors.append(error)
                continue
            archive.watches.keep_news(news, now=read_clock())
    for other in errors[:-1]:
        note(f"baotinh: {other}")
    if errors:
        raise errors[-1]


def _chosen(archive: Archive, names: tuple[str, ...]) -> list[Watch]:
    watches = {watch.name: watch for watch in archive.watches.all()}
    if unknown := [name for name in names if name not in watches]:
        raise BaotinhError(f"there is no watch {unknown[0]!r}: see `baotinh watch list`")
    if not watches:
        note("nothing is watched: add a search with `baotinh watch add NAME QUERY`")
    return [watches[name] for name in names or watches]


def _articles(archive: Archive, ids: list[int]) -> list[StoredArticle]:
    return [article for i in ids if (article := archive.article(i)) is not None]


def _write_feed(archive: Archive, folder: Path, news: News) -> None:
    from crawler.render.atom import write_feed

    known = archive.watches.matches(news.watch.name)
    ids = list(dict.fromkeys((*reversed(news.found), *known)))[:FEED_ENTRIES]
    articles = _articles(archive, ids)
    path = folder / f"{news.watch.slug}.atom"
    part = path.with_name(path.name + ".part")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = {source.id: source.name for source in archive.sources.all()}
        watch = news.watch
        part.write_bytes(
            write_feed(watch.name, watch.slug, articles, now=read_clock(), names=names)
        )
        part.replace(path)
    except OSError as error:
        raise BaotinhError(f"{path} cannot be written: {error.strerror}") from error


def _send(
    watch: Watch, articles: list[StoredArticle], webhook: str, program: str, private: PrivateHosts
) -> None:
    lines = "".join(json_line(_record(watch, article)) + "\n" for article in articles).encode()
    if webhook:
        from crawler.net.webhook import post

        post(webhook, lines, content_type="application/x-ndjson", private=private)
    if program:
        _run_program(program, watch, lines)


def _run_program(program: str, watch: Watch, lines: bytes) -> None:
    environ = os.environ | {"BAOTINH_WATCH": watch.slug}
    try:
        args = shlex.split(program)
        done = subprocess.run(  # noqa: S603 - the user's own command, given on this command line
            args, input=lines, env=environ, timeout=COMMAND_SECONDS, check=False
        )
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
        raise CrawlError(f"watch {watch.name}: {program!r} failed: {error}") from error
    if done.returncode:
        raise CrawlError(f"watch {watch.name}: {program!r} ended with {done.returncode}")


def _record(watch: Watch, article: StoredArticle) -> dict[str, object]:
    return {
        "watch": watch.name,
        "id": article.id,
        "source": article.source_id,
        "published_on": article.published_on,
        "title": article.title,
        "summary": article.summary,
        "url": article.url,
    }


def _show(watch: Watch, article: StoredArticle, *, as_json: bool) -> None:
    if as_json:
        say_json(_record(watch, article))
        return
    fields = (watch.name, article.published_on or "", article.source_id, article.title, article.url)
    click.echo(("  " if on_terminal() else "\t").join(printable(field) for field in fields))
