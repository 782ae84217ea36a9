"""Captures by article, link, address and payload."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from storage.records import Capture
from tests.support.shelf import put as put_article

if TYPE_CHECKING:
    from storage.archive import Archive

NOW, LATER = "2026-10-02T11:38:00Z", "2026-10-02T12:38:00Z"


def put(archive: Archive, table: str, **row: Any) -> int:
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    sql = f"insert into {table} ({names}) values ({marks})"  # noqa: S608
    return int(archive.connection.execute(sql, row).lastrowid or 0)


def put_link(archive: Archive, number: int, **more: Any) -> int:
    values = {
        "source_id": "baolongan", "url": f"u{number}", "canonical_url": f"u{number}",
        "key": str(number), "found_at": NOW,
    }  # fmt: skip
    return put(archive, "links", **values | more)


def keep(archive: Archive, offset: int, link: int | None = None, **more: Any) -> int:
    values: dict[str, Any] = {
        "url": "u1", "fetched_at": NOW, "status": 200, "content_type": "text/html",
        "digest": f"sha1:{offset}", "file": "a.warc.gz", "offset": offset, "length": 10,
    }  # fmt: skip
    with archive.transaction():
        return archive.captures.keep(Capture(**values | more), link)


def test_a_record_is_kept_once_and_learns_its_link(archive: Archive) -> None:
    link = put_link(archive, 1)
    first = keep(archive, 0)
    assert keep(archive, 0, link) == first
    assert keep(archive, 0) == first
    assert [each.id for each in archive.captures.of_link(link)] == [first]
    assert archive.captures.keep(Capture(**_values(7), id=99), None) == 99, "it is there already"
    assert archive.captures.count() == 1


def _values(offset: int) -> dict[str, Any]:
    return {
        "url": "u", "fetched_at": NOW, "status": 200, "content_type": None, "digest": "d",
        "file": "b.warc.gz", "offset": offset, "length": 1,
    }  # fmt: skip


def test_captures_of_an_article_are_those_of_its_links_texts_and_pictures(archive: Archive) -> None:
    article = put_article(archive.connection, "Tin")
    link = put_link(archive, 1, state="stored", article_id=article)
    late, early = keep(archive, 0, link, fetched_at=LATER), keep(archive, 1, link)
    read = keep(archive, 2, fetched_at="2026-10-01T00:00:00Z")
    put(archive, "article_revisions", article_id=article, number=1, seen_at=NOW, kind="first",
        capture_id=read)  # fmt: skip
    pictures = [keep(archive, number) for number in (3, 4)]
    for number, capture in enumerate(pictures):
        media = put(archive, "media", source_id="baolongan", kind="image", url=f"{number}",
                    found_at=NOW, capture_id=capture)  # fmt: skip
        put(archive, "article_media", media_id=media, article_id=article)
    keep(archive, 5, put_link(archive, 2))
    assert [each.id for each in archive.captures.of_article(article)] == [read, early, late]
    with_media = [each.id for each in archive.captures.with_media(article)]
    assert with_media == [*pictures, read, early, late]
    archive.connection.execute(
        "insert into withheld (id, source_id, key, url, why, withheld_at)"
        " values (9, 'x', '1', 'u', 'lệnh', ?)",
        (NOW,),
    )
    put(archive, "erased", capture_id=pictures[0], withheld_id=9, record="d")
    with_media = [each.id for each in archive.captures.with_media(article)]
    assert with_media == [pictures[1], read, early, late]
    for table in ("document_texts", "article_media"):
        archive.connection.execute(f"drop table {table}")
    assert len(archive.captures.with_media(article)) == 3, "an archive of before has no pictures"


@pytest.mark.parametrize(
    ("reason", "is_hidden"), [("withheld", True), ("http-410", False), (None, False)]
)
def test_a_capture_of_a_page_that_is_withheld_is_none(
    archive: Archive, reason: str | None, *, is_hidden: bool
) -> None:
    kept = keep(archive, 0, put_link(archive, 1, state="rejected", reason=reason))
    assert (archive.captures.get(kept) is None) is is_hidden
    assert archive.captures.get(kept + 1) is None


@pytest.mark.parametrize(
    ("shown", "link", "is_hidden"),
    [
        ([], False, False),
        ([False], False, True),
        ([True], False, False),
        ([False, True], False, False),
        ([False, False], False, True),
        ([False], True, False),
    ],
)
def test_a_picture_that_no_article_shows_any_more_is_none(
    archive: Archive, shown: list[bool], *, link: bool, is_hidden: bool
) -> None:
    article = put_article(archive.connection, "Tin")
    kept = keep(archive, 0, put_link(archive, 1) if link else None)
    for number, is_shown in enumerate(shown):
        media = put(archive, "media", source_id="baolongan", kind="image", url=str(number),
                    found_at=NOW, capture_id=kept)  # fmt: skip
        if is_shown:
            put(archive, "article_media", media_id=media, article_id=article)
    assert (archive.captures.get(kept) is None) is is_hidden


def test_captures_are_found_by_address_instant_and_payload(archive: Archive) -> None:
    captures = archive.captures
    link = put_link(archive, 1)
    one = keep(archive, 0, link, digest="sha1:a", origin_digest="md5:a")
    two = keep(archive, 1, link, digest="sha1:a", fetched_at=LATER)
    three = keep(archive, 2, digest="sha1:b")
    other = keep(archive, 3, url="u2", digest="sha1:a")

    def number(found: Capture | None) -> int | None:
        return None if found is None else found.id

    assert [number(captures.last(url)) for url in ("u1", "u2", "u3")] == [three, other, None]
    assert [number(captures.first(*key)) for key in (("u1", "sha1:a"), ("u1", "sha1:c"))] == [
        one, None,
    ]  # fmt: skip
    assert [number(captures.at("u1", at)) for at in (NOW, LATER, "2026")] == [one, two, None]
    assert [each.id for each in captures.all_at("u1", NOW)] == [one, three]
    for digest, found in (("sha1:a", one), ("md5:a", one), ("sha1:b", three), ("x", None)):
        assert number(captures.with_payload("u1", digest)) == found
    for digest, has in (("sha1:a", True), ("md5:a", True), ("sha1:b", False)):
        assert captures.has_payload(link, digest) is has
    assert not captures.has_payload(link + 1, "sha1:a")


def test_a_proof_is_noted_with_its_capture_or_beside_it(archive: Archive) -> None:
    link = put_link(archive, 1)
    known = keep(archive, 0, link)
    capture = archive.captures.get(known)
    assert capture is not None
    archive.captures.add_proof(replace(capture, origin_manifests="c/1 d/2"))
    again = archive.captures.get(known)
    assert again is not None
    assert again.origin_manifests == "c/1 d/2"
    archive.captures.add_proof(Capture(**_values(5) | {"url": "u1"}))
    assert len(archive.captures.of_link(link)) == 2
    archive.captures.add_proof(Capture(**_values(6) | {"url": "nowhere"}))
    assert archive.captures.count() == 2


def test_pages_that_gave_no_article_are_known_by_their_captures(archive: Archive) -> None:
    captures = archive.captures
    assert captures.last_refused("baolongan", NOW) is None
    for number, state, found_at, refused_at in (
        (1, "rejected", NOW, None), (2, "pending", LATER, NOW), (3, "stored", NOW, None),
        (4, "pending", NOW, NOW), (5, "pending", NOW, None), (6, "failed", "2026-10-01T00", None),
    ):  # fmt: skip
        link = put_link(archive, number, state=state, found_at=found_at, refused_at=refused_at)
        keep(archive, number, link)
        keep(archive, 10 + number, link, status=404)
    newest = captures.newest_good("baolongan")
    assert [link for _, link in newest] == [1, 2, 3, 4, 5, 6]
    assert list(captures.refused_payloads("baolongan", 3)) == ["sha1:2", "sha1:12", "sha1:4"]
    assert captures.refused_payloads("baotayninh", 3) == {}
    last = captures.get(captures.last_refused("baolongan", NOW) or 0)
    assert last is not None
    assert last.offset == 15
