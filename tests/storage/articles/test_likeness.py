"""How much two texts must share, and how little may differ, to be copies of one."""

from __future__ import annotations

import pytest

from storage.articles.likeness import Text, is_copy


def words(name: str, count: int) -> list[str]:
    """Words that stand once each, and are no facts."""
    return [f"{name}{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}" for n in range(count)]


def text(parts: list[str], day: str | None = None) -> Text:
    return Text("", None, " ".join(parts), day)


def sharing(runs: int, *, of: int = 100) -> tuple[Text, Text]:
    """Two texts of so many runs of five words, of which some are the same."""
    same = words("same", runs + 4)
    return text(same + words("one", of - runs)), text(same + words("other", of - runs))


@pytest.mark.parametrize(("runs", "are_copies"), [(45, True), (44, False)])
def test_copies_share_nearly_half_of_the_shorter_text(runs: int, *, are_copies: bool) -> None:
    one, other = sharing(runs)
    longer = text([other.body, *words("more", 300)])
    assert is_copy(one, longer) == is_copy(longer, one) == are_copies


@pytest.mark.parametrize(("runs", "are_copies"), [(60, True), (59, False)])
def test_copies_within_one_paper_share_most_of_the_longer_text(
    runs: int, *, are_copies: bool
) -> None:
    one, other = sharing(runs)
    assert is_copy(one, other, one_paper=True) == are_copies
    assert is_copy(one, other)


@pytest.mark.parametrize(("runs", "are_copies"), [(12, True), (11, False)])
def test_a_copy_is_more_than_a_stock_phrase(runs: int, *, are_copies: bool) -> None:
    short = text(words("same", runs + 4))
    assert is_copy(short, short) == are_copies


def with_figures(name: str, figures: list[int]) -> Text:
    """A text whose figures stand where no other text has one."""
    parts = words("same", 400)
    around = words(name, 2 * len(figures))
    for place, figure in enumerate(figures):
        parts += [around[2 * place], str(figure), around[2 * place + 1]]
    return text(parts)


@pytest.mark.parametrize(
    ("count", "shared", "are_copies"),
    [(20, 9, True), (20, 8, False), (1, 0, True), (2, 0, False), (2, 1, True)],
)
def test_copies_share_nearly_half_of_their_figures(
    count: int, shared: int, *, are_copies: bool
) -> None:
    one = with_figures("one", [*range(100, 100 + count)])
    others = [*range(100, 100 + shared), *range(500, 500 + count - shared)]
    assert is_copy(one, with_figures("other", others)) == are_copies


def bulletin(figures: list[int], day: str) -> Text:
    """A text whose figures stand where those of other bulletins do."""
    parts = words("same", 400)
    around = words("near", 4 * len(figures))
    for place, figure in enumerate(figures):
        parts += [*around[4 * place : 4 * place + 2], str(figure)]
        parts += around[4 * place + 2 : 4 * place + 4]
    return text(parts, day)


@pytest.mark.parametrize(
    ("count", "changed", "other_day", "are_copies"),
    [
        (8, 2, "2026-03-01", True),
        (8, 3, "2026-03-01", False),
        (20, 3, "2026-03-02", True),
        (20, 4, "2026-03-02", False),
        (20, 4, "2026-03-01", True),
    ],
)
def test_few_figures_of_a_copy_are_other_ones(
    count: int, changed: int, other_day: str, *, are_copies: bool
) -> None:
    figures = [*range(100, 100 + count)]
    others = [*range(500, 500 + changed), *figures[changed:]]
    one, other = bulletin(figures, "2026-03-01"), bulletin(others, other_day)
    assert is_copy(one, other) == is_copy(other, one) == are_copies


def test_a_name_ends_after_eighty_letters() -> None:
    names = Text("", None, "Ở " + "Abcdefghi " * 40).facts
    assert max(map(len, names)) == 89


def test_a_figure_that_was_moved_was_not_replaced() -> None:
    figures = [*range(100, 108)]
    assert is_copy(bulletin(figures, "2026-03-01"), bulletin(figures[::-1], "2026-03-01"))


