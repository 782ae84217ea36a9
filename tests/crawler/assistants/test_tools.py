"""`baotinh mcp`, asked by the SDK's own client over standard input and output."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from crawler.assistants.tools import Tools, cut, find_article
from storage.errors import BaotinhError, QueryError
from storage.federation.archives import Archives
from storage.search.filters import Filters
from tests.support.paths import ROOT
from tests.support.twins import Shelf

if TYPE_CHECKING:
    from pathlib import Path

    from mcp_types import CallToolResult

MOST_TEXT = 20_000

LONG = "Nước lũ về sớm. " * 2_000


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Two archives; the second holds an edit, a removal and a text of two parts."""
    made = []
    for paper, key in (("baolongan", "1"), ("baotayninh", "2")):
        shelf = Shelf(tmp_path_factory.mktemp("shelf") / paper / "archive.db", (paper,))
        shelf.crawl(0, {key: f"vụ lúa của {paper}", f"{key}0": "trường học mới"}, paper)
        if paper == "baotayninh":
            shelf.crawl(1, {key: f"vụ lúa của {paper}, sửa", "23": LONG}, paper)
            shelf.remove(2, "20", paper)
        shelf.close()
        made.append(shelf.archive.path)
    return tuple(made)


CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "hits": ("search", {"query": "vu lua"}),
    "nothing": ("search", {"query": " "}),
    "no day": ("search", {"query": "lúa", "since": "soon"}),
    "days as written": ("search", {"query": "lúa", "since": "2/2000", "until": "hôm nay"}),
    "changes since": ("changes", {"since": "1/2/2000"}),
    "changes since no day": ("changes", {"since": "soon"}),
    "id as a number": ("read", {"article": 1}),
    "too many": ("search", {"query": "lúa", "limit": 100_000}),
    "article": ("read", {"article": "1"}),
    "earlier": ("read", {"article": "1", "revision": 1}),
    "no article": ("read", {"article": "4711"}),
    "changes": ("changes", {}),
    "copies": ("copies", {"article": "1"}),
    "status": ("status", {}),
    "no source": ("status", {"source": "baokhongco"}),
}


@pytest.fixture(scope="module")
def asked(paths: tuple[Path, ...]) -> tuple[list[Any], dict[str, CallToolResult]]:
    """The tools, and the answers to all calls, of a child process with the second archive."""
    # Here: each process of a run imports this file, one runs its tests.
    mcp = pytest.importorskip("mcp", reason="the extra mcp is not installed")
    server = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "crawler", "--archive", str(paths[1]), "mcp"],
        env={"PYTHONPATH": str(ROOT)},
    )

    async def ask() -> tuple[list[Any], dict[str, CallToolResult]]:
        async with mcp.Client(server, read_timeout_seconds=60) as client:
            answers = {name: await client.call_tool(*call) for name, call in CALLS.items()}
            return (await client.list_tools()).tools, answers

    return asyncio.run(ask())


def value(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result.content
    # Clients that know no structured answers read the same as text.
    assert json.loads(result.content[0].text) == result.structured_content  # type: ignore[union-attr]
    return dict(result.structured_content or {})


def refusal(result: CallToolResult) -> str:
    assert result.is_error
    return str(result.content[0].text)  # type: ignore[union-attr]


def test_all_tools_only_read(asked: tuple[list[Any], dict[str, Any]]) -> None:
    tools, _ = asked
    assert {tool.name for tool in tools} == {"search", "read", "changes", "copies", "status"}
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)


def test_an_article_is_found_and_read(asked: tuple[list[Any], dict[str, Any]]) -> None:
    _, answers = asked
    (hit,) = value(answers["hits"])["hits"]
    assert (hit["source"], hit["archive"]) == ("baotayninh", "archive")
    article = value(answers["article"])
    assert article["url"] == hit["url"]
    assert "sửa" in article["text"]
    assert [text["kind"] for text in article["history"]] == ["first", "edited"]
    assert "sửa" not in value(answers["earlier"])["text"]


def test_changes_copies_and_status_are_told(asked: tuple[list[Any], dict[str, Any]]) -> None:
    _, answers = asked
    changes = value(answers["changes"])["changes"]
    assert [change["kind"] for change in changes] == ["removed", "edited"]
    assert "sửa" in changes[1]["added"]
    assert value(answers["copies"])["copies"][0]["source"] == "baotayninh"
    (source,) = value(answers["status"])["sources"]
    assert (source["source"], source["articles"]) == ("baotayninh", 3)


def test_days_and_ids_are_taken_in_every_form(asked: tuple[list[Any], dict[str, Any]]) -> None:
    _, answers = asked
    assert value(answers["days as written"])["total"] >= 1
    assert value(answers["changes since"]) == value(answers["changes"])
    assert value(answers["id as a number"]) == value(answers["article"])


def test_what_is_wrong_is_said_in_a_sentence(asked: tuple[list[Any], dict[str, Any]]) -> None:
    _, answers = asked
    assert "words, or a place" in refusal(answers["nothing"])
    assert "soon" in refusal(answers["no day"])
    assert "'soon' is no date" in refusal(answers["changes since no day"])
    assert "4711" in refusal(answers["no article"])
    assert "baokhongco" in refusal(answers["no source"])
    assert "limit" in refusal(answers["too many"])


def test_a_long_text_comes_in_parts(paths: tuple[Path, ...]) -> None:
    tools = Tools(paths=paths[1:])
    with closing(sqlite3.connect(paths[1])) as conn:
        ((url, body),) = conn.execute("select url, body from articles where length(body) > 9999")
    first = tools.read(url)
    rest = tools.read(url, offset=first["next_offset"])
    assert len(first["text"]) == MOST_TEXT
    assert first["text"] + rest["text"] == body
    assert rest["next_offset"] is None
    assert cut("chữ", 99) == {"text": "", "text_length": 3, "next_offset": None}


