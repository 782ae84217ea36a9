"""WARC files: written, read back, torn and repaired."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import signal
import subprocess
import sys
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from storage.errors import CaptureError
from storage.warc.files import CaptureWriter, find_original, read_capture, rename_apart
from storage.warc.records import _member, payload_digest
from storage.warc.repair import repair_captures

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import Capture

PAGE = "<html><p>Tỉnh ủy Long An họp phiên thường kỳ</p></html>".encode() * 40
URL = "https://baolongan.vn/tin-a1.html?x=1"


def write(writer: CaptureWriter, body: bytes = PAGE, **more: Any) -> Capture:
    values: dict[str, Any] = {
        "url": URL,
        "fetched_at": "2026-10-02T11:38:00Z",
        "status": 200,
        "reason": "OK",
        "headers": [("Content-Type", "text/html; charset=utf-8")],
        "body": body,
        "ip": "203.0.113.7",
    }
    return writer.write(**{**values, **more})


def records(path: Path) -> list[Any]:
    with path.open("rb") as stream:
        return [
            (record.rec_type, dict(record.rec_headers.headers), record.http_headers)
            for record in ArchiveIterator(stream)
        ]


def check(path: Path) -> subprocess.CompletedProcess[str]:
    command = "import sys; from warcio.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", command, "check", "-v", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_response_is_read_back_as_it_was_sent(tmp_path: Path) -> None:
    raw = gzip.compress(PAGE)
    headers = [
        (b"content-type", b"text/html"),
        (b"Content-Encoding", b"gzip"),
        (b"Transfer-Encoding", b"chunked"),
        (b"Content-Length", b"7"),
        (b"Set-Cookie", b"a=1"),
        (b"Set-Cookie", b"b=2"),
    ]
    with CaptureWriter(tmp_path, "baolongan") as writer:
        capture = write(writer, raw, headers=headers)
        early = read_capture(tmp_path, capture)
    response = read_capture(tmp_path, capture)
    assert response == early
    assert (response.raw, response.body, response.status) == (raw, PAGE, 200)
    assert response.headers == (
        ("content-type", "text/html"),
        ("Content-Encoding", "gzip"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("Content-Length", str(len(raw))),
    )
    assert (capture.content_type, capture.file) == ("text/html", "baolongan-00001.warc.gz")
    assert capture.digest == payload_digest(raw)
    assert read_capture(tmp_path, capture, decode=False).body == raw


def test_records_say_what_the_standard_asks_for(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path, "x") as writer:
        capture = write(writer, request_headers=[(b"User-Agent", b"baotinh")])
    info, response, request = records(tmp_path / capture.file)
    assert (info[0], response[0], request[0]) == ("warcinfo", "response", "request")
    assert response[1]["WARC-Target-URI"] == URL
    assert response[1]["WARC-Date"] == "2026-10-02T11:38:00Z"
    assert response[1]["WARC-IP-Address"] == "203.0.113.7"
    assert response[1]["WARC-Payload-Digest"] == capture.digest
    assert request[1]["WARC-Concurrent-To"] == response[1]["WARC-Record-ID"]
    assert request[2].headers == [("Host", "baolongan.vn"), ("User-Agent", "baotinh")]
    assert request[2].statusline == "/tin-a1.html?x=1 HTTP/1.1"


def test_warcio_finds_every_digest_right(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path, "x") as writer:
        first = write(writer)
        write(writer, gzip.compress(PAGE), headers=[("Content-Encoding", "gzip")])
        write(writer, b"", status=404, reason="Not Found")
        write(writer, earlier=first)
    checked = check(tmp_path / first.file)
    assert checked.returncode == 0, checked.stdout
    assert "digest pass" in checked.stdout
    assert "fail" not in checked.stdout


@pytest.mark.parametrize("size", [0, 100, 762, 763, 1_600, 30_000, 32_506, 32_507, 90_000])
def test_a_record_of_any_size_is_as_small_as_zlib_makes_it(size: int) -> None:
    page = b"".join(hashlib.sha256(bytes([n % 7, n % 11])).digest() for n in range(3_000))
    member = _member(io.BytesIO(page[:size]))
    assert zlib.decompress(member, wbits=31) == page[:size]
    assert len(member) <= len(zlib.compress(page[:size], 6, wbits=31)) + 8


def test_the_same_payload_again_is_a_revisit(tmp_path: Path) -> None:
    page = os.urandom(3000)
    with CaptureWriter(tmp_path, "one") as writer:
        first = write(writer, page)
    with CaptureWriter(tmp_path, "two") as writer:
        again = write(writer, page, earlier=first, fetched_at="2026-10-02T12:38:00Z")
        other = write(writer, page + b"!", earlier=first)
        unmodified = write(writer, b"", status=304, reason="Not Modified", earlier=first)
    kinds = [kind for kind, *_ in records(tmp_path / again.file)]
    assert kinds == ["warcinfo", "revisit", "request", "response", "request", "revisit", "request"]
    assert again.length < first.length / 2
    assert read_capture(tmp_path, again).body == page
    assert read_capture(tmp_path, other).body == page + b"!"
    assert (unmodified.digest, read_capture(tmp_path, unmodified).status) == (first.digest, 304)


def test_a_revisit_whose_original_is_lost_is_named(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path, "one") as writer:
        first = write(writer)
    with CaptureWriter(tmp_path, "two") as writer:
        again = write(writer, earlier=first)
    (tmp_path / first.file).unlink()
    with pytest.raises(CaptureError, match="two-00001"):
        read_capture(tmp_path, again)


def test_headers_cannot_break_out_of_their_lines(tmp_path: Path) -> None:
    headers = [
        (b"X-Bad\r\nEvil", b"a\r\nInjected: 1\r\n\r\n<html>\x00"),
        ("Content-Disposition", 'attachment; filename="../../báo.html"'),
        ("X-Sửa", "giá trị"),
        (b"X-Latin", b"caf\xe9"),
        (b"", b"none"),
    ]
    with CaptureWriter(tmp_path, "x") as writer:
        capture = write(
            writer,
            headers=headers,
            reason="Tốt\r\nX: 1",
            url="https://baolongan.vn/tin mới\r\n.html",
            request_headers=headers,
        )
    assert not check(tmp_path / capture.file).returncode
    response = read_capture(tmp_path, capture)
    assert response.body == PAGE
    assert "Injected" not in [name for name, _ in response.headers]
    assert len(response.headers) == 5


def test_a_file_is_open_until_it_is_closed(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        writer = CaptureWriter(tmp_path / "captures", "../Báo/Long An")
        capture = write(writer)
    finally:
        os.umask(old)
    path = tmp_path / "captures" / (capture.file + ".open")
    assert path.exists()
    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "captures").stat().st_mode & 0o777 == 0o700
    assert repair_captures(tmp_path / "captures") == []
    writer.close()
    writer.close()
    assert not path.exists()
    assert path.with_name(capture.file).exists()


def test_files_rotate_by_size_and_never_grow_again(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path, "x", max_bytes=2800) as writer:
        captures = [write(writer, os.urandom(600)) for _ in range(5)]
    with CaptureWriter(tmp_path, "x") as writer:
        captures.append(write(writer))
    files = [capture.file for capture in captures]
    assert len(set(files)) == 4
    assert files[-1] == "x-00004.warc.gz"
    for capture in captures:
        assert read_capture(tmp_path, capture).status == 200


def test_two_writers_of_one_name_do_not_meet(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path, "x") as one, CaptureWriter(tmp_path, "x") as other:
        assert write(one).file != write(other).file


def test_a_full_disk_leaves_whole_records(tmp_path: Path) -> None:
    import resource

    with CaptureWriter(tmp_path, "x") as writer:
        first = write(writer)
        size = (tmp_path / (first.file + ".open")).stat().st_size
        old = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, old[1]))
        try:
            with pytest.raises(CaptureError, match="cannot be written"):
                write(writer, os.urandom(5000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old)
            signal.signal(signal.SIGXFSZ, handler)
        assert (tmp_path / (first.file + ".open")).stat().st_size == size
        last = write(writer, b"after")
        assert last.offset == size
    assert read_capture(tmp_path, last).body == b"after"
    assert not check(tmp_path / first.file).returncode


TEAR = """
import os, sys
from pathlib import Path
from storage.warc.files import CaptureWriter
writer = CaptureWriter(Path(sys.argv[1]), "torn")
for number in range(3):
    writer.write(url=f"https://baolongan.vn/a{number}.html", fetched_at="2026-10-02T11:38:00Z",
        status=200, reason="OK", headers=[("Content-Type", "text/html")], body=os.urandom(3000),
        ip=None)
