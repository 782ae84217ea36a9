"""The archive's migration steps, in the order of their history.

A step is added at the end of ``STEPS`` and never changed afterwards. Each takes a connection
inside a transaction. Columns of the contract are never renamed and never dropped. sqlite-utils
and the index are imported only when a step is due, so that an up-to-date archive opens at once.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage.db.provenance import (
    EVIDENCE,
    IMPORTS,
    ORDERS,
    ORIGIN_MANIFESTS,
    WITHHELD_CAPTURES,
    WITHHELD_TEXTS,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

_REPEATED_LINES = """
create table repeated_lines (
    source_id text not null references sources (id),
    fingerprint text not null,
    line text not null,
    learnt_at text not null,
    primary key (source_id, fingerprint)
) without rowid"""


def create_archive(conn: sqlite3.Connection) -> None:
    """Create the first tables, indexes and views, and the full-text index."""
    from storage.db.fulltext import create_index
    from storage.db.schema import INDEXES, TABLES, VIEWS

    _run(conn, *TABLES, *INDEXES)
    create_index(conn)
    _run(conn, *VIEWS)


def add_discovery_memory(conn: sqlite3.Connection) -> None:
    """Add gaps, the last complete poll of a seed, and the index that names a sitemap."""
    from storage.db.schema import DISCOVERY_MEMORY

    _run(conn, *DISCOVERY_MEMORY)


def add_backfills(conn: sqlite3.Connection) -> None:
    """Add the progress of backfills and the links that wait for them."""
    from storage.db.schema import BACKFILLS

    _run(conn, *BACKFILLS)


def add_watches(conn: sqlite3.Connection) -> None:
    """Add saved searches and their matches."""
    from storage.db.schema import WATCHES

    _run(conn, *WATCHES)


def add_repeated_lines(conn: sqlite3.Connection) -> None:
    """Add the lines of each source that are no text of its articles."""
    _run(conn, _REPEATED_LINES)


def add_seed_reasons(conn: sqlite3.Connection) -> None:
    """Add the word for how a seed's last poll failed, beside its sentence."""
    _run(conn, "alter table seeds add column last_reason text")


def drop_unread_columns(conn: sqlite3.Connection) -> None:
    """Drop two columns that nothing reads: table ``gaps`` and the throttle took their place."""
    _run(conn, "alter table seeds drop column gap_at")
    _run(conn, "alter table hosts drop column last_request_at")


def add_places(conn: sqlite3.Connection) -> None:
    """Add the units that articles name; articles that are there wait to be read for them."""
    from storage.db.schema import PLACES

    _run(conn, *PLACES)


def add_seed_misses(conn: sqlite3.Connection) -> None:
    """Add since when a seed brings no links, when it last did, and whose place it takes."""
    _run(
        conn,
        "alter table seeds add column misses integer not null default 0",
        "alter table seeds add column missed_since text",
        "alter table seeds add column fruitful_at text",
        "alter table seeds add column substitute_since text",
        # An index was counted without the links of its sitemaps, so that all looked empty.
        """
update seeds set empty = 0, fruitful_at = case when coalesce(seen, 0) > 0 then complete_at end
where kind <> 'sitemap' or coalesce(seen, 0) > 0""",
        """
update seeds set empty = 0, fruitful_at = complete_at
where id in (select parent_id from seeds where coalesce(seen, 0) > 0)""",
    )


def add_troubles(conn: sqlite3.Connection) -> None:
    """Add the causes for which a source is not ok, each told and ended by itself."""
    _run(
        conn,
        """
create table troubles (
    source_id text not null references sources (id),
    cause text not null,
    state text not null,
    since text not null,
    why text not null,
    told text,
    ended_at text,
    unique (source_id, cause)
)""",
        """
insert into troubles (source_id, cause, state, since, why, told)
select source_id, 'earlier', told, since, why, told from health where told <> 'ok'""",
    )


