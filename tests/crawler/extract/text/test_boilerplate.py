"""What a source repeats is told from what its bulletins are made of."""

from __future__ import annotations

import pytest

from crawler.extract.hints import fingerprint_line
from crawler.extract.text.boilerplate import learn_boilerplate
from tests.site import text

NOTICE = "Kể từ ngày 1-7-2025, Báo Long An và Báo Tây Ninh hợp nhất; mời bạn đọc theo dõi."


def story(number: int) -> list[str]:
    return text.make_paragraphs(f"boilerplate {number}")


def learnt(pages: list[list[str]]) -> set[str]:
    return set(learn_boilerplate(pages).values())


def test_a_notice_at_the_end_of_many_different_pages_is_learnt() -> None:
    pages = [[*story(n), NOTICE] if n % 3 == 0 else story(n) for n in range(60)]
    assert learnt(pages) == {NOTICE}


def test_a_notice_at_the_beginning_is_learnt_whatever_its_case() -> None:
    pages = [[NOTICE.upper() if n % 2 else NOTICE, *story(n)] for n in range(30)]
    assert {fingerprint_line(line) for line in learnt(pages)} == {fingerprint_line(NOTICE)}


def test_a_few_repetitions_are_not_enough() -> None:
    pages = [[*story(n), NOTICE] if n % 8 == 0 else story(n) for n in range(60)]
    assert learnt(pages) == set()


def test_the_sentences_of_daily_bulletins_are_their_text() -> None:
    bulletins = [
        [
            "Giá lúa tại Long An hôm nay ổn định so với hôm qua.",
            f"Lúa thường được thu mua ở mức {6000 + n} đồng mỗi ký.",
            "Thương lái cho biết nhu cầu xuất khẩu vẫn cao.",
            "Nguồn cung ở các kho ven kênh còn dồi dào.",
            "Nông dân được khuyên theo dõi thời tiết trước khi thu hoạch.",
            "Bảng giá do sở chuyên ngành cung cấp.",
        ]
        for n in range(30)
    ]
    assert learnt(bulletins + [story(n) for n in range(30)]) == set()


def test_a_line_that_also_stands_in_mid_text_is_no_notice() -> None:
    pages = [[*story(n), NOTICE] for n in range(30)]
    pages.append([*story(30)[:3], NOTICE, *story(31)[:3]])
    assert learnt(pages) == set()


def test_figures_make_lines_different() -> None:
    pages = [[*story(n), f"Toàn tỉnh có {n} xã đạt chuẩn nông thôn mới."] for n in range(40)]
    assert learnt(pages) == set()


@pytest.mark.parametrize(
    ("of_them", "pages", "is_learnt"),
    [(9, 20, False), (10, 20, True), (10, 50, True), (10, 51, False), (19, 99, False)],
)
def test_a_line_is_learnt_from_ten_pages_and_a_fifth_of_all(
    of_them: int, pages: int, *, is_learnt: bool
) -> None:
    shown = [[*story(n), NOTICE] if n < of_them else story(n) for n in range(pages)]
    assert learnt(shown) == ({NOTICE} if is_learnt else set())


@pytest.mark.parametrize(("place", "is_learnt"), [(-1, True), (-2, True), (-3, False)])
def test_a_line_is_learnt_at_the_edge_of_a_text(place: int, *, is_learnt: bool) -> None:
    pages = [text.make_paragraphs(f"edge {n}") for n in range(20)]
    for page in pages:
        while len(page) < 7:
            page.append(f"{page[0]} {len(page)}")
        page.insert(len(page) + 1 + place, NOTICE)
    assert (learnt(pages) == {NOTICE}) == is_learnt


@pytest.mark.parametrize(("size", "is_learnt"), [(1500, True), (1501, False)])
def test_a_line_that_is_learnt_is_no_longer_than_a_notice(size: int, *, is_learnt: bool) -> None:
    notice = NOTICE + "." * (size - len(NOTICE))
    pages = [[*story(n), notice] for n in range(20)]
    assert (learnt(pages) == {notice}) == is_learnt


@pytest.mark.parametrize(("alike", "is_learnt"), [(6, True), (7, False)])
def test_pages_with_another_line_in_common_are_a_series(alike: int, *, is_learnt: bool) -> None:
    """Three tenths of the pages may have it."""
    pages = []
    for number in range(20):
        middle = ["Một dòng chung ở giữa bài."] if number < alike else [f"Dòng riêng {number}."]
        own = [f"Mở đầu số {number}.", f"Nói thêm số {number}."]
        pages.append([*own, *middle, f"Gần cuối số {number}.", NOTICE])
    assert (NOTICE in learnt(pages)) == is_learnt
