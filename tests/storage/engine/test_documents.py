"""What the index holds of an article."""

from __future__ import annotations

from typing import Any

import pytest

from storage.engine.documents import STAMP_ID, Entry, make_document, sort_key, stamp_document

EMPTY = Entry(
    id=7, title="", summary="", body="", source="baolongan", kind="article", section="",
    sections=(), authors=(), published_on=None, published_at=None, units=(), places=(),
)  # fmt: skip


def held(**fields: Any) -> dict[str, list[Any]]:
    return make_document(EMPTY._replace(**fields)).to_dict()


@pytest.mark.parametrize(("letters", "is_kept"), [(63, True), (64, True), (65, False)])
def test_words_of_more_than_sixty_four_letters_are_nobody_s_words(
    letters: int, *, is_kept: bool
) -> None:
    word, bare = "á" * letters, "a" * letters
    found = held(title=f"giá {word}", body=word)
    assert found["title"] == [f"gia {bare}" if is_kept else "gia"]
    assert set(found["exact"][0].split()) == ({"giá", word} if is_kept else {"giá"})
    assert found["all"] == [f"gia {bare} {bare}" if is_kept else "gia"]


def test_a_document_has_the_words_of_each_field_and_its_neighbours() -> None:
    found = held(
        title="Giá lúa", summary="Lúa tăng", body="Nông dân vui", section="Kinh tế",
        sections=("Kinh tế", "Nông nghiệp", ""), authors=("Thanh Nga",), units=("80", "01"),
        places=("80",), published_on="2026-03-01", published_at="2026-03-01T08:00:01+07:00",
    )  # fmt: skip
    assert (found["id"], found["published"]) == ([7], [1_772_323_200 + 8 * 3600 + 2])
    assert (found["title"], found["lead"]) == (["gia lua"], ["lua tang"])
    assert found["all"][0].split()[:7] == ["gia", "lua", "lua", "tang", "nong", "dan", "vui"]
    assert set(found["pairs"][0].split()) == {"gia_lua", "lua_tang", "nong_dan", "dan_vui"}
    assert (found["source"], found["kind"], found["section"]) == (
        ["baolongan"], ["article"], ["Kinh tế"],
    )  # fmt: skip
    assert (found["month"], found["unit"], found["place"]) == (["2026-03"], ["80", "01"], ["80"])
    assert sorted(found["in"]) == ["kinh_te", "nong_nghiep"]
    assert found["by"] == ["thanh_nga"]


def test_an_article_without_a_day_or_a_section_has_empty_ones() -> None:
    found = held(title="Tin")
    assert (found["published"], found["month"], found["section"]) == ([0], [""], [""])
    assert (found["in"], found["by"], found["exact"]) == ([], [], [""])


@pytest.mark.parametrize(
    ("day", "instant", "key"),
    [
        (None, None, 0),
        ("", "2026-03-01T08:00:00+07:00", 0),
        ("hôm qua", None, 0),
        ("1970-01-01", None, 0),
        ("1970-01-02", None, 86_400),
        ("1970-01-02", "tám giờ", 86_400),
        ("1970-01-02", "1970-01-02T00:00:00+07:00", 86_401),
        ("1970-01-02", "1970-01-02T01:02:03+07:00", 86_400 + 3_600 + 120 + 3 + 1),
        ("1969-12-31", "1969-12-31T23:59:59+07:00", 0),
    ],
)
def test_articles_are_ordered_by_day_and_then_by_time(
    day: str | None, instant: str | None, key: int
) -> None:
    assert sort_key(day, instant) == key


def test_the_stamp_is_the_document_of_no_article() -> None:
    assert STAMP_ID == -1
    assert stamp_document("{}").to_dict() == {"id": [-1], "stamp": ["{}"]}
