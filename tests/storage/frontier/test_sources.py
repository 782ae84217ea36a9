"""Seeds that belong to others, and what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.frontier import sources as module
from storage.records import Poll
from storage.states import RunKind, RunState, SeedKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.records import Article, Link

NOW = "2026-10-02T11:38:00Z"
LATER = "2026-10-02T12:38:00Z"
INDEX = "https://baolongan.vn/sitemap.xml"


def test_the_sitemaps_of_an_index_are_its_children(archive: Archive) -> None:
    assert isinstance(archive.seeds, module.Seeds)
    index, own = archive.seeds.put(
        "baolongan", [("sitemap", INDEX), ("sitemap", "https://baolongan.vn/1.xml")]
    )
    named = [INDEX, own.url, "https://baolongan.vn/2.xml"]
    (child,) = archive.seeds.put_children(index, named)
    assert (child.kind, child.url) == ("sitemap", "https://baolongan.vn/2.xml")
    parents = {seed.url: seed.parent_id for seed in archive.seeds.of("baolongan")}
    assert parents == {INDEX: None, own.url: None, "https://baolongan.vn/2.xml": index.id}
    # They are so at each poll, and no other index takes them.
    assert [seed.id for seed in archive.seeds.put_children(index, named)] == [child.id]
    assert archive.seeds.put_children(own, [child.url]) == []


def test_the_first_revisit_and_the_first_pending_link_are_found(
    archive: Archive, link: Callable[..., Link]
) -> None:
    assert archive.links.first_revisit_at("baolongan", NOW) is None
    assert archive.links.first_pending_at("baolongan", NOW) is None
    archive.links.add(
        [
            link(1, state="stored", next_try_at=LATER),
            link(2, state="stored", next_try_at=NOW),
            link(3, next_try_at=LATER),
            link(4, found_at=NOW),
        ]
    )
    assert archive.links.first_revisit_at("baolongan", NOW) == NOW
    assert archive.links.first_pending_at("baolongan", NOW) == NOW
    run = archive.runs.start("baolongan", RunKind.BACKFILL, NOW)
    assert archive.links.first_pending_at("baolongan", NOW) is None
    archive.runs.finish(run, RunState.FINISHED, LATER)
    assert archive.links.first_pending_at("baolongan", NOW) == NOW


def test_links_are_reopened_by_reason_and_made_due_by_source(
    archive: Archive, link: Callable[..., Link]
) -> None:
    archive.links.add(
        [
            link(1, state="rejected", reason="too-old"),
            link(2, state="rejected", reason="no-body"),
            link(3, next_try_at=LATER),
            link(4, next_try_at=LATER, source_id="baotayninh"),
        ]
    )
    archive.links.reopen("baolongan", "too-old")
    archive.links.make_due("baolongan")
    due = archive.links.next("baolongan", now=NOW, limit=9)
    assert [each.key for each in due] == ["1", "3"]
    assert archive.links.next("baotayninh", now=NOW, limit=9) == []


def test_dates_of_links_come_from_the_article_first(
    archive: Archive, link: Callable[..., Link]
) -> None:
    archive.links.add([link(1, date_hint="Fri, 02 Oct 2026"), link(2, found_at=LATER)])
    everything = [(None, LATER), ("Fri, 02 Oct 2026", NOW)]
    assert archive.sources.published("baolongan", since=NOW) == everything
    assert archive.sources.published("baolongan", since=LATER) == everything[:1]
    assert archive.sources.published("baolongan", since=NOW, seed_id=7) == []
    assert archive.sources.published("baolongan", since=NOW, limit=1) == everything[:1]


def test_a_repeated_line_is_kept_as_it_was_learnt_first(archive: Archive) -> None:
    assert isinstance(archive.repeats, module.Repeats)
    archive.repeats.keep("baolongan", {"f1": "Chia sẻ bài viết"}, NOW)
    archive.repeats.keep("baolongan", {"f1": "khác", "f2": "In bài"}, LATER)
    assert archive.repeats.known("baolongan") == {"f1", "f2"}
    assert archive.repeats.known("baotayninh") == frozenset()


def test_sources_are_listed_with_all_names_of_their_provinces(archive: Archive) -> None:
    assert [source.id for source in archive.sources.all()] == ["baolongan", "baotayninh"]
    assert archive.sources.provinces() == ["Tây Ninh"]
    found = archive.sources.get("baolongan")
    assert found is not None
    assert found.name == "Báo baolongan"
    assert archive.sources.get("unknown") is None


def test_a_substitute_is_the_seed_of_its_own_address(archive: Archive) -> None:
    archive.seeds.put("baolongan", [("feed", "https://baolongan.vn/rss")])
    found = archive.seeds.put_substitute("baolongan", "listing", "https://baolongan.vn/", NOW)
    assert found.kind == "listing"
    assert (found.url, found.substitute_since) == ("https://baolongan.vn/", NOW)
    again = archive.seeds.put_substitute("baolongan", "listing", "https://baolongan.vn/", LATER)
    assert again.id == found.id


def test_other_links_to_an_article_that_is_gone_are_asked_at_once(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> None:
    stored = archive.add(article(1), link=link(1), capture=None, run_id=None)
    gone = archive.links.newest("baolongan", 1)[0]
    assert gone.article_id == stored.article_id
    assert not archive.links.ask_others(gone, LATER)
    with archive.transaction():
        archive.links.put_stored(link(2, article_id=gone.article_id))
    assert archive.links.ask_others(gone, LATER)
    due = {each.key: each.next_try_at for each in archive.links.newest("baolongan", 5)}
    assert due["2"] == LATER
    assert due["1"] != LATER


def test_what_was_learnt_is_told_by_what_it_stood_in(archive: Archive) -> None:
    lines = {"title:1": "Báo Long An", "f2": "In bài", "date:3": "01/01/2020", "lead:4": "Lead"}
    archive.repeats.keep("baolongan", lines, LATER)
    archive.repeats.keep("baolongan", {"f0": "Cũ"}, NOW)
    assert archive.repeats.learnt_since("baolongan", LATER) == {
        "title": ["Báo Long An"], "line": ["In bài"], "date": ["01/01/2020"], "lead": ["Lead"],
    }  # fmt: skip
    assert archive.repeats.learnt_since("baolongan", NOW)["line"] == ["Cũ", "In bài"]
    assert archive.repeats.learnt_since("baotayninh", NOW) == {}


def test_the_rhythm_of_a_source_is_read_from_four_thousand_links(archive: Archive) -> None:
    with archive.transaction():
        archive._db.conn.execute(
            "insert into links (source_id, url, canonical_url, key, found_at)"
            " with recursive c(n) as (values (1) union all select n + 1 from c where n < 4001)"
            " select 'baolongan', 'u' || n, 'u' || n, n, ? from c",
            (NOW,),
        )
    assert len(archive.sources.published("baolongan", since=NOW)) == 4000


def test_a_substitute_that_is_no_longer_needed_stays_a_seed(archive: Archive) -> None:
    url = "https://baolongan.vn/"
    archive.seeds.put_substitute("baolongan", "listing", url, NOW)
    archive.seeds.drop_substitutes("baotayninh", [url])
    archive.seeds.drop_substitutes("baolongan", ["https://baolongan.vn/khac"])
    assert archive.seeds.of("baolongan")[0].substitute_since == NOW
    archive.seeds.drop_substitutes("baolongan", [url])
    (seed,) = archive.seeds.of("baolongan")
    assert (seed.url, seed.substitute_since) == (url, None)


def test_the_first_poll_of_each_source_is_known(archive: Archive) -> None:
    first, second = archive.seeds.put(
        "baolongan", [("feed", "https://baolongan.vn/1"), ("feed", "https://baolongan.vn/2")]
    )
    archive.seeds.put("baotayninh", [("feed", "https://baotayninh.vn/1")])
    for seed, at in ((first, LATER), (second, NOW)):
        archive.seeds.record_poll(Poll(seed_id=seed.id, polled_at=NOW, next_poll_at=at), [])
    assert archive.seeds.next_polls() == {"baolongan": NOW}


def test_the_first_poll_to_come_of_each_source_is_known(archive: Archive) -> None:
    for source, number, at in (
        *(("baolongan", 1, LATER), ("baolongan", 2, NOW), ("baolongan", 3, None)),
        ("baotayninh", 1, None),
    ):
        archive.seeds.put(source, [(SeedKind.FEED, f"https://a.vn/{number}")])
        archive.connection.execute(
            "update seeds set next_poll_at = ? where source_id = ? and url like ?",
            (at, source, f"%/{number}"),
        )
    assert archive.seeds.next_polls() == {"baolongan": NOW}


def test_an_outlet_is_found_by_its_id(archive: Archive) -> None:
    found = archive.sources.get("baolongan")
    assert found is not None
    assert (found.id, found.kind, found.status) == ("baolongan", "newspaper", "active")
    assert archive.sources.get("baocamau") is None


def test_lines_are_learnt_once_and_told_by_what_they_stood_in(archive: Archive) -> None:
    repeats = archive.repeats
    repeats.keep("baolongan", {"title:1": "Tin nóng", "7": "Xem thêm"}, NOW)
    repeats.keep("baolongan", {"7": "Xem tiếp", "8": "Chia sẻ", "date:2": "2/9"}, LATER)
    repeats.keep("baotayninh", {"9": "Quảng cáo"}, LATER)
    assert repeats.known("baolongan") == {"title:1", "7", "8", "date:2"}
    assert repeats.learnt_since("baolongan", NOW) == {
        "line": ["Xem thêm", "Chia sẻ"], "title": ["Tin nóng"], "date": ["2/9"],
    }  # fmt: skip
    assert repeats.learnt_since("baolongan", LATER) == {"line": ["Chia sẻ"], "date": ["2/9"]}
