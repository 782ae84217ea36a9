"""Rows beside the articles: which of two archives is right about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from storage.merge import history
from storage.states import RunKind
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive

NOW = "2026-12-01T00:00:00Z"
ONE, TWO, THREE = (f"2026-10-0{day}T00:00:00Z" for day in (1, 2, 3))
DEAD = "1 0 another-boot"


class Pair:
    """Two archives of one source, filled row by row."""

    def __init__(self, mine: Archive, other: Archive) -> None:
        self.mine, self.other = mine._db, other._db
        for archive in (mine, other):
            self.put(archive, "sources", id="x", name="X", kind="newspaper", province="Tây Ninh",
                     homepage="https://x.vn/")  # fmt: skip

    def put(self, archive: Archive, table: str, **row: Any) -> int:
        names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        sql = f"insert into {table} ({names}) values ({marks})"  # noqa: S608
        return int(archive._db.conn.execute(sql, row).lastrowid or 0)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.mine.conn.execute(sql)]


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "mine.db") as archive:
        yield archive


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "other.db") as archive:
        yield archive


@pytest.fixture
def pair(mine: Archive, other: Archive) -> Pair:
    return Pair(mine, other)


@pytest.mark.parametrize("seeds", [True, False])
def test_sources_and_seeds_that_are_not_known_are_added_without_what_polls_said(
    pair: Pair, mine: Archive, other: Archive, *, seeds: bool
) -> None:
    pair.put(other, "sources", id="y", name="Y", kind="portal", province="Cà Mau", homepage="h")
    pair.put(mine, "seeds", source_id="x", kind="feed", url="a", polled_at=TWO)
    for source, url in (("x", "a"), ("x", "b"), ("y", "a")):
        pair.put(other, "seeds", source_id=source, kind="feed", url=url, polled_at=THREE)
    history.add_sources(pair.mine, pair.other, seeds=seeds)
    assert pair.rows("select id, name from sources order by id") == [("x", "X"), ("y", "Y")]
    more = [("x", "b", None), ("y", "a", None)] if seeds else []
    assert pair.rows("select source_id, url, polled_at from seeds order by id") == [
        ("x", "a", TWO), *more,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs", "etag"),
    [(TWO, THREE, "theirs"), (TWO, TWO, "ours"), (THREE, TWO, "ours"), (None, ONE, "theirs"),
     (None, None, "ours"), (ONE, None, "ours")],
)  # fmt: skip
def test_the_later_poll_of_a_seed_is_right(
    pair: Pair, mine: Archive, other: Archive, ours: str | None, theirs: str | None, etag: str
) -> None:
    pair.put(mine, "seeds", source_id="x", kind="feed", url="a", polled_at=ours, etag="ours")
    pair.put(other, "seeds", source_id="x", kind="page", url="a", polled_at=theirs, etag="theirs",
             failures=3)  # fmt: skip
    history.join_polls(pair.mine, pair.other)
    assert pair.rows("select kind, etag, failures, polled_at from seeds") == [
        ("feed", etag, 3 if etag == "theirs" else 0, theirs if etag == "theirs" else ours)
    ]


def test_a_seed_has_the_parent_that_one_of_the_archives_knows(
    pair: Pair, mine: Archive, other: Archive
) -> None:
    for url in ("p", "q", "a", "b"):
        pair.put(mine, "seeds", source_id="x", kind="sitemap", url=url)
    pair.mine.conn.execute("update seeds set parent_id = 2 where url = 'b'")
    index = pair.put(other, "seeds", source_id="x", kind="sitemap", url="p")
    for url in ("a", "b"):
        pair.put(other, "seeds", source_id="x", kind="sitemap", url=url, parent_id=index)
    history.join_polls(pair.mine, pair.other)
    assert pair.rows("select url, parent_id from seeds order by id") == [
        ("p", None), ("q", None), ("a", 1), ("b", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs", "hosts", "kept"),
    [
        (ONE, TWO, None, TWO), (TWO, TWO, None, TWO), (TWO, ONE, None, TWO), (None, ONE, None, ONE),
        (ONE, TWO, {"x.vn"}, TWO), (ONE, TWO, {"y.vn"}, ONE), (ONE, TWO, set(), ONE),
    ],
)  # fmt: skip
def test_hosts_are_left_alone_as_long_as_one_of_the_archives_says(
    pair: Pair, mine: Archive, other: Archive, ours: str | None, theirs: str,
    hosts: set[str] | None, kept: str,
) -> None:  # fmt: skip
    pair.put(mine, "hosts", host="x.vn", not_before=ours, failures=1, reason="timeout")
    pair.put(other, "hosts", host="x.vn", not_before=theirs, failures=4, reason="http-503")
    history.join_polls(pair.mine, pair.other, hosts=hosts)
    is_theirs = kept == theirs != ours
    assert pair.rows("select * from hosts") == [
        ("x.vn", kept, *((4, "http-503") if is_theirs else (1, "timeout")))
    ]


def test_what_an_unknown_host_said_comes_too(pair: Pair, other: Archive) -> None:
    pair.put(other, "hosts", host="x.vn", not_before=ONE, failures=4, reason="http-503")
    history.join_polls(pair.mine, pair.other)
    assert pair.rows("select * from hosts") == [("x.vn", ONE, 4, "http-503")]


@pytest.mark.parametrize(
    ("ours", "theirs", "new", "state"),
    [
        (None, ("finished", TWO), 1, ("finished", TWO, "{}")),
        (None, ("running", None), 1, ("interrupted", NOW, "{}")),
        (("interrupted", ONE), ("finished", TWO), 0, ("finished", TWO, "{}")),
        (("interrupted", ONE), ("running", None), 0, ("interrupted", ONE, '{"new": 1}')),
        (("finished", ONE), ("failed", TWO), 0, ("finished", ONE, '{"new": 1}')),
        (("finished", ONE), ("running", None), 0, ("finished", ONE, '{"new": 1}')),
    ],
)
def test_a_run_has_ended_as_the_archive_says_that_saw_its_end(
    pair: Pair, mine: Archive, other: Archive, ours: tuple[str, str] | None,
    theirs: tuple[str, str | None], new: int, state: tuple[str, str, str],
) -> None:  # fmt: skip
    run = {"source_id": "x", "kind": "crawl", "started_at": ONE, "process": DEAD}
    if ours:
        pair.put(mine, "runs", **run, state=ours[0], finished_at=ours[1], outcomes='{"new": 1}')
    pair.put(other, "runs", **run, state=theirs[0], finished_at=theirs[1])
    assert history.add_runs(pair.mine, pair.other, NOW) == new
    assert pair.rows("select state, finished_at, outcomes from runs") == [state]
    assert history.add_runs(pair.mine, pair.other, NOW) == 0, "a second time nothing is new"


def test_a_run_under_way_stays_there_until_it_has_ended(pair: Pair, other: Archive) -> None:
    other.runs.start("x", RunKind.CRAWL, ONE)
    assert history.add_runs(pair.mine, pair.other, NOW) == 0
    assert pair.rows("select * from runs") == []


def test_runs_of_one_instant_are_told_apart_by_their_number(
    pair: Pair, mine: Archive, other: Archive
) -> None:
    run = {"source_id": "x", "kind": "crawl", "started_at": ONE, "state": "finished"}
    pair.put(mine, "runs", **run)
    for _ in range(3):
        pair.put(other, "runs", **run)
    pair.put(other, "runs", **run | {"kind": "backfill"})
    assert history.add_runs(pair.mine, pair.other, NOW, worker="w1") == 3
    assert pair.rows("select kind, worker from runs order by id") == [
        ("crawl", None), ("crawl", "w1"), ("crawl", "w1"), ("backfill", "w1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs", "new", "closed"),
    [("none", None, 1, None), ("none", TWO, 1, TWO), (None, None, 0, None), (None, TWO, 0, TWO),
     (ONE, TWO, 0, ONE), (ONE, None, 0, ONE)],
)  # fmt: skip
def test_a_gap_is_closed_where_one_of_the_archives_closed_it(
    pair: Pair, mine: Archive, other: Archive, ours: str | None, theirs: str | None, new: int,
    closed: str | None,
) -> None:  # fmt: skip
    pair.put(mine, "seeds", source_id="x", kind="feed", url="other")
    here = pair.put(mine, "seeds", source_id="x", kind="feed", url="a")
    there = pair.put(other, "seeds", source_id="x", kind="feed", url="a")
    gap = {"source_id": "x", "begin_at": ONE, "end_at": TWO, "found_at": THREE}
    if ours != "none":
        pair.put(mine, "gaps", **gap, seed_id=here, closed_at=ours)
    pair.put(other, "gaps", **gap, seed_id=there, closed_at=theirs)
    assert history.add_gaps(pair.mine, pair.other) == new
    assert pair.rows("select seed_id, begin_at, end_at, found_at, closed_at from gaps") == [
        (here, ONE, TWO, THREE, closed)
    ]


def test_gaps_of_other_seeds_and_times_are_others(
    pair: Pair, mine: Archive, other: Archive
) -> None:
    seeds = [pair.put(other, "seeds", source_id="x", kind="feed", url=url) for url in ("a", "b")]
    pair.put(mine, "seeds", source_id="x", kind="feed", url="a")
    pair.put(mine, "gaps", source_id="x", seed_id=1, begin_at=ONE, end_at=TWO, found_at=THREE)
    for seed, begin, end in (
        (seeds[0], ONE, TWO), (seeds[0], ONE, THREE), (seeds[0], TWO, THREE), (seeds[1], ONE, TWO),
        (None, ONE, TWO),
    ):  # fmt: skip
        pair.put(other, "gaps", source_id="x", seed_id=seed, begin_at=begin, end_at=end,
                 found_at=THREE)  # fmt: skip
    assert history.add_gaps(pair.mine, pair.other) == 4
    assert pair.rows("select seed_id, begin_at, end_at from gaps order by id") == [
        (1, ONE, TWO), (1, ONE, THREE), (1, TWO, THREE), (None, ONE, TWO), (None, ONE, TWO),
    ]  # fmt: skip


@pytest.mark.parametrize(("theirs", "kept"), [(ONE, ONE), (TWO, TWO), (THREE, TWO)])
def test_a_repeated_line_was_learnt_when_it_was_learnt_first(
    pair: Pair, mine: Archive, other: Archive, theirs: str, kept: str
) -> None:
    pair.put(mine, "repeated_lines", source_id="x", fingerprint=1, line="Xem thêm", learnt_at=TWO)
    for number in (1, 2):
        pair.put(other, "repeated_lines", source_id="x", fingerprint=number, line="Xem thêm",
                 learnt_at=theirs)  # fmt: skip
    history.add_lines(pair.mine, pair.other)
    assert pair.rows("select fingerprint, learnt_at from repeated_lines order by 1") == [
        ("1", kept), ("2", theirs),
    ]  # fmt: skip


BACKFILL = {"source_id": "x", "since": "2026-01-01", "until": "2026-02-01", "started_at": ONE}


def add_waiting(pair: Pair, archive: Archive, backfill: int, *keys: str) -> None:
    for key in keys:
        pair.put(archive, "backfill_links", backfill_id=backfill, key=key, url=f"u{key}",
                 canonical_url=f"u{key}", found_at=ONE)  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs", "finished", "steps", "waiting"),
    [
        ("none", None, None, [("s", 5)], ["1", "3"]),
        ("none", TWO, TWO, [("s", 5)], []),
        (None, None, None, [("s", 5)], ["1", "3"]),
        (None, TWO, TWO, [("s", 5)], []),
        (THREE, TWO, THREE, [("s", 2)], []),
        (THREE, None, THREE, [("s", 2)], []),
    ],
)
def test_a_backfill_goes_on_where_the_other_archive_has_come_to(
    pair: Pair, mine: Archive, other: Archive, ours: str | None, theirs: str | None,
    finished: str | None, steps: list[tuple[str, int]], waiting: list[str],
) -> None:  # fmt: skip
    pair.put(mine, "backfills", **BACKFILL | {"started_at": THREE}, finished_at=ONE)
    if ours != "none":
        here = pair.put(mine, "backfills", **BACKFILL, finished_at=ours)
        pair.put(mine, "backfill_steps", backfill_id=here, kind="archive", url="s", pages=2)
        if ours is None:
            add_waiting(pair, mine, here, "1")
    there = pair.put(other, "backfills", **BACKFILL, finished_at=theirs)
    pair.put(other, "backfill_steps", backfill_id=there, kind="archive", url="s", pages=5)
    add_waiting(pair, other, there, "1", "2", "3")
    pair.put(mine, "links", source_id="x", url="u2", canonical_url="u2", key="2", found_at=ONE)
    history.add_backfills(pair.mine, pair.other)
    assert pair.rows("select finished_at from backfills order by id") == [(ONE,), (finished,)]
    assert pair.rows("select url, pages from backfill_steps") == steps
    found = pair.rows("select key from backfill_links where backfill_id = 2 order by key")
    assert [key for (key,) in found] == waiting


@pytest.mark.parametrize(
    ("ours", "theirs", "is_theirs"),
    [
        ((2, None), (5, None), True), ((5, None), (5, None), False), ((5, None), (2, None), False),
        ((5, None), (2, ONE), True), ((2, ONE), (5, None), False), ((2, ONE), (5, TWO), True),
    ],
)  # fmt: skip
def test_a_step_is_as_far_as_the_archive_says_that_read_more_of_it(
    pair: Pair, mine: Archive, other: Archive, ours: tuple[int, str | None],
    theirs: tuple[int, str | None], *, is_theirs: bool,
) -> None:  # fmt: skip
    for archive, (pages, done), word in ((mine, ours, "ours"), (other, theirs, "theirs")):
        number = pair.put(archive, "backfills", **BACKFILL)
        pair.put(archive, "backfill_steps", backfill_id=number, kind="archive", url="s",
                 pages=pages, done_at=done, problem=word, next_url=word, day=word)  # fmt: skip
    history.add_backfills(pair.mine, pair.other)
    word = "theirs" if is_theirs else "ours"
    assert pair.rows("select problem, next_url, day, pages, done_at from backfill_steps") == [
        (word, word, word, *(theirs if is_theirs else ours))
    ]


def put_article(pair: Pair, archive: Archive, key: str) -> int:
    return pair.put(
        archive, "articles", source_id="x", key=key, url=f"u{key}", canonical_url=f"u{key}",
        title="Tin", body="Thân.", digest=key, cluster_id=1, first_seen_at=ONE, last_seen_at=ONE,
    )  # fmt: skip


def test_what_is_withheld_there_is_withheld_here_or_said(
    pair: Pair, mine: Archive, other: Archive
) -> None:
    put_article(pair, mine, "1")
    put_article(pair, mine, "2")
    order = {"source_id": "x", "url": "u", "why": "lệnh", "withheld_at": ONE}
    pair.put(mine, "withheld", **order, id=9, key="4")
    for number, key in ((1, "2"), (5, "4"), (7, "3")):
        pair.put(other, "withheld", **order, id=number, key=key)
        pair.put(other, "withheld_texts", digest=f"sha1:{key}", withheld_id=number)
    link = pair.put(mine, "links", source_id="x", url="u3", canonical_url="u3", key="3",
                    found_at=ONE)  # fmt: skip
    elsewhere = pair.put(mine, "links", source_id="x", url="u1", canonical_url="u1", key="1",
                         found_at=ONE)  # fmt: skip
    for offset, link_id in enumerate((link, elsewhere)):
        pair.put(mine, "captures", url="u", fetched_at=ONE, status=200, digest="d", file="f",
                 offset=offset, length=1, link_id=link_id)  # fmt: skip
    (said,) = history.add_withheld(pair.mine, pair.other)
    assert said.startswith("article 2, u, is withheld there (lệnh): `baotinh withhold 2 ")
    assert pair.rows("select id, key, why, erased_at from withheld order by id") == [
        (9, "4", "lệnh", None), (10, "3", "lệnh", None),
    ]  # fmt: skip
    assert pair.rows("select * from withheld_texts") == [("sha1:3", 10)]
    assert pair.rows("select * from withheld_captures") == [(1, 10)]
    assert len(history.add_withheld(pair.mine, pair.other)) == 1
    assert len(pair.rows("select * from withheld")) == 2
