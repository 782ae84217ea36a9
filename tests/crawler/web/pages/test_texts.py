"""Two texts side by side."""

from __future__ import annotations

import pytest

from crawler.web.pages.texts import Row, list_changes, set_side_by_side
from storage.records import Revision
from storage.states import RevisionKind


def words(first: int, last: int) -> str:
    return " ".join(str(number) for number in range(first, last + 1))


def sides(row: Row) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    before, after = (
        [(str(each.kind), each.text) for each in side] for side in (row.before, row.after)
    )
    return before, after


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("a", "a b", [("same", "a")], [("same", "a"), ("added", "b")]),
        ("a b", "a", [("same", "a"), ("removed", "b")], [("same", "a")]),
        ("", "a", [], [("added", "a")]),
        ("a", "", [("removed", "a")], []),
    ],
)
def test_each_side_has_its_own_words(
    old: str, new: str, before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    (row,) = set_side_by_side([text for text in (old,) if text], [text for text in (new,) if text])
    assert sides(row) == (before, after)


@pytest.mark.parametrize(
    ("same", "shown"),
    [
        (words(1, 60), words(1, 60)),
        (words(1, 61), f"{words(1, 30)} … {words(32, 61)}"),
        (words(1, 90), f"{words(1, 30)} … {words(61, 90)}"),
    ],
)
def test_between_two_changes_thirty_words_are_shown_after_one_and_before_the_other(
    same: str, shown: str
) -> None:
    (row,) = set_side_by_side([f"a {same} b"], [f"A {same} B"])
    assert [("same", shown)] == sides(row)[0][1:2] == sides(row)[1][1:2]


@pytest.mark.parametrize(
    ("count", "first", "last"),
    [
        (29, words(1, 29), words(1, 29)),
        (30, words(1, 30), words(1, 30)),
        (31, f"… {words(2, 31)}", f"{words(1, 30)} …"),
    ],
)
def test_before_the_first_change_and_behind_the_last_thirty_words_are_shown(
    count: int, first: str, last: str
) -> None:
    same = words(1, count)
    (row,) = set_side_by_side([f"{same} a"], [f"{same} A"])
    assert sides(row)[0] == [("same", first), ("removed", "a")]
    (row,) = set_side_by_side([f"a {same}"], [f"A {same}"])
    assert sides(row)[1] == [("added", "A"), ("same", last)]


def test_a_long_change_is_shown_as_a_whole() -> None:
    (row,) = set_side_by_side([words(1, 99)], [words(101, 199)])
    assert sides(row) == ([("removed", words(1, 99))], [("added", words(101, 199))])


def revision(number: int, body: str, returned_at: str | None = None) -> Revision:
    return Revision(
        article_id=1, number=number, seen_at=f"2026-01-0{number}T00:00:00Z", title="Tin",
        kind=RevisionKind.EDITED, summary="", body=body, digest=body, returned_at=returned_at,
    )  # fmt: skip


def test_changes_are_those_from_each_text_to_the_next() -> None:
    texts = [revision(1, "a"), revision(2, "b", "2026-02-01T00:00:00Z"), revision(4, "b")]
    found = list_changes(texts)
    assert [(each.number, each.seen_at[:10], each.kind, each.returned_at) for each in found] == [
        (2, "2026-01-02", "edited", "2026-02-01T00:00:00Z"), (4, "2026-01-04", "edited", None),
    ]  # fmt: skip
    assert [len(each.rows) for each in found] == [1, 0]
    assert list_changes(texts[:1]) == []
