"""Merging: nothing lost, nothing doubled, the same from either side, killed or not."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.db.rows import record
from storage.errors import ArchiveError, ArchiveFromFuture
from storage.merge.whole import Merged
from storage.records import Capture, Link, Poll, SourceRow
from storage.warc.files import read_capture
from tests.support.twins import Shelf, day, facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = "2026-12-01T00:00:00Z"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path / "here" / "archive.db")
    yield shelf
    shelf.close()


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path / "there" / "archive.db", ("baolongan", "baotayninh"))
    yield shelf
    shelf.close()


def merge(into: Path, other: Path, *, names: tuple[str, ...] = ()) -> Merged:
    """Merge as the command does, and see what is wrong with the archive afterwards."""
    with Archive.open_reading(other) as source:
        if into.exists():
            with Archive.open_reading(into) as before:
                source.check_mergeable(before)
        with Archive.open(into) as archive:
            merged = archive.merge(source, now=NOW)
            assert [str(problem) for problem in archive.check()] == [*names]
    return merged


def held(path: Path) -> dict[str, object]:
    with Archive.open_reading(path) as archive:
        return dict(facts(archive))


def row(shelf: Shelf, sql: str) -> tuple[object, ...]:
    return tuple(shelf.archive._db.conn.execute(sql).fetchone())


def fill(here: Shelf, there: Shelf) -> None:
    """Fill two archives with what may stand in each other's way."""
    here.crawl(0, {"1": "vụ lúa", "2": "cầu mới", "3": "trường học"})
    there.crawl(1, {"1": "vụ lúa", "2": "cầu mới, sửa", "4": "bệnh viện"})
    there.crawl(2, {"7": "vụ lúa ở Tây Ninh"}, "baotayninh")
    here.crawl(5, {"1": "vụ lúa được mùa"})
    there.crawl(3, {"1": "vụ lúa được giá", "3": "trường học"})
    here.crawl(7, {"3": "trường học"})
    here.remove(4, "2")
    there.remove(6, "1")
    feed = there.archive.seeds.put("baolongan", [("feed", "https://baolongan.vn/rss")])[0]
    there.archive.gaps.open(feed, begin_at=day(1), end_at=day(2), found_at=day(3))
    there.archive.seeds.record_poll(
        Poll(seed_id=feed.id, polled_at=day(8), etag='"x"', seen=3), [there.link("8", found=8)]
    )
    there.archive.pages.reject(
        there.link("9", found=2), "no-body", capture=None, run_id=None, refused_at=day(8)
    )
    here.archive.links.add([here.link("9", found=1)])


def test_either_direction_gives_the_same_archive(here: Shelf, there: Shelf, tmp_path: Path) -> None:
    fill(here, there)
    for name in ("here", "there"):
        shutil.copytree(tmp_path / name, tmp_path / f"{name}-before")
    merge(here.archive.path, tmp_path / "there-before" / "archive.db")
    merge(there.archive.path, tmp_path / "here-before" / "archive.db")
    assert facts(here.archive) == facts(there.archive)
    assert here.archive.articles.count() == 5


def test_merging_twice_brings_nothing_new(here: Shelf, there: Shelf) -> None:
    fill(here, there)
    assert not merge(here.archive.path, there.archive.path).is_nothing
    once = facts(here.archive)
    assert merge(here.archive.path, there.archive.path).is_nothing
    assert facts(here.archive) == once
    back = merge(there.archive.path, here.archive.path)
    assert not back.is_nothing
    assert merge(here.archive.path, there.archive.path).is_nothing


@pytest.mark.parametrize(
    ("day", "instant", "names"),
    [
        ("2026-02-30", None, ("'2026-02-30' as published_on: no day",)),
        (None, "0000-00-00T00:00:00Z", ("'0000-00-00T00:00:00Z' as first_seen_at: no instant",)),
        (
            "3026-01-01",
            "now",
            ("'3026-01-01' as published_on: no day", "'now' as first_seen_at: no instant"),
        ),
        (b"x", None, ("X'78' as published_on: no text",)),
    ],
)
def test_an_article_of_no_possible_day_comes_and_is_named_by_verify(
    here: Shelf, there: Shelf, day: object, instant: object, names: tuple[str, ...]
) -> None:
    there.crawl(1, {"1": "vụ lúa", "2": "cầu mới"})
    there.archive._db.conn.execute(
        "update articles set published_on = ?, first_seen_at = ifnull(?, first_seen_at)"
        " where key = '2'",
        (day, instant),
    )
    told = tuple(f"rows: row 2 of articles has {name}" for name in names)
    assert merge(here.archive.path, there.archive.path, names=told).new == 2
    assert merge(here.archive.path, there.archive.path, names=told).is_nothing


