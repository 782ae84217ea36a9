"""What a search finds, in which order, and what it does with anything else."""

from __future__ import annotations

import contextlib
import unicodedata
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.archive import Archive
from storage.engine.catchup import catch_up
from storage.engine.folder import folder_of
from storage.errors import QueryError
from storage.places.units import load_provinces
from storage.search import search
from storage.search.filters import place_name
from storage.search.results import NoteKind
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

FILLER = "Ngày qua, nhiều nơi trong vùng có mưa vừa, trời dịu mát hơn so với tuần trước."


@pytest.fixture
def shelf() -> Iterator[sqlite3.Connection]:
    with closing(open_shelf()) as conn:
        yield conn


def ids(conn: sqlite3.Connection, query: str, **options: object) -> list[int]:
    return [hit.id for hit in search(conn, query, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    [
        "tinh uy long an", "Tỉnh ủy Long An", "tỉnh uỷ long an", "TỈNH ỦY LONG AN",
        "tỉnh uy long an", "Tinh ủy", unicodedata.normalize("NFD", "Tỉnh ủy Long An"),
        "Ðường bộ", "duong bo", "đường bộ", "dak lak", "ky thuat", "ki thuat", "kỹ thuật",
        "hòa bình", "hoa binh", "58-CT/TU", "58-ct/tu", "58 ct tu", '"chỉ thị 58"', "QD-UBND",
        "28/11/2023", "thái bạch", "khuyế*", "khuyến nô*", "an -mạng", "title:long", "(long)",
    ],
)  # fmt: skip
def test_every_spelling_finds_the_article(shelf: sqlite3.Connection, query: str) -> None:
    put(
        shelf,
        "Tỉnh ủy Long An ban hành Chỉ thị 58-CT/TU",
        "Kĩ thuật khuyến nông. Hoà bình.\n\nÔng Thái Bạch nói về title này ngày 28/11/2023.",
        summary="Đường bộ qua Đắk Lắk theo Quyết định 12/QĐ-UBND",
    )
    put(shelf, "An ninh mạng", "an toàn")
    assert 1 in ids(shelf, query)


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("má", "Má tôi", "Mã số vùng trồng"),
        ("mã", "Mã số vùng trồng", "Má tôi"),
        ("bán đồ", "Người bán đồ cũ", "Bản đồ số của bản đồ"),
        ("bản đồ", "Bản đồ số", "Bán đồ cũ, bán đồ mới"),
        ("kỹ", "Kĩ năng sống", "Ký ức"),
        ("ma túy", "Chống ma túy", "Mã túy"),
        ("tỉnh uy", "Tỉnh ủy họp", "Tính uy nghiêm"),
        ("đường", "Đường mới", "Dương liễu, dương cầm"),
    ],
)
def test_accents_that_were_typed_are_preferred(
    shelf: sqlite3.Connection, query: str, better: str, worse: str
) -> None:
    put(shelf, better, published_on="2020-01-01")
    put(shelf, worse)
    assert ids(shelf, query)[0] == 1


def test_a_query_without_accents_finds_all_accents(shelf: sqlite3.Connection) -> None:
    for title in ("Má tôi", "Mã số", "Mạ non", "Mà thôi", "Ma trận", "Đồng"):
        put(shelf, title)
    assert sorted(ids(shelf, "ma")) == [1, 2, 3, 4, 5]
    assert ids(shelf, "dong") == [6]


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("long an", ("Tin", "Về Long An hôm nay"), ("Tin", "Long đong, an ổn, long lanh")),
        ("sạt lở", ("Sạt lở bờ sông", "x"), ("Tin", "sạt lở nhiều nơi")),
        ("sạt lở cù lao", ("Tin", "sạt lở ở cù lao"), ("Tin", "lở núi, sạt, lao động, cù")),
        ("mùa nước nổi", ("Tin", "mùa nước nổi về"), ("Tin", "nước mùa này nổi lên")),
    ],
)
def test_neighbours_beat_scattered_words_and_titles_beat_bodies(
    shelf: sqlite3.Connection, query: str, better: tuple[str, str], worse: tuple[str, str]
) -> None:
    put(shelf, *better, published_on="2020-01-01")
    put(shelf, *worse)
    assert ids(shelf, query) == [1, 2]


