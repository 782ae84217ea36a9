"""What assistants may ask, and what becomes of their words, in this process."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from crawler.assistants.tools import Tools, compare_texts, cut, find_article, find_by_url
from storage.archive import Archive
from storage.errors import BaotinhError, QueryError
from storage.federation.archives import Archives
from storage.search.filters import Filters
from tests.support.twins import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("mcp", reason="the extra mcp is not installed")


LONG = " ".join(f"cầu mới số {n} qua kênh {n * 7} vừa thông xe" for n in range(9))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three articles: 1 was edited, 2 removed, 3 has a copy."""
    shelf = Shelf(tmp_path_factory.mktemp("asked") / "archive.db", ("baolongan", "baotayninh"))
    shelf.crawl(0, {"1": "mười giống lúa", "2": "trường học mới", "3": LONG})
    shelf.crawl(1, {"1": "mười hai giống lúa"})
    shelf.crawl(2, {"7": LONG}, "baotayninh")
    shelf.remove(3, "2")
    shelf.close()
    return shelf.archive.path


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf = Shelf(tmp_path_factory.mktemp("other") / "kho.db", ("baonghean",))
    shelf.crawl(0, {"1": "cá lồng bè"}, "baonghean")
    shelf.close()
    return shelf.archive.path


@pytest.fixture(scope="module")
def tools(path: Path) -> Tools:
    return Tools(paths=(path,))


def call(tools: Tools, name: str, **words: Any) -> dict[str, Any]:
    """Return what a tool of the server answers. Raise what it refuses with."""
    from crawler.assistants.server import make_server

    result = asyncio.run(make_server(tools).call_tool(name, words))
    return dict(result.structured_content or {})


def test_all_tools_are_there_and_only_read(tools: Tools) -> None:
    from crawler.assistants.server import make_server

    found = asyncio.run(make_server(tools).list_tools())
    assert {tool.name: tool.title for tool in found} == {
        "search": "Search the archive", "read": "Read an article",
        "copies": "Find copies of an article", "changes": "List edits and removals",
        "status": "Status of the sources",
    }  # fmt: skip
    for tool in found:
        said = tool.annotations
        assert said is not None
        assert (
            said.read_only_hint, said.destructive_hint, said.idempotent_hint, said.open_world_hint
        ) == (True, False, True, False)  # fmt: skip


BOUNDS = {
    ("search", "limit"): (10, 1, 50), ("search", "offset"): (0, 0, 1000),
    ("search", "copies"): (False, None, None), ("read", "offset"): (0, 0, None),
    ("changes", "limit"): (20, 1, 50),
}  # fmt: skip


def test_numbers_have_bounds(tools: Tools) -> None:
    from crawler.assistants.server import make_server

    for tool in asyncio.run(make_server(tools).list_tools()):
        for name, facts in tool.input_schema["properties"].items():
            if (tool.name, name) in BOUNDS:
                said = facts["default"], facts.get("minimum"), facts.get("maximum")
                assert said == BOUNDS[tool.name, name], (tool.name, name)


def test_a_search_hands_on_its_words(tools: Tools) -> None:
    assert [hit["id"] for hit in call(tools, "search", query="giống lúa")["hits"]] == [1]
    found = call(tools, "search", query="cầu mới", copies=True, sort="date", limit=1, offset=1)
    assert (len(found["hits"]), found["total"], found["total_is_exact"]) == (1, 2, True)
    assert call(tools, "search", query="lúa", since="2/10/2026")["total"] == 0
    assert call(tools, "search", query="lúa", since="10/2026")["total"] == 1
    assert call(tools, "search", query="lúa", until="10/2026")["total"] == 1
    assert call(tools, "search", query="lúa", until="9/2026")["total"] == 0
    assert call(tools, "search", query="cầu", source="baotayninh")["total"] == 1
    with pytest.raises(Exception, match="'soon' is no date"):
        call(tools, "search", query="lúa", since="soon")


def test_articles_are_read_and_compared(tools: Tools) -> None:
    assert "mười hai" in call(tools, "read", article=1)["text"]
    assert "mười hai" not in call(tools, "read", article="1", revision=1)["text"]
    assert call(tools, "read", article=1, offset=10)["text"] == call(tools, "read", article=1)[
        "text"
    ].removeprefix(call(tools, "read", article=1)["text"][:10])
    with pytest.raises(Exception, match="has no revision 9"):
        call(tools, "read", article=1, revision=9)
    copies = call(tools, "copies", article=4)
    assert (copies["number"], [each["id"] for each in copies["copies"]]) == (2, [3, 4])
    assert copies["copies"][0]["source"] == "baolongan"


def test_changes_and_status_are_listed(tools: Tools) -> None:
    removed, edited = call(tools, "changes")["changes"]
    assert (removed["kind"], removed["removed"], removed["added"]) == ("removed", "", "")
    assert (edited["kind"], edited["removed"], edited["added"]) == ("edited", "", "hai")
    assert len(call(tools, "changes", limit=1)["changes"]) == 1
    assert len(call(tools, "changes", kind="edited", source="baolongan")["changes"]) == 1
    assert call(tools, "changes", since="3/10/2026")["changes"][0]["kind"] == "removed"
    assert len(call(tools, "changes", since="3/10/2026")["changes"]) == 1
    status = call(tools, "status", source="baolongan")
    assert (status["number"], status["failures"]) == (1, [])
    assert call(tools, "status")["number"] == 2
    with pytest.raises(Exception, match="no archive has a source 'nowhere'"):
        call(tools, "status", source="nowhere")


