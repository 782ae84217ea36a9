"""What a check of the evidence finds, one change at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from storage.evidence.chain import Evidence
from storage.evidence.check import EvidenceCheck
from storage.warc.files import CaptureWriter
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive

AT, LATER = "2026-10-02T11:38:00Z", "2026-10-03T11:38:00Z"


ORIGIN = """
update captures set origin_manifests = (select manifest from captures where id = {})
where id = 1"""


def capture(archive: Archive, *numbers: int, headers: str = "text/html") -> None:
    with CaptureWriter(archive.captures_dir, f"x{numbers}") as writer:
        for number in numbers:
            made = writer.write(
                url=f"https://x.vn/{number}", fetched_at=AT, status=200, reason="OK",
                headers=[("Content-Type", headers)], body=b"<p>%d</p>" % number, ip=None,
            )  # fmt: skip
            with archive.transaction():
                archive.captures.keep(made, None)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Three captures in two manifests, and one in none."""
    with open_new(tmp_path / "archive.db") as opened:
        evidence = Evidence(opened._db)
        assert evidence.make(now=AT) is None
        capture(opened, 1, 2)
        first = evidence.make(now=AT)
        assert first is not None
        assert (first.captures, first.complaints) == (2, ())
        capture(opened, 3)
        assert evidence.make(now=LATER) is not None
        capture(opened, 4)
        yield opened


def manifests(archive: Archive) -> list[Path]:
    return sorted((archive.captures_dir / "evidence").glob("*/*.sha256"))


def check(archive: Archive) -> tuple[list[str], EvidenceCheck]:
    made = EvidenceCheck(archive._db, archive.captures_dir / "evidence", None)
    return list(made.run()), made


def test_an_archive_as_it_was_is_well(archive: Archive) -> None:
    problems, made = check(archive)
    found = made.findings
    assert problems == []
    assert (found.manifests, found.stamps, found.unlisted, found.unproven) == (2, 0, 1, 3)
    assert (found.proven, found.by_origin, found.erased) == ({}, {}, [])


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("update captures set url = 'https://y.vn/1' where id = 1", "has another address"),
        ("update captures set fetched_at = '2026-10-02T11:38:01Z' where id = 1",
         "has another time"),
        ("update captures set status = 404 where id = 1", "has another status"),
        ("update captures set digest = 'sha1:x' where id = 1", "has another digest"),
        ("update captures set content_type = 'text/plain' where id = 1",
         "has another Content-Type"),
        ("update captures set content_type = 'text/html ' where id = 1", None),
        ("update captures set content_type = 'văn bản' where id = 1", None),
        ("update captures set origin = 'other' where id = 1", None),  # its record names none
        ("delete from captures where id = 1", "is listed in 00001-2026-10-02.sha256, but was"),
        ("update captures set manifest = null where id = 1",
         "is in no manifest, but later ones are"),
        ("update captures set manifest = (select manifest from captures where id = 3) where id = 1",
         "says that it is in a manifest that does not list it"),
        ("update captures set manifest = 'other/00001-2026-10-02.sha256' where id = 1",
         "manifest other/00001-2026-10-02.sha256 is missing, and 1 captures were in it"),
        ("update captures set origin_manifests = 'c/00001-2026-10-02.sha256' where id = 1",
         "was in c/00001-2026-10-02.sha256 where it comes from, which is missing"),
        (ORIGIN.format(1), None),
        (ORIGIN.format(3), "listed where it comes from: it was changed"),
        ("update captures set length = length - 1 where id = 1", "was changed"),
        ("update evidence_files set digest = 'x' where name like '%/00002%'",
         "is not what it was when it came here"),
        ("insert into evidence_files values ('c/00009-2026-10-02.sha256', 'x')",
         "c/00009-2026-10-02.sha256 was here and is missing"),
    ],
)  # fmt: skip
def test_each_change_of_a_row_is_named(archive: Archive, sql: str, says: str | None) -> None:
    archive.connection.execute(sql)
    problems, _ = check(archive)
    if says is None:
        assert problems == []
    else:
        assert any(says in problem for problem in problems), problems


def test_a_capture_that_was_erased_on_purpose_is_told(archive: Archive) -> None:
    archive.connection.execute(
        "insert into sources (id, name, kind, province, homepage)"
        " values ('x', 'X', 'newspaper', 'Tây Ninh', 'h')"
    )
    archive.connection.execute(
        "insert into withheld (id, source_id, key, url, why, withheld_at)"
        " values (9, 'x', '1', 'u', 'lệnh', ?)",
        (AT,),
    )
    archive.connection.execute("insert into erased values (1, 9, 'd')")
    archive.connection.execute("update captures set url = 'changed' where id = 1")
    problems, made = check(archive)
    assert problems == []
    (said,) = made.findings.erased
    assert said.endswith("was erased: lệnh")
    assert (made.findings.unproven, made.findings.unlisted) == (2, 1)


