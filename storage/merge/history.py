"""What happened, beside articles: sources and seeds, runs, gaps, repeated lines, backfills, what
is withheld.

Each function brings one kind of row from another archive and is one transaction.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from storage.articles.place import NEXT_ID
from storage.frontier.runs import is_alive
from storage.merge.reading import find_withheld
from storage.states import RunState

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

    from storage.db.database import Database

_WITHHELD = "select * from withheld order by id"
_WITHHOLD = """
insert into withheld (id, source_id, key, url, why, withheld_at, erased_at)
values (:id, :source_id, :key, :url, :why, :withheld_at, :erased_at)"""
_WITHHELD_TEXT = (
    "insert into withheld_texts (digest, withheld_id) values (?, ?) on conflict do nothing"
)
_WITHHELD_CAPTURES = """
insert into withheld_captures (capture_id, withheld_id)
select c.id, :id from captures c join links l on l.id = c.link_id
where l.source_id = :source_id and l.key = :key on conflict do nothing"""
_SEEDS = """
select s.*, p.url as parent from seeds s left join seeds p on p.id = s.parent_id
where s.source_id = ? order by s.id"""
_GAPS = """
select g.*, s.url as seed from gaps g left join seeds s on s.id = g.seed_id
where g.source_id = ? order by g.id"""
_SET_PARENT = """
update seeds set parent_id = (select id from seeds where source_id = :source_id and url = :parent)
where source_id = :source_id and url = :url and parent_id is null"""
_LINE = """
insert into repeated_lines (source_id, fingerprint, line, learnt_at) values (?, ?, ?, ?)
on conflict (source_id, fingerprint) do update set learnt_at = min(learnt_at, excluded.learnt_at)
where excluded.learnt_at < learnt_at"""
_HOST = """
insert into hosts (host, not_before, failures, reason) values (?, ?, ?, ?)
on conflict (host) do update set not_before = excluded.not_before, failures = excluded.failures,
    reason = excluded.reason
where excluded.not_before > coalesce(not_before, '')"""
_STEP = """
insert into backfill_steps (backfill_id, kind, url, next_url, day, pages, done_at, problem)
values (:backfill_id, :kind, :url, :next_url, :day, :pages, :done_at, :problem)
on conflict (backfill_id, url) do update set next_url = excluded.next_url, day = excluded.day,
    pages = excluded.pages, done_at = excluded.done_at, problem = excluded.problem
