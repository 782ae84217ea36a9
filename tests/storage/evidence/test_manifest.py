"""Manifests as text, their files, and the links between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.errors import CaptureError
from storage.evidence.asn1 import sort_certificates
from storage.evidence.check import _differs
from storage.evidence.files import copy_evidence, evidence_in, keep_file, manifests_of, stamp_of
from storage.evidence.links import find_break, find_lost_stamp, is_next, read_file, up_to_stamp
from storage.evidence.manifest import (
    is_evidence,
    name_capture,
    name_manifest,
    number_of,
    read_manifest,
    sha256,
    write_manifest,
)
from storage.evidence.origins import Origins, name_evidence
from storage.evidence.proof import _Chain, _describe_chain
from storage.evidence.stamps import StampError, check_stamp, is_stamp_of, read_roots

if TYPE_CHECKING:
    from pathlib import Path

NOW = "2026-10-02T11:38:00Z"
NAMES = [f"{number:05}-2026-10-02" for number in range(5)]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("00001-2026-10-02.sha256", 1),
        ("123456789-2026-10-02.sha256", 123456789),
        ("0001-2026-10-02.sha256", None),
        ("1234567890-2026-10-02.sha256", None),
        ("00001-2026-10-02.tsr", None),
        ("00001-2026-10-02.sha256.part", None),
    ],
)
def test_the_name_of_a_manifest_tells_its_number(name: str, number: int | None) -> None:
    assert number_of(name) == number
    assert is_evidence(name) is (number is not None or name.endswith("2026-10-02.tsr"))


def test_a_manifest_is_read_as_it_was_written() -> None:
    digests = [sha256(str(number).encode()) for number in range(4)]
    before = [(name_manifest(1, NOW), digests[0]), (f"{NAMES[1]}.tsr", digests[1])]
    lines = [(name_capture("a.warc.gz", 12, ".record"), digests[2]), ("a.payload", digests[3])]
    data = write_manifest(2, NOW, before, lines)
    read = read_manifest(data)
    assert (read.before, read.stamp) == tuple(before)
    assert read.digests == dict(lines) == {"a.warc.gz.12.record": digests[2], **dict(lines[1:])}
    assert name_manifest(1, NOW) == "00001-2026-10-02.sha256"
    assert data.decode().startswith(f"# Captures of Báo Tỉnh, manifest 2, made at {NOW}\n")
    assert data.endswith(b"\n")
    alone = read_manifest(f"{digests[0]} *x\n\n# y".encode())
    assert (alone.before, alone.stamp, alone.digests) == (None, None, {"x": digests[0]})


@pytest.mark.parametrize("line", ["x", "0" * 63 + "  a", "0" * 64 + " a", "0" * 64 + "  "])
def test_a_line_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="is no line of a manifest"):
        read_manifest(line.encode())


def make_chain(folder: Path, *numbers: int, stamped: tuple[int, ...] = ()) -> list[Path]:
    """Manifests of some numbers, each of which names the one before and its stamp."""
    paths: list[Path] = []
    for number in numbers:
        known = [paths[-1], stamp_of(paths[-1])] if paths else []
        before = [(path.name, sha256(path.read_bytes())) for path in known if path.exists()]
        path = folder / f"{NAMES[number]}.sha256"
        keep_file(path, write_manifest(number, NOW, before, [("x", "0" * 64)]))
        if number in stamped:
            keep_file(stamp_of(path), b"stamp")
        paths.append(path)
    return paths


def test_a_chain_is_whole_where_each_manifest_names_the_one_before(tmp_path: Path) -> None:
    first, second, third = make_chain(tmp_path, 1, 2, 3)
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert manifests_of(tmp_path) == [first, second, third]
    assert manifests_of(tmp_path / "none") == []
    assert is_next(first, second)
    assert not is_next(first, third)
    assert not is_next(second, first)
    assert find_break(first, second) is None
    assert "a manifest is missing" in str(find_break(first, third))
    second.write_bytes(second.read_bytes() + b"# more\n")
    assert "made after: changed" in str(find_break(second, third))
    third.write_bytes(b"# nothing\n")
    assert "does not say what stood before it" in str(find_break(second, third))
    third.write_bytes(b"no manifest")
    assert read_file(third) is None
    assert read_file(tmp_path / "none.sha256") is None
    assert "does not say what stood before it" in str(find_break(second, third))


def test_a_stamp_that_a_manifest_names_must_be_there_as_it_was(tmp_path: Path) -> None:
    first, second, third = make_chain(tmp_path, 1, 2, 3, stamped=(1,))
    assert find_lost_stamp(first, second) is None
    assert find_lost_stamp(second, third) is None, "it had none"
    assert "is missing" in str(find_lost_stamp(third, second)), "it is the stamp of another"
    stamp_of(first).write_bytes(b"another")
    assert "it was changed" in str(find_lost_stamp(first, second))
    stamp_of(first).unlink()
    assert "is missing" in str(find_lost_stamp(first, second))


@pytest.mark.parametrize(
    ("stamped", "begin", "needed", "has_stamp"),
    [
        ((), 1, 1, False),
        ((1,), 1, 1, True),
        ((3,), 1, 3, True),
        ((3,), 2, 2, True),
        ((1,), 2, 1, False),
        ((2, 3), 1, 2, True),
    ],
)
def test_a_manifest_is_proven_by_the_next_stamp(
    tmp_path: Path, stamped: tuple[int, ...], begin: int, needed: int, *, has_stamp: bool
) -> None:
    paths = make_chain(tmp_path, 1, 2, 3, stamped=stamped)
    found, stamp = up_to_stamp(paths[begin - 1])
    assert found == paths[begin - 1 : begin - 1 + needed]
    assert (stamp == stamp_of(found[-1])) is has_stamp
    assert (stamp is None) is not has_stamp


def test_no_stamp_behind_a_break_proves_anything(tmp_path: Path) -> None:
    first, second, _ = make_chain(tmp_path, 1, 2, 3, stamped=(3,))
    second.unlink()
    assert up_to_stamp(first) == ([first], None)
    with pytest.raises(CaptureError, match="is missing"):
        up_to_stamp(second)


def test_evidence_is_copied_where_it_is_missing_or_another(tmp_path: Path) -> None:
    source, target = tmp_path / "captures", tmp_path / "copy"
    (path,) = make_chain(source / "evidence" / "aa", 1, stamped=(1,))
    (path.parent / "other.txt").write_text("x", encoding="utf-8")
    names = [f"evidence/aa/{NAMES[1]}.sha256", f"evidence/aa/{NAMES[1]}.tsr"]
    assert copy_evidence(source, target) == names
    assert copy_evidence(source, target) == []
    assert [each.read_bytes() for each in evidence_in(target / "evidence")] == [
        path.read_bytes(), b"stamp",
    ]  # fmt: skip
    (target / names[1]).write_bytes(b"another")
    assert copy_evidence(source, target) == names[1:]
    assert not list(target.rglob("*.part"))


def der(tag: int, *parts: bytes) -> bytes:
    """A value in DER."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def answer(*certificates: bytes, tag: int = 0xA0) -> bytes:
    """As much of a time-stamp response as is looked at."""
    facts = [der(0x02, b"\x03"), der(0x31), der(0x30, b"what is signed")]
    signed = der(0x30, *facts, der(tag, *certificates), der(0x31, b"signers"))
    token = der(0x30, der(0x06, b"type"), der(0xA0, signed))
    return der(0x30, der(0x30, b"status"), token)


