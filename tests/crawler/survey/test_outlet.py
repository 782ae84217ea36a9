from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources.provinces import PROVINCES
from crawler.survey.outlet import UNKNOWN_PROVINCE, guess_outlet, name_source


def home(title: str, more: str = "") -> bytes:
    return f"<html><head><title>{title}</title></head><body>{more}</body></html>".encode()


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        (
            "Báo Kiên Giang - Tin tức",
            "https://www.baokiengiang.vn/",
            ("baokiengiang", "Báo Kiên Giang", "newspaper", "An Giang", "Kiên Giang"),
        ),
        (
            "Tin mới | Đài PT-TH Bến Tre",
            "https://thbt.vn/",
            ("thbt", "Đài PT-TH Bến Tre", "broadcaster", "Vĩnh Long", "Bến Tre"),
        ),
        (
            "Cổng thông tin điện tử tỉnh Đắk Lắk",
            "https://daklak.gov.vn/",
            ("daklak-gov", "Cổng thông tin điện tử tỉnh Đắk Lắk", "portal", "Đắk Lắk", "Đắk Lắk"),
        ),
        (
            "Phú Yên online",
            "https://phuyen.baodaklak.vn/",
            ("phuyen-baodaklak", "Phú Yên online", "newspaper", "Đắk Lắk", "Phú Yên"),
        ),
        (
            "Báo Bà Rịa - Vũng Tàu",
            "http://127.0.0.1:80/",
            ("bao-ba-ria", "Báo Bà Rịa", "newspaper", "TP Hồ Chí Minh", "Bà Rịa - Vũng Tàu"),
        ),
    ],
)
def test_the_publisher_is_read_off_the_home_page(
    title: str, url: str, expected: tuple[str, ...]
) -> None:
    guess = guess_outlet(home(title), url)
    assert (guess.id, guess.name, guess.kind, guess.province, guess.before_2025) == expected


def test_the_dash_of_a_broadcaster_belongs_to_its_name() -> None:
    guess = guess_outlet(home("Trang chủ - Đài Phát thanh - Truyền hình Sơn La"), "http://1.2.3.4/")
    assert (guess.name, guess.kind) == ("Đài Phát thanh - Truyền hình Sơn La", "broadcaster")


@pytest.mark.parametrize(
    ("title", "host", "kind"),
    [
        *(("Báo Huế", "x.vn", "newspaper"), ("Tin nhanh", "x.vn", "newspaper")),
        *(("Tin nhanh", "hue.gov.vn", "portal"), ("Cổng Huế", "x.vn", "portal")),
        *(("Hue portal", "x.vn", "portal"), ("Báo Huế", "hue.gov.vn", "portal")),
        *(("Đài Huế", "x.vn", "broadcaster"), ("Truyền hình Huế", "x.vn", "broadcaster")),
        *(("Huế TV", "x.vn", "broadcaster"), ("Tin nhanh", "huetv.vn", "broadcaster")),
        # A newspaper may have a channel.
        ("Báo Huế TV", "huetv.vn", "newspaper"),
    ],
)
def test_each_clue_alone_says_what_kind_of_outlet_it_is(title: str, host: str, kind: str) -> None:
    assert guess_outlet(home(title), f"https://{host}/").kind == kind


def test_the_province_may_stand_in_the_imprint_only() -> None:
    imprint = "<footer>Cơ quan của Đảng bộ tỉnh Yên Bái. Tòa soạn: thành phố Yên Bái</footer>"
    guess = guess_outlet(home("Tin nhanh", imprint), "http://127.0.0.1/")
    assert (guess.province, guess.before_2025) == ("Lào Cai", "Yên Bái")
    assert 0 < guess.province_confidence < 0.8
    assert guess_outlet(home("News"), "http://127.0.0.1/").province == UNKNOWN_PROVINCE


def test_a_name_that_says_what_it_is_is_surer_than_any_title_and_that_than_the_host() -> None:
    sure, title, host = (
        guess_outlet(home(text), "https://x.vn/").name_confidence
        for text in ("Báo Kiên Giang", "Tin nhanh mỗi ngày", "")
    )
    assert 1 >= sure > title > host > 0


