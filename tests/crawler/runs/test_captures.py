"""What a run does with the archive before it starts."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from scrapy import Request

from crawler.runs.captures import open_for_run, record_false_start
from crawler.runs.links import row_of
from storage.archive import Archive
from storage.errors import ArchiveMissing, ArchiveUnusable, CaptureError
from storage.states import RunKind
from storage.warc.files import find_original, read_capture
from tests.support.runs import HOME, NOW, SOURCE, OpenRun, answer
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.records import Capture


def test_an_archive_whose_captures_cannot_be_made_whole_is_closed(tmp_path: Path) -> None:
    path, captures = tmp_path / "archive.db", tmp_path / "captures"
    Archive.open(path).close()
    (captures / "run.warc.gz.open").mkdir(parents=True)
    with pytest.raises(CaptureError, match="cannot be repaired") as refused:
        open_for_run(path, captures)
    assert refused.tb is not None, "the traceback would keep the connection alive"
    assert not path.with_name("archive.db-wal").exists()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


def write(run: OpenRun, path: str, body: str, status: int = 200) -> Capture:
    request = Request(HOME + path, headers={"X-A": "1"})
    # Bytes that do not pack well: what holds them is longer than what names them.
    body += "".join(chr(33 + (n * n + len(body)) % 89 + n % 5) for n in range(2000))
    return run.recorder.captures.write(request, answer(request, body, status, **{"X-B": "2"}))


def test_a_payload_is_kept_once_at_whatever_address_it_comes_again(run: OpenRun) -> None:
    first = write(run, "a.html", "<p>kiểm tra</p>")
    again = write(run, "b.html", "<p>kiểm tra</p>")
    other = write(run, "c.html", "<p>khác</p>")
    run.recorder.captures.sync()
    assert first.digest == again.digest != other.digest
    assert again.length < first.length, "a revisit holds no payload"
    folder = run.archive.captures_dir
    assert find_original(folder, again).offset == first.offset
    assert find_original(folder, other).offset == other.offset
    kept = read_capture(folder, first)
    assert (kept.status, kept.fetched_at, kept.raw) == (200, NOW, kept.body)
    assert kept.body.startswith("<p>kiểm tra</p>".encode())
    assert ("X-B", "2") in kept.headers


def test_so_many_payloads_are_remembered(run: OpenRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.runs.captures.MOST_PAYLOADS", 2)
    captures = run.recorder.captures
    for number in range(3):
        write(run, f"{number}.html", f"<p>{number}</p>")
    assert len(captures._payloads) == 2
    captures.sync()
    lengths = [write(run, f"x{n}.html", f"<p>{n}</p>").length for n in (1, 2)]
    assert max(lengths) < write(run, "y.html", "<p>0</p>").length, "the first is forgotten"


def test_a_file_of_captures_is_named_by_source_time_and_run(run: OpenRun) -> None:
    capture = write(run, "a.html", "x")
    assert capture.file.startswith(f"bao-20261120T080000Z-{run.recorder.run_id}-")
    run.recorder.captures.sync()
    run.recorder.captures.close()
    assert (run.archive.captures_dir / capture.file).exists()


def test_a_drawn_page_is_kept_beside_the_answer_it_was_made_of(run: OpenRun) -> None:
    link = run.find("a.html")
    raw = write(run, "a.html", "<script>x</script>")
    drawn = run.recorder.captures.write_drawn(link, raw, b"<p>drawn</p>")
    assert (drawn.url, drawn.fetched_at) == (raw.url, NOW)
    assert run.value("select count(*) from captures where link_id = ?", link.id) == 1
    assert read_capture(run.archive.captures_dir, drawn).body == b"<p>drawn</p>"


def test_a_crawl_that_could_not_begin_is_a_failed_run(run: OpenRun) -> None:
    record_false_start(run.archive, SOURCE, "2026-11-21T00:00:00Z")
    newest = run.archive.runs.last("bao", 1)[0]
    assert (newest.state, newest.started_at, newest.finished_at) == (
        "failed",
        "2026-11-21T00:00:00Z",
        "2026-11-21T00:00:00Z",
    )


def test_a_thousand_payloads_are_remembered_the_last_ones(run: OpenRun) -> None:
    capture = write(run, "a.html", "x")
    captures = run.recorder.captures
    captures._payloads.clear()
    for number in range(1002):
        captures._remember(str(number), capture)
    assert len(captures._payloads) == 1000
    assert next(iter(captures._payloads)) == "2"
    other = write(run, "b.html", "y")
    captures._remember("1001", other)
    assert captures._payloads["1001"] is capture, "the first of a payload is kept"


def test_a_page_that_was_drawn_from_an_earlier_run_is_kept(tmp_path: Path) -> None:
    first = OpenRun(tmp_path)
    link = first.find("a.html")
    raw = write(first, "a.html", "<script>x</script>")
    first.close()
    again = OpenRun(tmp_path)
    drawn = again.recorder.captures.write_drawn(link, raw, b"<p>drawn</p>")
    assert read_capture(again.archive.captures_dir, drawn).body == b"<p>drawn</p>"
    assert drawn.file != raw.file
    again.close()


def test_a_payload_that_another_address_had_is_named_by_its_capture(run: OpenRun) -> None:
    first = write(run, "a.html", "x")
    run.recorder.captures.sync()
    body = read_capture(run.archive.captures_dir, first).raw
    run.recorder.captures._payloads.clear()
    request = Request(HOME + "b.html")
    again = run.recorder.captures.write(request, answer(request, body), same=first)
    run.recorder.captures.sync()
    assert find_original(run.archive.captures_dir, again).offset == first.offset
    assert again.length < first.length
    run.recorder.captures._payloads.clear()
    lost = replace(first, file="none.warc.gz")
    whole = run.recorder.captures.write(request, answer(request, body), same=lost)
    assert whole.length > again.length


@pytest.mark.parametrize("named", [False, True])
def test_captures_that_lost_their_archive_begin_no_other(tmp_path: Path, named: bool) -> None:
    captures = tmp_path / ("kept" if named else "captures")
    captures.mkdir()
    (captures / "run-1.warc.gz").touch()
    with pytest.raises(ArchiveMissing):
        open_for_run(tmp_path / "archive.db", captures if named else None)
    assert not (tmp_path / "archive.db").exists()


def test_a_clock_that_cannot_be_right_opens_no_archive_for_a_crawl(tmp_path: Path) -> None:
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(row_of(SOURCE))
        archive.runs.start("bao", RunKind.CRAWL, "2099-01-01T00:00:00Z")
    with pytest.raises(ArchiveUnusable, match="not started: the clock says"):
        open_for_run(tmp_path / "archive.db", None)


def test_a_run_that_kept_nothing_leaves_no_file(tmp_path: Path) -> None:
    run = OpenRun(tmp_path)
    run.recorder.captures.sync()
    run.close()
    assert not (tmp_path / "captures").exists() or not list((tmp_path / "captures").iterdir())


def test_the_disk_is_waited_for_before_a_row_names_a_capture(
    run: OpenRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(run, "a.html", "x")
    run.recorder.captures.sync()
    waited: list[int] = []
    monkeypatch.setattr(os, "fsync", waited.append)
    write(run, "b.html", "y")
    assert waited == [], "several pages may share a wait"
    run.recorder.captures.sync()
    assert len(waited) == 1
    link = run.find("c.html")
    run.recorder.captures.write_drawn(link, first, b"<p>drawn</p>")
    assert len(waited) == 2
    run.recorder.flush()
    assert len(waited) == 3


def test_a_source_that_was_never_crawled_has_its_false_start_on_record(run: OpenRun) -> None:
    record_false_start(run.archive, replace(SOURCE, id="new"), "2026-11-21T00:00:00Z")
    assert [each.state for each in run.archive.runs.last("new")] == ["failed"]