def test_the_other_archive_is_not_changed(here: Shelf, there: Shelf) -> None:
    fill(here, there)
    before = facts(there.archive)
    merge(here.archive.path, there.archive.path)
    assert facts(there.archive) == before


def test_an_article_gets_the_texts_of_both_in_the_order_of_time(here: Shelf, there: Shelf) -> None:
    fill(here, there)
    merge(here.archive.path, there.archive.path)
    article = here.archive.article_by_key("baolongan", "1")
    assert article is not None
    revisions = here.archive.revisions(article.id)
    told = [(each.number, each.seen_at, str(each.kind)) for each in revisions]
    assert told == [(1, day(0), "first"), (2, day(3), "edited"), (3, day(5), "edited")]
    assert article.body == revisions[-1].body
    assert (article.gone_at, article.gone_reason) == (day(6), "http-410")
    assert (article.first_seen_at, article.last_seen_at) == (day(0), day(5))


def test_who_saw_a_page_after_it_was_called_gone_is_right(here: Shelf, there: Shelf) -> None:
    here.crawl(0, {"1": "vụ lúa"})
    here.remove(4, "1")
    there.crawl(6, {"1": "vụ lúa"})
    merge(here.archive.path, there.archive.path)
    article = here.archive.article_by_key("baolongan", "1")
    assert article is not None
    assert article.gone_at is None
    assert row(here, "select state, next_try_at from links") == ("stored", day(7))


def test_a_page_is_visited_again_when_its_last_visit_said(here: Shelf, there: Shelf) -> None:
    here.crawl(0, {"1": "vụ lúa"})
    here.archive.connection.execute("update links set next_try_at = ?", (day(20),))
    there.crawl(5, {"1": "vụ lúa"})
    merge(here.archive.path, there.archive.path)
    assert row(here, "select state, next_try_at from links") == ("stored", day(6))


def test_what_polls_said_is_that_of_the_later_poll(here: Shelf, there: Shelf) -> None:
    fill(here, there)
    merge(here.archive.path, there.archive.path)
    assert row(here, "select etag, polled_at, seen from seeds") == ('"x"', day(8), 3)
    assert len(here.archive.gaps.unclosed("baolongan")) == 1
    there.archive.gaps.close("baolongan", begin_at=day(0), end_at=day(9), now=day(10))
    merge(here.archive.path, there.archive.path)
    assert here.archive.gaps.unclosed("baolongan") == []


def test_a_run_under_way_comes_when_it_has_ended(here: Shelf, there: Shelf) -> None:
    run = there.archive.runs.start("baolongan", "crawl", day(1))
    assert merge(here.archive.path, there.archive.path).runs == 0
    there.archive.runs.finish(run, "finished", day(2))
    assert merge(here.archive.path, there.archive.path).runs == 1
    assert here.archive.runs.last("baolongan")[0].state == "finished"


def test_a_run_of_another_machine_ends_when_its_archive_says_so(here: Shelf, there: Shelf) -> None:
    run = there.archive.runs.start("baolongan", "crawl", day(1))
    conn = there.archive._db.conn
    conn.execute("update runs set process = '1 2 elsewhere'")
    assert merge(here.archive.path, there.archive.path).runs == 1
    assert here.archive.runs.last("baolongan")[0].state == "interrupted"
    conn.execute("update runs set state = 'finished', finished_at = ?", (day(2),))
    assert merge(here.archive.path, there.archive.path).runs == 0
    assert here.archive.runs.last("baolongan")[0].finished_at == day(2)
    assert run == 1


def test_an_empty_archive_becomes_a_copy(there: Shelf, tmp_path: Path) -> None:
    there.crawl(0, {str(n): f"tin số {n}" for n in range(95)})
    there.crawl(1, {"3": "tin số ba"})
    path = tmp_path / "new" / "archive.db"
    merged = merge(path, there.archive.path)
    assert (merged.new, merged.captures, merged.runs) == (95, 96, 2)
    assert held(path) == facts(there.archive)


