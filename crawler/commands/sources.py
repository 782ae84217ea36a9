"""``baotinh sources``: the catalogue of outlets, and what their sites say today."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crawler.commands.completion import SourceId
from crawler.commands.crawl import log_format, warn_of_unknown_settings
from crawler.errors import UsageError
from crawler.render.progress import show_progress
from crawler.render.terminal import say_json
from crawler.sources import find_source, load_sources
from crawler.sources.files import check_url
from crawler.sources.provinces import PROVINCES, fold_name
from storage.search.filters import place_name
from storage.states import SourceStatus
from storage.text import fold, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.cli import Options
    from crawler.sources import Source
    from crawler.survey.inspection import Check
    from crawler.survey.proposal import Proposal

OWN_SOURCES = Path("sources")
"""Where proposals are saved when no folder is named, in the current folder like the archive."""


@click.group()
def command() -> None:
    """The catalogue of outlets: list it, show one, check that sites still answer, add a site."""


@command.command("list")
@click.argument("words", nargs=-1, metavar="[FILTER]...")
@click.option("--evidence", is_flag=True, help="Also what is known of each rests on.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a source.")
@click.pass_obj
def list_(options: Options, words: tuple[str, ...], evidence: bool, as_json: bool) -> None:
    """All outlets by province. FILTER is part of an id, a name, or a province, old or new."""
    wanted = " ".join(words)
    sources = [s for s in load_sources(options.sources_dir).values() if matches(s, wanted)]
    if not sources:
        click.echo(f"baotinh: no source matches {printable(wanted)!r}", err=True)
        sys.exit(1)
    if as_json:
        for source in sources:
            say_json({"source": source.id} | facts_of(source))
        return
    by_province = sorted(sources, key=lambda source: (fold(source.province), source.id))
    for province, group in itertools.groupby(by_province, key=lambda source: source.province):
        click.echo(printable(_headline(province)))
        for source in group:
            click.echo(printable(_line(source)))
            if evidence:
                click.echo(printable(f"      {read_evidence(source) or 'the file does not say'}"))


@command.command()
@click.argument("id", type=SourceId(), metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def show(options: Options, id: str, as_json: bool) -> None:  # noqa: A002 - name of the argument
    """Everything the source file says, and where that file is."""
    source = find_source(load_sources(options.sources_dir), id)
    facts = facts_of(source)
    if as_json:
        say_json({"source": source.id} | facts)
        return
    for name, value in facts.items():
        for line in _lines_of(name, value):
            click.echo(printable(line))


@command.command()
@click.argument("url")
@click.option(
    "--write",
    is_flag=True,
    help="Save the proposal into the folder of --sources, else sources/, without asking.",
)
@click.pass_obj
def add(options: Options, url: str, write: bool) -> None:
    """Propose a source file from a home page alone, with at most 30 polite requests.

    The proposal goes to standard output: what was found and how sure that is, what was not
    found, and a few articles as they would be stored. At a terminal you are asked whether to save
    it. A useless home page is reported on standard error, nothing is written, and the exit code
    is 1.
    """
    try:
        check_url(url)
    except ValueError as error:
        raise UsageError(f"{url!r} {error}") from None
    from crawler.survey.jobs import propose

    warn_of_unknown_settings(options.settings)
    with show_progress(lambda: f"looking around at {url}, at most 30 requests"):
        proposal = propose(
            url,
            archive=options.archive,
            now=dt.datetime.now(dt.UTC),
            overrides=log_format(options.settings),
        )
    known = load_sources(options.sources_dir)
    click.echo(proposal.to_toml(), nl=False)
    for source in known.values():
        if source.owns(proposal.homepage):
            click.echo(f"baotinh: {source.id} covers {proposal.homepage} already", err=True)
    folder = options.sources_dir or OWN_SOURCES
    if write or _wants_it(folder):
        path = _save(proposal, folder, set(known))
        named = "" if options.sources_dir else f" --sources {OWN_SOURCES}"
        then = f"baotinh{named} crawl {proposal.outlet.id}"
        click.echo(f"baotinh: saved {path}; next: {then}", err=True)


@command.command()
@click.argument("ids", nargs=-1, type=SourceId(), metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Every active source, as without ID.")
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Save source files with the seeds that work into this folder, where some do not.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a check.")
@click.pass_obj
def check(
    options: Options,
    ids: tuple[str, ...],
    everything: bool,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Visit sources: what works, what does not, and what to change.

    Without ID all active sources are visited. Where no seed of a source works, its site is
    searched for others. The exit code is 1 when something is broken.
    """
    if ids and everything:
        raise UsageError("name sources, or say --all")
    known = load_sources(options.sources_dir)
    chosen = [find_source(known, id_) for id_ in dict.fromkeys(ids)]
    if not chosen:
        chosen = [source for source in known.values() if source.status == SourceStatus.ACTIVE]
    from crawler.survey.jobs import inspect

    warn_of_unknown_settings(options.settings)
    with show_progress(lambda: f"visiting {len(chosen)} sources"):
        checks = inspect(
            chosen,
            archive=options.archive,
            now=dt.datetime.now(dt.UTC),
            overrides=log_format(options.settings),
        )
    for each in checks:
        if as_json:
            say_json(each)
        else:
            click.echo(printable(_sentence_of(each)))
    if folder is not None:
        for source in chosen:
            _save_mended(source, [each for each in checks if each.source == source.id], folder)
    if any(not each.ok for each in checks):
        sys.exit(1)


