"""Hosts of a source, patterns and provinces."""

from __future__ import annotations

import pytest

from crawler.sources import Source
from crawler.sources.patterns import compile_pattern
from crawler.sources.provinces import PROVINCES, fold_name
from storage.states import SeedKind, SourceKind, SourceStatus

MAX_PATTERN = 1_000

X = Source(
    id="x",
    name="X",
    province="Huế",
    homepage="https://www.x.vn/",
    hosts=("tin.x.vn:8080",),
    former_hosts=("cu.vn",),
)


@pytest.mark.parametrize(
    ("url", "owns", "owned"),
    [
        ("http://x.vn/a", True, True),
        ("https://WWW.X.VN.:443/a", True, True),
        ("http://x.vn:80/a", True, True),
        ("http://x.vn:81/a", False, False),
        ("http://tin.x.vn:8080/", True, True),
        ("http://tin.x.vn/", False, False),
        ("https://www.cu.vn/a", False, True),
        ("https://y.vn/x.vn", False, False),
        ("https://x.vn:8443/", False, False),
        ("https://[::1", False, False),
        ("/a", False, False),
    ],
)
def test_a_source_owns_its_hosts_with_and_without_www(url: str, owns: bool, owned: bool) -> None:
    assert (X.owns(url), X.owned(url)) == (owns, owned)


def test_kinds_and_states_are_the_words_of_source_files() -> None:
    assert [*SourceKind] == ["newspaper", "broadcaster", "portal"]
    assert [*SourceStatus] == ["active", "paused", "frozen", "retired"]
    assert [*SeedKind] == ["feed", "sitemap", "listing"]
    assert (X.kind, X.status) == (SourceKind.NEWSPAPER, SourceStatus.ACTIVE)


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("", "is empty"),
        ("a" * (MAX_PATTERN + 1), "at most 1000"),
        ("(?P<id>a)(?P<id>b)", "twice"),
        ("a(?=b)", "look-around is not supported"),
        ("a(", "is not a valid pattern"),
    ],
)
def test_a_bad_pattern_is_explained(pattern: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        compile_pattern(pattern)


def test_a_pattern_that_would_backtrack_is_linear() -> None:
    assert compile_pattern("(a+)+$").search("a" * 20_000 + "b") is None
    assert compile_pattern(r"-a(?P<id>\d+)").groupindex["id"] == 1


def test_63_provinces_became_34() -> None:
    assert (len(PROVINCES), len(set(PROVINCES.values()))) == (63, 34)
    assert PROVINCES["Long An"] == "Tây Ninh"
    assert len({fold_name(name) for name in PROVINCES}) == 63
    assert fold_name("Bà Rịa - Vũng Tàu") == "bariavungtau"
    assert fold_name("Đắk Lắk") == "daklak"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Đắk Lắk", "daklak"),
        ("Bà Rịa - Vũng Tàu", "bariavungtau"),
        ("TP. Hồ Chí Minh 2", "tphochiminh2"),
        ("Huế №", "hue"),
        ("Tây Ninh ж", "tayninh"),
    ],
)
def test_a_name_is_folded_to_letters_and_digits(name: str, wanted: str) -> None:
    assert fold_name(name) == wanted


def test_a_source_leaves_open_what_its_file_does_not_say() -> None:
    made = Source(id="x", name="X", province="Huế", homepage="https://x.vn/")
    assert (made.kind, made.status) == ("newspaper", "active")
    assert (made.verify_tls, made.render) == (True, False)
    assert (made.pace.delay, made.pace.poll, made.images, made.attachments) == (None,) * 4
    assert (made.successor, made.province_before_2025, made.path) == (None, None, "")
    lists = (made.hosts, made.former_hosts, made.seeds, made.accept, made.reject, made.layouts)
    assert (*lists, made.datelines, made.media_hosts) == ((),) * 8
