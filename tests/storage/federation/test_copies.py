"""Whether articles of two archives are copies, by their days."""

from __future__ import annotations

import datetime as dt
import struct
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.federation.copies import Candidates, Clusters, Known
from storage.records import Article, Link, SourceRow

if TYPE_CHECKING:
    from pathlib import Path

BODY = (
    "Đoàn công tác của huyện kiểm tra tiến độ thi công tuyến kè, nghe nhà thầu báo cáo khối lượng "
    "đã làm, các hộ dân ven sông bàn giao mặt bằng và kiến nghị sớm trải nhựa đoạn đường còn lại."
)


def known(path: Path, day: dt.date | None, more: str = "", body: str = BODY) -> Known:
    archive = Archive.open(path)
    published = day.isoformat() if day else None
    url = f"https://{path.stem}.vn/tin-a1.html"
    archive.sources.put(
        SourceRow(
            id="baolongan",
            name="Báo Long An",
            kind="newspaper",
            province="Tây Ninh",
            homepage="https://baolongan.vn/",
        )
    )
    archive.add(
        Article(
            source_id="baolongan",
            url=url,
            key="1",
            title="Kiểm tra tuyến kè",
            body=body + more,
            published_on=published,
            fetched_at="2026-10-02T11:38:00Z",
        ),
        link=Link(
            source_id="baolongan",
            url=url,
            canonical_url=url,
            key="1",
            found_at="2026-10-02T11:38:00Z",
        ),
        capture=None,
        run_id=None,
    )
    return Known(archive, 1)


@pytest.mark.parametrize(
    ("days", "more", "are_copies"),
    [
        (48, " Huyện cảm ơn.", True),
        (-48, " Huyện cảm ơn.", True),
        (49, " Huyện cảm ơn.", False),
        (49, "", True),
        (None, " Huyện cảm ơn.", True),
    ],
)
def test_copies_lie_seven_weeks_apart_at_most_unless_their_text_is_the_same(
    tmp_path: Path, days: int | None, more: str, *, are_copies: bool
) -> None:
    first = dt.date(2026, 5, 1)
    one = known(tmp_path / "one.db", first)
    other = known(tmp_path / "two.db", None if days is None else first + dt.timedelta(days), more)
    try:
        assert one.is_copy(other) == other.is_copy(one) == are_copies
        assert not one.is_copy(one)
    finally:
        one._archive.close()
        other._archive.close()


def signature(*values: int, rest: int) -> bytes:
    return struct.pack(">64H", *values, *(rest for _ in range(64 - len(values))))


@pytest.mark.parametrize(
    ("digest", "asked", "found"),
    [
        ("ghi", signature(1, 2, 3, 4, rest=7), [30]),
        ("ghi", signature(1, 2, 3, 5, rest=7), [20]),
        ("ghi", signature(2, 1, 4, 3, rest=7), []),
        ("abc", signature(2, 1, 4, 3, rest=7), [30]),
        ("def", b"", [10, 20]),
        ("ghi", b"", []),
        ("def", signature(rest=9), [30, 10, 20]),
    ],
)
def test_a_text_is_compared_with_those_of_its_digest_or_four_parts_of_its_signature(
    digest: str, asked: bytes, found: list[int]
) -> None:
    texts = Candidates()
    texts.add(30, "abc", signature(1, 2, 3, 4, rest=9))
    texts.add(10, "def", b"")
    texts.add(20, "def", signature(1, 2, 3, 5, rest=8))
    assert texts.find(digest, asked) == found


def test_a_cluster_takes_in_copies_and_leaves_other_texts_alone(tmp_path: Path) -> None:
    day = dt.date(2026, 5, 1)
    clusters = Clusters()
    texts = [
        known(tmp_path / "one.db", day),
        known(tmp_path / "two.db", day, " Huyện cảm ơn."),
        known(tmp_path / "three.db", day, body="Bão vào Gia Lai làm nhà tốc mái. " * 9),
        known(tmp_path / "four.db", dt.date(2025, 1, 1)),
    ]
    try:
        assert [clusters.find(n, text) for n, text in enumerate(texts, 40)] == [40, 40, 42, 40]
        assert [clusters.find(n, text) for n, text in enumerate(texts, 40)] == [40, 40, 42, 40]
        assert [clusters.joined(n) for n in (40, 42, 99)] == [[40, 41, 43], [42], [99]]
    finally:
        for text in texts:
            text._archive.close()