def test_several_archives_answer_together(paths: tuple[Path, ...]) -> None:
    tools = Tools(paths=paths)
    found = tools.search("vụ lúa", Filters(), copies=True)
    names = {hit["archive"] for hit in found["hits"]}
    assert len(names) == 2
    for hit in found["hits"]:
        article = tools.read(f"{hit['archive']}:{hit['id']}")
        assert (article["url"], article["archive"]) == (hit["url"], hit["archive"])
    assert tools.status()["number"] == 2
    with Archives.open_reading(paths) as archives, pytest.raises(BaotinhError, match=":ID"):
        find_article(archives, "1")


def test_a_missing_archive_leaves_the_others(paths: tuple[Path, ...], tmp_path: Path) -> None:
    found = Tools(paths=(*paths, tmp_path / "gone.db")).search("vụ lúa", Filters())
    assert found["total"] > 0
    assert "gone.db" in found["failures"][0]


def test_wrong_filters_are_refused(paths: tuple[Path, ...]) -> None:
    with pytest.raises(QueryError):
        Tools(paths=paths).search("lúa", Filters(province="Nowhere"))


def test_every_answer_has_its_bounds(
    paths: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = Tools(paths=paths)
    for asked, got in ((0, 1), (1, 1), (2, 2)):
        found = tools.search("vu lua", Filters(), limit=asked)
        assert len(found["hits"]) == got
        assert len(tools.changes(Filters(), limit=asked)["changes"]) == got
    assert found["total"] == 2
    monkeypatch.setattr("crawler.assistants.tools.MOST_HITS", 1)
    assert len(tools.search("vu lua", Filters(), limit=9)["hits"]) == 1
    assert len(tools.changes(Filters(), limit=9)["changes"]) == 1
    monkeypatch.setattr("crawler.assistants.tools.MOST_SOURCES", 1)
    status = tools.status()
    assert (status["number"], len(status["sources"])) == (2, 1)
    assert [row["source"] for row in tools.status("baotayninh")["sources"]] == ["baotayninh"]
    with pytest.raises(BaotinhError, match="no archive has a source 'x'"):
        tools.status("x")


def test_fifty_hits_and_copies_and_two_hundred_sources_are_told(
    paths: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def note(*_: Any, limit: int, **__: Any) -> Any:
        asked.append(limit)
        return SimpleNamespace(total=SimpleNamespace(count=0, exact=True), found=[], notes=[])

    one = SimpleNamespace(copies=lambda _: [found] * 50)
    with Archives.open_reading(paths[:1]) as archives:
        member, found = find_article(archives, "1")
        monkeypatch.setattr("crawler.assistants.tools.search_archives", note)
        monkeypatch.setattr(
            "crawler.assistants.tools.find_article",
            lambda *_: (SimpleNamespace(name=member.name, archive=one), found),
        )
        monkeypatch.setattr("crawler.assistants.tools.describe_row", lambda row: {"source": row})
        monkeypatch.setattr(Tools, "_rows", lambda *_: range(201))
        tools = Tools(paths=paths[:1])
        for limit in (49, 50, 51):
            tools.search("vu lua", Filters(), limit=limit)
        assert asked == [49, 50, 50]
        copies = tools.copies("1")
        assert (copies["number"], len(copies["copies"])) == (51, 50)
        status = tools.status()
        assert (status["number"], len(status["sources"])) == (201, 200)


def test_changes_come_newest_first_with_their_words(
    paths: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = Tools(paths=paths)
    changes = tools.changes(Filters())["changes"]
    assert [each["at"] for each in changes] == sorted((c["at"] for c in changes), reverse=True)
    edited = next(each for each in changes if each["kind"] == "edited")
    assert "sửa" in edited["added"]
    assert edited["removed"] != edited["added"]
    gone = next(each for each in changes if each["kind"] != "edited")
    assert (gone["removed"], gone["added"]) == ("", "")
    monkeypatch.setattr("crawler.assistants.tools.MOST_WORDS", 3)
    edited = next(e for e in tools.changes(Filters())["changes"] if e["kind"] == "edited")
    assert len(edited["added"]) == 3


def test_a_text_of_just_one_part_has_no_next() -> None:
    assert cut("x" * 20_000, 0)["next_offset"] is None
    assert cut("x" * 20_001, 0)["next_offset"] == 20_000
    assert cut("abc", 1) == {"text": "bc", "text_length": 3, "next_offset": None}
    assert cut("abc", -5)["text"] == "abc"
    assert cut("abc", 3)["text"] == ""


def test_an_earlier_revision_is_shown_with_its_own_title(paths: tuple[Path, ...]) -> None:
    tools = Tools(paths=(paths[1],))
    found = tools.search("vu lua", Filters())["hits"][0]
    article = str(found["id"])
    now = tools.read(article)
    first = tools.read(article, revision=1)
    assert [each["revision"] for each in now["history"]] == [1, 2]
    assert "sửa" in now["text"]
    assert "sửa" not in first["text"]
    assert tools.read(article, revision=2)["text"] == now["text"]
    with pytest.raises(BaotinhError, match="has no revision 3"):
        tools.read(article, revision=3)
    assert tools.read(article, offset=3)["text"] == now["text"][3:]


def test_copies_are_told_earliest_first_and_bounded(
    paths: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = Tools(paths=(paths[0],))
    article = str(tools.search("vu lua", Filters())["hits"][0]["id"])
    found = tools.copies(article)
    assert (found["number"], len(found["copies"])) == (1, 1)
    monkeypatch.setattr("crawler.assistants.tools.MOST_COPIES", 0)
    assert tools.copies(article)["copies"] == []
