from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources.patterns import compile_pattern
from crawler.survey.habits import learn_habit
from crawler.survey.outlet import UNKNOWN_PROVINCE, guess_outlet, name_source

WORDS = "xa-tan-hoa-khanh-thanh-cay-cau"


def urls(form: str, count: int = 10) -> list[str]:
    return [f"https://x.vn{form.format(slug=WORDS, n=10000 + n)}" for n in range(count)]


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("/{slug}-a{n}.html", r"-a(?P<id>\d+)\.html$"),
        ("/{slug}-post{n}.html", r"-post(?P<id>\d+)\.html$"),
        ("/{slug}-{n}.htm", r"-(?P<id>\d+)\.htm$"),
        ("/{slug}-postid{n}.bbg", r"-postid(?P<id>\d+)\.bbg$"),
        ("/xa-hoi/{n}/{slug}.html", r"/(?P<id>\d+)/[^/]+\.html$"),
        ("/xa-hoi/{n}-{slug}.html", r"/(?P<id>\d+)-[^/]+\.html$"),
        ("/viewer.aspx?mabb={n}&x=1", r"[?&]mabb=(?P<id>\d+)(&|$)"),
    ],
)
def test_the_form_of_the_ids_is_learnt(form: str, pattern: str) -> None:
    habit = learn_habit(urls(form), ["https://x.vn/thoi-su", "https://x.vn/kinh-te/"])
    assert habit.patterns == (pattern,)
    assert (habit.covered, habit.strays, habit.has_ids) == (10, 0, True)
    assert habit.confidence > 0.9


def test_two_systems_side_by_side_are_both_learnt() -> None:
    both = urls("/{slug}-a{n}.html", 12) + urls("/{slug}-{n}.html", 6)
    habit = learn_habit(both, [])
    assert set(habit.patterns) == {r"-a(?P<id>\d+)\.html$", r"-(?P<id>\d+)\.html$"}


def test_monthly_ids_keep_their_month() -> None:
    known = [f"https://x.vn/tin/20250{n}/{WORDS}-19f77b{n}/" for n in range(1, 9)]
    (pattern,) = learn_habit(known, []).patterns
    assert compile_pattern(pattern).groupindex.keys() == {"month", "id"}


def test_slugs_without_ids_are_told_from_sections() -> None:
    known = [f"https://x.vn/{WORDS}-{word}/" for word in ("mot", "hai", "ba", "bon", "nam")]
    sections = ["https://x.vn/thoi-su/", "https://x.vn/hoc-tap-va-lam-theo/"]
    habit = learn_habit(known, sections)
    assert (habit.covered, habit.strays, habit.has_ids) == (5, 0, False)


def test_headlines_that_end_in_letters_and_digits_have_no_ids() -> None:
    endings = (
        "phong-dich-covid19",
        "ky-hop-quoc-hoi-qh15",
        "hoc-sinh-lop-k12",
        "mua-vu",
        "cau-moi",
    )
    habit = learn_habit([f"https://x.vn/tin/xa-tan-hoa-{each}" for each in endings], [])
    assert (habit.covered, habit.has_ids) == (5, False)


def test_no_habit_is_said_rather_than_a_wrong_one() -> None:
    assert learn_habit([], []).patterns == ()
    assert learn_habit(["https://x.vn/a", "https://x.vn/b/c"], []).confidence == 0


@given(st.lists(st.text(max_size=60), max_size=12))
def test_learning_never_breaks(paths: list[str]) -> None:
    habit = learn_habit([f"https://x.vn/{path}" for path in paths], ["https://x.vn/a"])
    assert habit.strays == 0
    for pattern in habit.patterns:
        compile_pattern(pattern)


def home(title: str, more: str = "") -> bytes:
    return f"<html><head><title>{title}</title></head><body>{more}</body></html>".encode()


@pytest.mark.parametrize(
    ("title", "url", "expected"),
    [
        ("Báo Kiên Giang - Tin tức", "https://www.baokiengiang.vn/",
         ("baokiengiang", "Báo Kiên Giang", "newspaper", "An Giang", "Kiên Giang")),
        ("Tin mới | Đài PT-TH Bến Tre", "https://thbt.vn/",
         ("thbt", "Đài PT-TH Bến Tre", "broadcaster", "Vĩnh Long", "Bến Tre")),
        ("Cổng thông tin điện tử tỉnh Đắk Lắk", "https://daklak.gov.vn/",
         ("daklak-gov", "Cổng thông tin điện tử tỉnh Đắk Lắk", "portal", "Đắk Lắk", "Đắk Lắk")),
        ("Phú Yên online", "https://phuyen.baodaklak.vn/",
         ("phuyen-baodaklak", "Phú Yên online", "newspaper", "Đắk Lắk", "Phú Yên")),
        ("Báo Bà Rịa - Vũng Tàu", "http://127.0.0.1:80/",
         ("bao-ba-ria", "Báo Bà Rịa", "newspaper", "TP Hồ Chí Minh", "Bà Rịa - Vũng Tàu")),
    ],
)  # fmt: skip
def test_the_publisher_is_read_off_the_home_page(
    title: str, url: str, expected: tuple[str, ...]
) -> None:
    guess = guess_outlet(home(title), url)
    assert (guess.id, guess.name, guess.kind, guess.province, guess.before_2025) == expected


def test_the_dash_of_a_broadcaster_belongs_to_its_name() -> None:
    guess = guess_outlet(home("Trang chủ - Đài Phát thanh - Truyền hình Sơn La"), "http://1.2.3.4/")
    assert (guess.name, guess.kind) == ("Đài Phát thanh - Truyền hình Sơn La", "broadcaster")


def test_the_province_may_stand_in_the_imprint_only() -> None:
    imprint = "<footer>Cơ quan của Đảng bộ tỉnh Yên Bái. Tòa soạn: thành phố Yên Bái</footer>"
    guess = guess_outlet(home("Tin nhanh", imprint), "http://127.0.0.1/")
    assert (guess.province, guess.before_2025) == ("Lào Cai", "Yên Bái")
    assert 0 < guess.province_confidence < 0.8
    assert guess_outlet(home("News"), "http://127.0.0.1/").province == UNKNOWN_PROVINCE


@given(st.binary(max_size=300), st.text(max_size=40))
def test_no_home_page_breaks_the_guess(body: bytes, name: str) -> None:
    guess = guess_outlet(b"<title>" + body, "https://x.vn/")
    assert guess.id
    assert name_source(name, "127.0.0.1").replace("-", "a").replace("_", "a").isalnum()