def damage(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as stream:
        stream.seek(at)
        stream.write(data)


def test_a_changed_file_is_named_by_what_it_was(archive: Archive) -> None:
    file, offset, length = archive.connection.execute(
        "select file, offset, length from captures where id = 2"
    ).fetchone()
    path = archive.captures_dir / file
    kept = path.read_bytes()
    damage(path, offset + length - 4, b"\0\0\0\0")
    assert "was changed" in check(archive)[0][0]
    path.write_bytes(kept[: offset + 9])
    assert "cannot be read: its record was removed or cut" in check(archive)[0][0]
    path.unlink()
    problems, _ = check(archive)
    assert len([each for each in problems if "cannot be read" in each]) == 2
    path.write_bytes(kept)
    assert check(archive)[0] == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (0, "begin with 00002-2026-10-03.sha256: the first is missing"),
        (1, "was here and is missing"),
    ],
)
def test_a_manifest_that_was_removed_is_named(archive: Archive, name: int, says: str) -> None:
    manifests(archive)[name].unlink()
    problems, _ = check(archive)
    assert any(says in problem for problem in problems), problems


def test_a_changed_manifest_is_named(archive: Archive) -> None:
    first = manifests(archive)[0]
    first.write_bytes(first.read_bytes().replace(b"  ", b" *", 1))
    problems, _ = check(archive)
    assert any("is not the manifest that" in each for each in problems), problems
    assert any("is not what it was" in each for each in problems), problems
    first.write_bytes(b"no manifest")
    assert any("cannot be read as a manifest" in each for each in check(archive)[0])


def test_a_stamp_without_its_manifest_is_named(archive: Archive) -> None:
    chain = manifests(archive)[0].parent
    (chain / "00005-2026-10-02.tsr").write_bytes(b"")
    (chain / "00001-2026-10-02.tsr").write_bytes(b"")
    assert check(archive)[0] == ["00005-2026-10-02.tsr is the stamp of a manifest that is missing"]


@pytest.mark.parametrize(
    ("names", "proven", "by_origin", "unproven"),
    [
        ([], {}, {}, 0),
        (["own/1"], {LATER: 1}, {}, 0),
        (["own/2"], {}, {}, 1),
        (["own/none"], {}, {}, 1),
        (["own/1", "origin/1"], {AT: 1}, {AT: 1}, 0),
        (["own/2", "origin/1"], {AT: 1}, {AT: 1}, 0),
        (["own/0", "origin/1"], {AT: 1}, {}, 0),
        (["origin/1"], {AT: 1}, {AT: 1}, 0),
        (["own/1", "origin/2"], {LATER: 1}, {}, 0),
    ],
)
def test_the_earliest_stamp_proves_a_capture(
    archive: Archive, names: list[str], proven: dict[str, int], by_origin: dict[str, int],
    unproven: int,
) -> None:  # fmt: skip
    made = EvidenceCheck(archive._db, archive.captures_dir / "evidence", None)
    made._own = {"own"}
    by: dict[str, Any] = {"own/0": AT, "own/1": LATER, "own/2": None, "origin/1": AT}
    made._proven_by = by | {"origin/2": LATER}
    made._count(names)
    found = made.findings
    assert (found.proven, found.by_origin, found.unproven) == (proven, by_origin, unproven)
    made._count(names)
    assert found.proven == {at: 2 * count for at, count in proven.items()}


def test_what_cannot_be_read_is_listed_in_no_manifest(archive: Archive) -> None:
    capture(archive, 5)
    file, offset = archive.connection.execute(
        "select file, offset from captures where id = 5"
    ).fetchone()
    damage(archive.captures_dir / file, offset, b"\0" * 20)
    made = Evidence(archive._db).make(now=LATER)
    assert made is not None
    assert (made.captures, made.path.name) == (1, "00003-2026-10-03.sha256")
    assert [file in complaint for complaint in made.complaints] == [True]
    assert Evidence(archive._db).make(now=LATER) is None


def test_a_number_is_given_once_whatever_was_removed(archive: Archive) -> None:
    evidence = Evidence(archive._db)
    assert evidence.last() == manifests(archive)[1]
    for path in manifests(archive):
        path.unlink()
    assert evidence.last() is None
    made = evidence.make(now=LATER)
    assert made is not None
    assert made.path.name == "00003-2026-10-03.sha256"
    assert b"00002" not in made.path.read_bytes(), "nothing stands before it"


def test_manifests_go_with_those_behind_them_up_to_a_stamp(archive: Archive) -> None:
    evidence = Evidence(archive._db)
    one, two = manifests(archive)
    names = [f"{path.parent.name}/{path.name}" for path in (one, two)]
    assert evidence.files_for([*names, "c/none.sha256"]) == [one, two]
    stamp = two.with_suffix(".tsr")
    stamp.write_bytes(b"")
    assert evidence.files_for(names[:1]) == [one, two, stamp]
    assert evidence.files_for(names) == [one, two, stamp]
    assert Evidence(archive._db).own_chain() == one.parent.name