def test_copies_in_other_papers_are_found_across_archives(here: Shelf, there: Shelf) -> None:
    text = "dài về vụ lúa đông xuân năm nay ở các huyện phía nam, với giá cao hơn năm trước"
    here.crawl(0, {"5": text})
    there.crawl(1, {"5": text}, "baotayninh")
    merge(here.archive.path, there.archive.path)
    article = here.archive.article_by_key("baolongan", "5")
    assert article is not None
    assert [copy.source_id for copy in here.archive.copies(article.id)] == ["baotayninh"]


def test_an_original_joins_its_copies_whichever_archive_had_it(tmp_path: Path) -> None:
    text = "dài về vụ lúa đông xuân năm nay ở các huyện phía nam, với giá cao hơn năm trước"
    for name, papers in (("one", ("a", "b")), ("other", ("b", "c"))):
        shelf = Shelf(tmp_path / name / "archive.db", papers)
        for at, paper in enumerate(papers):
            shelf.crawl(at, {"5": text}, paper)
        shutil.copytree(tmp_path / name, tmp_path / f"{name}-before")
        shelf.close()
    for into, other in (("one", "other"), ("other", "one")):
        path = tmp_path / into / "archive.db"
        merge(path, tmp_path / f"{other}-before" / "archive.db")
        with Archive.open_reading(path) as archive:
            clusters = archive.connection.execute("select count(distinct cluster_id) from articles")
            assert clusters.fetchone()[0] == 1


def test_each_capture_can_be_read_where_file_names_collide(here: Shelf, there: Shelf) -> None:
    here.crawl(0, {"1": "vụ lúa"})
    there.crawl(0, {"2": "cầu mới"})
    there.crawl(1, {"2": "cầu mới"})  # a revisit of the record in the file before
    names = [sorted(p.name for p in s.archive.captures_dir.iterdir()) for s in (here, there)]
    assert names[0] == names[1][:1]
    merge(here.archive.path, there.archive.path)
    captures = [
        here.archive.captures.get(number)
        for (number,) in here.archive._db.conn.execute("select id from captures order by id")
    ]
    bodies = [
        read_capture(here.archive.captures_dir, capture).body.decode()
        for capture in captures
        if capture is not None
    ]
    assert bodies == ["<p>vụ lúa</p>", "<p>cầu mới</p>", "<p>cầu mới</p>"]
    assert merge(here.archive.path, there.archive.path).is_nothing


def test_capture_files_are_shared_by_hard_links(here: Shelf, there: Shelf) -> None:
    there.crawl(0, {"1": "vụ lúa"})
    merge(here.archive.path, there.archive.path)
    [file] = there.archive.captures_dir.iterdir()
    assert (here.archive.captures_dir / file.name).samefile(file)


def test_a_capture_file_that_is_still_written_is_copied_and_grows(
    here: Shelf, there: Shelf
) -> None:
    from storage.warc.files import CaptureWriter

    with CaptureWriter(there.archive.captures_dir, "run") as writer:
        for number in range(2):
            link = there.link(str(number))
            capture = writer.write(
                url=link.url, fetched_at=day(number), status=200, reason="OK", headers=[],
                body=b"<p>" + bytes([65 + number]), ip=None,
            )  # fmt: skip
            there.archive.pages.reject(link, "no-body", capture=capture, run_id=None)
            assert merge(here.archive.path, there.archive.path).captures == 1
    assert merge(here.archive.path, there.archive.path).is_nothing
    [file] = here.archive.captures_dir.iterdir()
    assert file.name == "run-00001.warc.gz"


def test_a_lost_capture_file_is_told_and_comes_when_it_is_back(here: Shelf, there: Shelf) -> None:
    there.crawl(0, {"1": "vụ lúa"})
    there.crawl(1, {"2": "cầu mới"})
    lost = min(there.archive.captures_dir.iterdir())
    away = lost.rename(lost.with_suffix(".away"))
    merged = merge(here.archive.path, there.archive.path)
    assert (merged.lost, merged.new, merged.captures) == ([lost.name], 2, 1)
    away.rename(lost)
    merged = merge(here.archive.path, there.archive.path)
    assert (merged.lost, merged.new, merged.captures) == ([], 0, 1)
    assert facts(here.archive)["articles"] == facts(there.archive)["articles"]


def test_a_move_to_another_host_is_the_same_paper(here: Shelf, there: Shelf) -> None:
    fill(here, there)
    there.archive.sources.put(
        SourceRow(
            id="baolongan", name="x", kind="newspaper", province="x",
            homepage="https://longan.baotayninh.vn/",
        )
    )  # fmt: skip
    assert not merge(here.archive.path, there.archive.path).is_nothing


