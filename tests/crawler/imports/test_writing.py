"""Records of imported pages, written into a capture file of ours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.imports.notes import Tally
from crawler.imports.responses import Page, Response, Shell
from crawler.imports.writing import PageWriter
from crawler.runs.links import make_link, row_of
from storage.warc.files import read_capture
from storage.warc.records import Origin, payload_digest
from tests.crawler.imports.test_importer import AT, NOW, SOURCE
from tests.support.template import open_new
from tests.support.warcs import answer, page, record, url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive

NAMES = ["a-manifest", "b-manifest"]


class Listed:
    """Manifests that came with a file, as far as a writer asks them: they list every record."""

    def __init__(self, *conflicts: str) -> None:
        self._conflicts = [*conflicts]

    def listing(self, member: bytes) -> list[str]:
        return [str(len(member))]

    def adopt(self, listing: list[str], register: object) -> list[str]:
        assert listing
        assert register is not None
        return NAMES

    def take_conflicts(self) -> list[str]:
        taken, self._conflicts = self._conflicts, []
        return taken


def came(number: int, **changes: object) -> Response:
    facts = {
        "url": url(number), "fetched_at": AT, "status": 200, "reason": "OK",
        "headers": (("Content-Type", "text/html"),), "payload": page(number),
        "origin": Origin(name="old.warc.gz", offset=5, record_id="id1"),
    }  # fmt: skip
    return Response(**facts | changes)  # type: ignore[arg-type]


def as_page(response: Response, shell: Shell | None = None) -> Page:
    return Page(
        source=SOURCE, link=make_link(SOURCE, response.url, found_at=NOW), response=response,
        payload=response.payload, digest=payload_digest(response.payload), shell=shell,
    )  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(row_of(SOURCE))
        yield archive


@pytest.fixture
def writer(archive: Archive) -> Iterator[PageWriter]:
    writer = PageWriter(archive, lambda: NOW, Tally())
    yield writer
    writer.close()


def test_nothing_is_written_into_no_file(archive: Archive, writer: PageWriter) -> None:
    assert (writer.write([]), writer.prove([])) == ([], [])
    writer.close()
    assert not list(archive.captures_dir.rglob("*.warc.gz*"))


def test_a_page_is_written_with_where_it_came_from(archive: Archive, writer: PageWriter) -> None:
    ((capture, shell),) = writer.write([as_page(came(1))])
    assert shell is None
    assert (capture.origin, capture.origin_offset, capture.file[:22]) == (
        "old.warc.gz", 5, "import-20261124T030000",
    )  # fmt: skip
    writer.close()
    writer.close()
    assert read_capture(archive.captures_dir, capture).body == page(1)
    ((other, _),) = writer.write([as_page(came(2))])
    writer.close()
    assert read_capture(archive.captures_dir, other).body == page(2)


def test_a_body_that_comes_again_in_one_batch_is_written_once(writer: PageWriter) -> None:
    days = [AT.replace("-06T", f"-0{day}T") for day in (6, 7, 8)]
    written = writer.write([as_page(came(1, fetched_at=day)) for day in days])
    (other,) = writer.write([as_page(came(1, fetched_at=days[0]))])
    whole, *again = [capture.length for capture, _ in written]
    assert other[0].length > whole // 2, "no row says so: the batch before may not be kept"
    assert max(again) < whole // 2


def test_a_record_that_manifests_list_is_copied_as_it_is(
    archive: Archive, writer: PageWriter
) -> None:
    member = record(url(1), answer(page(1)))
    response = came(1, member=member, origins=Listed("x and y"))
    ((capture, _),) = writer.write([as_page(response)])
    assert (capture.length, capture.origin_manifests) == (len(member), "a-manifest b-manifest")
    assert (capture.origin, capture.origin_record, capture.content_type) == (
        "old.warc.gz", "id1", "text/html",
    )  # fmt: skip
    assert writer._tally.facts()["notes"] == {"conflict": 1}
    writer.close()
    assert (archive.captures_dir / capture.file).read_bytes()[capture.offset :] == member


def test_proof_of_a_page_that_is_kept_is_added_once(archive: Archive, writer: PageWriter) -> None:
    member = record(url(1), answer(page(1)))
    response = came(1, member=member, origins=Listed())
    assert writer.prove([response]) == [], "nothing is kept"
    ((capture, _),) = writer.write([as_page(response)])
    archive.captures.keep(replace(capture, origin_manifests="a-manifest"), None)
    (proven,) = writer.prove([response])
    assert (proven.id, proven.origin_manifests) == (1, "a-manifest b-manifest")
    archive.captures.add_proof(proven)
    assert writer.prove([response]) == [], "they are known"
    assert writer.prove([replace(response, origins=None)]) == []


def test_another_record_of_a_page_that_is_kept_is_copied_beside_it(
    archive: Archive, writer: PageWriter
) -> None:
    ((capture, _),) = writer.write([as_page(came(1))])
    archive.captures.keep(capture, None)
    member = record(url(1), answer(page(1)))
    (copied,) = writer.prove([came(1, member=member, origins=Listed())])
    assert (copied.id, copied.length, copied.origin_manifests) == (
        None, len(member), "a-manifest b-manifest",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("known", "written"),
    [(None, True), (b"<p>shell", False), (b"<p>other", True)],
)
def test_the_answer_of_a_drawn_page_is_written_unless_it_is_kept(
    archive: Archive, writer: PageWriter, known: bytes | None, written: bool
) -> None:
    if known is not None:
        ((kept, _),) = writer.write([as_page(came(1, payload=known))])
        archive.captures.keep(kept, None)
    payload = b"<p>shell"
    shell = Shell(
        response=came(1, payload=payload), payload=payload, digest=payload_digest(payload)
    )
    drawn = came(1, drawn_from="id1", fetched_at="2019-03-06T00:00:01Z")
    ((capture, answered),) = writer.write([as_page(drawn, shell)])
    assert answered is not None
    assert (answered.id is None, answered.digest) == (written, payload_digest(payload))
    assert capture.digest == payload_digest(page(1))
    ((_, nothing),) = writer.write([as_page(came(2, drawn_from="id2"))])
    assert nothing is None


def test_records_are_on_the_disk_before_their_rows_are_written(
    archive: Archive, writer: PageWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((first, _),) = writer.write([as_page(came(1))])
    archive.captures.keep(first, None)
    synced: list[int] = []
    monkeypatch.setattr("os.fsync", synced.append)
    writer.write([])
    assert synced == []
    writer.write([as_page(came(2))])
    assert len(synced) == 1
    response = came(1, member=record(url(1), answer(page(1))), origins=Listed())
    (proven,) = writer.prove([response])
    assert len(synced) == 2
    archive.captures.keep(proven, None)
    assert writer.prove([response]) == []
    assert len(synced) == 2


def test_a_record_that_cannot_be_read_is_not_the_same(archive: Archive, writer: PageWriter) -> None:
    response = came(1, member=record(url(1), answer(page(1))), origins=Listed())
    ((capture, _),) = writer.write([as_page(response)])
    archive.captures.keep(capture, None)
    writer.close()
    (archive.captures_dir / capture.file).unlink()
    (copied,) = writer.prove([response])
    assert (copied.id, copied.origin_manifests) == (None, "a-manifest b-manifest")