@pytest.mark.parametrize(
    ("kept", "changed", "are_copies"),
    [("Kế Sách", "Kế Sách", True), ("Kế Sách", "Châu Phú", False)],
)
def test_copies_that_name_somebody_share_a_name(
    kept: str, changed: str, *, are_copies: bool
) -> None:
    same = words("same", 60)
    one, other = text([*same, "ở", kept, "hôm"]), text([*same, "tại", changed, "nay"])
    assert is_copy(one, other) == are_copies


@pytest.mark.parametrize(
    ("written", "facts"),
    [
        ("Ở Long An, ngày 4, giá 61.000 đồng.", {"long an", "4/", "61000"}),
        ("ngày 04/05/2026 và ngày 5", {"4/5", "5/"}),
        ("ngày ba, 11 tháng 5, thứ ba, thứ tám", {"11/5", "ba/", "tam/"}),
        ("theo 58-CT/TU và 12/2025", {"58ct|tu", "12|2025"}),
        ("vào 32/13, 40/5, 1,5 lần", {"32/13", "40|5", "15"}),
        ("Sáng nay. Vinh về. “Tây Ninh” họp", {"ninh"}),
        ("tại Vinh, Tương Dương và Long An", {"vinh", "tuong duong", "long an"}),
        ("tại Long  An và Long - An", {"long", "an"}),
        ("chỉ có chữ", set()),
    ],
)
def test_days_figures_and_names_are_facts(written: str, facts: set[str]) -> None:
    assert Text("", None, written).facts == facts
    assert Text("", written, "").facts == facts


def test_a_slot_is_a_fact_between_the_words_around_it() -> None:
    slots = Text("", None, "giá ở Vinh là 12 đồng").slots
    assert slots == {("gia", "o", "la", "#"): ["vinh"], ("#", "la", "dong", ""): ["12"]}
    slots = Text("x 5 y", None, "x 7 y, x 9 y").slots
    assert {around: found for around, (found,) in slots.items()} == {
        ("", "x", "y", ""): "5", ("", "x", "y", "x"): "7", ("y", "x", "y", ""): "9",
    }  # fmt: skip


FIVE_NAMES = ["ở Vinh", "ở Huế", "ở Lào", "ở Nam", "ở Sơn"]


@pytest.mark.parametrize(
    ("kept", "changed", "into", "are_copies"),
    [
        (["ở Vinh", "ở Huế", "5/6"], ["7/6"], ["8/6"], False),
        (["ở Vinh", "3/6", "5/6"], ["7/6"], ["8/6"], True),
        (["ở Vinh", "5/6", "9"], ["ở Huế"], ["ở Hội"], False),
        (["ở Vinh", "ở Nam", "9"], ["ở Huế"], ["ở Hội"], True),
        (["ở Vinh", "ở Huế", "5/6"], ["12"], ["13"], True),
        (["ở Vinh", "5/6"], ["12"], ["13"], False),
        ([*FIVE_NAMES, "12"], ["13", "14"], ["23", "24"], False),
        ([*FIVE_NAMES, "12", "22"], ["13", "14"], ["23", "24"], False),
        ([*FIVE_NAMES, "12", "22", "32"], ["13", "14"], ["23", "24"], True),
        ([*FIVE_NAMES, "5/6"], ["13", "7/6"], ["23", "8/6"], False),
        ([*FIVE_NAMES, "12ha"], ["13ha", "14ha"], ["23ha", "24ha"], False),
        (["ở Vinh", "5/6", "9"], ["ở Covid-19"], ["ở Sars-2"], False),
    ],
)
def test_of_a_kind_of_facts_more_stay_than_change(
    kept: list[str], changed: list[str], into: list[str], *, are_copies: bool
) -> None:
    """Each fact stands between words of its own."""

    def make(facts: list[str]) -> Text:
        parts = words("same", 60)
        for at, fact in enumerate(facts):
            near = words(f"near{chr(97 + at)}", 4)
            parts += [*near[:2], fact, *near[2:]]
        return text(parts, "2026-03-01")

    one, other = make(kept + changed), make(kept + into)
    assert is_copy(one, other) == is_copy(other, one) == are_copies
