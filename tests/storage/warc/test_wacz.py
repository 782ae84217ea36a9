"""A package of captures: what is in it, and where."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from storage.warc.conversions import write_conversion
from storage.warc.files import CaptureWriter, read_member
from storage.warc.records import read_record
from storage.warc.wacz import _index_line, write_wacz

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from storage.records import Capture
    from storage.warc.wacz import Written

AT, LATER = "2026-10-02T11:38:00Z", "2026-10-02T12:38:00Z"


def write(writer: CaptureWriter, number: int, **more: Any) -> Capture:
    values: dict[str, Any] = {
        "url": f"https://x.vn/{number}?b=2&a=1", "fetched_at": AT, "status": 200, "reason": "OK",
        "headers": [("Content-Type", "text/html; charset=utf-8")], "body": b"<p>%d</p>" % number,
        "ip": None,
    }  # fmt: skip
    return writer.write(**values | more)


def pack(folder: Path, articles: dict[int, Sequence[Capture]], **more: Any) -> tuple[Any, Written]:
    out = io.BytesIO()
    records = [{"id": number, "title": f"Tin {number}"} for number in articles]
    written = write_wacz(
        out, records, captures_of=articles.__getitem__, captures_dir=folder, created=AT, **more
    )
    return zipfile.ZipFile(out), written


def lines(package: zipfile.ZipFile, path: str) -> list[str]:
    return package.read(path).decode().splitlines()


@pytest.fixture
def captures(tmp_path: Path) -> list[Capture]:
    """Two pages, the first again unchanged, the second again with another text."""
    with CaptureWriter(tmp_path, "run") as writer:
        one = write(writer, 1)
        two = write(writer, 2, headers=[])
        return [one, two, write(writer, 1, fetched_at=LATER, earlier=one),
                write(writer, 2, fetched_at=LATER, body=b"new", status=404)]  # fmt: skip


def test_each_record_is_there_once_and_found_by_the_index(
    tmp_path: Path, captures: list[Capture]
) -> None:
    one, two, again, new = captures
    package, written = pack(tmp_path, {1: [one, again], 2: [two, new], 3: [two], 4: []})
    assert (written.articles, written.captures, written.problems) == (3, 4, ())
    assert package.testzip() is None
    archive = package.read("archive/baotinh.warc.gz")
    found = []
    for line in lines(package, "indexes/index.cdx"):
        key, at, rest = line.split(" ", 2)
        fields = json.loads(rest)
        begin, length = int(fields["offset"]), int(fields["length"])
        record = read_record(archive[begin : begin + length])
        assert record.warc["warc-target-uri"] == fields["url"]
        assert record.warc["warc-payload-digest"] == fields["digest"]
        found.append((key, at, fields["mime"], fields["status"]))
    assert found == [
        ("vn,x)/1?a=1&b=2", "20261002113800", "text/html", "200"),
        ("vn,x)/1?a=1&b=2", "20261002123800", "warc/revisit", "200"),
        ("vn,x)/2?a=1&b=2", "20261002113800", "unk", "200"),
        ("vn,x)/2?a=1&b=2", "20261002123800", "text/html", "404"),
    ]
    head, *pages = map(json.loads, lines(package, "pages/pages.jsonl"))
    assert head["format"] == "json-pages-1.0"
    assert [(page["id"], page["ts"], page["title"]) for page in pages] == [
        ("1", LATER, "Tin 1"), ("2", LATER, "Tin 2"), ("3", AT, "Tin 3"),
    ]  # fmt: skip


def test_a_revisit_comes_with_the_record_that_it_refers_to(
    tmp_path: Path, captures: list[Capture]
) -> None:
    package, written = pack(tmp_path, {1: [captures[2]]})
    assert (written.articles, written.captures) == (1, 2)
    index = [json.loads(line.split(" ", 2)[2]) for line in lines(package, "indexes/index.cdx")]
    assert [each["mime"] for each in index] == ["text/html", "warc/revisit"]


def test_what_a_browser_drew_is_kept_and_not_replayed(
    tmp_path: Path, captures: list[Capture]
) -> None:
    with CaptureWriter(tmp_path, "drawn") as writer:
        url = captures[0].url
        drawn = write_conversion(writer, tmp_path, captures[0], url=url, made_at=LATER, body=b"x")
        alone = write_conversion(writer, tmp_path, None, url=url, made_at=LATER, body=b"y")
    assert (drawn.status, drawn.content_type) == (200, "text/html; charset=utf-8")
    made = [read_record(read_member(tmp_path / each.file, each.offset)) for each in (drawn, alone)]
    source = read_record(read_member(tmp_path / captures[0].file, captures[0].offset))
    assert [each.warc.get("warc-refers-to") for each in made] == [
        source.warc["warc-record-id"], None,
    ]  # fmt: skip
    assert made[0].warc["warc-refers-to-target-uri"] == url
    assert [each.payload for each in made] == [b"x", b"y"]
    gone = write_gone(tmp_path)
    assert (gone.status, read_record(read_member(tmp_path / gone.file, gone.offset)).status) == (
        404, 200,
    )  # fmt: skip
    package, written = pack(tmp_path, {1: [captures[0], drawn]})
    assert (written.articles, written.captures) == (1, 1)
    assert len(package.read("archive/baotinh.warc.gz")) > captures[0].length + drawn.length


def write_gone(folder: Path) -> Capture:
    with CaptureWriter(folder, "gone") as writer:
        raw = write(writer, 9, status=404)
        writer.sync()
        return write_conversion(writer, folder, raw, url=raw.url, made_at=LATER, body=b"z")


def test_what_cannot_be_read_is_told_and_left_out(tmp_path: Path, captures: list[Capture]) -> None:
    lost = replace(captures[1], file="none.warc.gz")
    package, written = pack(tmp_path, {1: [captures[0], lost], 2: [lost]})
    assert (written.articles, written.captures) == (1, 1)
    assert [problem.split(": ")[0] for problem in written.problems] == [
        f"capture none.warc.gz at {lost.offset}"
    ] * 2
    assert json.loads(lines(package, "pages/pages.jsonl")[1])["ts"] == AT


def test_the_package_says_what_is_in_it_and_whose_stamp_it_bears(
    tmp_path: Path, captures: list[Capture]
) -> None:
    proof = tmp_path / "c" / "00001-2026-10-02.sha256"
    proof.parent.mkdir()
    proof.write_bytes(b"proof")
    asked: list[object] = []

    def evidence_of(names: Any) -> list[Path]:
        asked.extend(names)
        return [proof]

    def stamp(digest: bytes) -> dict[str, str]:
        asked.append(digest.decode())
        return {"timeSignature": "AAA"}

    listed = replace(captures[0], manifest="c/1", origin_manifests="d/2 b/1")
    package, _ = pack(tmp_path, {1: [listed]}, evidence_of=evidence_of, stamp=stamp)
    text = package.read("datapackage.json")
    whole = f"sha256:{hashlib.sha256(text).hexdigest()}"
    assert asked == ["b/1", "c/1", "d/2", whole]
    for each in json.loads(text)["resources"]:
        data = package.read(each["path"])
        assert each["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert (each["bytes"], each["name"]) == (len(data), each["path"].split("/")[-1])
    digest = json.loads(package.read("datapackage-digest.json"))
    assert (digest["path"], digest["hash"]) == ("datapackage.json", whole)
    assert digest["signedData"]["timeSignature"] == "AAA"
    assert digest["signedData"]["hash"] == whole
    kinds = {info.filename: info.compress_type for info in package.infolist()}
    assert kinds["archive/baotinh.warc.gz"] == zipfile.ZIP_STORED
    assert kinds["evidence-c/00001-2026-10-02.sha256"] == zipfile.ZIP_DEFLATED
    assert {info.external_attr >> 16 for info in package.infolist()} <= {0o644, 0o600}
    plain, _ = pack(tmp_path, {1: [captures[0]]})
    assert "signedData" not in json.loads(plain.read("datapackage-digest.json"))


def test_a_line_of_the_index_has_the_seconds_of_its_record(
    tmp_path: Path, captures: list[Capture]
) -> None:
    record = read_record(read_member(tmp_path / captures[0].file, 0 + captures[0].offset))
    record.warc["warc-date"] = "2026-10-02T11:38:00.123456Z"
    assert _index_line(record, 5, 9).split(" ")[1] == "20261002113800"