def test_the_newer_of_equals_comes_first(shelf: sqlite3.Connection) -> None:
    for day in ("2026-01-02", "2026-03-01", "2026-02-01"):
        put(shelf, "Giá lúa tăng", published_on=day)
    assert ids(shelf, "giá lúa") == [2, 3, 1]


def test_sorting_by_date_ignores_relevance(shelf: sqlite3.Connection) -> None:
    put(shelf, "Giá lúa", "giá lúa", published_on="2026-01-01")
    put(shelf, "Tin", "lúa có giá", published_on="2026-02-01")
    assert ids(shelf, "giá lúa", sort="date") == [2, 1]


def test_phrases_and_exclusions_are_kept(shelf: sqlite3.Connection) -> None:
    put(shelf, "Tin", "giá lúa tăng")
    put(shelf, "Tin", "lúa có giá")
    put(shelf, "Tin", "giá lúa giảm mạnh")
    assert sorted(ids(shelf, '"giá lúa"')) == [1, 3]
    assert sorted(ids(shelf, 'lúa -"giá lúa"')) == [2]
    assert sorted(ids(shelf, "lúa -giảm")) == [1, 2]
    assert sorted(ids(shelf, "lúa -giám")) == [1, 2, 3]
    assert sorted(ids(shelf, "lúa -giam")) == [1, 2]
    assert sorted(ids(shelf, 'lúa -"gia lua"')) == [2]


def test_filters_narrow_a_search(shelf: sqlite3.Connection) -> None:
    put(shelf, "Giá lúa", source_id="baolongan", section="Kinh tế - Xã hội",
        authors=["Thanh Nga", "Đỗ Đạt"], published_on="2026-01-31")  # fmt: skip
    put(shelf, "Giá lúa", source_id="baotayninh", kind="video", published_on="2024-02-01")
    put(shelf, "Giá lúa", source_id="dongthap-gov", section_path=["Tin tức"], published_on=None)
    for options, expected in (
        ({"source": "dongthap-gov"}, [3]),
        ({"province": "Long An"}, [1]),
        ({"province": "tinh tay ninh"}, [1, 2]),
        ({"province": "  Tây  -  Ninh "}, [1, 2]),
        ({"province": "tien giang"}, [3]),
        ({"kind": "portal"}, [3]),
        ({"kind": "video"}, [2]),
        ({"section": "kinh te - xa hoi"}, [1]),
        ({"section": "Tin Tức"}, [3]),
        ({"author": "do dat"}, [1]),
        ({"since": "2026-01-31"}, [1]),
        ({"since": "2024-01-01", "until": "2024-12-31"}, [2]),
        ({"until": "2024-02-01"}, [2]),
        ({"since": "1900-01-01"}, [1, 2]),
        ({"province": "tay ninh", "kind": "video", "since": "2024-02-01"}, [2]),
    ):
        assert sorted(ids(shelf, "giá lúa", **options)) == expected, options
        assert sorted(ids(shelf, "gia lua", sort="date", **options)) == expected, options


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "baolongam"}, {"province": "Long Am"}, {"kind": "blog"}, {"since": "hôm qua"},
        {"since": "2026-02-01", "until": "2026-01-01"},
    ],
)  # fmt: skip
def test_a_filter_that_nothing_can_match_is_named(
    shelf: sqlite3.Connection, wrong: dict[str, str]
) -> None:
    with pytest.raises(QueryError, match="|".join(wrong.values())):
        search(shelf, "lúa", **wrong)  # type: ignore[arg-type]


def test_copies_fold_to_the_earliest(shelf: sqlite3.Connection) -> None:
    for day in ("2026-01-03", "2026-01-01", "2026-01-02"):
        put(shelf, "Giá lúa tăng", published_on=day, cluster_id=1)
    put(shelf, "Giá lúa giảm")
    hits = search(shelf, "giá lúa")
    assert [(hit.id, hit.copies) for hit in hits] == [(4, 0), (2, 2)]
    assert len(ids(shelf, "giá lúa", copies=True)) == 4
    archive = Archive.over(shelf, Path("archive.db"))
    assert [hit.id for hit in archive.search("giá lúa")] == [4, 2]
    assert len(archive.search("giá lúa", copies=True)) == 4