def test_what_was_withheld_here_does_not_come_back(here: Shelf, there: Shelf) -> None:
    there.crawl(0, {"1": "vụ lúa", "2": "cầu mới"})
    here.archive._db.conn.execute(
        "insert into withheld (id, source_id, key, url, why, withheld_at)"
        " values (1, 'baolongan', '1', 'u', 'order', ?)",
        (day(1),),
    )
    merged = merge(here.archive.path, there.archive.path)
    assert (merged.new, merged.captures, merged.links) == (1, 1, 1)
    assert here.archive.article_by_key("baolongan", "1") is None
    assert merge(here.archive.path, there.archive.path).is_nothing


def test_what_is_withheld_here_and_not_erased_keeps_its_captures(here: Shelf, there: Shelf) -> None:
    there.crawl(0, {"1": "vụ lúa", "2": "cầu mới"})
    merge(here.archive.path, there.archive.path)
    article = here.archive.article_by_key("baolongan", "1")
    assert article is not None
    here.archive.withholding.withhold(article.id, "order", now=day(1))
    there.crawl(2, {"3": "trường học"})
    assert merge(here.archive.path, there.archive.path).new == 1
    captures = [here.archive.captures.get(number) for number in (2, 3)]
    bodies = [read_capture(here.archive.captures_dir, each).body for each in captures if each]
    assert bodies == ["<p>cầu mới</p>".encode(), "<p>trường học</p>".encode()]
    kept = record(Capture, row_of(here, "select * from captures where id = 1"))
    assert read_capture(here.archive.captures_dir, kept).body == "<p>vụ lúa</p>".encode()


def row_of(shelf: Shelf, sql: str) -> sqlite3.Row:
    found: sqlite3.Row = shelf.archive._db.conn.execute(sql).fetchone()
    return found


def test_links_alone_come_too(here: Shelf, there: Shelf) -> None:
    there.archive.links.add([there.link("5"), there.link("6")])
    with Archive.open_reading(there.archive.path) as source:
        told: list[int] = []
        merged = here.archive.merge(source, now=NOW, watch=lambda each: told.append(each.links))
        assert not source.connection.in_transaction
    assert (merged.links, told[-1], merged.articles) == (2, 2, 0)


def test_captures_that_were_erased_there_are_left_out(here: Shelf, there: Shelf) -> None:
    there.crawl(0, {"1": "vụ lúa"})
    there.crawl(1, {"2": "cầu mới"})
    conn = there.archive._db.conn
    conn.execute(
        "insert into withheld (id, source_id, key, url, why, withheld_at)"
        " values (9, 'baolongan', '9', 'u', 'order', ?)",
        (day(1),),
    )
    conn.execute("insert into erased values (1, 9, 'x')")
    assert merge(here.archive.path, there.archive.path).captures == 1


# --- what is refused ------------------------------------------------------------------------------


def refused(into: Path, other: Path) -> str:
    before = held(into)
    with pytest.raises(ArchiveError) as caught:
        merge(into, other)
    assert held(into) == before
    return str(caught.value)