PASSING = (
    *("bot-check", "certificate", "connection", "data-loss", "dns", "empty-body", "empty-shell"),
    *("encoding", "header-flood", "login", "maintenance", "parked", "redirects", "refused"),
    *("robots", "timeout", "tls", "crashed", "ignored", "lost"),
)
"""Reasons for which no page is given up any more before it was tried for a fortnight; all HTTP
statuses but those below are such, too."""
NOT_YET = ("http-404", "http-410", "redirect-home", "soft-404", "off-site", "private-address")
"""What a site may answer for pages that not all of its servers know yet."""
NO_TEXTS = ("empty", "no-body", "no-title", "not-html")
_RETRIES = (
    "alter table links add column refused_at text",
    # 1: a seed that still shows a page given up by an earlier version has it tried once more.
    "alter table links add column absent integer not null default 1",
    "create index links_waiting on links (source_id, next_try_at) where state = 'pending'",
    """create index links_shown on links (seed_id)
    where state in ('rejected', 'failed', 'gone') and absent = 0""",
)
_REOPEN = """
update links set state = 'pending', attempts = 1,
    next_try_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', (id * 7919 % 864000) || ' seconds')
where state in ('rejected', 'failed', 'gone') and article_id is null and (
    reason in (select value from json_each(:passing))
    or (reason like 'http-%' and reason not in (select value from json_each(:not_yet)))
    or (reason in (select value from json_each(:not_yet))
        and found_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-60 days')))"""


def reopen_links(conn: sqlite3.Connection) -> None:
    """Add what decides about further attempts, and open again what was given up too early.

    Pages that earlier versions gave up for a passing cause become pending, those that were not
    there if they were found in the last 60 days. Their turns are spread over ten days, so that no
    host is asked for many at once. A million links, a tenth of them given up, take about ten
    seconds and 55 MB, once.
    """
    _run(conn, *_RETRIES)
    words = {"passing": json.dumps(PASSING), "not_yet": json.dumps(NOT_YET)}
    conn.execute(_REOPEN, words)


def add_links_aside(conn: sqlite3.Connection) -> None:
    """Add the index of links that wait for room among the pending ones of their source."""
    _run(
        conn,
        """
create index links_aside on links (source_id, found_at desc, id)
    where state = 'rejected' and attempts = 0""",
    )


def add_imports(conn: sqlite3.Connection) -> None:
    """Add where captures were copied from, and how far imports have come."""
    _run(conn, *IMPORTS)


def keep_texts_once(conn: sqlite3.Connection) -> None:
    """Store the current text of an article once: table ``revisions`` becomes a view.

    A quarter of the file becomes free for what comes next; only ``vacuum`` makes the file smaller.
    """
    from storage.db.revisions import move_texts

    move_texts(conn)


def order_runs_by_time(conn: sqlite3.Connection) -> None:
    """Let the last runs of a source be found by time: a merge brings runs of long ago."""
    _run(
        conn,
        "drop index runs_by_source",
        "create index runs_by_source on runs (source_id, started_at, id)",
    )


def add_evidence(conn: sqlite3.Connection) -> None:
    """Add which manifest lists a capture, and what was withheld or erased by order."""
    _run(conn, *EVIDENCE)


def add_first_seen_index(conn: sqlite3.Connection) -> None:
    """Add the index that says when a source's newest article was first seen.

    Ten seconds and 45 MB for a million articles, once. It has a condition, always true, so that
    SQLite takes it for no other question about a source.
    """
    _run(
        conn,
        """
create index articles_by_first_seen on articles (source_id, first_seen_at)
    where first_seen_at > ''""",
    )


def add_copy_keys(conn: sqlite3.Connection) -> None:
    """Find copies by fewer keys; articles that are there wait to be grouped by today's rule.

    Two seconds and half a gigabyte of log for a million articles, once. Grouping them takes an
    hour of one core, forty at a time; until then their old clusters stand.
    """
    from storage.db.schema import COPY_KEYS

    _run(conn, *COPY_KEYS)


