"""What other archives prove of captures that were copied from them stays proven."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from storage.evidence.manifest import sha256
from storage.warc.records import payload_digest
from tests.storage.evidence.test_evidence import (
    authority,
    check_proof,
    filled,
    proven,
    sealed,
    stamped,
    vault,
)
from tests.support.authority import Authority
from tests.support.crawls import Desk
from tests.support.vault import Vault, run
from tests.support.warcs import response, url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

__all__ = ["authority", "filled", "sealed", "stamped", "vault"]

WARC = "archive/baotinh.warc.gz"

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


@pytest.fixture
def elsewhere(stamped: Vault, tmp_path: Path) -> Vault:
    """Another archive of the same sources that trusts the same authority."""
    other = Desk(tmp_path / "elsewhere")
    other.folder.mkdir()
    shutil.copytree(stamped.desk.sources, other.sources)
    other.settings, other.private = dict(stamped.desk.settings), stamped.desk.private
    return Vault(other)


def pack(vault: Vault, path: Path) -> Path:
    assert vault.run("export", "--format", "wacz", "-o", str(path)).exit_code == 0
    return path


def repack(path: Path, change: dict[str, bytes]) -> Path:
    """Write a package anew with other bytes for some names; an empty value leaves one out."""
    with zipfile.ZipFile(path) as package:
        files = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w") as package:
        for name, data in {**files, **change}.items():
            if data:
                package.writestr(name, data)
    return path


def summary(vault: Vault) -> dict[str, object]:
    done = vault.run("verify", "--evidence", "--json")
    return dict(json.loads(done.stdout.splitlines()[-1])["evidence"])


@pytest.mark.parametrize("how", ["package", "folder", "file", "unpacked"])
def test_imported_captures_keep_the_proof_of_their_origin(
    stamped: Vault, elsewhere: Vault, tmp_path: Path, how: str
) -> None:
    path = stamped.desk.folder / "captures"
    if how in ("package", "unpacked"):
        path = pack(stamped, tmp_path / "out.wacz")
    if how == "file":
        path = min(path.glob("*.warc.gz"))
    if how == "unpacked":
        with zipfile.ZipFile(path) as package:
            package.extractall(tmp_path / "unpacked")
        path = tmp_path / "unpacked"
    done = elsewhere.run("import", str(path))
    assert done.exit_code == 0, done.stderr
    said = elsewhere.run("verify", "--evidence")
    assert said.exit_code == 0, said.stdout
    number = 3 if how == "file" else 4
    assert f"{number} captures are proven to have existed by 20" in said.stdout
    assert f"{number} of them by a stamp of where they come from" in said.stdout
    assert f"{number} captures are in no manifest of ours yet" in said.stdout
    assert elsewhere.run("evidence").exit_code == 0
    assert elsewhere.check() == []
    assert summary(elsewhere)["unlisted"] == 0
    again = elsewhere.run("import", str(path), "--again")
    assert f"0 pages, {number} known before" in again.stderr


def test_a_proof_of_an_imported_article_holds_the_stamp_of_its_origin(
    stamped: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    elsewhere.run("import", str(pack(stamped, tmp_path / "out.wacz")))
    path = tmp_path / "proof.zip"
    done = elsewhere.run("show", url(2), "--proof", str(path))
    assert "1 captures, 1 of them stamped" in done.stderr
    with zipfile.ZipFile(path) as package:
        package.extractall(tmp_path / "proof")
    said = check_proof(tmp_path / "proof")
    assert said.count(".record: OK") == 1
    assert said.count("Verification: OK") == 1
    assert elsewhere.run("evidence").exit_code == 0
    assert elsewhere.run("show", url(2), "--proof", str(path)).exit_code == 0
    shutil.rmtree(tmp_path / "proof")
    with zipfile.ZipFile(path) as package:
        package.extractall(tmp_path / "proof")
    said = check_proof(tmp_path / "proof")
    assert said.count(".record: OK") == 2, "by both chains"
    assert said.count("Verification: OK") == 2


def test_the_proof_goes_through_several_archives(
    stamped: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    elsewhere.run("import", str(pack(stamped, tmp_path / "one.wacz")))
    assert elsewhere.run("evidence").exit_code == 0
    third = Desk(tmp_path / "third")
    third.folder.mkdir()
    shutil.copytree(stamped.desk.sources, third.sources)
    third.settings, third.private = elsewhere.desk.settings, elsewhere.desk.private
    assert run(third, "import", str(pack(elsewhere, tmp_path / "two.wacz"))).exit_code == 0
    assert run(third, "verify", "--evidence").exit_code == 0
    ((names, *_), *_) = third.rows("select origin_manifests from captures where id = 1")
    chains = {name.partition("/")[0] for name in names.split()}
    assert len(chains) == 2
    merged = Desk(tmp_path / "merged")
    merged.folder.mkdir()
    shutil.copytree(stamped.desk.sources, merged.sources)
    merged.settings, merged.private = elsewhere.desk.settings, elsewhere.desk.private
    vault = Vault(merged)
    vault.capture(9)  # is in no manifest when the others come
    assert run(merged, "merge", str(elsewhere.desk.archive)).exit_code == 0
    assert vault.check() == []
    assert proven(vault) == 4
    assert vault.run("evidence").exit_code == 0
    assert vault.check() == []
    assert proven(vault) == 5


def test_what_another_archive_imported_from_here_comes_back_as_a_copy(
    stamped: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    """Its records lie elsewhere than our manifests say, which list them all the same.

    The fourth lay in a file of its own; those of the first may lie where they did.
    """
    elsewhere.run("import", str(pack(stamped, tmp_path / "out.wacz")))
    assert elsewhere.run("evidence").exit_code == 0
    assert stamped.run("merge", str(elsewhere.desk.archive)).exit_code == 0
    ((captures,),) = stamped.desk.rows("select count(*) from captures")
    assert captures > 4
    assert stamped.check() == []
    assert proven(stamped) == captures
    assert summary(stamped)["unlisted"] == captures - 4
    assert stamped.run("evidence").exit_code == 0
    assert stamped.check() == []
    assert summary(stamped)["unlisted"] == 0
    path = tmp_path / "proof.zip"
    done = stamped.run("show", url(4), "--proof", str(path))
    assert "2 captures, 2 of them stamped" in done.stderr
    with zipfile.ZipFile(path) as package:
        assert len(package.namelist()) == len(set(package.namelist()))
        readme = package.read("README.txt").decode()
    assert readme.count(url(4)) == 1 + 3, "the article, and each record by its name"


def test_a_capture_of_another_archive_that_is_removed_here_is_named(
    stamped: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    elsewhere.run("import", str(pack(stamped, tmp_path / "out.wacz")))
    assert elsewhere.run("evidence").exit_code == 0
    elsewhere.change("update article_revisions set capture_id = null where capture_id = 2")
    elsewhere.change("update articles set capture_id = null where capture_id = 2")
    elsewhere.change("delete from captures where id = 2")
    assert any("but was removed" in each for each in elsewhere.check())


def test_an_imported_capture_that_is_changed_here_is_named(
    stamped: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    elsewhere.run("import", str(pack(stamped, tmp_path / "out.wacz")))
    ((file, offset, length),) = elsewhere.desk.rows(
        "select file, offset, length from captures where id = 2"
    )
    path = elsewhere.desk.folder / "captures" / file
    data = bytearray(path.read_bytes())
    data[offset + length // 2] ^= 1
    path.write_bytes(bytes(data))
    assert any("capture 2 " in each for each in elsewhere.check())


@pytest.mark.parametrize("what", [".sha256", ".tsr"])
def test_a_file_of_another_chain_that_is_removed_here_is_named(
    stamped: Vault, elsewhere: Vault, tmp_path: Path, what: str
) -> None:
    elsewhere.run("import", str(pack(stamped, tmp_path / "out.wacz")))
    path = max(elsewhere.evidence.glob(f"*{what}"))
    path.unlink()
    assert any(path.name in each and "missing" in each for each in elsewhere.check())


def test_what_does_not_hold_together_is_left_out_and_said(
    stamped: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    path = pack(stamped, tmp_path / "out.wacz")
    with zipfile.ZipFile(path) as package:
        first = min(name for name in package.namelist() if name.endswith(".sha256"))
        data = package.read(first).replace(b"Captures", b"captures")
    done = elsewhere.run("import", str(repack(path, {first: data})))
    assert "do not hold together" in done.stderr
    assert elsewhere.desk.rows("select count(*) from articles") == [(4,)]
    assert elsewhere.check() == []
    assert not (elsewhere.desk.folder / "captures" / "evidence").exists()


@pytest.mark.parametrize(
    "name", ["evidence-../../../x/00001-2026-01-01.sha256", "evidence-x/../../00001.sha256"]
)
def test_names_that_lead_elsewhere_are_no_evidence(
    stamped: Vault, elsewhere: Vault, tmp_path: Path, name: str
) -> None:
    path = repack(pack(stamped, tmp_path / "out.wacz"), {name: b"# of nobody\n"})
    assert elsewhere.run("import", str(path)).exit_code == 0
    assert len(list((elsewhere.desk.folder / "captures" / "evidence").iterdir())) == 1
    assert not list(tmp_path.glob("**/x"))


def test_files_that_are_here_are_never_replaced(
    stamped: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    """Whoever brings another manifest under the name of one of ours changes nothing."""
    path = pack(stamped, tmp_path / "out.wacz")
    before = {each.name: each.read_bytes() for each in stamped.evidence.iterdir()}
    with zipfile.ZipFile(path) as package:
        last = max(name for name in package.namelist() if name.endswith(".sha256"))
        data = package.read(last) + b"# one more line\n"
    foreign = tmp_path / "foreign.wacz"
    with zipfile.ZipFile(foreign, "w") as package:
        package.writestr("archive/a.warc.gz", response(7))
        package.writestr(last, data)
    assert stamped.run("import", str(foreign)).exit_code == 0
    assert {each.name: each.read_bytes() for each in stamped.evidence.iterdir()} == before
    elsewhere.run("import", str(path))
    shutil.copytree(elsewhere.desk.folder, tmp_path / "copy")
    theirs = tmp_path / "copy" / "captures" / "evidence"
    changed = max(theirs.glob("*/*.sha256"))
    changed.write_bytes(data)
    done = stamped.run("merge", str(tmp_path / "copy" / elsewhere.desk.archive.name))
    assert "have other bytes here" in done.stderr
    assert {each.name: each.read_bytes() for each in stamped.evidence.iterdir()} == before


def test_a_record_that_was_changed_where_it_comes_from_is_said(
    stamped: Vault, elsewhere: Vault
) -> None:
    captures = stamped.desk.folder / "captures"
    path = min(captures.glob("*.warc.gz"))
    ((offset, length),) = stamped.desk.rows("select offset, length from captures where id = 3")
    data = path.read_bytes()
    path.write_bytes(data[:offset] + response(3) + data[offset + length :])
    done = elsewhere.run("import", str(path))
    assert "it was changed there" in done.stderr
    assert elsewhere.desk.rows("select count(*) from articles") == [(3,)]
    assert elsewhere.check() == []
    assert proven(elsewhere) == 2


def test_a_revisit_is_written_anew_and_its_original_stays_proven(
    stamped: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    path = tmp_path / "later.warc.gz"
    path.write_bytes(response(2, date="2020-01-01T00:00:00Z"))
    assert stamped.run("import", str(path)).exit_code == 0
    assert stamped.run("evidence").exit_code == 0
    assert elsewhere.run("import", str(pack(stamped, tmp_path / "out.wacz"))).exit_code == 0
    assert elsewhere.check() == []
    assert proven(elsewhere) == 4
    assert elsewhere.desk.rows("select count(*) from captures") == [(5,)]


def test_the_newest_stamp_is_missed_at_once(stamped: Vault) -> None:
    stamp = max(stamped.evidence.glob("*.tsr"))
    stamp.unlink()
    assert any(stamp.name in each and "missing" in each for each in stamped.check())
    done = stamped.run("evidence")
    assert done.exit_code == 1
    assert "bring it back from a backup" in done.stderr
    assert not stamp.exists(), "a stamp of today would hide that there was one"


def test_a_change_of_the_newest_manifest_is_named_at_once(vault: Vault) -> None:
    last = max(vault.evidence.glob("*.sha256"))
    last.write_bytes(last.read_bytes().replace(b"made at 20", b"made at 19"))
    assert any(last.name in each and "changed" in each for each in vault.check())


def test_the_number_of_a_removed_manifest_is_not_given_again(vault: Vault) -> None:
    last = max(vault.evidence.glob("*.sha256"))
    last.unlink()
    vault.capture(5)
    assert vault.run("evidence").exit_code == 0
    assert max(vault.evidence.glob("*.sha256")).name.startswith("00003-")
    assert any(last.name in each and "missing" in each for each in vault.check())


def test_files_of_an_earlier_version_are_noted_with_the_next_manifest(stamped: Vault) -> None:
    stamped.change("delete from evidence_files")
    assert stamped.check() == []
    assert stamped.run("evidence").exit_code == 0
    max(stamped.evidence.glob("*.tsr")).unlink()
    assert any("missing" in each for each in stamped.check())


def bring(vault: Vault, path: Path, name: str, data: bytes, number: int) -> Result:
    """Import a package whose one record some manifest lists."""
    member = response(number)
    line = f"{sha256(member)}  a.warc.gz.0.record\n".encode()
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("archive/a.warc.gz", member)
        package.writestr(f"evidence-{name}", data + line)
    return vault.run("import", str(path))


def test_nothing_comes_into_our_own_chain(stamped: Vault, tmp_path: Path) -> None:
    name = f"{stamped.evidence.name}/00099-2026-01-01.sha256"
    assert bring(stamped, tmp_path / "a.wacz", name, b"# not ours\n", 7).exit_code == 0
    assert not (stamped.evidence / "00099-2026-01-01.sha256").exists()
    assert stamped.run("evidence").exit_code == 0
    assert stamped.check() == []
    assert stamped.desk.rows("select count(*) from articles") == [(5,)]


def test_nothing_comes_into_a_chain_that_it_does_not_fit(
    stamped: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    elsewhere.run("import", str(pack(stamped, tmp_path / "out.wacz")))
    name = f"{elsewhere.evidence.name}/00003-2026-01-01.sha256"
    bring(elsewhere, tmp_path / "a.wacz", name, b"# made after nothing\n", 7)
    assert not (elsewhere.evidence / "00003-2026-01-01.sha256").exists()
    assert elsewhere.check() == []
    assert proven(elsewhere) == 4


def test_evidence_that_cannot_be_read_is_said(
    stamped: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    path = pack(stamped, tmp_path / "out.wacz")
    with zipfile.ZipFile(path) as package:
        member = min(each.header_offset for each in package.infolist() if "-2" in each.filename)
    data = bytearray(path.read_bytes())
    data[member + 120] ^= 0xFF
    path.write_bytes(bytes(data))
    done = elsewhere.run("import", str(path))
    assert "do not hold together" in done.stderr
    assert elsewhere.desk.rows("select count(*) from articles") == [(4,)]


def forge(path: Path, *, digest: bool) -> Path:
    """Change a word in the text of one record of a package; with ``digest``, its digests, too."""
    with zipfile.ZipFile(path) as package:
        data = package.read(WARC)
    found = next(each for each in members(data) if url(2).encode() in gzip.decompress(each))
    forged = gzip.decompress(found).replace(b"</p>", b"!!!</p>", 1)
    head, _, block = forged.partition(b"\r\n\r\n")
    if digest:
        body = block.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n")
        kept = [each for each in head.split(b"\r\n") if b"-Digest:" not in each]
        stated = f"WARC-Payload-Digest: {payload_digest(body)}".encode()
        head = b"\r\n".join([*kept, stated])
    length = str(len(block) - 4).encode()
    head = re.sub(rb"(?m)^Content-Length: \d+", b"Content-Length: " + length, head)
    return repack(path, {WARC: data.replace(found, gzip.compress(head + b"\r\n\r\n" + block))})


def members(data: bytes) -> Iterator[bytes]:
    while data:
        reader = zlib.decompressobj(31)
        reader.decompress(data)
        yield data[: len(data) - len(reader.unused_data)]
        data = reader.unused_data


@pytest.mark.parametrize(("digest", "word"), [(False, "altered"), (True, "unlisted")])
def test_a_record_of_a_package_that_was_changed_there_is_said(
    stamped: Vault, elsewhere: Vault, tmp_path: Path, digest: bool, word: str
) -> None:
    path = forge(pack(stamped, tmp_path / "out.wacz"), digest=digest)
    notes = notes_of(elsewhere.run("import", str(path), "--json"))
    assert notes[word] == 1
    assert ("digest" in notes) is not digest
    assert elsewhere.desk.rows("select count(*) from articles") == [(4,)]
    assert proven(elsewhere) == 3


def notes_of(done: Result) -> dict[str, int]:
    assert done.exit_code == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1])["notes"])


def evidence_of(path: Path) -> dict[str, bytes]:
    """The manifests and stamps of a package, by the name of the file."""
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.startswith("evidence-")]
        return {name: package.read(name) for name in names}


@pytest.fixture
def twice(stamped: Vault) -> Vault:
    """Three manifests, the last two of them stamped."""
    stamped.capture(5)
    assert stamped.run("evidence").exit_code == 0
    return stamped


def change_evidence(path: Path, how: str) -> None:
    files = evidence_of(path)
    first, second, third = sorted(name for name in files if name.endswith(".sha256"))
    early, late = sorted(name for name in files if name.endswith(".tsr"))
    changes = {
        "edited": {third: files[third].replace(b"made at 20", b"made at 19")},
        "swapped": {early: files[late], late: files[early]},
        "stamps": {early: b"", late: b""},
        "manifest": {first: b""},
        "stamped": {second: b""},
    }
    repack(path, changes[how])


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ("edited", "evidence"),
        ("swapped", "evidence"),
        ("stamps", "stamp"),
        ("manifest", "unlisted"),
        ("stamped", "evidence"),
    ],
)
def test_evidence_that_is_not_whole_is_said(
    twice: Vault, elsewhere: Vault, tmp_path: Path, how: str, word: str
) -> None:
    path = pack(twice, tmp_path / "out.wacz")
    change_evidence(path, how)
    notes = notes_of(elsewhere.run("import", str(path), "--json"))
    assert notes[word] >= 1
    if word != "stamp":
        assert elsewhere.check() == []


def test_a_stamp_of_nobody_who_is_trusted_is_kept_and_said(
    stamped: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    path = pack(stamped, tmp_path / "out.wacz")
    with Authority() as other:
        elsewhere.desk.settings["TIMESTAMP_CA"] = str(other.roots)
        done = elsewhere.run("import", str(path), "--json")
        assert notes_of(done) == {"stamp": 1}
        assert ".tsr is not trusted)" in done.stderr
        assert len(list(elsewhere.evidence.glob("*.tsr"))) == 1


@pytest.mark.parametrize("how", ["edited", "swapped", "stamps", "manifest", "stamped"])
def test_a_later_package_completes_what_an_earlier_one_lacked(
    twice: Vault, elsewhere: Vault, tmp_path: Path, how: str
) -> None:
    """Whoever brings the first package takes nobody's proof away."""
    path = pack(twice, tmp_path / "out.wacz")
    poor = shutil.copy(path, tmp_path / "poor.wacz")
    change_evidence(poor, how)
    notes_of(elsewhere.run("import", str(poor), "--json"))
    assert notes_of(elsewhere.run("import", str(path), "--json")) == {}
    assert elsewhere.check() == []
    assert elsewhere.desk.rows("select count(*) from articles") == [(5,)]
    files = {name.rpartition("/")[2]: data for name, data in evidence_of(path).items()}
    assert {each.name: each.read_bytes() for each in elsewhere.evidence.iterdir()} == files
    for number in range(1, 6):
        assert "1 of them stamped" in show_proof(elsewhere, number, tmp_path)
    captures = elsewhere.desk.rows("select count(*) from captures")
    elsewhere.run("import", str(path), "--again")
    assert elsewhere.desk.rows("select count(*) from captures") == captures


