"""Copies across outlets share a cluster; look-alikes do not."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.articles import clusters
from storage.articles.clusters import Copies, _least, _months, prepare
from storage.articles.likeness import Text, is_copy
from storage.articles.place import _is_renamed
from tests.support import shelf
from tests.support.shelf import open_shelf

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.records import Article, Link

    Make = Callable[..., Article]
    MakeLink = Callable[..., Link]

NOW = "2026-10-02T11:38:00Z"
DAYS = ["Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"]
ACTORS = ["người dân", "chính quyền xã", "ngành nông nghiệp", "đoàn công tác", "lực lượng tại chỗ"]
ACTS = [
    "khảo sát",
    "đề xuất nâng cấp",
    "khẩn trương gia cố",
    "bàn giao",
    "kiểm tra lại",
    "cắm biển ở",
]
THINGS = ["tuyến kè ven sông", "cống ngăn mặn", "trạm bơm điện", "đê bao nội đồng", "hồ chứa"]
ENDS = ["trước mùa mưa", "trong tháng này", "bằng vốn địa phương", "theo quy trình", "đúng tiến độ"]


def paragraphs(seed: int, count: int = 6) -> list[str]:
    """Paragraphs of a report; another seed is a report with other words and facts."""
    r = random.Random(seed)

    def sentence() -> str:
        parts = [r.choice(each) for each in (ACTORS, ACTS, THINGS, ENDS)]
        return (
            " ".join(parts).capitalize() + f" tại Khu {r.randint(1, 999)}, dài {r.random():.3f} km."
        )

    return [" ".join(sentence() for _ in range(4)) for _ in range(count)]


def put(
    archive: Archive, article: Make, link: MakeLink, text: list[str], number: int, **more: object
) -> Article:
    source_id = str(more.pop("source_id", "baolongan"))
    body = "\n\n".join(text)
    made = article(number, source_id=source_id, title=f"Tin {number}", body=body, **more)
    outcome = archive.add(made, link=link(number, source_id=source_id), capture=None, run_id=None)
    stored = archive.article(outcome.article_id or 0)
    assert stored is not None
    return stored


TEXT = paragraphs(1)
COPIES = {
    "the same": TEXT,
    "another lead": [paragraphs(2)[0], *TEXT[1:]],
    "trimmed end": TEXT[:3],
    "local addition": [*TEXT[:3], *paragraphs(3)[:2], *TEXT[3:]],
    "lead, end and addition": [paragraphs(4)[0], *TEXT[1:5], paragraphs(5)[0]],
    "other paragraphs": [" ".join(TEXT[:3]), " ".join(TEXT[3:])],
}


@pytest.mark.parametrize("kind", COPIES)
def test_a_reprint_joins_the_cluster(
    archive: Archive, article: Make, link: MakeLink, kind: str
) -> None:
    for number in range(10, 40):
        put(archive, article, link, paragraphs(number), number)
    first = put(archive, article, link, TEXT, 1)
    copy = put(archive, article, link, COPIES[kind], 1, source_id="baotayninh", summary="Khác.")
    assert first.cluster_id == first.id
    assert copy.cluster_id == first.id
    assert [other.id for other in archive.copies(copy.id)] == [first.id]
    assert [other.id for other in archive.copies(first.id)] == [copy.id]


def test_other_reports_do_not(archive: Archive, article: Make, link: MakeLink) -> None:
    for number in range(1, 30):
        source_id = ("baolongan", "baotayninh")[number % 2]
        stored = put(archive, article, link, paragraphs(number), number, source_id=source_id)
        assert stored.cluster_id == stored.id


PRICES = (
    "Giá heo hơi tại chợ đầu mối {} sáng nay ở mức {} nghìn đồng mỗi ký, sức mua không đổi. "
    "Nguồn hàng từ {} về đều, bình quân {} tấn mỗi đêm, không có hiện tượng găm hàng chờ giá."
)
WEATHER = (
    "Đài khí tượng thủy văn tỉnh cho biết, hôm nay {}, ngày {}, khu vực Bến Lức có mưa rào, "
    "nhiệt độ thấp nhất 24 độ, cao nhất 33 độ, độ ẩm trung bình 81%. Người dân làm việc ngoài "
    "trời nên uống đủ nước, không trú dưới cây cao khi có dông."
)


LONG = " ".join(f"Đoạn {n} kể về xã thứ {n * 7} của tỉnh này." for n in range(30))


def text(body: str, title: str = "", day: str | None = None) -> Text:
    return Text(title, None, body, day)


def test_a_form_letter_with_other_facts_is_no_copy() -> None:
    one = text(PRICES.format("Gò Dầu", 61, "Cần Giuộc", 120))
    assert not is_copy(one, text(PRICES.format("Năm Căn", 58, "Đầm Dơi", 96)))
    assert is_copy(one, text("Cập nhật. " + PRICES.format("Gò Dầu", 61, "Cần Giuộc", 120)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("thứ Hai", "4/5"), ("thứ Ba", "5/5")),
        (("thứ Hai", "4/5/2026"), ("thứ Hai", "11 tháng 5")),
        (("thứ Hai", "4"), ("thứ Ba", "5")),
    ],
)
def test_the_next_day_of_a_bulletin_is_no_copy_even_with_the_same_figures(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    today = WEATHER.format(*one)
    assert is_copy(text(today), text("Bản tin. " + today))
    assert not is_copy(text(today), text(WEATHER.format(*other)))


NOTICE = (
    "Theo bản tin {number}, {matter} ở {place} được theo dõi từng ngày trong tháng 9.\n"
    "Người dân {place} chuẩn bị cho những ngày tới, các xã báo tin qua loa truyền thanh và "
    "trên trang tin của địa phương, theo bản tin ra ngày 06/09.\nMọi góp ý gửi về tòa soạn để được "
    "ghi nhận và trả lời trong giờ làm việc, kể cả ngày nghỉ và ngày lễ."
)


@pytest.mark.parametrize("numbers", [("số 266", "số 267"), ("mới", "mới")])
def test_notices_with_one_frame_and_one_day_are_no_copies(numbers: tuple[str, str]) -> None:
    here = NOTICE.format(number=numbers[0], matter="mực nước trên sông", place="huyện Kế Sách")
    elsewhere = NOTICE.format(
        number=numbers[1], matter="cây giống do tỉnh hỗ trợ", place="Châu Phú"
    )
    assert is_copy(text(here, day="2026-09-06"), text(f"{here}\nMời xem.", day="2026-09-06"))
    assert not is_copy(text(here, day="2026-09-06"), text(elsewhere, day="2026-09-06"))


def test_a_day_in_words_is_the_same_day() -> None:
    assert is_copy(
        text(WEATHER.format("thứ Hai", "04/05")), text(WEATHER.format("thứ Hai", "4 tháng 5"))
    )


def test_the_next_session_is_no_copy() -> None:
    session = (
        "Hội đồng nhân dân huyện khai mạc kỳ họp thứ {}, nghe báo cáo kinh tế xã hội, thảo luận "
        "các tờ trình và thông qua nhiều nghị quyết, trong đó có nghị quyết về dự toán ngân sách."
    )
    assert not is_copy(text(session.format("ba")), text(session.format("tư")))


def test_a_figure_set_right_makes_no_other_text() -> None:
    wrong = "\n\n".join(TEXT)
    right = wrong.replace(re.findall(r"\d+\.\d+", wrong)[0], "7.125")
    assert wrong != right
    assert is_copy(text(wrong, day="2026-03-01"), text(right, day="2026-03-02"), one_paper=True)


def test_the_only_figure_of_a_text_may_be_set_right_but_not_all_prices() -> None:
    one = WEATHER.format("thứ Hai", "4/5")
    assert is_copy(text(one), text(one.replace("81%", "18%")), one_paper=True)
    other = one.replace("81%", "91%").replace("24", "22").replace("33", "29")
    assert not is_copy(text(one), text(other))


def test_figures_are_the_same_however_they_are_grouped() -> None:
    prices = PRICES.format("Gò Dầu", "{}", "Cần Giuộc", "{}")
    assert is_copy(text(prices.format("61.000", "1,2")), text(prices.format("61000", "1.2")))


def test_names_beside_each_other_are_told_apart() -> None:
    one = text("Các xã Vinh, Tương Dương và Quỳ Hợp thuộc tỉnh Nghệ An.")
    assert {"vinh", "tuong duong", "quy hop", "nghe an"} <= one.facts


def test_a_page_in_capitals_is_not_one_name() -> None:
    names = text("Ở " + "Long An " * 200).facts
    assert max(map(len, names)) < 100
    assert len(names) > 0


def test_a_follow_up_with_the_background_of_the_first_report_is_no_copy() -> None:
    first = text("\n\n".join(TEXT))
    second = text("\n\n".join([*paragraphs(2)[:3], *TEXT[3:]]))
    assert not is_copy(first, second, one_paper=True)


def test_a_few_words_are_too_little_to_be_a_copy() -> None:
    brief = text("Ảnh: Khai mạc lễ hội đua ghe ngo năm nay.")
    assert not is_copy(brief, brief)


@given(st.text(), st.text())
def test_any_texts_can_be_compared(one: str, other: str) -> None:
    assert is_copy(text(one), text(other)) == is_copy(text(other), text(one))


def test_a_corrected_text_at_a_new_address_of_the_paper_joins(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    first = put(archive, article, link, TEXT, 1)
    again = put(archive, article, link, [*TEXT, "Thêm một đoạn."], 2)
    assert again.cluster_id == first.id


def test_a_member_is_a_copy_of_the_first(archive: Archive, article: Make, link: MakeLink) -> None:
    """Each shares two thirds of the one before it, and the third one third of the first."""
    chain = paragraphs(1, 12)
    first = put(archive, article, link, chain[:6], 1)
    second = put(archive, article, link, chain[2:8], 1, source_id="baotayninh")
    third = put(archive, article, link, chain[4:10], 2)
    assert second.cluster_id == first.id
    assert third.cluster_id == third.id


def test_bulletins_of_a_month_in_two_papers_make_a_cluster_a_day(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    for day in range(1, 31):
        for number, source_id in enumerate(("baolongan", "baotayninh")):
            body = [WEATHER.format(DAYS[day % 7], f"{day}/6"), f"Theo phóng viên {number}."]
            put(archive, article, link, body, day, source_id=source_id,
                published_on=f"2026-06-{day:02}")  # fmt: skip
    rows = archive._db.conn.execute("select count(*) from articles group by cluster_id").fetchall()
    assert [row[0] for row in rows] == [2] * 30


def test_a_first_article_with_another_text_lets_its_members_go(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    put(archive, article, link, TEXT, 1)
    member = put(archive, article, link, TEXT[1:], 1, source_id="baotayninh")
    other = put(archive, article, link, TEXT[:5], 2, source_id="baotayninh")
    assert (member.cluster_id, other.cluster_id) == (1, 1)
    put(archive, article, link, paragraphs(9), 1)
    found = [stored.cluster_id for id_ in (1, 2, 3) if (stored := archive.article(id_))]
    assert found == [1, 2, 2]


def test_a_copy_that_comes_while_bodies_are_compared_is_found(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    made = article(5, body="\n\n".join(TEXT), digest="x")
    copies = Copies.of(archive._db.conn, made, "2026-03-01T00:00:00Z")
    copies.prepare()
    first = put(archive, article, link, TEXT[1:], 1, source_id="baotayninh")
    assert copies.find() == first.id


def test_what_was_compared_before_the_lock_counts_until_something_is_written(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    put(archive, article, link, TEXT, 1)
    made = article(2, source_id="baotayninh", body="\n\n".join(TEXT), digest="sha1:2")
    asked: list[str] = []
    for is_written in (False, True):
        copies = Copies.of(archive.connection, made, NOW)
        copies.prepare()
        if is_written:
            archive.connection.execute("update articles set gone_reason = null")
        copies.settle()
        archive.connection.set_trace_callback(asked.append)
        assert copies.find() == 1
        archive.connection.set_trace_callback(None)
        assert bool(asked) is is_written
    copies = Copies.of(archive.connection, made, NOW)
    copies.prepare()
    copies.settle()
    assert copies.find(1) is None, "what was found for another article does not count"
    assert copies.find(passed=lambda first: first == 1) is None


def test_an_article_is_not_compared_with_its_own_earlier_text(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    put(archive, article, link, TEXT, 1, source_id="baotayninh")
    stored = put(archive, article, link, paragraphs(7), 1)
    edited = article(1, body="\n\n".join([*TEXT[:4], *paragraphs(7)]), digest="sha1:2")
    copies = Copies.of(archive.connection, edited, NOW)
    prepare(archive.connection, edited, copies)
    assert {first for first, _ in copies._verdicts} == {1}
    copies.settle()
    asked: list[str] = []
    archive.connection.set_trace_callback(asked.append)
    assert (copies.find(stored.id), asked) == (1, [])


def test_an_article_with_its_stored_text_is_not_compared(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    put(archive, article, link, TEXT, 1, source_id="baotayninh")
    stored = put(archive, article, link, TEXT[1:], 1)
    copies = Copies.of(archive.connection, stored, NOW)
    prepare(archive.connection, stored, copies)
    assert copies._verdicts == {}


def test_a_text_is_compared_once_and_known_by_its_digest(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    put(archive, article, link, TEXT, 1)
    made = article(2, source_id="baotayninh", body="\n\n".join(TEXT), digest="sha1:2")
    copies = Copies.of(archive.connection, made, NOW)
    assert copies.are_of(1)
    archive.connection.execute("update articles set body = 'Khác.' where id = 1")
    assert copies.are_of(1)
    assert not Copies.of(archive.connection, made, NOW).are_of(1)
    archive.connection.execute("update articles set digest = 'sha1:other' where id = 1")
    assert not copies.are_of(1)
    row = archive.connection.execute("select * from articles").fetchone()
    stored = Copies.of_stored(archive.connection, row)
    assert stored.renewed(row) is stored
    archive.connection.execute("update articles set digest = 'sha1:new' where id = 1")
    again = archive.connection.execute("select * from articles").fetchone()
    assert stored.renewed(again) is not stored


def test_articles_that_wait_are_counted_and_grouped_forty_at_a_time(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    put(archive, article, link, TEXT, 1)
    columns = [row[1] for row in archive.connection.execute("pragma table_info(articles)")]
    other = ["n + 1" if name in ("id", "key", "cluster_id") else name for name in columns]
    archive.connection.execute(
        f"insert into articles ({', '.join(columns)}) select {', '.join(other)} from articles,"  # noqa: S608
        " (with recursive c (n) as (select 1 union all select n + 1 from c where n < 41)"
        " select n from c)"
    )
    archive.connection.execute("insert into copies_due select id from articles where id > 1")
    assert archive.clusters.count_due() == 41
    assert [archive.clusters.regroup_due() for _ in range(3)] == [40, 1, 0]
    assert archive.clusters.count_due() == 0


@pytest.mark.parametrize(("likelier", "is_found"), [(5, True), (6, False)])
def test_six_articles_with_most_in_common_are_compared(
    archive: Archive, article: Make, link: MakeLink, likelier: int, is_found: bool
) -> None:
    """Bulletins of other days have nearly all of it, the report that it copies less."""
    bulletin = WEATHER.format(DAYS[0], "20/6")
    first = put(archive, article, link, [bulletin[: len(bulletin) * 3 // 4]], 1,
                published_on="2026-06-20")  # fmt: skip
    for day in range(10, 10 + likelier):
        put(archive, article, link, [WEATHER.format(DAYS[0], f"{day}/6")], 10 + day,
            published_on=f"2026-06-{day}")  # fmt: skip
    copy = put(archive, article, link, [bulletin], 1, source_id="baotayninh",
               published_on="2026-06-20")  # fmt: skip
    assert (copy.cluster_id == first.id) == is_found


@pytest.mark.parametrize(
    ("first", "second", "alone", "likely"),
    [
        (32, 0, [1], [2, 1]), (33, 0, [1], [2]),
        (32, 16, [1, 33], [33, 2, 1]), (32, 17, [1, 33], [2, 1]),
    ],
)  # fmt: skip
def test_thirty_two_articles_of_a_key_and_forty_eight_of_all_are_looked_up(
    first: int, second: int, alone: list[int], likely: list[int]
) -> None:
    """One key has the ``first`` articles, another the ``second``: all of cluster 2 but some."""
    with closing(open_shelf()) as conn:
        copies = Copies(conn, text(LONG), source_id="", digest="", seen_at=NOW)
        one, other = [copies._months()[0] << 32 | key for key in copies._keys[:2]]
        for number in range(1, first + second + 1):
            shelf.put(conn, "Tin", cluster_id=number if number in alone else 2)
            key = one if number <= first else other
            conn.execute("insert into copy_keys (key, article_id) values (?, ?)", (key, number))
        assert copies._likely(None) == likely


def test_articles_of_an_earlier_version_are_grouped_anew(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    put(archive, article, link, TEXT, 1)
    put(archive, article, link, TEXT[1:], 1, source_id="baotayninh")
    for day in range(1, 4):
        put(archive, article, link, [WEATHER.format(DAYS[day], f"{day}/6")], 10 + day,
            published_on=f"2026-06-{day:02}")  # fmt: skip
    conn = archive._db.conn
    grouped = conn.execute("select id, cluster_id from articles").fetchall()
    conn.execute("update articles set cluster_id = 1")
    conn.execute("delete from copy_keys")
    conn.execute("insert into copies_due select id from articles")
    assert archive.clusters.count_due() == 5
    assert archive.clusters.regroup_due() == 5
    assert archive.clusters.regroup_due() == 0
    again = conn.execute("select id, cluster_id from articles").fetchall()
    assert [tuple(row) for row in again] == [tuple(row) for row in grouped]


def test_the_same_text_is_found_whatever_its_date(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    first = article(1, published_on="2019-01-05")
    archive.add(first, link=link(1), capture=None, run_id=None)
    late = article(1, source_id="baotayninh", published_on="2026-10-02")
    archive.add(late, link=link(1, source_id="baotayninh"), capture=None, run_id=None)
    stored = archive.article(2)
    assert stored is not None
    assert stored.cluster_id == 1


def test_an_absurd_date_does_no_harm(archive: Archive, article: Make, link: MakeLink) -> None:
    for number, day in enumerate(("0001-01-01", "9999-12-31", "hôm qua", None)):
        put(archive, article, link, paragraphs(number), number, published_on=day)
    assert archive._db.conn.execute("select count(*) from articles").fetchone()[0] == 4


def test_an_edited_text_is_found_by_its_new_words_only(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    put(archive, article, link, TEXT, 1)
    put(archive, article, link, paragraphs(9), 1)
    old = put(archive, article, link, TEXT[1:], 1, source_id="baotayninh")
    new = put(archive, article, link, paragraphs(9)[1:], 2, source_id="baotayninh")
    assert (old.cluster_id, new.cluster_id) == (old.id, 1)


def test_an_edit_into_a_copy_joins(archive: Archive, article: Make, link: MakeLink) -> None:
    put(archive, article, link, TEXT, 1)
    put(archive, article, link, paragraphs(9), 1, source_id="baotayninh")
    edited = put(archive, article, link, TEXT[:5], 1, source_id="baotayninh")
    assert edited.cluster_id == 1


GROUP = """
import sys
from pathlib import Path
from storage.archive import Archive
with Archive.open(Path(sys.argv[1])) as archive:
    while archive.clusters.regroup_due():
        print("a page", flush=True)