print(writer._size, flush=True)
os.write(writer._handle, b"\\x1f\\x8b\\x08" + os.urandom(int(sys.argv[2])))
os.kill(os.getpid(), 9)
"""


def test_a_torn_file_is_cut_to_its_last_whole_record(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", TEAR, str(tmp_path), "500"],
        capture_output=True,
        text=True,
        check=False,
    )
    (repair,) = repair_captures(tmp_path)
    assert repair.kept == int(killed.stdout)
    assert repair.cut == 503
    path = tmp_path / "torn-00001.warc.gz"
    assert path.stat().st_size == repair.kept
    assert len(records(path)) == 7
    assert not check(path).returncode
    assert repair_captures(tmp_path) == []


@given(share=st.floats(0, 1))
def test_a_file_torn_anywhere_keeps_all_whole_records(
    tmp_path_factory: pytest.TempPathFactory, share: float
) -> None:
    directory = tmp_path_factory.mktemp("torn")
    with CaptureWriter(directory, "x") as writer:
        captures = [write(writer, os.urandom(200)) for _ in range(3)]
    path = directory / captures[0].file
    whole = path.read_bytes()
    keep = int(len(whole) * share)
    path.with_name(path.name + ".open").write_bytes(whole[:keep])
    path.unlink()
    repair_captures(directory)
    for capture in captures:
        if capture.offset + capture.length <= keep:
            assert read_capture(directory, capture).status == 200


def test_damage_in_the_middle_is_not_taken_for_a_torn_end(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path, "x") as writer:
        captures = [write(writer, os.urandom(2000)) for _ in range(3)]
    path = tmp_path / captures[0].file
    data = bytearray(path.read_bytes())
    data[captures[1].offset + 900] ^= 0xFF
    path.with_name(path.name + ".open").write_bytes(data)
    path.unlink()
    (repair,) = repair_captures(tmp_path)
    assert repair.damaged_at == captures[1].offset
    assert path.stat().st_size == len(data)
    assert read_capture(tmp_path, captures[2]).status == 200
    with pytest.raises(CaptureError, match=rf"x-00001.warc.gz at {captures[1].offset}"):
        read_capture(tmp_path, captures[1])


def test_a_file_without_one_whole_record_is_removed(tmp_path: Path) -> None:
    (tmp_path / "x-00001.warc.gz.open").write_bytes(b"\x1f\x8b\x08half")
    (repair,) = repair_captures(tmp_path)
    assert (repair.kept, repair.cut) == (0, 7)
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_back_is_named(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path, "x") as writer:
        capture = write(writer)
        request = replace(capture, offset=capture.offset + capture.length)
    for wrong in (
        replace(capture, file="none-00001.warc.gz"),
        replace(capture, offset=3),
        replace(capture, length=capture.length - 9),
        replace(capture, length=capture.length + 9),
        replace(capture, digest="sha1:AAAA"),
        replace(capture, offset=10**9),
        replace(capture, file="../x-00001.warc.gz"),
        replace(request, length=10),
    ):
        with pytest.raises(CaptureError, match=r"x-00001|none-00001"):
            read_capture(tmp_path, wrong)


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        ("gzip", gzip.compress(PAGE)),
        ("GZIP", gzip.compress(PAGE[:100]) + gzip.compress(PAGE[100:])),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)[2:-4]),
        ("br", brotli.compress(PAGE)),
        ("gzip, br", brotli.compress(gzip.compress(PAGE))),
        ("gzip", PAGE),
        ("identity", PAGE),
        ("", PAGE),
    ],
)
def test_bodies_are_decoded(tmp_path: Path, encoding: str, raw: bytes) -> None:
    with CaptureWriter(tmp_path, "x") as writer:
        capture = write(writer, raw, headers=[("Content-Encoding", encoding)])
    assert read_capture(tmp_path, capture).body == PAGE


@pytest.mark.parametrize(
    ("encoding", "raw", "says"),
    [
        ("gzip", gzip.compress(PAGE)[:-9], "too early"),
        ("br", brotli.compress(os.urandom(500))[:-9], "too early"),
        ("br", b"\xff\xff\xff\xff", "damaged"),
        ("gzip", gzip.compress(bytes(70_000_000)), "more than"),
        ("br", brotli.compress(bytes(70_000_000), quality=1), "more than"),
        ("gzip, gzip, gzip", b"", "3 content encodings"),
        ("compress", PAGE, "unknown content encoding"),
    ],
)
def test_a_body_that_cannot_be_decoded_is_an_error_and_still_kept(
    tmp_path: Path, encoding: str, raw: bytes, says: str
) -> None:
    with CaptureWriter(tmp_path, "x") as writer:
        capture = write(writer, raw, headers=[("Content-Encoding", encoding)])
    with pytest.raises(CaptureError, match=says):
        read_capture(tmp_path, capture)
    kept = read_capture(tmp_path, capture, decode=False)
    assert hashlib.sha256(kept.raw).digest() == hashlib.sha256(raw).digest()


def test_a_file_says_what_wrote_it_and_for_whom(tmp_path: Path) -> None:
    about = {"isPartOf": "baolongan", "description": "Báo Long An,\r\nhttps://baolongan.vn/"}
    with CaptureWriter(tmp_path, "x", about=about) as writer:
        capture = write(writer, PAGE)
    with (tmp_path / capture.file).open("rb") as file:
        said = next(iter(ArchiveIterator(file))).content_stream().read().decode()
    fields = dict(line.split(": ", 1) for line in said.splitlines())
    assert fields["software"].startswith("baotinh/")
    assert fields["isPartOf"] == "baolongan"
    assert fields["description"] == "Báo Long An, https://baolongan.vn/"


def test_zstd_bodies_are_decoded(tmp_path: Path) -> None:
    zstd = pytest.importorskip("backports.zstd")
    with CaptureWriter(tmp_path, "x") as writer:
        capture = write(writer, zstd.compress(PAGE), headers=[("Content-Encoding", "zstd")])
        bomb = write(
            writer, zstd.compress(bytes(70_000_000)), headers=[("content-encoding", "zstd")]
        )
    assert read_capture(tmp_path, capture).body == PAGE
    with pytest.raises(CaptureError, match="more than"):
        read_capture(tmp_path, bomb)


def place(capture: Capture) -> tuple[str, str, int, int]:
    return capture.url, capture.file, capture.offset, capture.length


def test_the_original_of_a_revisit_is_found_over_five_records(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path, "x") as writer:
        chain = [write(writer)]
        for number in range(1, 6):
            at = f"2026-10-02T12:{number:02}:00Z"
            chain.append(write(writer, earlier=chain[-1], fetched_at=at))
        other = write(writer, b"other")
    originals = [find_original(tmp_path, each) for each in chain[:5]]
    assert [place(each) for each in originals] == [place(chain[0])] * 5
    assert originals[1].fetched_at == chain[0].fetched_at
    assert place(find_original(tmp_path, other)) == place(other)
    assert read_capture(tmp_path, chain[4]).body == PAGE
    with pytest.raises(CaptureError, match="is a revisit without end"):
        find_original(tmp_path, chain[5])
    with pytest.raises(CaptureError, match="revisit of a revisit without end"):
        read_capture(tmp_path, chain[5])
    with pytest.raises(CaptureError, match="cannot be read"):
        find_original(tmp_path, replace(other, offset=other.offset + 1))


def test_a_revisit_means_the_file_of_that_name_that_holds_its_payload(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path, "x") as writer:
        first = write(writer)
    with CaptureWriter(tmp_path, "y") as writer:
        again = write(writer, earlier=first)
    path = tmp_path / first.file
    apart = tmp_path / rename_apart(first.file, "tag")
    path.rename(apart)
    assert place(find_original(tmp_path, again)) == (URL, apart.name, first.offset, first.length)
    with CaptureWriter(tmp_path / "new", "x") as writer:
        write(writer, b"of another archive, and longer than that " * 9)
    (tmp_path / "new" / first.file).rename(path)
    assert find_original(tmp_path, again).file == apart.name
    assert read_capture(tmp_path, again).body == PAGE


@pytest.mark.parametrize(
    ("headers", "content_type"),
    [
        ([], None),
        ([("Content-Type", "text/html")], "text/html"),
        ([("Server", "x"), ("content-TYPE", " text/html ")], "text/html"),
        ([("Content-Type", " ")], None),
        ([("Content-Type", "a"), ("Content-Type", "b")], "a"),
    ],
)
def test_a_capture_has_the_first_content_type(
    tmp_path: Path, headers: list[tuple[str, str]], content_type: str | None
) -> None:
    with CaptureWriter(tmp_path, "x") as writer:
        assert write(writer, headers=headers).content_type == content_type


@pytest.mark.parametrize(
    ("status", "body", "is_revisit"),
    [
        (200, PAGE, True), (200, b"other", False), (200, b"", False), (304, b"", True),
        (304, b"other", True), (404, PAGE, True),
    ],
)  # fmt: skip
def test_a_payload_that_is_known_is_not_stored_again(
    tmp_path: Path, status: int, body: bytes, *, is_revisit: bool
) -> None:
    with CaptureWriter(tmp_path, "x") as writer:
        first = write(writer)
        again = write(writer, body, status=status, earlier=first)
        alone = write(writer, body, status=status)
    kinds = [kind for kind, _, _ in records(tmp_path / first.file) if kind != "request"]
    assert kinds[1:] == ["response", "revisit" if is_revisit else "response", "response"]
    assert again.digest == (first.digest if is_revisit else alone.digest)