def matches(source: Source, wanted: str) -> bool:
    """Return whether a filter matches id, name, host or province; accents do not matter."""
    folded = fold_name(wanted)
    texts = (
        source.id,
        source.name,
        source.province,
        source.province_before_2025 or "",
        source.homepage,
        *source.hosts,
        *source.former_hosts,
    )
    places = {place_name(source.province), place_name(source.province_before_2025 or "")}
    return place_name(wanted) in places - {""} or any(folded in fold_name(text) for text in texts)


def read_evidence(source: Source) -> str:
    """Return what a file says in its head that its facts rest on; empty where it says nothing."""
    if not source.path:
        return ""
    lines = Path(source.path).read_text(encoding="utf-8").splitlines()
    head = itertools.takewhile(lambda line: line.startswith("#"), lines)
    said = " ".join(line.strip("# ") for line in head)
    found = re.search(r"Rests on: (.+?(?:when this file was written\.|$))", said)
    return found[1] if found else ""


def facts_of(source: Source) -> dict[str, Any]:
    """Return the source as plain data, empty keys left out."""
    facts: dict[str, Any] = {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "province": source.province,
        "province_before_2025": source.province_before_2025,
        "homepage": source.homepage,
        "hosts": list(source.hosts),
        "former_hosts": list(source.former_hosts),
        "status": source.status,
        "successor": source.successor,
        "seeds": [f"{seed.kind} {seed.url}" for seed in source.seeds],
        "accept": [pattern.pattern for pattern in source.accept],
        "reject": [pattern.pattern for pattern in source.reject],
        "layouts": [_span(asdict(layout)) for layout in source.layouts],
        "datelines": list(source.datelines),
        "delay": source.pace.delay,
        "poll": source.pace.poll,
        "verify_tls": source.verify_tls,
        "file": source.path,
        "rests_on": read_evidence(source),
    }
    return {name: value for name, value in facts.items() if value not in (None, [], "")}


def _span(layout: dict[str, Any]) -> str:
    since = f" since {layout['since']}" if layout["since"] else ""
    until = f" until {layout['until']}" if layout["until"] else ""
    return f"{layout['name']}{since}{until}"


def _headline(province: str) -> str:
    merged = [old for old, new in PROVINCES.items() if new == province and old != province]
    return f"{province} (with {', '.join(merged)})" if merged else province


def _line(source: Source) -> str:
    notes: list[str] = []
    if source.province_before_2025 not in (None, source.province):
        notes.insert(0, f"before July 2025: {source.province_before_2025}")
    if source.successor:
        notes.append(f"now {source.successor}")
    tail = f" ({'; '.join(notes)})" if notes else ""
    return f"  {source.id:<22} {source.kind:<12} {source.status:<8} {source.name}{tail}"


def _lines_of(name: str, value: Any) -> Iterable[str]:
    if not isinstance(value, list):
        yield f"{name:<21} {value}"
        return
    for position, item in enumerate(value):
        yield f"{name if position == 0 else '':<21} {item}"


def _wants_it(folder: Path) -> bool:
    """Return whether whoever sits at the terminal wants the file; the site is not asked again."""
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return at_terminal and click.confirm(f"Save it into {folder}?", err=True)


def _save(proposal: Proposal, folder: Path, taken: set[str]) -> Path:
    path = folder / f"{proposal.outlet.id}.toml"
    if path.exists() or proposal.outlet.id in taken:
        raise UsageError(
            f"there is a source {proposal.outlet.id!r} already; save the proposal under another id"
        )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(proposal.to_toml(), encoding="utf-8")
    return path


def _save_mended(source: Source, checks: list[Check], folder: Path) -> None:
    from crawler.survey.mending import mend_file, mend_seeds

    seeds = mend_seeds(checks)
    if not seeds or not source.path:
        return
    try:
        written = Path(source.path).read_text(encoding="utf-8")
        mended = mend_file(written, seeds, day=f"{dt.datetime.now(dt.UTC):%Y-%m-%d}")
    except UsageError as error:
        click.echo(f"baotinh: {source.id}: {error}", err=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source.id}.toml"
    path.write_text(mended, encoding="utf-8")
    click.echo(f"baotinh: saved {path}: {len(seeds)} seeds that answer", err=True)


def _sentence_of(each: Check) -> str:
    state = "ok    " if each.ok else "BROKEN" if each.asked else "?     "
    advice = f" -> {each.advice}" if each.advice else ""
    return f"{state} {each.source}: {each.what} {each.url} {each.said}{advice}"