def drop_planner_tables(conn: sqlite3.Connection) -> None:
    """Drop the full-text tables of titles and of pairs: the index beside the archive has them.

    One transaction. The pages they had are free for new articles; `baotinh index --shrink` gives
    them back to the disk. Measured on 6,000 articles of 2.5 KB: 0.07 seconds of CPU, 6 MB of
    write-ahead log, 11 of 46 MB free afterwards; larger archives were not measured.
    """
    from storage.db.fulltext import drop_unused

    drop_unused(conn)


def add_index_log(conn: sqlite3.Connection) -> None:
    """Add the log of changes that the index beside the archive follows."""
    from storage.db.fulltext import create_log

    create_log(conn)


def add_withheld_texts(conn: sqlite3.Connection) -> None:
    """Add the digests of withheld texts, which are not stored again."""
    _run(conn, *WITHHELD_TEXTS)


def add_deliveries(conn: sqlite3.Connection) -> None:
    """Add the orders of crawls on other machines whose deliveries were merged."""
    columns = "order_id text primary key, merged_at text not null"
    _run(conn, f"create table deliveries ({columns}) without rowid")


def add_media(conn: sqlite3.Connection) -> None:
    """Add the pictures and documents that articles show, and what became of each."""
    from storage.db.media import MEDIA

    _run(conn, *MEDIA)


def add_orders(conn: sqlite3.Connection) -> None:
    """Add the crawls that were handed out, and who did a run."""
    _run(conn, *ORDERS)


def add_documents(conn: sqlite3.Connection) -> None:
    """Add the texts of attached documents, and search them with their articles."""
    from storage.db.fulltext import search_documents
    from storage.db.media import DOCUMENTS

    _run(conn, *DOCUMENTS)
    search_documents(conn)


def add_withheld_captures(conn: sqlite3.Connection) -> None:
    """Add the captures in which a withheld text was met again."""
    _run(conn, *WITHHELD_CAPTURES)


def reopen_pages_without_text(conn: sqlite3.Connection) -> None:
    """Open again what was found without a text in the last 14 days; turns spread over ten days."""
    sql = """update links set state = 'pending',
    next_try_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', (id * 7919 % 864000) || ' seconds')
where state = 'rejected' and article_id is null and found_at >= date('now', '-14 days')
    and reason in (select value from json_each(?))"""
    conn.execute(sql, [json.dumps(NO_TEXTS)])


def merge_words_by_steps(conn: sqlite3.Connection) -> None:
    """Have no article wait until the words of many others are merged. One row a table."""
    from storage.db.fulltext import merge_by_steps

    merge_by_steps(conn)


def add_vacant_seeds(conn: sqlite3.Connection) -> None:
    """Add since when a feed or sitemap lists nothing."""
    _run(conn, "alter table seeds add column vacant_since text")


def add_origin_manifests(conn: sqlite3.Connection) -> None:
    """Add the manifests of where captures come from, beside ours, and which files of evidence
    were ever here. Captures of merged archives wait to be listed in ours, too."""
    _run(conn, *ORIGIN_MANIFESTS)


STEPS: dict[str, Callable[[sqlite3.Connection], None]] = {
    step.__name__: step
    for step in (
        create_archive,
        add_discovery_memory,
        add_backfills,
        add_watches,
        add_repeated_lines,
        add_seed_reasons,
        drop_unread_columns,
        add_seed_misses,
        add_troubles,
        add_places,
        reopen_links,
        add_links_aside,
        add_imports,
        keep_texts_once,
        order_runs_by_time,
        add_evidence,
        add_first_seen_index,
        add_copy_keys,
        drop_planner_tables,
        add_index_log,
        add_withheld_texts,
        add_deliveries,
        add_media,
        add_orders,
        add_documents,
        add_withheld_captures,
        reopen_pages_without_text,
        merge_words_by_steps,
        add_vacant_seeds,
        add_origin_manifests,
    )
}
"""Name of a step, as table ``_sqlite_migrations`` keeps it -> the step."""


def _run(conn: sqlite3.Connection, *statements: str) -> None:
    for statement in statements:
        conn.execute(statement)