def test_the_newest_hits_are_the_first_of_all_though_copies_fold(shelf: sqlite3.Connection) -> None:
    """A cluster stands at the day of the copy that is shown, not at that of a later one."""
    put(shelf, "Giá lúa tăng", published_on="2026-01-05")
    put(shelf, "Giá lúa tăng", published_on="2026-03-01", cluster_id=1)
    for day in ("2026-02-01", "2026-02-03"):
        put(shelf, "Giá lúa giảm", published_on=day)
    for options in ({"query": "giá lúa", "sort": "date"}, {"query": "", "since": "2026-01-01"}):
        newest = ids(shelf, **options)  # type: ignore[arg-type]
        assert newest == [4, 3, 1]
        for limit in (1, 2):
            assert ids(shelf, **options, limit=limit) == newest[:limit]  # type: ignore[arg-type]
            page = {"limit": 1, "offset": limit}
            assert ids(shelf, **options, **page) == [newest[limit]]  # type: ignore[arg-type]


@pytest.mark.parametrize("copies", [3, 12, 40])
def test_the_newest_hits_are_found_behind_many_copies_of_an_old_one(
    shelf: sqlite3.Connection, copies: int
) -> None:
    put(shelf, "Giá lúa tăng", published_on="2026-01-05")
    for day in ("2026-02-01", "2026-02-03"):
        put(shelf, "Giá lúa giảm", published_on=day)
    for _ in range(copies):
        put(shelf, "Giá lúa tăng", published_on="2026-03-01", cluster_id=1)
    for options in ({"query": "giá lúa", "sort": "date"}, {"query": "", "since": "2026-01-01"}):
        pages = [ids(shelf, **options, limit=1, offset=n) for n in range(3)]  # type: ignore[arg-type]
        assert pages == [[3], [2], [1]]


def test_snippets_show_the_accents_of_the_article(shelf: sqlite3.Connection) -> None:
    body = (
        f"{FILLER}\n\nÔng cho biết Tỉnh ủy Long An đã ban hành Chỉ thị số 58-CT/TU. " + FILLER * 9
    )
    put(shelf, "Tin", body)
    (hit,) = search(shelf, "tinh uy long an 58-ct/tu")
    assert "cho biết [Tỉnh ủy Long An] đã" in hit.snippet
    assert "[58-CT/TU]" in hit.snippet
    assert len(hit.snippet) < 300
    (hit,) = search(shelf, "tin")
    assert hit.snippet == "[Tin]"


def test_a_word_that_nothing_has_does_not_hide_the_rest(shelf: sqlite3.Connection) -> None:
    put(shelf, "Sạt lở bờ sông", "tin")
    assert ids(shelf, "sạt lở bờ xông") == [1]
    assert ids(shelf, "xyz") == []


@pytest.mark.parametrize(
    ("query", "gone"),
    [("giá xyzzyq lúa", "xyzzyq"), ("giá lúa ST999", "st 999"), ("xyzzyq giá lúa", "xyzzyq")],
)
def test_a_word_nobody_wrote_between_common_words_is_left_out(
    shelf: sqlite3.Connection, query: str, gone: str
) -> None:
    for number in range(40):
        put(shelf, f"Lúa chín {number}", f"{FILLER} Giá tăng.")
    wanted = put(shelf, "Giá lúa tăng", FILLER)
    hits = search(shelf, query)
    assert hits[0].id == wanted
    assert hits.total.count == 41
    assert [(note.kind, note.words) for note in hits.notes] == [(NoteKind.DROPPED, (gone,))]
    assert len(search(shelf, query, sort="date")) == 10