where (excluded.done_at is not null, excluded.pages) > (done_at is not null, pages)"""
_RELEASED = """
delete from backfill_links where backfill_id = :backfill
    and exists (select 1 from links where source_id = :source and key = backfill_links.key)"""


def add_sources(mine: Database, other: Database, *, seeds: bool) -> None:
    """Add the outlets, and the seeds, that the archive does not know; without what polls said."""
    with mine.transaction():
        for row in other.conn.execute("select * from sources order by id"):
            _insert(mine.conn, "sources", dict(row), "on conflict do nothing")
        sql = "select source_id, kind, url from seeds order by id"
        for row in other.conn.execute(sql) if seeds else ():
            _insert(mine.conn, "seeds", dict(row), "on conflict do nothing")


def join_polls(mine: Database, other: Database, *, hosts: Collection[str] | None = None) -> None:
    """Bring what the later poll of each seed said. Last of all: it vouches for the links.

    Also what hosts told about when to come back: those named, or all.
    """
    with mine.transaction():
        for source in _sources(other.conn):
            known = {row["url"]: row for row in mine.conn.execute(_SEEDS, (source,))}
            for row in other.conn.execute(_SEEDS, (source,)).fetchall():
                if (row["polled_at"] or "") > (known[row["url"]]["polled_at"] or ""):
                    said = _without(row, "id", "kind", "parent_id", "parent")
                    pairs = ", ".join(f"{name} = :{name}" for name in said)
                    sql = f"update seeds set {pairs} where source_id = :source_id and url = :url"  # noqa: S608
                    mine.conn.execute(sql, said)
                if row["parent"] is not None:
                    mine.conn.execute(_SET_PARENT, dict(row))
        told = other.conn.execute("select host, not_before, failures, reason from hosts")
        mine.conn.executemany(_HOST, (row for row in told if hosts is None or row[0] in hosts))


def add_runs(mine: Database, other: Database, now: str, *, worker: str | None = None) -> int:
    """Bring runs that have ended, done by ``worker`` where one is named; return how many are new.

    One that was killed is ``interrupted``, as the archive itself will say when it is opened; one
    under way comes when it has ended.
    """
    new = 0
    with mine.transaction():
        for source in _sources(other.conn):
            known = _numbered(mine.conn, source)
            for name, row in _numbered(other.conn, source).items():
                if row["state"] == RunState.RUNNING and is_alive(row["process"]):
                    continue
                ended = dict(row) | ({"worker": worker} if worker else {})
                if row["state"] == RunState.RUNNING:
                    ended |= {"state": RunState.INTERRUPTED.value, "finished_at": now}
                if name not in known:
                    _insert(mine.conn, "runs", _without(ended, "id"))
                    new += 1
                elif known[name]["state"] == RunState.INTERRUPTED != ended["state"]:
                    mine.conn.execute(
                        "update runs set state = ?, finished_at = ?, outcomes = ? where id = ?",
                        (
                            *(ended[each] for each in ("state", "finished_at", "outcomes")),
                            known[name]["id"],
                        ),
                    )
    return new


def add_gaps(mine: Database, other: Database) -> int:
    """Bring gaps; one that either archive closed is closed. Return how many are new."""
    new = 0
    with mine.transaction():
        for source in _sources(other.conn):
            known = {_gap(row): row for row in mine.conn.execute(_GAPS, (source,))}
            for row in other.conn.execute(_GAPS, (source,)).fetchall():
                if _gap(row) not in known:
                    seed = _seed_id(mine.conn, source, row["seed"])
                    _insert(mine.conn, "gaps", _without(row, "id", "seed") | {"seed_id": seed})
                    new += 1
                elif row["closed_at"] and not known[_gap(row)]["closed_at"]:
                    mine.conn.execute(
                        "update gaps set closed_at = ? where id = ?",
                        (row["closed_at"], known[_gap(row)]["id"]),
                    )
    return new


def add_lines(mine: Database, other: Database) -> None:
    """Bring the lines that sources repeat on many pages."""
    with mine.transaction():
        sql = "select source_id, fingerprint, line, learnt_at from repeated_lines"
        mine.conn.executemany(_LINE, other.conn.execute(sql))


def add_backfills(mine: Database, other: Database) -> None:
    """Bring backfills, and how far each has come where the other archive went on with it."""
    with mine.transaction():
        known = {_backfill(row): row for row in mine.conn.execute("select * from backfills")}
        for row in other.conn.execute("select * from backfills order by id").fetchall():
            here = known.get(_backfill(row))
            if here is None:
                id_here = _insert(mine.conn, "backfills", _without(row, "id"))
            elif here["finished_at"] is None:
                id_here = int(here["id"])
            else:
                continue
            _join_waiting(mine.conn, other.conn, row, id_here)


def _join_waiting(
    mine: sqlite3.Connection, other: sqlite3.Connection, there: sqlite3.Row, id_here: int
) -> None:
    """Bring steps and waiting links of one backfill; what became a link waits no more."""
    steps = "select * from backfill_steps where backfill_id = ? order by id"
    for step in other.execute(steps, (there["id"],)):
        mine.execute(_STEP, dict(step) | {"backfill_id": id_here})
    links = "select * from backfill_links where backfill_id = ? order by id"
    for link in other.execute(links, (there["id"],)):
        values = _without(link, "id") | {"backfill_id": id_here}
        _insert(mine, "backfill_links", values, "on conflict do nothing")
    mine.execute(_RELEASED, {"backfill": id_here, "source": there["source_id"]})
    if there["finished_at"] is not None:
        mine.execute("delete from backfill_links where backfill_id = ?", (id_here,))
        mine.execute(
            "update backfills set finished_at = ? where id = ?", (there["finished_at"], id_here)
        )


def _sources(conn: sqlite3.Connection) -> list[str]:
    return [row[0] for row in conn.execute("select id from sources order by id")]


def _numbered(conn: sqlite3.Connection, source: str) -> dict[tuple[Any, ...], sqlite3.Row]:
    """Return runs by what they are known by in every archive, equal ones told apart by number."""
    seen: Counter[tuple[Any, ...]] = Counter()
    found = {}
    for row in conn.execute("select * from runs where source_id = ? order by id", (source,)):
        name = _of(row, ("kind", "started_at", "process"))
        found[*name, seen[name]] = row
        seen[name] += 1
    return found


def _of(row: sqlite3.Row, names: Iterable[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def _backfill(row: sqlite3.Row) -> tuple[Any, ...]:
    return _of(row, ("source_id", "since", "until", "started_at"))


def _gap(row: sqlite3.Row) -> tuple[Any, ...]:
    return _of(row, ("seed", "begin_at", "end_at"))


def _seed_id(conn: sqlite3.Connection, source: str, url: str | None) -> int | None:
    row = conn.execute(
        "select id from seeds where source_id = ? and url = ?", (source, url)
    ).fetchone()
    return None if row is None else int(row[0])


def _without(row: sqlite3.Row | dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in row.keys() if name not in names}  # noqa: SIM118 - a Row


def _insert(
    conn: sqlite3.Connection, table: str, values: dict[str, Any], otherwise: str = ""
) -> int:
    marks = ", ".join(f":{name}" for name in values)
    sql = f"insert into {table} ({', '.join(values)}) values ({marks}) {otherwise}"  # noqa: S608
    return int(conn.execute(sql, values).lastrowid or 0)


def add_withheld(mine: Database, other: Database) -> list[str]:
    """Bring what is withheld there, with the digests of its texts. One transaction.

    Return one sentence for each article that this archive has: it is read here until it is
    withheld here.
    """
    said: list[str] = []
    with mine.transaction():
        known = find_withheld(mine.conn)
        for row in other.conn.execute(_WITHHELD).fetchall():
            if (row["source_id"], row["key"]) in known:
                continue
            article = mine.conn.execute(
                "select id from articles where source_id = ? and key = ?",
                (row["source_id"], row["key"]),
            ).fetchone()
            if article is None:
                _withhold(mine.conn, other.conn, row)
            else:
                said.append(
                    f"article {article['id']}, {row['url']}, is withheld there ({row['why']}):"
                    f" `baotinh withhold {article['id']} --why TEXT` withholds it here"
                )
    return said


def _withhold(mine: sqlite3.Connection, other: sqlite3.Connection, row: sqlite3.Row) -> None:
    values = dict(row) | {"id": mine.execute(NEXT_ID).fetchone()[0]}
    mine.execute(_WITHHOLD, values)
    texts = other.execute("select digest from withheld_texts where withheld_id = ?", (row["id"],))
    mine.executemany(_WITHHELD_TEXT, [(text["digest"], values["id"]) for text in texts.fetchall()])
    # Their bytes came with the files: erasing finds them by this.
    mine.execute(_WITHHELD_CAPTURES, values)
