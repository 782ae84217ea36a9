"""Copies across outlets share a cluster; look-alikes do not."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from storage.articles.likeness import features, is_copy

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.records import Article, Link

    Make = Callable[..., Article]
    MakeLink = Callable[..., Link]

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


def test_a_form_letter_with_other_facts_is_no_copy() -> None:
    form = (
        "Giá heo hơi tại chợ đầu mối {} sáng nay ở mức {} nghìn đồng mỗi ký, sức mua không đổi. "
        "Nguồn hàng từ {} về đều, bình quân {} tấn mỗi đêm, không có hiện tượng găm hàng chờ giá."
    )
    one = features(None, form.format("Gò Dầu", 61, "Cần Giuộc", 120))
    other = features(None, form.format("Năm Căn", 58, "Đầm Dơi", 96))
    again = features(None, "Cập nhật. " + form.format("Gò Dầu", 61, "Cần Giuộc", 120))
    assert not is_copy(one, other)
    assert is_copy(one, again)


def test_a_few_words_are_too_little_to_be_a_copy() -> None:
    brief = features(None, "Ảnh: Khai mạc lễ hội đua ghe ngo năm nay.")
    assert not is_copy(brief, brief)


def test_a_source_is_not_its_own_copy(archive: Archive, article: Make, link: MakeLink) -> None:
    put(archive, article, link, TEXT, 1)
    again = put(archive, article, link, [*TEXT, "Thêm một đoạn."], 2)
    assert again.cluster_id == again.id


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
    bands = archive._db.conn.execute("select count(*) from bands").fetchone()[0]
    put(archive, article, link, paragraphs(9), 1)
    assert archive._db.conn.execute("select count(*) from bands").fetchone()[0] == bands
    old = put(archive, article, link, TEXT[1:], 1, source_id="baotayninh")
    new = put(archive, article, link, paragraphs(9)[1:], 2, source_id="baotayninh")
    assert (old.cluster_id, new.cluster_id) == (old.id, 1)


def test_an_edit_into_a_copy_joins(archive: Archive, article: Make, link: MakeLink) -> None:
    put(archive, article, link, TEXT, 1)
    put(archive, article, link, paragraphs(9), 1, source_id="baotayninh")
    edited = put(archive, article, link, TEXT[:5], 1, source_id="baotayninh")
    assert edited.cluster_id == 1
