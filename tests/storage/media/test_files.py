"""Pictures and documents that are to be fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.media.files import MediaKind, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.records import Article, Link

NOW = "2026-10-02T11:38:00Z"


@pytest.mark.parametrize(
    ("at", "is_due"),
    [
        ("2026-10-02T11:38:00Z", True),
        ("2026-10-02T11:39:00Z", False),
        ("2026-10-03T11:38:00Z", False),
        ("2026-11-12T00:00:00Z", True),  # written by a clock that was ahead
    ],
)
def test_a_picture_is_tried_again_when_its_time_has_come(
    archive: Archive,
    article: Callable[..., Article],
    link: Callable[..., Link],
    at: str,
    is_due: bool,
) -> None:
    wanted = [Wanted(kind=MediaKind.IMAGE, url="https://a.vn/anh.jpg")]
    archive.add(article(1), link=link(1), capture=None, run_id=None, media=wanted)
    archive.connection.execute("update media set next_try_at = ?", (at,))
    source_id = archive.connection.execute("select source_id from media").fetchone()[0]
    found = archive.media.due(source_id, [MediaKind.IMAGE], now=NOW, limit=9)
    assert bool(found) is is_due
