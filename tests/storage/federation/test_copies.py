"""Whether articles of two archives are copies, by their days."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.federation.copies import Known
from storage.records import Article, Link, SourceRow

if TYPE_CHECKING:
    from pathlib import Path

BODY = (
    "Đoàn công tác của huyện kiểm tra tiến độ thi công tuyến kè, nghe nhà thầu báo cáo khối lượng "
    "đã làm, các hộ dân ven sông bàn giao mặt bằng và kiến nghị sớm trải nhựa đoạn đường còn lại."
)


def known(path: Path, day: dt.date | None, more: str = "") -> Known:
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
            body=BODY + more,
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
