"""Times in which articles may have passed unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.frontier.gaps import Gap
from storage.records import Article, Link

if TYPE_CHECKING:
    from storage.archive import Archive


def test_a_gap_is_closed_by_what_covers_all_of_it(archive: Archive) -> None:
    (seed,) = archive.seeds.put("baolongan", [("feed", "https://baolongan.vn/rss")])
    spans = [("2026-10-02", "2026-10-03"), ("2026-10-01", "2026-10-02")]
    for begin, end in spans:
        archive.gaps.open(seed, begin_at=begin, end_at=end, found_at="2026-10-03")
    later = Gap(
        id=1,
        source_id="baolongan",
        seed_id=seed.id,
        begin_at="2026-10-02",
        end_at="2026-10-03",
        found_at="2026-10-03",
    )
    assert [gap.begin_at for gap in archive.gaps.unclosed("baolongan")] == [
        "2026-10-01",
        "2026-10-02",
    ]
    period = {"begin_at": "2026-10-01", "end_at": "2026-10-02", "now": "2026-10-04"}
    assert archive.gaps.close("baotayninh", **period) == 0
    assert archive.gaps.close("baolongan", **period) == 1
    assert archive.gaps.close("baolongan", **period) == 0
    assert archive.gaps.unclosed("baolongan") == [later]


def test_gaps_that_were_none_are_withdrawn_and_older_ones_stay(archive: Archive) -> None:
    (seed,) = archive.seeds.put("baolongan", [("feed", "https://baolongan.vn/rss")])
    for found in ("2026-10-03", "2026-10-05"):
        archive.gaps.open(seed, begin_at="2026-10-01", end_at="2026-10-02", found_at=found)
    assert archive.gaps.withdraw("baotayninh", found_since="2026-10-01", now="2026-10-05") == 0
    assert archive.gaps.withdraw("baolongan", found_since="2026-10-04", now="2026-10-05") == 1
    assert [gap.found_at for gap in archive.gaps.unclosed("baolongan")] == ["2026-10-03"]


@pytest.mark.parametrize(
    ("key", "found_at", "met"),
    [
        ("old-s9", "2026-10-05", True),  # what it had shown, at another address
        ("new-s9", "2026-10-05", False),  # of an article that came with this poll
        ("old-s9", "2026-10-04", False),  # not by this poll
    ],
)
def test_a_gap_whose_seed_shows_a_known_text_at_another_address_is_none(
    archive: Archive, key: str, found_at: str, met: bool
) -> None:
    (seed,) = archive.seeds.put("baolongan", [("listing", "https://baolongan.vn/moi")])
    for name, found in (("old", "2026-10-01"), ("new", "2026-10-05"), (key, found_at)):
        title = name.partition("-")[0]
        page = f"https://baolongan.vn/{name}.html"
        link = Link(
            source_id="baolongan", url=page, canonical_url=page, key=name, found_at=found,
            seed_id=seed.id,
        )  # fmt: skip
        archive.links.add([link])
        article = Article(
            source_id="baolongan", url=page, key=name, title=title, body=title, fetched_at=found
        )
        archive.add(article, link=link, capture=None, run_id=None)
    archive.gaps.open(seed, begin_at="2026-10-02", end_at="2026-10-03", found_at="2026-10-05")
    closed = archive.gaps.withdraw_met("baolongan", found_since="2026-10-05", now="2026-10-06")
    assert closed == met