def test_a_number_nobody_wrote_leaves_the_words_around_it(shelf: sqlite3.Connection) -> None:
    for number in range(40):
        put(shelf, f"Chỉ thị về mùa {number}", FILLER)
    wanted = put(shelf, "Chỉ thị 12/CT-UBND về khai thác cát", FILLER)
    hits = search(shelf, "chỉ thị 13/CT-UBND")
    assert hits[0].id == wanted
    assert "13 ct ubnd" in {word for note in hits.notes for word in note.words}


@pytest.mark.parametrize(
    "query",
    [
        "https://baobacninh.vn/hoi-lim-mo-cua-lien-anh-lien-chi.html",
        "www.baobacninh.vn/tin/hoi_lim_mo_cua/?utm_source=x#y",
        "https://baobacninh.vn/hoi-lim-mo-cua-a123456.htm",
    ],
)
def test_the_address_of_a_page_is_read_as_its_title(shelf: sqlite3.Connection, query: str) -> None:
    put(shelf, "Báo Bắc Ninh mở trang html", "Tin utm_source.")
    wanted = put(shelf, "Hội Lim mở cửa, liền anh liền chị không ngả nón nhận tiền")
    assert ids(shelf, query)[0] == wanted


@pytest.mark.parametrize("query", ["#chocairang", "chocairang", "ghe #chocairang"])
def test_joined_words_are_found_where_one_between_them_was_left_out(
    shelf: sqlite3.Connection, query: str
) -> None:
    put(shelf, "Cái chợ quê", "Ghe bán rang lạc.")
    wanted = put(shelf, "Giữ chợ nổi Cái Răng", "Mỗi ghe hai triệu.")
    hits = search(shelf, query)
    assert hits[0].id == wanted
    assert [(n.words, n.instead) for n in hits.notes] == [(("chocairang",), ("cho cai rang",))]


@pytest.mark.parametrize("query", ["tinhr uyr", "nguyeenx vawn dduowcj", "tỉnh uyr dduwowcj"])
def test_telex_keys_are_read_where_nothing_has_the_words(
    shelf: sqlite3.Connection, query: str
) -> None:
    put(shelf, "Bí thư Tỉnh ủy Nguyễn Văn Được")
    put(shelf, "Tin vắn")
    assert ids(shelf, query) == [1]
    assert ids(shelf, query, sort="date") == [1]


def test_all_words_at_a_place_of_the_province_precede_its_name_alone(
    shelf: sqlite3.Connection,
) -> None:
    put(shelf, "Ninh Thuận: hồ chứa cạn, cừu chết vì khát", FILLER, source_id="baotayninh")
    wanted = put(shelf, "Gốm Bàu Trúc: làng giữ cách nung lộ thiên", FILLER)
    unit = next(each for each in load_provinces().named["ninh thuận"] if each.old)
    shelf.execute("insert into place_articles values (?, ?)", (unit.code, wanted))
    hits = search(shelf, "làng gốm Ninh Thuận")
    assert hits[0].id == wanted
    assert not hits.notes


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("thịt heo tăng giá", "Thịt lợn tăng giá"),
        ("tiêm vaccine cho trẻ em", "Tiêm vắc xin cho thiếu nhi"),
        ("xe lửa trật ray", "Tàu hỏa trật ray"),
        ("tau hoa trat ray", "Xe lửa trật ray"),
    ],
)
def test_what_another_region_calls_it_is_found(
    shelf: sqlite3.Connection, query: str, title: str
) -> None:
    wanted = put(shelf, title, FILLER)
    put(shelf, "Tin khác", FILLER)
    hits = search(shelf, query)
    assert [hit.id for hit in hits] == [wanted]
    assert not hits.notes


@pytest.mark.parametrize("query", ["bể bơi", "be boi"])
@pytest.mark.parametrize("indexed", [True, False])
def test_what_another_region_calls_it_counts_with_its_own_accents(
    tmp_path: Path, query: str, indexed: bool
) -> None:
    with closing(open_shelf(tmp_path / "archive.db")) as shelf:
        wanted = put(shelf, "Hồ bơi mới", FILLER)
        put(shelf, "Họ bơi qua sông, chiếc xe đỏ trôi theo", FILLER)
        if indexed:
            catch_up(shelf, folder_of(tmp_path / "archive.db"))
        hits = search(shelf, query)
        assert [hit.id for hit in hits] == [wanted]
        assert hits.total.count == 1


