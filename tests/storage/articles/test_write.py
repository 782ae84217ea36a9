"""What becomes of a fetched page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.articles.write import Incoming, _has_text, _is_read_anew
from storage.records import Outcome
from storage.search.filters import Filters
from storage.states import LinkState, OutcomeKind, RevisionKind, RunKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.records import Article, Capture, Link

    Make = Callable[..., Article]
    MakeLink = Callable[..., Link]
    MakeCapture = Callable[..., Capture]

NOW = "2026-10-02T11:38:00Z"
LATER = "2026-10-02T12:38:00Z"
LATEST = "2026-10-02T18:38:00Z"


def count(archive: Archive, table: str) -> int:
    return int(archive._db.conn.execute(f"select count(*) from {table}").fetchone()[0])  # noqa: S608


def test_a_first_text_is_new(
    archive: Archive, article: Make, link: MakeLink, capture: MakeCapture
) -> None:
    run = archive.runs.start("baolongan", RunKind.CRAWL, NOW)
    outcome = archive.add(
        article(), link=link(), capture=capture(), run_id=run, revisit_at=LATER, etag='"x"'
    )
    assert str(outcome) == "new"
    stored = archive.article(outcome.article_id or 0)
    assert stored is not None
    assert stored.title == "Tỉnh ủy họp phiên thứ 1"
    assert stored.authors == ["Thanh Nga", "Thái Bạch"]
    assert [image.caption for image in stored.images] == ["Quang cảnh"]
    assert (stored.first_seen_at, stored.last_seen_at, stored.gone_at) == (NOW, NOW, None)
    assert (stored.revisions, stored.cluster_id) == (1, stored.id)
    assert [r.kind for r in archive.revisions(stored.id)] == ["first"]
    assert [c.id for c in archive.captures.of_article(stored.id)] == [stored.capture_id]
    settled = archive.links.find("baolongan", "1")
    assert settled is not None
    assert (settled.state, settled.article_id) == (LinkState.STORED, stored.id)
    assert (settled.next_try_at, settled.etag) == (LATER, '"x"')
    assert archive.runs.get(run).outcomes == {"new": 1}


def test_the_same_text_again_moves_only_the_check_time(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    first = archive.add(article(), link=link(), capture=None, run_id=None)
    before = dict(archive._db.conn.execute("select * from articles").fetchone())
    again = article(fetched_at=LATER, body="  " + article().body.replace("\n\n", "\n \n") + "\n")
    outcome = archive.add(again, link=link(), capture=None, run_id=None)
    assert str(outcome) == "unchanged"
    assert outcome.article_id == first.article_id
    after = dict(archive._db.conn.execute("select * from articles").fetchone())
    assert {name for name in after if after[name] != before[name]} == {"last_seen_at"}
    assert count(archive, "revisions") == 1


@pytest.mark.parametrize(
    ("title", "summary", "body", "has_text"),
    [
        ("Tin", "Lời dẫn.", "Thân bài.", True), ("Tin", None, "Thân bài.", True),
        ("Tin", "Lời dẫn.", "", True), ("Tin", None, "", False), ("", "Lời dẫn.", "Thân", False),
    ],
)  # fmt: skip
def test_an_article_has_a_title_and_a_lead_or_a_body(
    article: Make, title: str, summary: str | None, body: str, *, has_text: bool
) -> None:
    made = article(title=title, summary=summary, body=body)
    assert _has_text(made) is has_text


@pytest.mark.parametrize(
    ("outcome", "revision", "is_anew"),
    [
        ("new", "edited", True), ("new", "reextracted", True), ("revised", "edited", True),
        ("revised", "reextracted", True), ("unchanged", "edited", False),
        ("unchanged", "reextracted", True), ("duplicate", "edited", False),
        ("duplicate", "reextracted", False), ("rejected", "reextracted", False),
    ],
)  # fmt: skip
def test_what_was_read_with_its_text_or_by_new_rules_is_read_anew(
    outcome: str, revision: str, *, is_anew: bool
) -> None:
    made = Outcome(kind=OutcomeKind(outcome), article_id=1)
    assert _is_read_anew(made, RevisionKind(revision)) is is_anew


def test_an_edit_becomes_a_revision_and_the_current_text(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    edited = article(body=article().body.replace("chín", "mười"), fetched_at=LATER, images=[])
    outcome = archive.add(edited, link=link(), capture=None, run_id=None)
    assert str(outcome) == "revised"
    stored = archive.article(outcome.article_id or 0)
    assert stored is not None
    assert "mười tháng" in stored.body
    assert (stored.revisions, stored.images, stored.last_seen_at) == (2, [], LATER)
    first, second = archive.revisions(stored.id)
    assert (first.kind, second.kind) == ("first", "edited")
    assert "chín tháng" in first.body
    assert second.seen_at == LATER


def test_a_paper_that_flaps_between_two_texts_stores_two(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    one, other = article(), article(body=article().body + " Thêm.")
    outcomes = [
        str(archive.add(text, link=link(), capture=None, run_id=None))
        for text in (one, other, one, other, one)
    ]
    assert outcomes == ["new", "revised", "revised", "revised", "revised"]
    revisions = archive.revisions(1)
    assert [revision.returns for revision in revisions] == [2, 1]
    stored = archive.article(1)
    assert stored is not None
    assert (stored.body, stored.revisions) == (one.body, 2)


def test_the_same_text_elsewhere_in_the_source_is_a_duplicate(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    first = archive.add(article(), link=link(), capture=None, run_id=None, revisit_at=LATER)
    copy = article(2, title=article().title, body=article().body)
    outcome = archive.add(copy, link=link(2), capture=None, run_id=None, revisit_at=LATER)
    assert str(outcome) == "duplicate"
    assert outcome.article_id == first.article_id
    assert count(archive, "articles") == 1
    settled = archive.links.find("baolongan", "2")
    assert settled is not None
    assert (settled.state, settled.article_id, settled.next_try_at) == ("stored", 1, None)


def test_an_edit_seen_first_at_the_second_address_of_an_article_makes_no_second_article(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    copy = article(2, title=article().title, body=article().body)
    archive.add(copy, link=link(2), capture=None, run_id=None)
    edited = article().body + "\n\nPhiên họp đã bế mạc chiều cùng ngày."
    again = article(2, title=article().title, body=edited)
    outcome = archive.add(again, link=link(2), capture=None, run_id=None)
    assert (str(outcome), outcome.article_id) == ("revised", 1)
    same = archive.add(article(body=edited), link=link(), capture=None, run_id=None)
    assert (str(same), count(archive, "articles")) == ("unchanged", 1)


RENAMED = "Xã Tân Hưng sơ kết sáu tháng đầu năm 2026 (cập nhật)"


@pytest.mark.parametrize(
    ("changes", "is_one"),
    [
        ({}, True),
        ({"title": "Xã Tân Hưng sơ kết sáu tháng đầu năm 2027"}, False),
        ({"title": "Hội nghị bàn về giá lúa"}, False),
        ({"published_at": "2026-10-02T08:31:00+07:00"}, False),
        ({"summary": "Sáng nay."}, False),
        ({"body": "Một đoạn nữa."}, False),
    ],
)
def test_an_edited_title_at_another_address_makes_no_second_article(
    archive: Archive, article: Make, link: MakeLink, changes: dict[str, str], *, is_one: bool
) -> None:
    usual = {
        "title": "Xã Tân Hưng sơ kết sáu tháng đầu năm 2026",
        "body": " ".join(f"Đoạn văn số {n} của bài báo này kể về xã." for n in range(20)),
        "published_at": "2026-10-02T08:30:00+07:00",
    }
    archive.add(article(1, **usual), link=link(1), capture=None, run_id=None)
    body = usual["body"] + changes.pop("body", "")
    edited = article(2, **(usual | {"title": RENAMED, "body": body} | changes))
    outcome = archive.add(edited, link=link(2), capture=None, run_id=None)
    assert (outcome.kind is OutcomeKind.REVISED) is is_one
    titles = [row[0] for row in archive.connection.execute("select title from articles")]
    assert titles == ([RENAMED] if is_one else [usual["title"], edited.title])
    again = archive.add(edited, link=link(2), capture=None, run_id=None)
    same = OutcomeKind.DUPLICATE if is_one else OutcomeKind.UNCHANGED
    assert (again.kind, again.article_id) == (same, outcome.article_id)


def test_two_pages_that_only_began_with_one_text_become_two_articles(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(title="Đang cập nhật"), link=link(), capture=None, run_id=None)
    same = article(2, title="Đang cập nhật", body=article().body)
    archive.add(same, link=link(2), capture=None, run_id=None)
    filled = article(2, title="Khánh thành cầu mới", summary=None, body="Cầu dài 300 m. " * 20)
    outcome = archive.add(filled, link=link(2), capture=None, run_id=None)
    assert (str(outcome), count(archive, "articles")) == ("new", 2)


def test_the_same_text_in_another_source_is_kept_twice(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    outcome = archive.add(
        article(source_id="baotayninh"),
        link=link(source_id="baotayninh"),
        capture=None,
        run_id=None,
    )
    assert str(outcome) == "new"
    assert count(archive, "articles") == 2


def test_a_link_that_redirects_settles_the_page_it_leads_to(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.links.add([link(1), link(2)])
    outcome = archive.add(article(2), link=link(1), capture=None, run_id=None, revisit_at=LATER)
    assert str(outcome) == "new"
    one, two = archive.links.find("baolongan", "1"), archive.links.find("baolongan", "2")
    assert one is not None
    assert two is not None
    assert (one.state, one.next_try_at) == ("stored", None)
    assert (two.state, two.next_try_at) == ("stored", LATER)
    assert one.article_id == two.article_id == outcome.article_id
    other = archive.add(article(2), link=link(3), capture=None, run_id=None)
    assert str(other) == "duplicate"
    again = archive.add(article(2), link=link(3), capture=None, run_id=None)
    assert str(again) == "unchanged"


def test_an_empty_text_changes_nothing(archive: Archive, article: Make, link: MakeLink) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    for bad in (article(title=""), article(body="", summary=None)):
        assert str(archive.add(bad, link=link(), capture=None, run_id=None)) == "rejected/empty"
    stored = archive.article(1)
    assert stored is not None
    assert stored.body == article().body
    settled = archive.links.find("baolongan", "1")
    assert settled is not None
    assert (settled.state, settled.article_id, settled.reason) == ("stored", 1, "empty")


def test_a_rejected_page_keeps_its_capture(
    archive: Archive, link: MakeLink, capture: MakeCapture
) -> None:
    outcome = archive.pages.reject(link(), "no-body", capture=capture(), run_id=None)
    assert str(outcome) == "rejected/no-body"
    settled = archive.links.find("baolongan", "1")
    assert settled is not None
    assert (settled.state, settled.reason) == ("rejected", "no-body")
    assert len(archive.captures.of_link(settled.id or 0)) == 1


def test_a_failure_stays_due_until_nothing_more_is_tried(archive: Archive, link: MakeLink) -> None:
    archive.pages.fail(link(), "http-500", run_id=None, retry_at=LATER)
    settled = archive.links.find("baolongan", "1")
    assert settled is not None
    assert (settled.state, settled.attempts, settled.next_try_at) == ("pending", 1, LATER)
    archive.pages.fail(link(), "http-500", run_id=None, retry_at=None)
    settled = archive.links.find("baolongan", "1")
    assert settled is not None
    assert (settled.state, settled.attempts, settled.reason) == ("failed", 2, "http-500")


def test_a_failed_revisit_leaves_the_article_alone(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    before = dict(archive._db.conn.execute("select * from articles").fetchone())
    archive.pages.fail(link(), "timeout", run_id=None, retry_at=LATER)
    assert dict(archive._db.conn.execute("select * from articles").fetchone()) == before
    due = archive.links.next("baolongan", now=LATER, limit=5)
    assert [(found.key, found.state) for found in due] == [("1", "stored")]


def test_not_modified_is_unchanged(archive: Archive, article: Make, link: MakeLink) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None, etag='"x"')
    outcome = archive.pages.note_unchanged(link(), run_id=None, checked_at=LATER, revisit_at=LATEST)
    assert str(outcome) == "unchanged"
    stored, settled = archive.article(1), archive.links.find("baolongan", "1")
    assert stored is not None
    assert settled is not None
    assert stored.last_seen_at == LATER
    assert (settled.next_try_at, settled.etag) == (LATEST, '"x"')


def test_not_modified_without_an_article_is_a_failure(archive: Archive, link: MakeLink) -> None:
    outcome = archive.pages.note_unchanged(link(), run_id=None, checked_at=NOW, revisit_at=LATER)
    assert str(outcome) == "failed/http-304"
    settled = archive.links.find("baolongan", "1")
    assert settled is not None
    assert settled.state == "pending"


def test_a_removed_page_keeps_its_text_and_last_good_capture(
    archive: Archive, article: Make, link: MakeLink, capture: MakeCapture
) -> None:
    archive.add(article(), link=link(), capture=capture(0), run_id=None)
    outcome = archive.pages.mark_gone(
        link(), "http-404", capture=capture(500, status=404), run_id=None, seen_at=LATER
    )
    assert str(outcome) == "rejected/http-404"
    stored = archive.article(1)
    assert stored is not None
    assert (stored.gone_at, stored.gone_reason) == (LATER, "http-404")
    assert stored.body == article().body
    last_good = archive.captures.get(stored.capture_id or 0)
    assert last_good is not None
    assert last_good.status == 200
    assert [found.status for found in archive.captures.of_article(1)] == [200, 404]
    archive.pages.mark_gone(link(), "http-404", capture=None, run_id=None, seen_at=LATEST)
    stored = archive.article(1)
    assert stored is not None
    assert stored.gone_at == LATER


@pytest.mark.parametrize(("retry_at", "state"), [(LATEST, "pending"), (None, "gone")])
def test_a_page_that_never_gave_an_article_is_tried_again_where_it_was_removed(
    archive: Archive, link: MakeLink, retry_at: str | None, state: str
) -> None:
    outcome = archive.pages.mark_gone(
        link(), "http-404", capture=None, run_id=None, seen_at=LATER, retry_at=retry_at
    )
    assert (str(outcome), outcome.article_id) == ("rejected/http-404", None)
    settled = archive.links.find("baolongan", "1")
    assert settled is not None
    assert (settled.state, settled.next_try_at, settled.attempts) == (state, retry_at, 1)


@pytest.mark.parametrize(
    ("seen_at", "published_on", "months"),
    [
        (None, None, (647, 648)), ("1970-02-02T00:00:00Z", None, (1, 0)),
        ("1970-02-02T00:00:00Z", "2026-10-02", (647, 648)), (None, "1970-01-01", (0, 0)),
    ],
)  # fmt: skip
def test_copies_are_looked_for_in_the_month_of_the_article_or_of_the_visit(
    archive: Archive, article: Make, link: MakeLink, seen_at: str | None,
    published_on: str | None, months: tuple[int, int],
) -> None:  # fmt: skip
    made = article(published_on=published_on)
    page = Incoming(article=made, link=link(), capture=None, seen_at=seen_at)
    assert archive.pages._prepare(page).copies._months() == months


@pytest.mark.parametrize(
    ("body", "is_there", "units", "is_compared"),
    [
        ("Tin của xã.", False, ["80"], True), ("Tin của xã.", True, ["80"], False),
        ("", False, [], False),
    ],
)  # fmt: skip
def test_places_and_copies_of_a_text_are_found_before_the_write_lock(
    archive: Archive, article: Make, link: MakeLink, body: str, units: list[str], *,
    is_there: bool, is_compared: bool,
) -> None:  # fmt: skip
    def made() -> Article:
        return article(title="Tin từ tỉnh Tây Ninh", summary=None, body=body)

    if is_there:
        archive.add(made(), link=link(), capture=None, run_id=None)
    page = archive.pages._prepare(Incoming(article=made(), link=link(), capture=None))
    assert [mention.unit for mention in page.mentions] == units
    assert (page.copies._found_in is not None) is is_compared


def test_a_page_that_comes_back_is_no_longer_gone(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    archive.pages.mark_gone(link(), "http-404", capture=None, run_id=None, seen_at=LATER)
    outcome = archive.add(article(fetched_at=LATEST), link=link(), capture=None, run_id=None)
    assert str(outcome) == "unchanged"
    stored = archive.article(1)
    assert stored is not None
    assert stored.gone_at is None


def test_a_text_the_paper_moved_is_not_gone(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    archive.pages.mark_gone(link(), "http-404", capture=None, run_id=None, seen_at=LATER)
    moved = article(2, title=article().title, body=article().body, fetched_at=LATEST)
    assert str(archive.add(moved, link=link(2), capture=None, run_id=None)) == "duplicate"
    stored = archive.article(1)
    assert stored is not None
    assert (stored.gone_at, stored.url) == (None, moved.url)


def test_a_text_from_before_it_was_gone_brings_nothing_back(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    archive.pages.mark_gone(link(), "http-404", capture=None, run_id=None, seen_at=LATEST)
    same = article(2, title=article().title, body=article().body, fetched_at=LATER)
    archive.add(same, link=link(2), capture=None, run_id=None)
    archive.add(article(fetched_at=LATER), link=link(), capture=None, run_id=None)
    stored = archive.article(1)
    assert stored is not None
    assert (stored.gone_at, stored.gone_reason) == (LATEST, "http-404")
    assert (stored.last_seen_at, stored.url) == (LATER, article().url)


def test_an_article_is_gone_when_its_last_link_is(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(2), link=link(1), capture=None, run_id=None)
    archive.pages.mark_gone(link(2), "http-404", capture=None, run_id=None, seen_at=LATER)
    stored = archive.article(1)
    assert stored is not None
    assert stored.gone_at is None
    (due,) = archive.links.next("baolongan", now=LATER, limit=5)
    assert due.key == "1"
    archive.pages.mark_gone(due, "http-404", capture=None, run_id=None, seen_at=LATEST)
    stored = archive.article(1)
    assert stored is not None
    assert stored.gone_at == LATEST


def test_reading_a_capture_again_brings_all_fields_up_to_date(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    better = article(authors=["Thanh Nga"], published_on="2026-10-01")
    outcome = archive.add(
        better, link=link(), capture=None, run_id=None, revision_kind="reextracted", seen_at=LATER
    )
    assert str(outcome) == "unchanged"
    stored = archive.article(1)
    assert stored is not None
    assert (stored.authors, stored.published_on) == (["Thanh Nga"], "2026-10-01")
    assert (stored.last_seen_at, stored.revisions) == (NOW, 1)
    longer = article(body=article().body + "\n\nMột đoạn sót lại.")
    archive.add(
        longer, link=link(), capture=None, run_id=None, revision_kind="reextracted", seen_at=LATER
    )
    assert [r.kind for r in archive.revisions(1)] == ["first", "reextracted"]


def test_another_text_out_of_the_same_bytes_is_no_edit(
    archive: Archive, article: Make, link: MakeLink, capture: MakeCapture
) -> None:
    archive.add(article(), link=link(), capture=capture(0, "sha1:same"), run_id=None)
    other = article(body=article().body + " Thêm.")
    archive.add(other, link=link(), capture=capture(500, "sha1:same"), run_id=None)
    assert [r.kind for r in archive.revisions(1)] == ["first", "reextracted"]


def test_outcomes_add_up_to_the_pages_handled(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    run = archive.runs.start("baolongan", RunKind.CRAWL, NOW)
    archive.add(article(), link=link(), capture=None, run_id=run)
    archive.add(article(), link=link(), capture=None, run_id=run)
    archive.pages.reject(link(2), "no-body", capture=None, run_id=run)
    archive.pages.fail(link(3), "timeout", run_id=run, retry_at=None)
    archive.pages.mark_gone(link(1), "http-410", capture=None, run_id=run, seen_at=LATER)
    archive.pages.note_unchanged(link(1), run_id=run, checked_at=LATER, revisit_at=None)
    outcomes = archive.runs.finish(run, "finished", LATER).outcomes
    assert outcomes == {
        "new": 1,
        "unchanged": 2,
        "rejected/no-body": 1,
        "failed/timeout": 1,
        "rejected/http-410": 1,
    }


def test_an_unknown_run_undoes_the_whole_page(
    archive: Archive, article: Make, link: MakeLink, capture: MakeCapture
) -> None:
    with pytest.raises(LookupError, match="no run 99"):
        archive.add(article(), link=link(), capture=capture(), run_id=99)
    assert [count(archive, table) for table in ("articles", "links", "captures")] == [0, 0, 0]
    assert not archive._db.conn.in_transaction


def test_articles_are_found_by_any_spelling_of_their_urls(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(2), link=link(1), capture=None, run_id=None)
    for url in ("https://BaoLongAn.vn:443/tin-a2.html#x", "https://baolongan.vn/tin-a1.html"):
        found = archive.article_by_url(url)
        assert found is not None
        assert found.key == "2"
    assert archive.article_by_url("https://baolongan.vn/khac") is None


def test_the_index_follows_every_change(archive: Archive, article: Make, link: MakeLink) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    edited = article(body=article().body.replace("chín", "mười"))
    archive.add(edited, link=link(), capture=None, run_id=None)
    search = "select count(*) from articles_fts where articles_fts match ?"
    assert archive._db.conn.execute(search, ('"mười tháng"',)).fetchone()[0] == 1
    assert archive._db.conn.execute(search, ('"chín tháng"',)).fetchone()[0] == 0


EARLIER = "2026-10-01T00:00:00Z"


def test_an_older_text_is_an_older_revision_and_the_newer_one_stays(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    older = article(body=article().body.replace("chín", "tám"), fetched_at=EARLIER)
    outcome = archive.add(older, link=link(), capture=None, run_id=None)
    assert str(outcome) == "revised"
    stored = archive.article(1)
    assert stored is not None
    assert "chín tháng" in stored.body
    assert (stored.revisions, stored.first_seen_at, stored.last_seen_at) == (2, EARLIER, NOW)
    revisions = archive.revisions(1)
    assert [(each.number, each.seen_at, each.kind) for each in revisions] == [
        (2, EARLIER, "first"),
        (1, NOW, "edited"),
    ]
    assert [change.revision for change in archive.changes(Filters())] == [1]


def test_a_text_from_between_two_visits_changes_nothing_but_its_history(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    archive.add(article(fetched_at=LATEST), link=link(), capture=None, run_id=None)
    between = article(body=article().body.replace("chín", "tám"), fetched_at=LATER)
    archive.add(between, link=link(), capture=None, run_id=None)
    assert [(r.number, r.kind) for r in archive.revisions(1)] == [(1, "first"), (2, "edited")]
    stored = archive.article(1)
    assert stored is not None
    assert "chín tháng" in stored.body
    assert stored.last_seen_at == LATEST


def test_an_older_capture_of_the_same_text_only_lowers_when_it_was_first_seen(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(), link=link(), capture=None, run_id=None)
    archive.pages.mark_gone(link(), "http-404", capture=None, run_id=None, seen_at=LATER)
    outcome = archive.add(article(fetched_at=EARLIER), link=link(), capture=None, run_id=None)
    assert str(outcome) == "unchanged"
    stored = archive.article(1)
    assert stored is not None
    assert (stored.first_seen_at, stored.gone_at, stored.revisions) == (EARLIER, LATER, 1)
    assert [revision.seen_at for revision in archive.revisions(1)] == [EARLIER]
