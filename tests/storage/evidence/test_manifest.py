"""Manifests as text, their files, and the links between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.errors import CaptureError
from storage.evidence.asn1 import sort_certificates
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
