"""Look at a source in the archive, judge its health, and remember what was told about it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.monitoring.coverage import coverage, outdone
from crawler.monitoring.rules import Coverage, Facts, HealthState, judge
from crawler.scheduling.due import current_seeds
from crawler.scheduling.polls import read_first_run, read_instants
from storage.frontier.gaps import open_gaps
from storage.instants import format_instant, parse_instant
from storage.records import Article, Evidence, Image

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from crawler.sources.model import Source
    from storage.archive import Archive

_RECENT_ARTICLES = 20
_LATEST_ARTICLES = 5
_USUAL_ARTICLES = 200
_ALWAYS = 0.95
_RUNS = 60
_STALE = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRow:
    """A row of table ``health``."""

    source_id: str
    state: str
    since: str
    """When it came into this state."""
    why: str
    checked_at: str
    told: str | None = None
    """The state that people were told last; None: nothing was told yet, so it counts as ok."""
    capture_id: int | None = None
    """The page that could not be read, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of health that is to be told, once."""

    source_id: str
    name: str
    state: str
    before: str
    since: str
    why: str
    capture_id: int | None = None

    @property
    def recovered(self) -> bool:
        """Whether this is the good news."""
        return self.state == HealthState.OK


def check(archive: Archive, source: Source, *, now: str) -> Change | None:
    """Judge a source, keep the verdict, and return what is to be told, if anything.

    A change is returned at every look until `mark_told` says that people know. Raises
    ArchiveError.
    """
    facts = read_facts(archive, source, now=now)
    verdict = judge(facts)
    before = read_health(archive.conn, source.id)
    told = (before and before.told) or HealthState.OK
    row = HealthRow(
        source_id=source.id,
        state=verdict.state,
        since=before.since if before and before.state == verdict.state else now,
        why=verdict.why,
        checked_at=now,
        told=before.told if before else None,
        capture_id=_offending_capture(archive.conn, source.id, now)
        if verdict.state != HealthState.OK
        else None,
    )
    if before is None or _differs(before, row):
        _keep(archive, row)
    if verdict.state == told:
        return None
    return Change(
        source_id=source.id,
        name=source.name,
        state=verdict.state,
        before=told,
        since=row.since,
        why=verdict.why,
        capture_id=row.capture_id,
    )


def mark_told(conn: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Note that people are told of these changes; call inside a transaction."""
    conn.executemany(
        "UPDATE health SET told = ? WHERE source_id = ?",
        [(change.state, change.source_id) for change in changes],
    )


def _differs(before: HealthRow, row: HealthRow) -> bool:
    """Whether the row is worth a write: something changed, or the check time is an hour old."""
    stale = abs(parse_instant(row.checked_at) - parse_instant(before.checked_at)) > _STALE
    kept = (before.state, before.why, before.told, before.capture_id)
    return stale or kept != (row.state, row.why, row.told, row.capture_id)


def read_facts(archive: Archive, source: Source, *, now: str) -> Facts:
    """Everything the rules of `crawler.monitoring.rules` look at."""
    newest = read_newest(archive.conn, source.id)
    return Facts(
        now=now,
        status=source.status,
        seeds=current_seeds(archive, source),
        runs=archive.last_runs(source.id, _RUNS),
        published=read_instants(archive.conn, source.id, now=now),
        watched_since=read_first_run(archive.conn, source.id),
        coverage=compare_coverage(newest),
        outdone=outdone(newest[:_RECENT_ARTICLES]),
        judged=len(newest[:_RECENT_ARTICLES]),
        gaps=open_gaps(archive.conn, source.id),
    )


def read_health(conn: sqlite3.Connection, source_id: str) -> HealthRow | None:
    """The verdict that was kept last."""
    row = conn.execute("SELECT * FROM health WHERE source_id = ?", (source_id,)).fetchone()
    return HealthRow(**row) if row else None


def read_newest(conn: sqlite3.Connection, source_id: str) -> list[Article]:
    """The newest articles of a source, newest first, as far as coverage looks at them."""
    rows = conn.execute(
        """SELECT a.title, substr(a.body, 1, 400) AS body, a.summary, a.authors, a.source_credit,
                  a.published_on, a.published_at, a.section, a.tags,
                  json_extract(a.evidence, '$.body.how'),
                  (SELECT url FROM images WHERE images.article_id = a.id LIMIT 1)
           FROM links JOIN articles a ON a.id = links.article_id
           WHERE links.source_id = ? ORDER BY links.found_at DESC, links.id DESC LIMIT ?""",
        (source_id, _RECENT_ARTICLES + _USUAL_ARTICLES),
    ).fetchall()
    return [_light_article(source_id, row) for row in rows]


def _light_article(source_id: str, row: sqlite3.Row) -> Article:
    title, body, summary, authors, credit, on, at, section, tags, how, image = row
    return Article(
        source_id=source_id,
        url="",
        title=title,
        body=body,
        summary=summary,
        authors=json.loads(authors),
        source_credit=credit,
        published_on=on,
        published_at=at,
        section=section,
        tags=json.loads(tags),
        images=[Image(url=image)] if image else [],
        evidence={"body": Evidence(how=how, confidence=1.0)} if how else {},
    )


def compare_coverage(articles: Sequence[Article]) -> Mapping[str, Coverage]:
    """How often the newest articles have each field, and how often the ones before had it.

    The newest twenty are looked at; the newest five where a field that all articles had is in
    none of them, so that a change of the pages shows after one run.
    """
    usual = coverage(articles[_RECENT_ARTICLES:])
    if len(articles) < 2 * _RECENT_ARTICLES:
        return {}
    recent, latest = coverage(articles[:_RECENT_ARTICLES]), coverage(articles[:_LATEST_ARTICLES])
    found: dict[str, Coverage] = {}
    for name, share in usual.items():
        gone = share >= _ALWAYS and latest[name] == 0
        found[name] = Coverage(
            recent=0.0 if gone else recent[name],
            usual=share,
            articles=_LATEST_ARTICLES if gone else _RECENT_ARTICLES,
        )
    return found


def _offending_capture(conn: sqlite3.Connection, source_id: str, now: str) -> int | None:
    """The newest kept page of the last two days that gave no article."""
    begin = format_instant(parse_instant(now) - dt.timedelta(days=2))
    row = conn.execute(
        """SELECT captures.id FROM links JOIN captures ON captures.link_id = links.id
           WHERE links.source_id = ? AND links.found_at >= ?
             AND links.state IN ('rejected', 'failed', 'pending')
           ORDER BY captures.id DESC LIMIT 1""",
        (source_id, begin),
    ).fetchone()
    return int(row[0]) if row else None


def _keep(archive: Archive, row: HealthRow) -> None:
    with archive.transaction():
        archive.conn.execute(
            """INSERT INTO health (source_id, state, since, why, checked_at, told, capture_id)
               VALUES (?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (source_id) DO UPDATE SET state = excluded.state,
                 since = excluded.since, why = excluded.why, checked_at = excluded.checked_at,
                 told = excluded.told, capture_id = excluded.capture_id""",
            (
                row.source_id,
                row.state,
                row.since,
                row.why,
                row.checked_at,
                row.told,
                row.capture_id,
            ),
        )