@given(st.binary(max_size=300), st.text(max_size=40))
def test_no_home_page_breaks_the_guess(body: bytes, name: str) -> None:
    guess = guess_outlet(b"<title>" + body, "https://x.vn/")
    assert guess.id
    assert 0 <= guess.name_confidence <= 1
    assert 0 <= guess.province_confidence <= 1
    assert name_source(name, "127.0.0.1").replace("-", "a").replace("_", "a").isalnum()


@pytest.mark.parametrize(
    ("name", "host", "id_"),
    [
        ("Báo A", "www.baoa.vn", "baoa"),
        ("Báo A", "baoa.com.vn", "baoa"),
        ("Báo A", "tin.baoa.org.vn", "tin-baoa"),
        ("Báo A", "hue.gov.vn", "hue-gov"),
        ("Báo A", "baoa.example", "baoa-example"),
        ("Báo Kiên Giang", "127.0.0.1", "bao-kien-giang"),
        ("Báo Kiên Giang", "localhost", "bao-kien-giang"),
        (" ".join(f"tu{n}" for n in range(12)), "1.2.3.4", "-".join(f"tu{n}" for n in range(8))),
        ("???", "1.2.3.4", "site"),
        ("Báo A", "b" * 70 + ".vn", "b" * 60),
        ("Báo A", "bao_a!.vn", "baoa"),
    ],
)
def test_a_source_is_called_by_its_host_or_its_name(name: str, host: str, id_: str) -> None:
    assert name_source(name, host) == id_


@pytest.mark.parametrize(
    ("body", "name", "sure"),
    [
        ('<meta property="og:site_name" content="Báo A"><title>Báo B</title>', "Báo A", 0.8),
        ('<meta property="og:title" content="Tin A"><title>Báo B</title>', "Tin A", 0.5),
        ('<meta name="application-name" content="Báo A"><title>B</title>', "Báo A", 0.8),
        ("<title>Tin tức | Báo A</title>", "Báo A", 0.8),
        ("<title>Báo A dài hơn | Báo A</title>", "Báo A", 0.8),
        ("<title>Trang chủ | Tin A</title>", "Trang chủ", 0.5),
        (f"<title>{'Báo ' + 'a' * 90}</title>", "Báo " + "a" * 76, 0.8),
        ("<title> </title>", "x.vn", 0.2),
        ("", "x.vn", 0.2),
    ],
)
def test_the_surest_title_names_an_outlet(body: str, name: str, sure: float) -> None:
    guess = guess_outlet(f"<html><head>{body}</head></html>".encode(), "https://x.vn/")
    assert (guess.name, guess.name_confidence) == (name, sure)


@pytest.mark.parametrize(
    ("said", "sure"),
    [
        ("báo Long An", 0.4),
        ("báo Long An, báo Long An", 0.5),
        ("báo Long An, " * 9, 0.7),
        ("báo Long An, báo Long An, báo Huế", 0.33),
        ("", 0.0),
    ],
)
def test_a_province_in_the_imprint_is_trusted_by_how_often_it_stands(
    said: str, sure: float
) -> None:
    guess = guess_outlet(home("Tin nhanh", said), "https://x.vn/")
    assert guess.province_confidence == pytest.approx(sure, abs=0.006)
    assert guess.before_2025 == ("Long An" if said else None)


@pytest.mark.parametrize(
    ("said", "province", "before"),
    [
        ("báo Long An", "Tây Ninh", "Long An"), ("báo Huế", "Huế", "Thừa Thiên Huế"),
        ("tỉnh THỪA THIÊN HUẾ", "Huế", "Thừa Thiên Huế"), ("tp. Cần Thơ", "Cần Thơ", "Cần Thơ"),
    ],
)  # fmt: skip
def test_a_province_is_told_by_its_name_of_today_or_of_before(
    said: str, province: str, before: str
) -> None:
    guess = guess_outlet(home("Tin nhanh", said), "https://x.vn/")
    assert (guess.province, guess.before_2025) == (province, before)


def test_no_name_of_a_province_begins_another() -> None:
    names = sorted({*PROVINCES, *PROVINCES.values()})
    assert not [pair for pair in pairwise(names) if pair[1].startswith(pair[0])]
