"""A source file whose seeds are exchanged, and nothing else."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from crawler.errors import UsageError
from crawler.sources import Seed
from crawler.survey.inspection import Check, Subject
from crawler.survey.mending import mend_file, mend_seeds
from storage.states import SeedKind

FEED = Seed(kind=SeedKind.FEED, url="https://a.vn/tin.rss")
LISTING = Seed(kind=SeedKind.LISTING, url="https://a.vn/thời-sự")
FILE = """# Báo A, a note that stays.
id = "a"
name = "Báo A"

[[seeds]]
kind = "feed"
url = "https://a.vn/gone.rss"  # gone

[[seeds]]
kind = "sitemap"
url = "https://a.vn/gone.xml"

[articles]
accept = ['-a(?P<id>\\d+)\\.html$']  # as in 2025
"""


def check(what: Subject | SeedKind, url: str, *, ok: bool) -> Check:
    return Check(source="a", what=what, url=url, ok=ok, said="")


def test_the_seeds_that_answer_take_the_place_of_all() -> None:
    checks = [
        check(Subject.HOMEPAGE, "https://a.vn/", ok=True),
        check(SeedKind.FEED, "https://a.vn/gone.rss", ok=False),
        check(SeedKind.FEED, FEED.url, ok=True),
        check(SeedKind.LISTING, LISTING.url, ok=True),
        check(Subject.ARTICLE, "https://a.vn/bai-a1.html", ok=False),
    ]
    assert mend_seeds(checks) == (FEED, LISTING)


def test_there_is_nothing_to_mend_where_all_works_or_nothing() -> None:
    assert mend_seeds([check(SeedKind.FEED, FEED.url, ok=True)]) == ()
    assert mend_seeds([check(SeedKind.FEED, FEED.url, ok=False)]) == ()


def test_a_seed_that_was_not_asked_for_stays() -> None:
    unasked = replace(check(SeedKind.LISTING, LISTING.url, ok=False), asked=False)
    gone = check(SeedKind.FEED, "https://a.vn/gone.rss", ok=False)
    works = check(SeedKind.FEED, FEED.url, ok=True)
    assert mend_seeds([works, unasked]) == ()
    assert mend_seeds([gone, works, unasked]) == (FEED, LISTING)


def test_only_the_seeds_of_a_file_change() -> None:
    mended = mend_file(FILE, [FEED, LISTING], day="2026-11-24")
    before, after = tomllib.loads(FILE), tomllib.loads(mended)
    assert after.pop("seeds") == [
        {"kind": "feed", "url": FEED.url},
        {"kind": "listing", "url": LISTING.url},
    ]
    before.pop("seeds")
    assert after == before
    assert "# Báo A, a note that stays." in mended
    assert "# as in 2025" in mended
    assert "gone" not in mended
    assert mended.index("name =") < mended.index("[[seeds]]") < mended.index("[articles]")
    assert "answered on 2026-11-24" in mended


def test_a_file_without_seeds_gets_them_at_its_end() -> None:
    mended = mend_file('id = "a"\n', [FEED], day="2026-11-24")
    assert tomllib.loads(mended) == {"id": "a", "seeds": [{"kind": "feed", "url": FEED.url}]}


def test_seeds_that_are_written_otherwise_are_left_to_people() -> None:
    with pytest.raises(UsageError, match="by hand"):
        mend_file('id = "a"\nseeds = [{kind = "feed", url = "x"}]\n', [FEED], day="2026-11-24")


def test_seeds_are_put_where_they_stood() -> None:
    before = '# x\nid = "a"\n[pace]\ndelay = 2\n\n'
    seeds = '[[seeds]]\nkind = "feed"\nurl = "https://a.vn/1"\n'
    mended = mend_file(f"{before}{seeds}{seeds}[articles]\naccept = []\n", [FEED], day="2026-11-24")
    assert mended == (
        f"{before}# Seeds that answered on 2026-11-24.\n[[seeds]]\n"
        f'kind = "feed"\nurl = "{FEED.url}"\n\n[articles]\naccept = []\n'
    )
    other = mend_file(f"{before}  [[seeds]]  \nkind = 1\n", [FEED], day="2026-11-24")
    assert other.count("[[seeds]]") == 1
