"""What papers edited and removed after publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.articles.changes import Change
from storage.search.filters import Filters
from storage.states import RevisionKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.records import Article, Link

FIRST = "2026-10-02T09:00:00Z"
EDITED = "2026-10-02T16:59:59Z"
RETURNED = "2026-10-02T17:00:00Z"
GONE = "2026-10-03T09:00:00Z"


@pytest.fixture
def changed(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> Archive:
    """An article that was edited, taken back and removed; and one that our rules changed."""

    def see(number: int, body: str, at: str, kind: RevisionKind = RevisionKind.EDITED) -> None:
        archive.add(
            article(number, body=body, fetched_at=at),
            link=link(number),
            capture=None,
            run_id=None,
            revision_kind=kind,
        )

    see(1, "Mưa lớn ở ba xã.", FIRST)
    see(1, "Mưa lớn ở bốn xã.", EDITED)
    see(1, "Mưa lớn ở ba xã.", RETURNED)
    see(2, "Giá lúa tăng. Chia sẻ", FIRST)
    see(2, "Giá lúa tăng.", EDITED, RevisionKind.REEXTRACTED)
    archive.pages.mark_gone(link(1), "http-404", capture=None, run_id=None, seen_at=GONE)
    return archive


def test_each_thing_a_paper_did_is_a_change_newest_first(changed: Archive) -> None:
    found = changed.changes(Filters())
    assert [(change.kind, change.at, change.reason) for change in found] == [
        ("removed", GONE, "http-404"),
        ("returned", RETURNED, ""),
        ("edited", EDITED, ""),
    ]
    assert found[2] == Change(
        at=EDITED,
        kind="edited",
        reason="",
        article_id=1,
        revision=2,
        source="baolongan",
        title="Tỉnh ủy họp phiên thứ 1",
        url="https://baolongan.vn/tin-a1.html",
        published_on="2026-10-02",
    )


def test_a_local_day_begins_at_seventeen_hours_utc(changed: Archive) -> None:
    kinds = [change.kind for change in changed.changes(Filters(), since="2026-10-03")]
    assert kinds == ["removed", "returned"]


def test_changes_are_narrowed_and_limited(changed: Archive) -> None:
    assert changed.changes(Filters(source="baotayninh")) == []
    assert len(changed.changes(Filters(source="baolongan"), limit=2)) == 2


def test_fifty_changes_are_listed_unless_more_are_asked_for(changed: Archive) -> None:
    conn = changed.connection
    conn.execute("begin")
    for number in range(100, 148):
        conn.execute(
            "insert into article_revisions (article_id, number, seen_at, kind, title, body, digest)"
            " values (2, ?, '2026-10-04T00:00:00Z', 'edited', 'Tin', '', ?)",
            (number, str(number)),
        )
    conn.execute("commit")
    assert len(changed.changes(Filters())) == 50
    assert len(changed.changes(Filters(), limit=99)) == 51
