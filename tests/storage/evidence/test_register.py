"""Which manifests and stamps were ever here."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from storage.evidence.register import Register

if TYPE_CHECKING:
    from pathlib import Path

    from storage.archive import Archive

ONE, STAMP, TWO = "c/00001-2026-10-02.sha256", "c/00001-2026-10-02.tsr", "d/00001-2026-10-02.sha256"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def register(archive: Archive, tmp_path: Path) -> Register:
    return Register(archive._db, tmp_path / "evidence")


def test_a_file_is_kept_and_noted(register: Register, tmp_path: Path) -> None:
    register.keep(tmp_path / "evidence" / ONE, b"first")
    assert (tmp_path / "evidence" / ONE).read_bytes() == b"first"
    assert register.digests() == {ONE: digest(b"first")}
    register.keep(tmp_path / "evidence" / ONE, b"second")
    assert register.digests() == {ONE: digest(b"first")}, "what it was at first stays noted"


def test_what_lies_in_the_folder_is_noted_once(register: Register, tmp_path: Path) -> None:
    register.keep(tmp_path / "evidence" / ONE, b"first")
    for name in (ONE, STAMP, "c/readme.txt"):
        (tmp_path / "evidence" / name).write_bytes(b"changed")
    register.note_all()
    assert register.digests() == {ONE: digest(b"first"), STAMP: digest(b"changed")}
    assert register.files_of("c") == {ONE[2:]: b"changed", STAMP[2:]: b"changed"}
    assert register.files_of("d") == {}


@pytest.mark.parametrize(
    ("noted", "there", "theirs", "strange", "kept"),
    [
        (None, None, b"new", False, b"new"),
        (b"new", b"new", b"new", False, b"new"),
        (b"old", b"old", b"new", True, b"old"),
        (None, b"old", b"new", True, b"old"),
        (None, b"new", b"new", False, b"new"),
        (b"new", None, b"new", False, b"new"),  # it was lost and comes back
        (b"old", None, b"new", True, None),
        (b"old", b"changed", b"old", False, b"changed"),  # what was noted counts
        (b"old", b"changed", b"changed", True, b"changed"),
    ],
)
def test_files_of_others_come_unless_other_bytes_were_here(
    register: Register, tmp_path: Path, noted: bytes | None, there: bytes | None, theirs: bytes,
    *, strange: bool, kept: bytes | None,
) -> None:  # fmt: skip
    path = tmp_path / "evidence" / ONE
    if noted is not None:
        register.keep(path, noted)
        path.unlink()
    if there is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(there)
    assert register.adopt({ONE: theirs, TWO: b"another"}) == ([ONE] if strange else [])
    assert (path.read_bytes() if path.exists() else None) == kept
    assert (tmp_path / "evidence" / TWO).read_bytes() == b"another"
    first = digest(noted) if noted is not None else None if strange else digest(theirs)
    assert register.digests() == {**({ONE: first} if first else {}), TWO: digest(b"another")}


def test_the_archive_s_own_chain_has_a_name(register: Register, archive: Archive) -> None:
    assert register.own is None
    archive.connection.execute("insert into evidence_chain values ('c')")
    assert register.own == "c"