def show_proof(vault: Vault, number: int, folder: Path) -> str:
    done = vault.run("show", url(number), "--proof", str(folder / f"{number}.zip"))
    assert done.exit_code == 0, done.stderr
    return done.stderr


def test_pages_that_came_before_their_manifests_get_them_later(
    stamped: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    path = pack(stamped, tmp_path / "out.wacz")
    early = shutil.copy(path, tmp_path / "early.wacz")
    repack(early, dict.fromkeys(evidence_of(early), b""))
    elsewhere.run("import", str(early))
    assert elsewhere.run("evidence").exit_code == 0, "they are in a manifest of ours already"
    elsewhere.run("import", str(path))
    assert elsewhere.check() == []
    assert elsewhere.desk.rows(
        "select count(*), count(distinct url) from captures where origin_manifests is not null"
    ) == [(4, 4)]
    assert "stamped" in show_proof(elsewhere, 2, tmp_path)


def test_a_conflict_with_a_manifest_that_is_here_is_said(
    twice: Vault, elsewhere: Vault, tmp_path: Path
) -> None:
    """An edited manifest whose stamp was left out cannot be told from a genuine one."""
    path = pack(twice, tmp_path / "out.wacz")
    poor = shutil.copy(path, tmp_path / "poor.wacz")
    change_evidence(poor, "edited")
    repack(poor, {max(name for name in evidence_of(poor) if name.endswith(".tsr")): b""})
    elsewhere.run("import", str(poor))
    before = {each.name: each.read_bytes() for each in elsewhere.evidence.iterdir()}
    notes = notes_of(elsewhere.run("import", str(path), "--json"))
    assert notes["conflict"] == 2, "the manifest and its stamp"
    assert {each.name: each.read_bytes() for each in elsewhere.evidence.iterdir()} == before
