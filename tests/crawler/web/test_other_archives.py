"""Archives that are not as the server's own: of an earlier version, or put in another's place."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from storage.archive import Archive
from tests.support.newsroom import fill_newsroom
from tests.support.paths import ROOT
from tests.support.servers import serve

if TYPE_CHECKING:
    from pathlib import Path

FIVE_STEPS = ROOT / "tests" / "data" / "archives" / "five-steps.db.gz"
PAGES = ("/", "/sources", "/source/demo", "/changes", "/article/8", "/places", "/archive/articles")


def test_pages_show_an_archive_of_an_earlier_version(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(gzip.decompress(FIVE_STEPS.read_bytes()))
    with serve(path) as served:
        assert {page: served.get(page).status for page in PAGES} == dict.fromkeys(PAGES, 200)


def test_an_archive_put_in_the_place_of_another_is_shown_at_once(tmp_path: Path) -> None:
    path, other = tmp_path / "archive.db", tmp_path / "other" / "archive.db"
    other.parent.mkdir()
    fill_newsroom(other, articles=40)
    with Archive.open(path):
        pass
    with serve(path) as served:
        before = served.get("/archive/articles.json", _shape="array").text
        assert before == "[]"
        with Archive.open(other) as archive:
            archive.checkpoint()
        other.rename(path)
        assert served.get("/article/3").status == 200
        assert len(served.get("/archive/articles.json", _shape="array").text) > 1000
