"""``baotinh verify``: integrity of database, index, captures and the links between them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from storage.archive import Archive
from storage.text import printable

if TYPE_CHECKING:
    from crawler.cli import Options
    from crawler.environment import Settings
    from storage.evidence.check import EvidenceCheck, Findings


@click.command()
@click.option("--repair", is_flag=True, help="Build the index again, cut off torn captures.")
@click.option("--evidence", is_flag=True, help="Check manifests and stamps instead; no network.")
@click.pass_obj
def command(options: Options, repair: bool, evidence: bool) -> None:
    """Check everything the archive promises; report what is wrong, a line each.

    Ends with 1 when something is wrong. Needs the archive for writing, since the index checks
    itself by a statement that counts as a write.
    """
    with Archive.open_existing(options.archive, captures_dir=options.captures_dir) as archive:
        if repair:
            for done in archive.repair():
                click.echo(f"repaired {printable(done)}", err=True)
        problems = 0
        check = _evidence_check(archive, options.settings) if evidence else None
        for problem in archive.check() if check is None else check.run():
            problems += 1
            click.echo(printable(str(problem)))
        if check is not None:
            _say_findings(check.findings)
        if not problems:
            click.echo(f"{options.archive}: {_summary(archive)}, all well")
    sys.exit(1 if problems else 0)


def _evidence_check(archive: Archive, settings: Settings) -> EvidenceCheck:
    from storage.evidence.stamps import can_stamp, read_roots

    return archive.evidence.check(read_roots(settings.timestamp_roots) if can_stamp() else None)


def _say_findings(findings: Findings) -> None:
    """Print what is proven, and what is not."""
    for at, number in sorted(findings.proven.items()):
        click.echo(f"{number} captures are proven to have existed by {at}")
    if findings.unproven:
        click.echo(f"{findings.unproven} captures are in manifests that no stamp covers yet")
    if findings.unlisted:
        click.echo(f"{findings.unlisted} captures are in no manifest yet: run `baotinh evidence`")
    for sentence in findings.erased:
        click.echo(printable(sentence))
    click.echo(f"{findings.manifests} manifests, {findings.stamps} stamps that are right")


def _summary(archive: Archive) -> str:
    return f"{archive.articles.count()} articles, {archive.captures.count()} captures"