def test_a_word_is_as_rare_as_it_is_with_the_accents_that_were_typed(
    shelf: sqlite3.Connection,
) -> None:
    for number in range(20):
        put(shelf, f"Mang đến tin vui {number}", FILLER)
    for number in range(5):
        put(shelf, f"Cầu phao {number}", FILLER)
    wanted = put(shelf, "Chợ đêm Măng Đen", FILLER)
    assert ids(shelf, "cầu phao măng đen")[0] == wanted


def test_accents_that_nobody_writes_are_none(shelf: sqlite3.Connection) -> None:
    for number in range(40):
        put(shelf, f"Tin {number}", FILLER)
    put(shelf, "Đắk Lắk mới", "Mơi mới mời.")
    wanted = put(shelf, "Buôn Đôn ngừng cưỡi voi", "Tin từ Đắk Lắk.")
    hits = search(shelf, "đak lak voi")
    assert hits[0].id == wanted
    assert hits.notes == ()


@pytest.mark.parametrize("query", ["long an", "Long An", "tin Long An", "lời", "mua lười"])
def test_a_word_typed_right_is_not_corrected_into_one_that_is_near(
    shelf: sqlite3.Connection, query: str
) -> None:
    for number in range(3):
        put(shelf, f"Dòng sông {number} và an toàn", "Sông An Giang. Tin mới, trời mưa to. Mười.")
    assert not [note for note in search(shelf, query).notes if note.kind == "corrected"]


def test_words_that_are_there_are_not_read_as_telex_keys(shelf: sqlite3.Connection) -> None:
    put(shelf, "Tỉnh cả")
    put(shelf, "Car free day")
    assert ids(shelf, "car") == [2]


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "-",
        "*",
        '"',
        '""',
        "-lúa",
        "a*",
        "x " * 10_000,
        "x" * 1_000_000,
        "\0",
        "()",
        "\ud800",
    ],
)
def test_what_cannot_be_searched_is_one_sentence(shelf: sqlite3.Connection, query: str) -> None:
    with pytest.raises(QueryError) as caught:
        search(shelf, query)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 100


HOSTILE = st.text(max_size=60) | st.text(
    st.sampled_from([*'"*-^:(){}+|\\\0 \n\ud800', "NEAR(", "AND", "OR", "NOT", "title:", "ma", "đ"])
    .map(str)
    .filter(lambda piece: len(piece) == 1),
    max_size=40,
)  # fmt: skip
PIECES = st.lists(
    st.sampled_from(
        ['"', "*", "-", "^", ":", "(", ")", "\0", " ", "\ud800", "NEAR(", " AND ", " OR ", " NOT ",
         "title:", "mã", "lúa", "58-CT/TU", "ẻ́", "ß", "ﬁ", "İ", "٣", "²", "_", "a_b", "中文", "´"]
    ),
    max_size=20,
).map("".join)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PIECES | HOSTILE)
def test_any_string_is_results_or_one_sentence(shelf: sqlite3.Connection, query: str) -> None:
    if not shelf.execute("select 1 from articles").fetchone():
        put(shelf, "Mã số lúa", "NEAR and or not title ß ﬁ İ ٣ ² a_b 中文 58-CT/TU")
    with contextlib.suppress(QueryError):
        search(shelf, query)
        search(shelf, query, sort="date")


@pytest.mark.parametrize("size", [1, 70])
def test_a_beginning_beside_words_that_stand_apart_is_found(
    shelf: sqlite3.Connection, size: int
) -> None:
    for number in range(size):
        put(shelf, f"Tin {number}", "Giá lúa ở xa, nay không đổi.")
    wanted = put(shelf, "Tin", "Giá lúa ở xa, nay thơm.")
    for number in range(size):
        put(shelf, f"Tin {number}", "Giá lúa ở xa, nay không đổi.")
    assert [hit.id for hit in search(shelf, "giá lúa thơ*")] == [wanted]