def test_an_archive_is_not_merged_into_itself(here: Shelf, tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(here.archive.path)
    assert "is the archive itself" in refused(here.archive.path, here.archive.path)
    assert "is the archive itself" in refused(here.archive.path, tmp_path / "link.db")


def test_one_id_for_two_papers_is_refused(here: Shelf, there: Shelf) -> None:
    here.crawl(0, {"1": "vụ lúa"})
    there.archive.sources.put(
        SourceRow(
            id="baolongan", name="x", kind="newspaper", province="x",
            homepage="https://longan.example.vn/",
        )
    )  # fmt: skip
    url = "https://longan.example.vn/a1"
    there.archive.links.add(
        [Link(source_id="baolongan", url=url, canonical_url=url, key="1", found_at=day(0))]
    )
    said = refused(here.archive.path, there.archive.path)
    assert "baolongan is baolongan.vn in" in said
    assert "longan.example.vn in" in said


def test_other_versions_are_refused(here: Shelf, there: Shelf) -> None:
    conn = there.archive._db.conn
    [last] = conn.execute(
        "select name from _sqlite_migrations order by rowid desc limit 1"
    ).fetchone()
    conn.execute("delete from _sqlite_migrations where name = ?", (last,))
    assert "older version" in refused(here.archive.path, there.archive.path)
    conn.execute("update _sqlite_migrations set name = 'x' where name = 'create_archive'")
    with pytest.raises(ArchiveFromFuture):
        merge(here.archive.path, there.archive.path)


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_archive_is_refused(here: Shelf, there: Shelf, seed: int) -> None:
    there.crawl(0, {str(n): f"tin số {n}" for n in range(25)})
    there.archive.checkpoint()
    there.close()
    data = bytearray(there.archive.path.read_bytes())
    chance = random.Random(seed)
    while (place := data.find("tin số".encode(), chance.randrange(len(data)))) < 0:
        pass
    data[place : place + 1 + seed * 300] = bytes(1 + seed * 300)
    there.archive.path.write_bytes(data)
    assert "damaged" in refused(here.archive.path, there.archive.path)


def test_a_truncated_archive_is_refused(here: Shelf, there: Shelf) -> None:
    there.crawl(0, {str(n): f"tin số {n}" for n in range(25)})
    there.archive.checkpoint()
    there.close()
    data = there.archive.path.read_bytes()
    there.archive.path.write_bytes(data[: len(data) // 2])
    assert "damaged" in refused(here.archive.path, there.archive.path)


def test_an_archive_without_its_captures_is_refused(here: Shelf, there: Shelf) -> None:
    there.crawl(0, {"1": "vụ lúa"})
    shutil.rmtree(there.archive.captures_dir)
    assert "holds none of the captures" in refused(here.archive.path, there.archive.path)


# --- killed ---------------------------------------------------------------------------------------

MERGE = """
import sys
from pathlib import Path
from storage.archive import Archive
with Archive.open_reading(Path(sys.argv[2])) as there, Archive.open(Path(sys.argv[1])) as here:
    print(flush=True)
    here.merge(there, now="2026-12-01T00:00:00Z")
"""


@pytest.mark.long
def test_a_killed_merge_is_whole_and_goes_on(there: Shelf, tmp_path: Path) -> None:
    for start in range(0, 240, 60):
        there.crawl(start // 60, {str(n): f"tin số {n}" for n in range(start, start + 60)})
    there.crawl(9, {str(n): f"tin số {n}, sửa" for n in range(0, 240, 7)})
    path, chance = tmp_path / "new" / "archive.db", random.Random(3)
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", MERGE, path, there.archive.path], stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.uniform(0.02, 0.5))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        with Archive.open(path) as archive:
            assert [str(problem) for problem in archive.check()] == []
    merge(path, there.archive.path)
    assert held(path) == facts(there.archive)


def test_a_crawl_goes_on_in_the_other_archive(here: Shelf, there: Shelf) -> None:
    there.crawl(0, {str(n): f"tin số {n}" for n in range(90)})
    with Archive.open_reading(there.archive.path) as source:
        told = []

        def watch(merged: Merged) -> None:
            if not told:
                there.crawl(1, {str(n): f"tin số {n}, sửa" for n in range(95)})
            told.append(merged.articles)

        merged = here.archive.merge(source, now=NOW, watch=watch)
    assert merged.new == 90
    assert row(here, "select count(*), max(revisions) from articles") == (90, 1)
    assert merge(here.archive.path, there.archive.path).changed == 90


def test_a_busy_archive_is_left_by_the_page(here: Shelf, there: Shelf) -> None:
    there.crawl(0, {"1": "vụ lúa"})
    with closing(sqlite3.connect(here.archive.path, isolation_level=None)) as blocker:
        blocker.execute("begin immediate")
        here.archive._db.conn.execute("pragma busy_timeout = 10")
        with (
            Archive.open_reading(there.archive.path) as source,
            pytest.raises(ArchiveError, match="held by another process"),
        ):
            here.archive.merge(source, now=NOW)
        blocker.execute("rollback")


@pytest.mark.parametrize("field", ["new", "changed", "links", "captures", "runs", "gaps"])
def test_a_merge_that_brought_anything_says_so(field: str) -> None:
    assert Merged().is_nothing
    assert Merged(articles=1, withheld=["x"], lost=["x"], strange=["x"]).is_nothing
    assert not Merged(**{field: 1}).is_nothing


def test_counts_of_a_merge_begin_at_nothing() -> None:
    counts = (value for value in asdict(Merged()).values() if not isinstance(value, list))
    assert set(counts) == {0}