@pytest.mark.parametrize("size", [1, 0x7F, 0x80, 0xFF, 0x100, 0x10000])
def test_certificates_of_a_stamp_are_sorted(size: int) -> None:
    one, two, three = (der(0x30, letter * size) for letter in (b"a", b"b", b"c"))
    assert sort_certificates(answer(three, one, two)) == answer(one, two, three)
    assert sort_certificates(answer(one, two)) == answer(one, two)


def test_what_is_no_stamp_stays_as_it_is() -> None:
    one, two = der(0x30, b"a"), der(0x30, b"b")
    for other in (answer(two, one, tag=0xA1), answer(two, one)[:-30], b"", b"\x30", b"abc"):
        assert sort_certificates(other) == other
    broken = answer(two, b"\x30\x7f")
    assert sort_certificates(broken) == broken


def test_what_is_no_stamp_is_none_of_any_bytes() -> None:
    pytest.importorskip("rfc3161_client")
    assert not is_stamp_of(b"no stamp", b"data")
    with pytest.raises(StampError):
        check_stamp(b"no stamp", b"data", [])


def test_roots_are_read_from_a_file(tmp_path: Path) -> None:
    pytest.importorskip("rfc3161_client")
    path = tmp_path / "roots.pem"
    for text in ("", "no certificate"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(StampError, match="holds no certificates"):
            read_roots(path)
    with pytest.raises(StampError, match="holds no certificates"):
        read_roots(tmp_path / "none.pem")


def chain(*numbers: int, tampered: int = 0, stamp: bytes = b"") -> dict[str, bytes]:
    """Files of one chain, each manifest of which lists a record of its own."""
    files: dict[str, bytes] = {}
    before: list[tuple[str, str]] = []
    for number in numbers:
        name = f"{NAMES[number]}.sha256"
        line = (name_capture("a", number, ".record"), sha256(b"%d" % number))
        files[name] = write_manifest(number, NOW, before, [line])
        before = [(name, sha256(files[name]))]
        if stamp:
            before.append((f"{NAMES[number]}.tsr", sha256(stamp)))
    if tampered:
        files[f"{NAMES[tampered]}.sha256"] += b"# more\n"
    return {f"{'ab' * 8}/{name}": data for name, data in files.items()}


def test_a_record_is_listed_by_the_manifests_that_came_with_it() -> None:
    origins = Origins(chain(1, 2))
    assert origins.broken == []
    assert origins.listing(b"1") == [f"{'ab' * 8}/{NAMES[1]}.sha256"]
    assert origins.listing(b"9") == []
    assert not origins.differs("a", 1, b"1")
    assert origins.differs("a", 1, b"another")
    assert not origins.differs("a", 9, b"another")
    assert origins
    assert not Origins({})
    assert list(origins.find_unproven(list)) == []


@pytest.mark.parametrize(
    ("files", "is_broken"),
    [
        (chain(1, 2, 3, tampered=1), True),
        (chain(1, 2, 3, tampered=3), False),  # nothing names the last one
        (chain(1, 3, tampered=1), False),  # one between is missing
        ({f"{'ab' * 8}/{NAMES[1]}.sha256": b"no manifest"}, True),
    ],
)
def test_a_chain_that_does_not_hold_is_left_out(files: dict[str, bytes], is_broken: bool) -> None:
    origins = Origins(files)
    assert origins.broken == (["ab" * 8] if is_broken else [])
    assert bool(origins) is not is_broken


def test_a_stamp_that_was_named_and_did_not_come_is_missed_once() -> None:
    origins = Origins(chain(1, 2, stamp=b"x"))
    assert origins.broken == []
    assert list(origins.find_unproven(list)) == [f"{NAMES[1]}.tsr is missing"]
    assert list(origins.find_unproven(list)) == []


def test_a_stamp_without_its_manifest_is_left_out() -> None:
    files = chain(1) | {f"{'ab' * 8}/{NAMES[3]}.tsr": b"x"}
    origins = Origins(files)
    assert origins.broken == [f"{'ab' * 8}/{NAMES[3]}.tsr"]
    assert origins.listing(b"1")


@pytest.mark.parametrize(
    ("chain_", "file", "name"),
    [
        ("ab" * 8, f"{NAMES[1]}.sha256", f"{'ab' * 8}/{NAMES[1]}.sha256"),
        ("ab" * 8, f"{NAMES[1]}.tsr", f"{'ab' * 8}/{NAMES[1]}.tsr"),
        ("ab" * 8, "other.txt", None),
        ("ab" * 7, f"{NAMES[1]}.sha256", None),
        ("AB" * 8, f"{NAMES[1]}.sha256", None),
    ],
)
def test_a_file_of_evidence_lies_in_a_chain(chain_: str, file: str, name: str | None) -> None:
    assert name_evidence(chain_, file) == name


@pytest.mark.parametrize(
    ("stated", "kept", "differs"),
    [
        ("text/html", "text/html", False), (" text/html ", "text/html", False),
        ("text/html", "text/plain", True), ("", None, False), ("text/html", None, True),
        ("", "text/html", True), ("tin.vn", "tin-ở-đây", False), ("tin-ở", "tin-o", False),
        ("a", "b\x00", False),
    ],
)  # fmt: skip
def test_a_record_says_another_thing_than_its_row(
    stated: str, kept: str | None, *, differs: bool
) -> None:
    assert _differs(stated, kept) is differs


def test_a_proof_says_how_it_is_checked(tmp_path: Path) -> None:
    path = tmp_path / f"{NAMES[1]}.sha256"
    bare = _Chain(folder="", manifests={path.name: path}, unstamped={path.name})
    said = _describe_chain(bare, None)
    assert f"sha256sum --check --ignore-missing {path.name}" in said
    assert "No manifest since then has a stamp" in said
    assert "No stamp covers" not in said
    assert "In the folder" not in said
    stamped = _Chain(
        folder="ab/", manifests={path.name: path}, stamps={path.name: stamp_of(path)},
        unstamped={"x"},
    )  # fmt: skip
    said = _describe_chain(stamped, None)
    assert said.startswith("In the folder ab/\n")
    assert f"-in {NAMES[1]}.tsr -CAfile FILE.pem" in said
    assert "No stamp covers x:" in said
    assert "certificates are not in this file" in said
    said = _describe_chain(stamped, tmp_path / "roots.pem")
    assert "-CAfile ../authority.pem" in said
    assert "certificates are not in this file" not in said
    stamped.folder = ""
    stamped.unstamped.clear()
    said = _describe_chain(stamped, tmp_path / "roots.pem")
    assert "-CAfile authority.pem" in said
    assert "No stamp covers" not in said