def test_a_source_is_described_as_status_does(tools: Tools) -> None:
    (row,) = tools.status("baotayninh")["sources"]
    assert (row["source"], row["name"], row["province"], row["articles"], row["pending"]) == (
        "baotayninh", "Báo và PT-TH Tây Ninh", "Tây Ninh", 1, 1,
    )  # fmt: skip
    assert row["archive"] == "archive"
    assert (row["status"], row["next_poll_at"]) == ("active", None)
    assert {"health", "why", "since", "last_success_at", "last_article_at"} <= set(row)


def test_an_archive_without_sources_has_no_status_to_complain_of(tmp_path: Path) -> None:
    Archive.open(tmp_path / "empty.db").close()
    assert Tools(paths=(tmp_path / "empty.db",)).status() == {
        "number": 0, "sources": [], "failures": [],
    }  # fmt: skip


@pytest.mark.parametrize(("wanted", "got"), [(-5, 1), (0, 1), (1, 1), (3, 3), (99, 4)])
def test_at_least_one_is_returned(tools: Tools, wanted: int, got: int) -> None:
    found = tools.search("tỉnh ủy", Filters(), copies=True, limit=wanted)
    assert len(found["hits"]) == min(got, found["total"])
    assert len(tools.changes(Filters(), limit=wanted)["changes"]) == min(got, 2)


def test_defaults_are_those_of_the_commands() -> None:
    asked = {
        name: each.default for name, each in inspect.signature(Tools.search).parameters.items()
    }
    assert (asked["sort"], asked["copies"], asked["limit"], asked["offset"]) == (
        "relevance", False, 10, 0,
    )  # fmt: skip
    assert inspect.signature(Tools.changes).parameters["limit"].default == 20


def test_words_or_a_place_are_needed(tools: Tools) -> None:
    with pytest.raises(BaotinhError, match="words, or a place"):
        tools.search(" ", Filters(source="baolongan"))
    assert tools.search(" ", Filters(place="tỉnh Tây Ninh"))["hits"] == []
    with pytest.raises(QueryError):
        tools.search("lúa", Filters(source="nowhere"))


@pytest.fixture
def both(path: Path, other: Path) -> Iterator[Archives]:
    with Archives.open_reading([path, other]) as archives:
        yield archives


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ("archive:1", ("archive", 1)), ("kho:1", ("kho", 1)), (" kho:1 ", ("kho", 1)),
        ("1", None), ("kho:2", None), ("archive:99", None), ("archive:²", None),
        ("archive:9999999999999999999", None), ("nirgends:1", None), ("xyz", None), ("", None),
        ("https://baonghean.vn/tin-a1.html", ("kho", 1)),
        ("https://baolongan.vn/tin-a3.html", ("archive", 3)),
    ],
)  # fmt: skip
def test_an_article_is_named_by_archive_and_number_or_by_its_address(
    both: Archives, which: str, found: tuple[str, int] | None
) -> None:
    if found is None:
        with pytest.raises(BaotinhError, match="name it by URL or by archive:ID, kho:ID"):
            find_article(both, which)
    else:
        member, article = find_article(both, which)
        assert (member.name, article.id) == found


def test_of_one_archive_the_number_is_enough(path: Path) -> None:
    with Archives.open_reading([path]) as archives:
        assert [find_article(archives, which)[1].id for which in ("1", "archive:1")] == [1, 1]
        assert find_by_url(archives.members[0].archive, "no address") is None
        with pytest.raises(BaotinhError):
            find_article(archives, "kho:1")


def test_words_of_an_edit_are_bounded_and_without_a_lead(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "archive.db")
    shelf.crawl(0, {"1": "một"})
    shelf.archive.connection.execute("update articles set summary = null")
    shelf.crawl(1, {"1": "hai " * 900})
    change = next(iter(shelf.archive.changes(Filters(), kind="edited", limit=5)))
    words = compare_texts(shelf.archive, change)
    assert words["removed"].endswith("một.")
    assert len(words["added"]) == 2_000
    gone = replace(change, kind="removed")
    assert compare_texts(shelf.archive, gone) == {"removed": "", "added": ""}


@pytest.mark.parametrize(
    ("offset", "begin", "end", "following"),
    [
        (-1, 0, 20_000, 20_000), (0, 0, 20_000, 20_000), (10_000, 10_000, 30_000, 30_000),
        (20_000, 20_000, 40_000, None), (39_999, 39_999, 40_000, None), (50_000, 0, 0, None),
    ],
)  # fmt: skip
def test_a_text_comes_in_parts_of_twenty_thousand(
    offset: int, begin: int, end: int, following: int | None
) -> None:
    text = "".join(chr(97 + n % 26) for n in range(40_000))
    found = cut(text, offset)
    assert (found["text"], found["text_length"]) == (text[begin:end], 40_000)
    assert found["next_offset"] == following


def test_changes_of_several_archives_are_the_newest_first(path: Path, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "late.db", ("baohue",))
    shelf.crawl(0, {"1": "một"}, "baohue")
    shelf.crawl(2, {"1": "hai"}, "baohue")
    shelf.close()
    for paths in ((path, shelf.archive.path), (shelf.archive.path, path)):
        found = Tools(paths=paths).changes(Filters())["changes"]
        assert [(each["kind"], each["archive"]) for each in found] == [
            ("removed", "archive"), ("edited", "late"), ("edited", "archive"),
        ]  # fmt: skip
        assert len(Tools(paths=paths).changes(Filters(), limit=2)["changes"]) == 2
