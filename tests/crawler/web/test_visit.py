"""A request, and what a site knows of itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.web.visit import Site, name_apart_in_addresses
from storage.search.filters import Filters

if TYPE_CHECKING:
    from tests.support.visits import Reader

SHELF = Site(shelf={"a/kho": "a-kho", "b/kho": "b-kho"}, base="/tin", captures_port=8002)


@pytest.mark.parametrize(
    ("site", "scheme", "host", "address"),
    [
        (Site(captures_port=8002), "http", "127.0.0.1", "http://127.0.0.1:8002"),
        (Site(captures_port=8002), "https", "::1", "https://[::1]:8002"),
        (Site(captures_url="https://c.example/x/", captures_port=1), "http", "a", "https://c.example/x"),
    ],
)  # fmt: skip
def test_captures_have_an_address_of_their_own(
    site: Site, scheme: str, host: str, address: str
) -> None:
    assert site.captures_address(scheme, host) == address


def test_empty_parameters_are_left_out() -> None:
    site = Site(base="/tin")
    assert site.path("/x", [("a", "1 2"), ("b", "")]) == "/tin/x?a=1+2"
    assert site.path("/x", [("b", "")]) == "/tin/x"


def test_a_shelf_has_a_site_for_each_archive() -> None:
    one = SHELF.of("b/kho")
    assert (one.archive, one.database, one.base) == ("b/kho", "b-kho", "/tin/in/b-kho")
    assert SHELF.parts == [("a/kho", SHELF.of("a/kho")), ("b/kho", one)]
    assert one.parts == [("b/kho", one)]
    alone = Site(database="kho")
    assert alone.parts == [("", alone)]
    assert (one.database_of_several, alone.database_of_several) == ("b-kho", "")


@pytest.mark.parametrize(
    ("names", "slugs"),
    [
        (["a", "b"], ["a", "b"]),
        (["a/x", "a-x", "A x"], ["a-x", "a-x-2", "a-x-3"]),
        (["…", "!", "archive"], ["archive", "archive-2", "archive-3"]),
        (["help", "help-db"], ["help-db", "help-db-2"]),
    ],
)
def test_archives_have_different_names_in_addresses(names: list[str], slugs: list[str]) -> None:
    assert list(name_apart_in_addresses(names).values()) == slugs
    assert list(name_apart_in_addresses(names)) == names


def test_a_visit_to_one_archive(reader: Reader) -> None:
    visit = reader.visit("/article/1?lang=en&x=1")
    assert (visit.several, visit.lost, visit.everything, visit.every_archive) == (
        False,
        [],
        "/",
        [],
    )
    assert visit.of("anything") is visit
    assert [(part, count) for part, count in visit.ask(lambda _: 7)] == [(visit, 7)]
    assert visit.names["mau-hue"] == "Báo mẫu Huế"
    assert (visit.origin, visit.captures) == ("http://kho.example:8001", "http://kho.example:8002")
    assert visit.address("/x") == "http://kho.example:8001/x"
    found = visit.search("lua", Filters(), limit=2, facets=True, sort="date", offset=1)
    assert [each.hit.id for each in found.found] == [15, 11]
    assert found.facets is not None
    assert visit.search("lua", Filters()).facets is None
    assert len(visit.search("mau", Filters()).found) == 10


def test_a_visit_to_several_archives(several: Reader) -> None:
    visit = several.visit("/")
    assert (visit.several, visit.lost, visit.everything) == (True, [], "/")
    assert visit.every_archive == [
        ("baolongan/archive", "/in/baolongan-archive/"),
        ("baotayninh/archive", "/in/baotayninh-archive/"),
    ]
    assert set(visit.names) == {"baolongan", "baotayninh"}
    with pytest.raises(LookupError):
        _ = visit.archive
    assert [part.site.archive for part, _ in visit.ask(lambda each: each.archive)] == [
        "baolongan/archive", "baotayninh/archive",
    ]  # fmt: skip
    found = visit.search("vu lua", Filters(), copies=True, limit=1, offset=1, facets=True)
    assert (len(found.found), found.total.count, found.facets is not None) == (1, 2, True)


def test_a_visit_to_one_of_several(several: Reader) -> None:
    visit = several.visit("/in/baotayninh-archive/article/1")
    assert (visit.several, visit.lost, visit.everything) == (False, [], "/")
    assert visit.archive is several.archives.members[1].archive
    assert visit.memo is several.memos["baotayninh/archive"]
    assert visit.captures == "http://kho.example:8002/in/baotayninh-archive"
    assert visit.every_archive[0][1] == "/in/baolongan-archive/"
    assert visit.search("vu lua", Filters()).found[0].archive == "baotayninh/archive"


def test_under_a_path_all_addresses_are_under_it(reader: Reader) -> None:
    visit = reader.visit("/")
    visit.site = replace(SHELF, archive="b/kho", database="b-kho", base="/tin/in/b-kho")
    assert visit.everything == "/tin/"
    visit.site = SHELF
    assert visit.everything == "/tin/"
    assert visit.every_archive == [("a/kho", "/tin/in/a-kho/"), ("b/kho", "/tin/in/b-kho/")]


@pytest.mark.parametrize(
    ("address", "cookie", "language", "kept"),
    [
        ("/help", "", "vi", False), ("/help?lang=en", "", "en", True),
        ("/help", "lang=en", "en", False),
        ("/help?lang=vi", "lang=en", "vi", True), ("/help?lang=fr", "", "vi", False),
    ],
)  # fmt: skip
def test_a_language_that_is_asked_for_is_kept(
    reader: Reader, address: str, cookie: str, language: str, kept: bool
) -> None:
    answer = reader.get(address, cookie=cookie)
    assert f'<html lang="{language}">' in bytes(answer.body).decode()
    assert answer.headers["vary"] == "accept-language, cookie"
    said = answer.headers.get("set-cookie", "")
    assert bool(said) is kept
    if kept:
        assert said == (
            f"lang={language}; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax"
        )  # a year


def test_the_other_language_is_the_same_page(reader: Reader) -> None:
    assert 'href="/?q=lua&amp;sort=date&amp;lang=vi" lang="vi"' in reader.text(
        "/?q=lua&sort=date&lang=en"
    )
    answer = reader.get("/article/99?lang=en")
    assert answer.status_code == 404
    assert "The archive has no article with this number." in bytes(answer.body).decode()
