"""What a survey found, in sentences with a confidence, and what it did not find. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.survey.outlet import UNKNOWN_PROVINCE
from crawler.survey.proposal import Finding
from storage.states import SeedKind

if TYPE_CHECKING:
    from crawler.survey.proposal import FoundSeed, Proposal, Sample

FULL = 10
"""Articles that a seed must show for full confidence in it."""
FIELDS = ("title", "published", "body", "authors", "summary")


def describe_findings(proposal: Proposal) -> list[Finding]:
    """Return one line for each thing that the source file then says."""
    outlet = proposal.outlet
    findings = [
        Finding(text=f"name {outlet.name}, kind {outlet.kind}", confidence=outlet.name_confidence)
    ]
    if outlet.province != UNKNOWN_PROVINCE:
        said = f"province {outlet.province} (before July 2025: {outlet.before_2025})"
        findings.append(Finding(text=said, confidence=outlet.province_confidence))
    findings += [_describe_seed(one) for one in proposal.found_seeds]
    if proposal.habit.patterns:
        findings.append(_describe_habit(proposal))
    return [*findings, _describe_layout(proposal), _describe_reading(proposal.samples)]


def _describe_seed(one: FoundSeed) -> Finding:
    share = one.articles / max(1, len(one.found))
    # Listings hold menus, too; a feed whose items are no articles is another matter.
    trust = 1.0 if one.seed.kind is SeedKind.LISTING else 0.5 + 0.5 * share
    confidence = round(trust * (0.6 + 0.4 * min(1.0, one.articles / FULL)), 2)
    note = f", {one.note}" if one.note else ""
    text = f"{one.seed.kind} {one.seed.url}: {one.articles} articles{note}"
    return Finding(text=text, confidence=confidence)


def _describe_habit(proposal: Proposal) -> Finding:
    habit = proposal.habit
    kept = "with the site's own id" if habit.has_ids else "without an id: the address is identity"
    text = (
        f"article addresses match {' or '.join(habit.patterns)}, {kept}: "
        f"{habit.covered} of {habit.known} known articles do, no section does"
    )
    return Finding(text=text, confidence=habit.confidence)


def _describe_layout(proposal: Proposal) -> Finding:
    read = [sample for sample in proposal.samples if sample.article]
    if not proposal.layouts:
        share = len(read) / max(1, len(proposal.samples))
        return Finding(
            text="no known layout; generic extraction reads the pages", confidence=round(share, 2)
        )
    name = proposal.layouts[0]
    showing = sum(1 for sample in read if name in sample.layouts)
    return Finding(
        text=f"layout {name}: {showing} of {len(read)} samples show its marks",
        confidence=round(0.95 * showing / max(1, len(read)), 2),
    )


def _describe_reading(samples: list[Sample]) -> Finding:
    read = [sample.article for sample in samples if sample.article]
    dated = sum(1 for article in read if article.published_on)
    text = f"{len(read)} of {len(samples)} samples are read as articles, {dated} with their date"
    sure = [
        evidence.confidence
        for article in read
        for name, evidence in article.evidence.items()
        if name.startswith(FIELDS)
    ]
    share = len(read) / max(1, len(samples))
    return Finding(text=text, confidence=round(share * (sum(sure) / len(sure) if sure else 0.5), 2))


def list_missing(proposal: Proposal, failed: list[str]) -> list[str]:
    """Return what a reader of the proposal should look for by hand."""
    kinds = {one.seed.kind for one in proposal.found_seeds}
    missing = [
        f"a {kind} with articles: {why}"
        for kind, why in (
            (SeedKind.FEED, "none is linked, and the usual addresses have none"),
            (SeedKind.SITEMAP, "robots.txt names none, and the usual addresses have none"),
            (SeedKind.LISTING, "neither the home page nor a section lists articles in its HTML"),
        )
        if kind not in kinds
    ]
    if proposal.outlet.province == UNKNOWN_PROVINCE:
        missing.append("the province")
    if not proposal.habit.patterns:
        missing.append("a common form of article addresses; they will be told by their looks")
    missing += [
        f"an article at {sample.url}: {sample.problem}"
        for sample in proposal.samples
        if sample.problem
    ]
    shown = [f"anything at {each}" for each in failed[:12]]
    if len(failed) > len(shown):
        shown.append(f"anything at {len(failed) - len(shown)} more addresses")
    return [*missing, *shown]