"""


def test_grouping_anew_goes_on_after_a_kill(
    archive: Archive, article: Make, link: MakeLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "PAGE", 1)
    for number in range(1, 5):
        put(archive, article, link, paragraphs(number), number)
        put(archive, article, link, paragraphs(number)[1:], number, source_id="baotayninh")
    conn = archive._db.conn
    grouped = conn.execute("select id, cluster_id from articles").fetchall()
    conn.execute("update articles set cluster_id = 1")
    conn.execute("delete from copy_keys")
    conn.execute("insert into copies_due select id from articles")
    script = GROUP.replace("with", "from storage.articles import clusters\nclusters.PAGE = 1\nwith")
    for pages in range(3):
        command = [sys.executable, "-c", script, str(archive.path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            for _ in range(pages):
                child.stdout.readline()
            child.kill()
    while archive.clusters.regroup_due():
        pass
    again = conn.execute("select id, cluster_id from articles").fetchall()
    assert [tuple(row) for row in again] == [tuple(row) for row in grouped]


@pytest.mark.parametrize(
    ("day", "months"),
    [
        ("1970-01-01", (0, 0)), ("1970-01-16", (0, 0)), ("1970-01-17", (0, 1)),
        ("1970-02-01", (0, 1)), ("1970-02-02", (1, 0)), ("1970-02-18", (1, 2)),
        ("1969-12-31", (0, 0)), ("0001-01-01", (0, 0)), (None, (1, 0)), ("hôm qua", (1, 0)),
    ],
)  # fmt: skip
def test_articles_are_kept_by_thirty_two_days_and_the_nearer_neighbour(
    day: str | None, months: tuple[int, int]
) -> None:
    assert _months(day, "1970-02-02T03:00:00Z") == months


@pytest.mark.parametrize(
    ("runs", "keys"),
    [
        ([], []),
        ([5 << 20, 3 << 20, 7 << 20], [3]),
        ([(1 << 60) + (9 << 20), 4 << 20], [4, 9]),
        ([(1 << 60) + (1 << 52) + (9 << 20)], [9]),
        ([(1 << 51) + (9 << 20) + 5], [0x8000_0009]),
    ],
)
def test_the_least_run_of_each_of_sixteen_parts_is_a_key(runs: list[int], keys: list[int]) -> None:
    assert sorted(_least(frozenset(runs))) == keys
    assert len(_least(frozenset(n << 56 for n in range(256)))) == 16


@pytest.mark.parametrize(
    ("before", "title", "is_renamed"),
    [
        ("Giá lúa tăng mạnh", "Giá lúa giảm sâu", True),
        ("Giá lúa tăng mạnh", "Giá xăng giảm sâu", False),
        ("Giá lúa tăng", "Giá lúa tăng ở ba tỉnh", True),
        ("Giá lúa", "Giá lúa tăng ở ba", False),
        ("Thông báo số 12", "Thông báo số 13", False),
        ("Thông báo số 12", "Thông báo mới số 12", True),
        ("Thông báo 12", "Thông báo", False),
    ],
)
def test_a_title_is_edited_where_half_of_it_and_all_figures_stay(
    before: str, title: str, *, is_renamed: bool
) -> None:
    assert _is_renamed(before, title) is is_renamed
    assert _is_renamed(title, before) is is_renamed
