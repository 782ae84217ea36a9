"""What the commands that crawl have in common: settings, logging, progress."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from crawler import settings
from crawler.environment import PREFIX, unknown_names
from crawler.extensions.progress import choose_board
from crawler.process import crawl
from storage.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.cli import Options
    from crawler.process import CrawlReport
    from crawler.runs.plan import CrawlPlan
    from crawler.sources import Source

SHORT_FORMAT = "baotinh: %(message)s"
"""Warnings are sentences for the user; where they come from matters only when more is logged."""
QUIET = frozenset({"WARNING", "ERROR", "CRITICAL"})


def run_crawl(options: Options, sources: Sequence[Source], plan: CrawlPlan) -> list[CrawlReport]:
    """Crawl with progress on standard error; failed pages are said there, too."""
    warn_of_misspelt_settings()
    reports = crawl(
        sources,
        archive=options.archive,
        plan=plan,
        board=choose_board(settings.PROGRESS_INTERVAL),
        overrides=read_overrides(),
    )
    for report in reports:
        for sentence in describe_failures(report):
            click.echo(f"baotinh: {printable(sentence)}", err=True)
    return reports


def read_overrides() -> dict[str, Any]:
    """Settings that a command line crawl has otherwise than ``scrapy crawl``."""
    is_quiet = settings.LOG_LEVEL.upper() in QUIET and f"{PREFIX}LOG_FORMAT" not in os.environ
    return {"LOG_FORMAT": SHORT_FORMAT} if is_quiet else {}


def warn_of_misspelt_settings() -> None:
    """Say which ``BAOTINH_`` variables name no setting."""
    for variable in unknown_names(vars(settings), os.environ):
        click.echo(f"baotinh: {variable} names no setting and is ignored", err=True)


def describe_failures(report: CrawlReport) -> list[str]:
    """Sentences about what failed and was not said yet."""
    outcomes = report.run.outcomes if report.run else {}
    reasons = {
        name.partition("/")[2]: number
        for name, number in outcomes.items()
        if name.startswith("failed/")
    }
    if not reasons:
        return []
    listed = ", ".join(f"{reason} {number}" for reason, number in sorted(reasons.items()))
    return [f"{report.source_id}: {sum(reasons.values())} pages could not be read ({listed})"]
