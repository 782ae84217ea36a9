"""How far imports of other archives have come."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.archive import Archive

NOW, LATER = "2026-10-02T11:38:00Z", "2026-10-02T12:38:00Z"


def test_an_import_goes_on_where_it_was(archive: Archive) -> None:
    imports = archive.imports
    first = imports.begin("a.warc.gz 12", "all", now=NOW)
    assert (first.place, first.records, first.pages, first.finished_at) == ("", 0, 0, None)
    assert imports.begin("a.warc.gz 12", "some", now=NOW).id != first.id
    imports.note(first.id, place="40", records=3, pages=2)
    imports.note(first.id, place="90", records=4, pages=1)
    imports.finish(first.id, now=LATER)
    known = imports.begin("a.warc.gz 12", "all", now=LATER)
    assert (known.id, known.place, known.records, known.pages) == (first.id, "90", 7, 3)
    assert (known.started_at, known.finished_at) == (NOW, LATER)
    imports.start_over(first.id, now=LATER)
    anew = imports.begin("a.warc.gz 12", "all", now=LATER)
    assert (anew.id, anew.place, anew.records, anew.pages) == (first.id, "", 0, 0)
    assert (anew.started_at, anew.finished_at) == (LATER, None)
