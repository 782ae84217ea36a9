"""`baotinh serve` over several archives, asked over loopback."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from storage.engine.catchup import catch_up
from storage.engine.folder import folder_of
from tests.support.servers import Served, path_of, serve
from tests.support.twins import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG_AN, TAY_NINH = "/in/baolongan-archive", "/in/baotayninh-archive"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two archives with an outlet each, a third that is no database."""
    folder = tmp_path_factory.mktemp("several")
    paths = [make(folder / paper, paper) for paper in ("baolongan", "baotayninh")]
    broken = folder / "hong" / "archive.db"
    broken.parent.mkdir()
    broken.write_text("no database", encoding="utf-8")
    others = [part for path in (*paths[1:], broken) for part in ("--archive", str(path))]
    with serve(paths[0], before=tuple(others)) as running:
        yield running


def make(folder: Path, paper: str) -> Path:
    """An archive of two articles, one of them edited."""
    shelf = Shelf(folder / "archive.db", (paper,))
    shelf.crawl(0, {"1": f"vụ lúa của {paper}", "10": "trường học mới"}, paper)
    shelf.crawl(1, {"1": f"vụ lúa của {paper}, sửa"}, paper)
    catch_up(shelf.archive.connection, folder_of(shelf.archive.path))
    shelf.close()
    return shelf.archive.path


def articles(page: str) -> list[str]:
    """Addresses of the articles that a page lists."""
    return re.findall(r'<h[23]><a href="([^"#]+)', page)


def test_a_search_finds_in_all_and_each_hit_leads_into_its_archive(served: Served) -> None:
    page = served.get("/", q="vụ lúa", copies="1").text
    assert set(articles(page)) == {f"{LONG_AN}/article/1", f"{TAY_NINH}/article/1"}
    assert page.count('<span class="archive">') == 2
    for path in articles(page):
        article = served.get(path)
        assert article.status == 200
        assert "vụ lúa của" in article.text
        assert f'href="{path.rpartition("/article")[0]}/source/' in article.text


def test_counts_and_facets_are_those_of_all(served: Served) -> None:
    page = served.get("/", q="vụ lúa", lang="en").text
    assert "2 articles" in page
    facets = page[page.index('class="facets"') :]
    assert "Báo baolongan" in facets
    assert "Báo baotayninh" in facets
    assert "The newest of 4 articles" in served.get("/", lang="en").text


def test_the_newest_of_all_are_shown_without_words(served: Served) -> None:
    assert len(articles(served.get("/").text)) == 4


def test_one_that_is_broken_is_said_and_is_not_there(served: Served) -> None:
    for path in ("/", "/changes", "/sources"):
        page = served.get(path, lang="en").text
        assert "These archives cannot be read now, the others answer: hong/archive." in page
    lost = served.get("/in/hong-archive/article/1", lang="en")
    assert lost.status == 503
    assert "This archive cannot be read now." in lost.text
    assert "is not an SQLite database" in served.log.read_text()
    assert served.get("/in/nirgends/").status == 404


def test_pages_of_one_archive_are_its_own(served: Served) -> None:
    page = served.get(f"{LONG_AN}/").text
    assert {path.rpartition("/")[0] for path in articles(page)} == {f"{LONG_AN}/article"}
    assert served.get(f"{LONG_AN}/source/baolongan").status == 200
    assert served.get(f"{LONG_AN}/source/baotayninh").status == 404
    for path in ("/article/1", "/source/baolongan", "/capture/1/payload"):
        assert served.get(path).status == 404


def test_sources_and_changes_of_all_lead_to_their_archives(served: Served) -> None:
    sources = served.get("/sources").text
    assert f'href="{LONG_AN}/source/baolongan"' in sources
    assert f'href="{TAY_NINH}/source/baotayninh"' in sources
    assert len(articles(served.get("/changes").text)) == 2
    assert f"{TAY_NINH}/article/1" in served.get("/changes.atom").text


def test_a_captured_page_is_that_of_the_archive(served: Served) -> None:
    frame = served.get(f"{TAY_NINH}/article/1/capture/3").text
    found = re.search(r'<iframe[^>]+src="([^"]+)"', frame)
    assert found is not None
    captured = served.get(path_of(found[1]), port=served.captures_port)
    assert captured.text == "<p>vụ lúa của baotayninh, sửa</p>"
    assert served.get("/3", port=served.captures_port).status == 404


def test_results_taken_along_name_the_archive(served: Served) -> None:
    rows = list(csv.DictReader(io.StringIO(served.get("/results.csv", q="vụ lúa").text)))
    assert {row["archive"] for row in rows} <= {"baolongan/archive", "baotayninh/archive"}
    lines = served.get("/results.jsonl", q="vụ lúa", copies="1").text.splitlines()
    assert len({json.loads(line)["archive"] for line in lines}) == 2
    feed = served.get("/feed.atom", q="vụ lúa", copies="1").text
    entries = re.findall(r"<id>(tag:[^<]+)</id>", feed)[1:]
    assert len(set(entries)) == 2


def test_tables_of_each_archive_are_a_database(served: Served) -> None:
    for slug in ("baolongan-archive", "baotayninh-archive"):
        rows = served.get(f"/{slug}/articles.json", _shape="array")
        assert len(json.loads(rows.body)) == 2
        assert f'href="/in/{slug}/article/1"' in served.get(f"/{slug}/articles").text
    found = served.get("/baotayninh-archive/search.json", q="vụ lúa", _shape="objects")
    assert len(json.loads(found.body)["rows"]) == 1


@pytest.mark.parametrize(
    "path", ["/compare?q=vu+lua&q=truong+hoc", "/places", "/place/80", "/help"]
)
def test_every_other_page_is_there(served: Served, path: str) -> None:
    assert served.get(path).status == 200
    assert served.get("/watches").status == 200
