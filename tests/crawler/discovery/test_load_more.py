"""Where a list goes on that links no next page."""

from __future__ import annotations

import pytest

from crawler.discovery.load_more import find_more
from crawler.discovery.markup import parse_html
from crawler.sources import Source

MAX_ELEMENTS = 20_000
MAX_SCRIPT = 50_000

X = Source(id="x", name="X", province="Huế", homepage="https://x.vn/")


def more(html: str, url: str = "https://x.vn/xa-hoi") -> str | None:
    root = parse_html(html)
    return find_more(root, url, X) if root else None


def test_a_list_with_empty_attributes_is_read() -> None:
    assert more("<div data-url=/rows data-page=1 data-cat>") == "https://x.vn/rows?page=2&cat="
    assert more("<div class=a data-url=/rows data-page=1>") == "https://x.vn/rows?page=2"


def test_the_first_list_that_says_its_page_decides() -> None:
    html = "<p data-url=/a></p><p data-url=/b data-page=4></p><p data-url=/c data-page=5></p>"
    assert more(html) == "https://x.vn/b?page=5"
    assert more("<p data-url='/b?cat=1' data-page=1>") == "https://x.vn/b?cat=1&page=2"


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_a_list_that_is_not_full_has_no_more_rows(rows: int) -> None:
    items = "<!-- x -->chữ" + "<li>x</li>" * rows
    found = more(f"<ul data-url=/rows data-page=1 data-limit=2>{items}</ul>")
    assert (found is None) is (rows == 1)


def test_the_wanted_page_is_the_one_after_this() -> None:
    button = "<button data-next='/rows?page={}'>"
    assert more(button.format(2)) == "https://x.vn/rows?page=2"
    assert more(button.format(2), "https://x.vn/xa-hoi?p=2") is None
    assert more(button.format(3), "https://x.vn/xa-hoi?p=2") == "https://x.vn/rows?page=3"
    assert more("<button data-next='/rows?start=2'>") is None


def test_no_more_is_read_than_the_bounds_allow() -> None:
    button = "<button data-next='/rows?page=2'>"
    assert more("<i></i>" * (MAX_ELEMENTS - 10) + button) is not None
    assert more("<i></i>" * MAX_ELEMENTS + button) is None
    script = "<script>{} append('/rows?page=2')</script>"
    assert more(script.format("")) is not None
    assert more(script.format(";" * 49_900)) is not None
    assert more(script.format(";" * MAX_SCRIPT)) is None
    assert more("<script></script>" * 99 + script.format("")) is not None
    assert more("<script></script>" * 100 + script.format("")) is None
    rows = "<p data-url=/rows data-page=1>"
    assert more("<p data-url=/a></p>" * 49 + rows) is not None
    assert more("<p data-url=/a></p>" * 50 + rows) is None


@pytest.mark.parametrize(
    ("html", "is_found"),
    [
        ("<i data-url=/x></i>" * 49 + "<i data-url=/rows data-page=1></i>", True),
        ("<i data-url=/x></i>" * 50 + "<i data-url=/rows data-page=1></i>", False),
        ("<script></script>" * 99 + "<script>append('/rows?page=2')</script>", True),
        ("<script></script>" * 100 + "<script>append('/rows?page=2')</script>", False),
        (f"<i onclick=\"{' ' * 1980}go('/rows?page=2')\">", True),
        (f"<i onclick=\"{' ' * 1981}go('/rows?page=2')\">", True),
        (f"<i onclick=\"{' ' * 1985}go('/rows?page=2')\">", False),
        ("<i data-url=/rows data-page=99999></i>", True),
        ("<i data-url=/rows data-page=100000></i>", False),
        ("<i data-next='?page=2'>", True),
        ("<i data-next='rows/page-2'>", True),
        ("<i data-next='page=2'>", False),
        ("<i title='/rows?page=2'>", False),
        ("<i data-next>", False),
    ],
)
def test_where_an_address_may_stand(html: str, *, is_found: bool) -> None:
    assert (more(html) is not None) is is_found


def test_a_page_of_number_0_is_the_first() -> None:
    button = "<button data-next='/rows?page=2'>"
    assert more(button, "https://x.vn/xa-hoi?p=0") == "https://x.vn/rows?page=2"


@pytest.mark.parametrize("limit", ["", "x", "0", "1"])
def test_a_list_without_a_limit_may_go_on(limit: str) -> None:
    html = f"<ul data-url=/rows data-page=1 data-limit={limit}><li>x</li></ul>"
    assert (more(html) or "").startswith("https://x.vn/rows?page=2")
