"""What papers edited and removed, as a list."""

from __future__ import annotations

import pytest

from crawler.web.pages.changes import find_changes, number_page, read_values, show_one
from storage.errors import QueryError
from tests.support.twins import Shelf
from tests.support.visits import Reader


@pytest.mark.parametrize(
    ("params", "values"),
    [
        ({"source": " a ", "province": "b", "place": "c", "since": "d", "what": "edited"}, None),
        ({"what": "removed"}, None),
        ({"what": "returned"}, None),
        ({"what": "new", "source": ""}, {}),
        ({"source": "a" * 201, "q": "lúa", "until": "2020"}, {"source": "a" * 200}),
    ],
)
def test_filters_are_read_from_the_address(
    params: dict[str, str], values: dict[str, str] | None
) -> None:
    expected = {name: text.strip() for name, text in params.items()} if values is None else values
    assert read_values(params) == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1), ("2", 2), ("0", 1), ("-1", 1), ("", 1), ("x", 1), ("49", 49), ("50", 50),
        ("51", 50), ("9999", 50), ("10000", 1),
    ],
)  # fmt: skip
def test_fifty_pages_can_be_turned(text: str, number: int) -> None:
    assert number_page(text) == number


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/changes", [(29, "removed", 1), (25, "edited", 3), (25, "edited", 2)]),
        ("/changes?what=removed", [(29, "removed", 1)]),
        ("/changes?what=edited", [(25, "edited", 3), (25, "edited", 2)]),
        ("/changes?source=mau-hue", [(29, "removed", 1)]),
        ("/changes?province=Tây+Ninh", [(25, "edited", 3), (25, "edited", 2)]),
        ("/changes?since=27/2/2026", [(29, "removed", 1)]),
        ("/changes?since=3/2026", []),
    ],
)
def test_changes_are_found_the_newest_first(
    reader: Reader, address: str, found: list[tuple[int, str, int | None]]
) -> None:
    visit = reader.visit(address)
    changes = find_changes(visit, read_values(visit.params), 10)
    assert [(each.article_id, each.kind, each.revision) for _, each in changes] == found
    assert len(find_changes(visit, read_values(visit.params), 1)) == min(1, len(found))


def test_no_more_are_returned_than_are_wanted_of_several(several: Reader) -> None:
    found = find_changes(several.visit("/changes"), {}, 10)
    assert [each.source for _, each in found] == ["baotayninh", "baolongan"]
    assert [part.site.archive for part, _ in found] == ["baotayninh/archive", "baolongan/archive"]
    assert len(find_changes(several.visit("/changes"), {}, 1)) == 1


def test_what_is_no_day_is_a_query_error(reader: Reader) -> None:
    with pytest.raises(QueryError):
        find_changes(reader.visit("/changes"), {"since": "đâu"}, 10)
    answer = reader.get("/changes?since=dau")
    assert answer.status_code == 400


def test_an_edit_is_shown_with_what_it_changed(reader: Reader) -> None:
    visit = reader.visit("/changes")
    removed, third, second = (show_one(part, each) for part, each in find_changes(visit, {}, 10))
    assert (removed.rows, removed.more, removed.outlet) == ((), 0, "Báo mẫu Huế")
    assert [piece.text for piece in third.rows[0].after][1] == "hai tuần."
    assert [piece.text for piece in second.rows[0].after][1] == "mười hai"
    assert (len(third.rows), third.more) == (1, 0)


@pytest.mark.parametrize(("number", "rows", "more"), [(3, 3, 0), (4, 3, 1), (6, 3, 3)])
def test_three_changed_paragraphs_are_shown(
    tmp_path_factory: pytest.TempPathFactory, number: int, rows: int, more: int
) -> None:
    path = tmp_path_factory.mktemp("rows") / "archive.db"
    shelf = Shelf(path)
    for day in (0, 1):
        text = "\n\n".join(f"{day}{at} câu {at} kể {'xyz'[at % 3]}" for at in range(number))
        shelf.crawl(day, {"1": text})
    shelf.close()
    with Reader(path) as reader:
        ((part, change),) = find_changes(reader.visit("/changes"), {}, 10)
        shown = show_one(part, change)
    assert (len(shown.rows), shown.more) == (rows, more)


def test_the_page_leads_on_and_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("turning") / "archive.db"
    shelf = Shelf(path)
    for day in range(3):
        shelf.crawl(day, {str(key): f"bản {day} của {key}" for key in range(1, 12)})
    shelf.close()
    with Reader(path) as reader:
        first = reader.text("/changes?what=edited")
        second = reader.text("/changes?what=edited&page=2")
        assert 'href="/changes?what=edited&amp;page=2"' in first
        assert 'rel="prev"' not in first
        assert 'href="/changes?what=edited&amp;page=1"' in second
        assert 'rel="next"' not in second
        assert [text.count('class="change') for text in (first, second)] == [20, 2]


def test_the_page_says_what_can_be_asked(reader: Reader) -> None:
    text = reader.text("/changes?what=edited&source=mau-hue")
    assert 'href="/changes.atom?source=mau-hue&amp;what=edited&amp;lang=vi"' in text
    assert '<option value="edited" selected>đã sửa' in text
    assert text.index('value="mau-can-tho"') < text.index('value="mau-dong-thap"')
