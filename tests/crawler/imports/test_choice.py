"""Which records are ours."""

from __future__ import annotations

import re

import pytest

from crawler.imports.choice import Choice, choose_sources
from crawler.sources import Source

PAGES = (re.compile("-a[0-9]+[.]html$"),)


def source(id_: str, home: str, **more: object) -> Source:
    changes = {"name": id_, "province": "Huế", "homepage": home, "accept": PAGES} | more
    return Source(id=id_, **changes)  # type: ignore[arg-type]


A = source("a", "https://www.a.vn/", hosts=("m.a.vn",), former_hosts=("old.vn",))
B = source("b", "https://b.vn/", hosts=("b.vn", "old.vn"))


@pytest.mark.parametrize(
    ("url", "owner", "is_ours"),
    [
        ("https://a.vn/tin-a1.html", "a", True),
        ("http://m.a.vn/tin-a1.html", "a", True),
        ("https://www.b.vn/tin-a1.html", "b", True),
        # A present host counts more than a former one.
        ("https://old.vn/tin-a1.html", "b", True),
        ("https://a.vn/", None, True),
        ("https://c.vn/tin-a1.html", None, False),
    ],
)
def test_a_page_belongs_to_the_source_of_its_host(
    url: str, owner: str | None, *, is_ours: bool
) -> None:
    choice = Choice([A, B])
    found = choice.owner_of(url)
    assert (found and found.id) == owner
    assert choice.is_on_our_host(url) is is_ours


def test_a_former_host_is_its_sources_where_no_other_has_it() -> None:
    found = Choice([A]).owner_of("https://old.vn/tin-a1.html")
    assert found is A


@pytest.mark.parametrize(
    ("since", "until", "at", "wanted"),
    [
        (None, None, "2019-01-01T00:00:00Z", True),
        ("2019-01-01T00:00:00Z", None, "2019-01-01T00:00:00Z", True),
        ("2019-01-01T00:00:00Z", None, "2018-12-31T23:59:59Z", False),
        (None, "2019-01-01T00:00:00Z", "2019-01-01T00:00:00Z", False),
        (None, "2019-01-01T00:00:00Z", "2018-12-31T23:59:59Z", True),
    ],
)
def test_a_period_holds_its_begin_and_not_its_end(
    since: str | None, until: str | None, at: str, *, wanted: bool
) -> None:
    assert Choice([A], since=since, until=until).is_in_period(at) is wanted


def test_other_selections_have_other_scopes() -> None:
    scopes = {
        Choice(sources, since=since, until=until).scope
        for sources in ([A], [B], [A, B])
        for since in (None, "2019-01-01T00:00:00Z")
        for until in (None, "2020-01-01T00:00:00Z")
    }
    assert len(scopes) == 12
    assert Choice([A, B]).scope == Choice([B, A]).scope
    assert len(Choice([A]).scope) == 16


def test_sources_are_chosen_by_name_once_and_all_where_none_is_named() -> None:
    known = {"a": A, "b": B}
    assert choose_sources(known, ["b", "b"]) == [B]
    assert choose_sources(known, []) == [A, B]
