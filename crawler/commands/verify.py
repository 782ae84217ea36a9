"""``baotinh verify``: integrity of database, index, captures and the links between them."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from crawler.render.progress import show_progress
from crawler.render.terminal import say_json
from storage.archive import Archive
from storage.integrity import Problem
from storage.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.cli import Options
    from crawler.environment import Settings
    from storage.evidence.check import EvidenceCheck, Findings


@click.command()
@click.option(
    "--repair",
    is_flag=True,
    help="Build the index again, cut off torn captures; not while anything crawls.",
)
@click.option("--evidence", is_flag=True, help="Check manifests and stamps instead; no network.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a problem, then a summary.")
@click.pass_obj
def command(options: Options, repair: bool, evidence: bool, as_json: bool) -> None:
    """Check everything the archive promises; report what is wrong, a line each.

    Ends with 1 when something is wrong. Needs the archive for writing, since the index checks
    itself by a statement that counts as a write.
    """
    with Archive.open_existing(options.archive, captures_dir=options.captures_dir) as archive:
        if repair:
            with show_progress(lambda: "repairing"):
                repaired = list(archive.repair())
            for done in repaired:
                click.echo(f"repaired {printable(done)}", err=True)
        check = _evidence_check(archive, options.settings) if evidence else None
        problems = 0
        for problem in _look(archive, check):
            problems += 1
            _say(problem, as_json=as_json)
        if as_json:
            say_json(_facts(options, archive, check, problems))
        elif check is not None:
            _say_findings(check.findings)
        if not problems and not as_json:
            click.echo(f"{options.archive}: {_summary(archive)}, all well")
    sys.exit(1 if problems else 0)


def _look(archive: Archive, check: EvidenceCheck | None) -> Iterator[Problem]:
    """Yield what is wrong, with progress on a terminal."""
    part = ["evidence"]
    with show_progress(lambda: f"checking {part[0]}"):
        if check is None:
            yield from archive.check(watch=lambda name: part.__setitem__(0, name))
        else:
            yield from (Problem(part="evidence", what=what) for what in check.run())


def _say(problem: Problem, *, as_json: bool) -> None:
    if as_json:
        say_json(problem)
    else:
        shown = problem.what if problem.part == "evidence" else str(problem)
        click.echo(printable(shown))


def _facts(
    options: Options, archive: Archive, check: EvidenceCheck | None, problems: int
) -> dict[str, Any]:
    return {
        "archive": str(options.archive),
        "problems": problems,
        "articles": archive.articles.count(),
        "captures": archive.captures.count(),
        "evidence": asdict(check.findings) if check is not None else None,
    }


def _evidence_check(archive: Archive, settings: Settings) -> EvidenceCheck:
    from storage.evidence.stamps import can_stamp, read_roots

    return archive.evidence.check(read_roots(settings.timestamp_roots) if can_stamp() else None)


def _say_findings(findings: Findings) -> None:
    """Print what is proven, and what is not."""
    for at, number in sorted(findings.proven.items()):
        origin = findings.by_origin.get(at)
        by = f", {origin} of them by a stamp of where they come from" if origin else ""
        click.echo(f"{number} captures are proven to have existed by {at}{by}")
    if findings.unproven:
        click.echo(f"{findings.unproven} captures are in manifests that no stamp covers yet")
    if findings.unlisted:
        click.echo(
            f"{findings.unlisted} captures are in no manifest of ours yet: run `baotinh evidence`"
        )
    for sentence in findings.erased:
        click.echo(printable(sentence))
    click.echo(f"{findings.manifests} manifests, {findings.stamps} stamps that are right")


def _summary(archive: Archive) -> str:
    return f"{archive.articles.count()} articles, {archive.captures.count()} captures"
