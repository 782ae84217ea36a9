"""Of which articles of this archive an article of another one is a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.merge.grouping import Grouping, as_article
from storage.merge.kept import KeptArticle
from storage.merge.writing import _regroup
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive

AT, LATER = "2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"
LUA = " ".join(f"Giá lúa vụ {n} tại xã số {n * 7} tăng thêm {n * 3} đồng." for n in range(20, 60))
LU = " ".join(f"Nước lũ ngày {n} ở kênh {n * 5} dâng cao {n * 2} phân." for n in range(20, 60))


def kept(source: str, key: str, body: str, digest: str, *, day: str = AT) -> KeptArticle:
    content = {"url": f"https://{source}.vn/{key}", "title": "Tin", "summary": None, "body": body,
               "published_on": "2026-10-01", "digest": digest, "signature": 7}  # fmt: skip
    return KeptArticle(
        source_id=source, key=key, content=content, first_seen_at=day, last_seen_at=day,
        gone_at=None, gone_reason=None, capture=None, images=(), mentions=(), texts={},
    )  # fmt: skip


def put(archive: Archive, number: int, article: KeptArticle, cluster: int | None = None) -> None:
    row = {key: value for key, value in article.content.items() if key != "signature"} | {
        "id": number, "source_id": article.source_id, "key": article.key,
        "canonical_url": article.content["url"], "cluster_id": cluster or number,
        "first_seen_at": AT, "last_seen_at": AT,
    }  # fmt: skip
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    archive.connection.execute(f"insert into articles ({names}) values ({marks})", row)  # noqa: S608


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Archive, Archive]]:
    with open_new(tmp_path / "mine.db") as mine, open_new(tmp_path / "other.db") as other:
        for archive in (mine, other):
            archive.connection.executemany(
                "insert into sources (id, name, kind, province, homepage)"
                " values (?, 'X', 'newspaper', 'Tây Ninh', 'h')",
                [("a",), ("b",), ("c",)],
            )
        yield mine, other


def add(archive: Archive, number: int, article: KeptArticle) -> None:
    put(archive, number, article)
    from storage.articles.clusters import Copies

    copies = Copies.of(archive.connection, as_article(article), article.first_seen_at)
    copies.keep_keys(number)


FIRST = kept("a", "1", LUA, "lua")
COPY = kept("b", "1", LUA + " Thêm một câu.", "lua-b")
OTHER = kept("c", "1", LU, "lu")


def test_a_copy_is_found_by_its_words(both: tuple[Archive, Archive]) -> None:
    mine, other = both
    add(mine, 5, FIRST)
    add(other, 1, COPY)
    add(other, 2, OTHER)
    assert Grouping(mine.connection, other.connection).find(1, COPY)[0] == 5
    assert Grouping(mine.connection, other.connection).find(2, OTHER)[0] is None


def test_what_the_other_archive_found_holds_here(both: tuple[Archive, Archive]) -> None:
    mine, other = both
    put(mine, 5, FIRST)  # without keys: it cannot be found by its words
    put(other, 1, FIRST)
    put(other, 2, OTHER, cluster=1)
    grouping = Grouping(mine.connection, other.connection)
    assert grouping.find(2, OTHER)[0] == 5
    for waiting in (1, 2):
        other.connection.execute("insert into copies_due values (?)", (waiting,))
        assert grouping.find(2, OTHER)[0] is None, "it waits to be compared by today's rule"
        other.connection.execute("delete from copies_due")
    mine.connection.execute("update articles set digest = 'new'")
    assert grouping.find(2, OTHER)[0] is None


@pytest.mark.parametrize(
    ("change", "cluster"),
    [
        ("select 1", None),
        ("update articles set cluster_id = 3 where id = 1", 5),  # it was compared no further
        ("insert into copies_due values (1)", 5),
        ("insert into copies_due values (2)", 5),
        ("update articles set digest = 'older' where id = 2", 5),
        ("update articles set cluster_id = 3 where id = 2", 5),
    ],
)
def test_two_first_articles_of_the_other_archive_are_not_compared_again(
    both: tuple[Archive, Archive], change: str, cluster: int | None
) -> None:
    mine, other = both
    add(mine, 5, FIRST)
    put(other, 3, OTHER)
    put(other, 2, FIRST)
    put(other, 1, COPY)
    other.connection.execute(change)
    assert Grouping(mine.connection, other.connection).find(1, COPY)[0] == cluster


def test_copies_are_looked_for_with_text_and_day() -> None:
    made = as_article(FIRST)
    assert (made.source_id, made.url, made.title, made.summary, made.body) == (
        "a", "https://a.vn/1", "Tin", None, LUA,
    )  # fmt: skip
    assert (made.published_on, made.digest, made.signature) == ("2026-10-01", "lua", 7)


@pytest.mark.parametrize(
    ("article", "is_looked_for"),
    [
        (FIRST, False),
        (kept("a", "1", LUA, "lua", day=LATER), True),
        (kept("a", "1", LU, "lu"), True),
        (kept("a", "1", LU, "lu", day=LATER), True),
    ],
)
def test_copies_are_looked_for_again_where_text_or_time_is_another(
    both: tuple[Archive, Archive], article: KeptArticle, *, is_looked_for: bool
) -> None:
    mine, _ = both
    put(mine, 1, article)
    _regroup(mine.connection, 1, FIRST, article)
    keys = mine.connection.execute("select count(*) from copy_keys").fetchone()[0]
    assert (keys > 0) is is_looked_for