def test_an_old_title_that_says_it_precedes_many_newer_bodies(shelf: sqlite3.Connection) -> None:
    oldest = put(shelf, "Sâu róm hại rừng thông", "Thông báo.")
    for number in range(130):
        put(shelf, f"Tin {number}", "Người dân gặp sâu róm ở ven rừng.")
    assert ids(shelf, "sâu róm")[0] == oldest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TP Hồ Chí Minh", "Thành phố Hồ Chí Minh"), ("TP Hồ Chí Minh", "TP.HCM"),
        ("TP Hồ Chí Minh", "tphcm"), ("TP Hồ Chí Minh", "tp. ho chi minh"),
        ("Bà Rịa - Vũng Tàu", "ba ria vung tau"), ("Bà Rịa - Vũng Tàu", "Bà Rịa–Vũng Tàu"),
        ("Thừa Thiên Huế", "Tỉnh Thừa Thiên-Huế"), ("Đắk Lắk", "dak lak"),
    ],
)  # fmt: skip
def test_a_province_may_be_written_as_people_do(one: str, other: str) -> None:
    assert place_name(one) == place_name(other) != ""


def test_matches_are_counted_by_what_they_have(shelf: sqlite3.Connection) -> None:
    put(shelf, "Giá lúa", section="Kinh tế", published_on="2026-01-31")
    put(shelf, "Giá lúa", source_id="dongthap-gov", kind="video", published_on="2025-12-01")
    put(shelf, "Giá lúa", source_id="baotayninh", published_on=None)
    put(shelf, "Tin khác")
    hits = search(shelf, "giá lúa", facets=True, limit=1)
    assert (hits.total.count, hits.total.exact) == (3, True)
    assert hits.facets is not None
    found = {
        name: [(count.name, count.count) for count in getattr(hits.facets, name)]
        for name in ("province", "kind", "section", "month")
    }
    assert found == {
        "province": [("Tây Ninh", 2), ("Đồng Tháp", 1)],
        "kind": [("article", 2), ("video", 1)],
        "section": [("", 2), ("Kinh tế", 1)],
        "month": [("", 1), ("2025-12", 1), ("2026-01", 1)],
    }
    assert len(hits.facets.source) == 3


def test_the_next_page_begins_behind_the_first(shelf: sqlite3.Connection) -> None:
    for day in ("2026-01-02", "2026-03-01", "2026-02-01"):
        put(shelf, "Giá lúa tăng", published_on=day)
    assert ids(shelf, "giá lúa", limit=2) == [2, 3]
    assert ids(shelf, "giá lúa", limit=2, offset=2) == [1]


def test_an_article_with_most_words_side_by_side_comes_before_many_with_all_by_chance(
    shelf: sqlite3.Connection,
) -> None:
    far = " rồi đến khi khác thì lại".join(("Sửa", " treo", " suối", " vằn", " cầu", " cát"))
    chance = [put(shelf, f"Tin {number}", f"{far}. {FILLER * 5}") for number in range(35)]
    for number in range(80):
        put(shelf, f"Tin khác {number}", FILLER)
    meant = put(shelf, "Sửa cầu treo suối", "Cầu treo suối cũ, sửa cầu treo suối.")
    hits = [hit.id for hit in search(shelf, "sửa cầu treo suối cát vằn", copies=True)]
    assert hits[0] == meant
    assert set(hits[1:]) <= set(chance)
    first, second = (
        [hit.id for hit in search(shelf, "sửa cầu treo suối cát vằn", copies=True, **page)]
        for page in ({"limit": 20}, {"limit": 20, "offset": 20})
    )
    assert first[:10] == hits
    assert not set(first) & set(second)
    assert len({*first, *second}) >= 35


@pytest.mark.parametrize(
    ("asked", "name"),
    [("Sài Gòn", "Hồ Chí Minh"), ("BRVT", "Bà Rịa - Vũng Tàu"), ("daklak", "Đắk Lắk")],
)
def test_a_province_without_a_source_is_named_as_one(
    shelf: sqlite3.Connection, asked: str, name: str
) -> None:
    with pytest.raises(QueryError, match=f"no source of {name} is archived; --place finds"):
        search(shelf, "tỉnh", province=asked)
