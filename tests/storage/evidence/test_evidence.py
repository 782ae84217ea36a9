"""Manifests, stamps, proofs: what was tampered with is named, what was not is proven."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from storage.errors import BaotinhError
from tests.support.authority import Authority
from tests.support.crawls import Desk
from tests.support.vault import Vault, run
from tests.support.warcs import BASE, page, url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


@pytest.fixture(scope="module")
def authority() -> Iterator[Authority]:
    with Authority() as authority:
        yield authority


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """What each test gets a copy of, as it is and with a stamp."""
    desk = Desk(tmp_path_factory.mktemp("filled"))
    desk.add_source(BASE)
    vault = Vault(desk)
    vault.capture(1, 2, 3)
    assert vault.run("evidence").exit_code == 0
    vault.capture(4)
    assert vault.run("evidence").exit_code == 0
    return vault


@pytest.fixture(scope="module")
def sealed(filled: Vault, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Vault:
    vault = filled.copy(tmp_path_factory.mktemp("sealed"))
    vault.desk.private.add(authority.place)
    vault.desk.settings |= {"TIMESTAMP_URL": authority.url, "TIMESTAMP_CA": str(authority.roots)}
    assert vault.run("evidence").exit_code == 0
    return vault


@pytest.fixture
def vault(filled: Vault, tmp_path: Path) -> Vault:
    return filled.copy(tmp_path)


@pytest.fixture
def stamped(sealed: Vault, tmp_path: Path) -> Vault:
    return sealed.copy(tmp_path)


def test_an_untouched_archive_is_well(vault: Vault) -> None:
    assert vault.check() == []
    first, second = sorted(vault.evidence.glob("*.sha256"))
    assert first.name.startswith("00001-")
    lines = [line for line in second.read_text().splitlines() if not line.startswith("#")]
    assert lines[0].endswith(f"  {first.name}")
    assert len(lines) == 1 + 2


def test_without_captures_there_is_no_manifest(vault: Vault) -> None:
    assert "nothing was captured" in vault.run("evidence").stdout
    assert len(list(vault.evidence.glob("*.sha256"))) == 2


def test_a_stamp_covers_all_manifests_before_it(stamped: Vault, authority: Authority) -> None:
    asked = authority.asked
    done = stamped.run("verify", "--evidence")
    assert done.exit_code == 0
    assert "4 captures are proven to have existed by 20" in done.stdout
    assert authority.asked == asked, "no network"
    assert stamped.run("evidence").exit_code == 0
    assert authority.asked == asked, "a manifest is stamped once"


def test_an_authority_that_is_away_is_said_and_asked_next_time(
    vault: Vault, authority: Authority
) -> None:
    vault.desk.settings |= {
        "TIMESTAMP_URL": "http://127.0.0.1:9/",
        "TIMESTAMP_CA": str(authority.roots),
    }
    vault.desk.private.add("127.0.0.1:9")
    done = vault.run("evidence")
    assert done.exit_code == 1
    assert "was not stamped" in done.stderr
    vault.desk.settings["TIMESTAMP_URL"] = authority.url
    vault.desk.private.add(authority.place)
    assert vault.run("evidence").exit_code == 0
    assert len(list(vault.evidence.glob("*.tsr"))) == 1


def warc(vault: Vault) -> Path:
    return min((vault.desk.folder / "captures").glob("*.warc.gz"))


def test_a_changed_capture_is_named(vault: Vault) -> None:
    offset, length = vault.desk.rows("select offset, length from captures where id = 2")[0]
    data = bytearray(warc(vault).read_bytes())
    data[offset + length // 2] ^= 1
    warc(vault).write_bytes(bytes(data))
    (problem, *_) = vault.check()
    assert problem.startswith("capture 2 in ")
    assert "was changed" in problem


def test_a_capture_whose_headers_were_changed_is_named(vault: Vault) -> None:
    vault.change("update captures set length = length - 1 where id = 2")
    (problem, *_) = vault.check()
    assert problem.startswith("capture 2 in ")


@pytest.mark.parametrize(
    "change", ["fetched_at = '2001-01-01T00:00:00Z'", "url = 'https://www.bao.example.vn/x'"]
)
def test_a_capture_said_to_be_of_another_time_or_address_is_named(
    vault: Vault, change: str
) -> None:
    vault.change(f"update captures set {change} where id = 2")  # noqa: S608 - of this test
    (problem, *_) = vault.check()
    assert problem.startswith("capture 2 in ")
    assert "another" in problem


def test_a_stamp_whose_manifest_was_removed_is_named(stamped: Vault) -> None:
    max(stamped.evidence.glob("*.sha256")).unlink()
    stamped.change("update captures set manifest = null where id = 4")
    assert any("is the stamp of a manifest that is missing" in each for each in stamped.check())


@pytest.mark.parametrize("what", ["row", "file"])
def test_a_removed_capture_is_named(vault: Vault, what: str) -> None:
    if what == "file":
        warc(vault).unlink()
        assert len([each for each in vault.check() if "cannot be read" in each]) == 3
        return
    vault.change("update article_revisions set capture_id = null where capture_id = 2")
    vault.change("update articles set capture_id = null where capture_id = 2")
    vault.change("delete from captures where id = 2")
    assert any("but was removed" in each for each in vault.check())


def test_a_manifest_made_twice_by_a_process_that_died_is_no_tampering(vault: Vault) -> None:
    vault.change("update captures set manifest = null where id = 4")
    assert vault.run("evidence").exit_code == 0
    assert len(list(vault.evidence.glob("*.sha256"))) == 3
    assert vault.check() == []


def test_all_captures_of_a_manifest_removed_are_named(vault: Vault) -> None:
    vault.change("update article_revisions set capture_id = null")
    vault.change("update articles set capture_id = null")
    vault.change("delete from captures where id < 4")
    assert any("removed" in each for each in vault.check())


def test_an_inserted_capture_is_named(vault: Vault) -> None:
    vault.change(
        "insert into captures (id, url, fetched_at, status, digest, file, offset, length, manifest)"
        " select 77, url, '2018-01-01T00:00:00Z', 200, digest, file, 1, length, manifest"
        " from captures where id = 1"
    )
    assert any("capture 77 " in each and "inserted" in each for each in vault.check())


def test_a_capture_put_before_listed_ones_is_named(vault: Vault) -> None:
    vault.change(
        "insert into captures (id, url, fetched_at, status, digest, file, offset, length)"
        " select -5, url, fetched_at, 200, digest, file, 1, length from captures where id = 1"
    )
    assert any("capture -5 " in each and "inserted" in each for each in vault.check())


def test_a_changed_manifest_is_named(vault: Vault) -> None:
    first, _ = sorted(vault.evidence.glob("*.sha256"))
    first.write_bytes(first.read_bytes().replace(b"Captures", b"captures"))
    assert any(first.name in each and "changed" in each for each in vault.check())


@pytest.mark.parametrize("number", [0, 1])
def test_a_missing_manifest_is_named(vault: Vault, number: int) -> None:
    path = sorted(vault.evidence.glob("*.sha256"))[number]
    path.unlink()
    assert any("missing" in each for each in vault.check())


def test_a_manifest_made_again_to_fit_is_named_by_its_stamp(stamped: Vault) -> None:
    last = max(stamped.evidence.glob("*.sha256"))
    last.write_bytes(last.read_bytes() + b"# one more line\n")
    assert any("does not stamp" in each for each in stamped.check())


def proven(vault: Vault) -> int:
    done = vault.run("verify", "--evidence")
    lines = [line for line in done.stdout.splitlines() if "are proven to have existed" in line]
    return sum(int(line.split()[0]) for line in lines)


@pytest.mark.parametrize("damage", ["comment", "line", "missing"])
def test_a_stamp_proves_nothing_behind_a_break_of_the_chain(stamped: Vault, damage: str) -> None:
    stamped.capture(5)
    assert stamped.run("evidence").exit_code == 0
    assert proven(stamped) == 5
    first, second, _ = sorted(stamped.evidence.glob("*.sha256"))
    second.with_suffix(".tsr").unlink()
    if damage == "missing":
        second.unlink()
    elif damage == "comment":
        first.write_bytes(first.read_bytes().replace(b"Captures", b"captures"))
    else:
        first.write_bytes(first.read_bytes().rstrip(b"\n") + b"\n" + b"0" * 64 + b"  x.1.record\n")
    assert proven(stamped) == (1 if damage == "missing" else 2)


def test_a_proof_says_nothing_of_a_stamp_behind_a_break(stamped: Vault, tmp_path: Path) -> None:
    first, _ = sorted(stamped.evidence.glob("*.sha256"))
    first.write_bytes(first.read_bytes().replace(b"Captures", b"captures"))
    done = stamped.run("show", url(2), "--proof", str(tmp_path / "proof.zip"))
    assert "not stamped yet" in done.stderr


@pytest.mark.parametrize("how", ["removed", "changed"])
def test_a_stamp_that_a_later_manifest_names_is_missed(stamped: Vault, how: str) -> None:
    stamped.capture(5)
    assert stamped.run("evidence").exit_code == 0
    assert stamped.check() == []
    stamp = min(stamped.evidence.glob("*.tsr"))
    if how == "removed":
        stamp.unlink()
    else:
        stamp.write_bytes(stamp.read_bytes() + b"0")
    assert any(stamp.name in each for each in stamped.check())


def test_a_changed_capture_is_named_though_its_row_names_no_manifest(vault: Vault) -> None:
    offset, length = vault.desk.rows("select offset, length from captures where id = 2")[0]
    data = bytearray(warc(vault).read_bytes())
    data[offset + length // 2] ^= 1
    warc(vault).write_bytes(bytes(data))
    vault.change("update captures set manifest = null")
    assert any("was changed" in each for each in vault.check())


def test_a_capture_said_to_be_of_another_status_is_named(vault: Vault) -> None:
    vault.change("update captures set status = 404 where id = 2")
    (problem, *_) = vault.check()
    assert "another status" in problem


def check_proof(folder: Path) -> str:
    """Follow README.txt; return what the commands said."""
    said, place = "", folder
    for line in (folder / "README.txt").read_text().splitlines():
        if line.startswith("In the folder "):
            place = folder / line.removeprefix("In the folder ")
        command = line.strip().partition(" #")[0]
        if line.startswith("   ") and command.startswith(("sha256sum", "openssl")):
            done = subprocess.run(["sh", "-c", command], cwd=place, capture_output=True, text=True)
            assert done.returncode == 0, (command, done.stdout, done.stderr)
            said += done.stdout + done.stderr
    return said


def test_a_proof_holds_each_chain_and_each_stamp(stamped: Vault, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    other.folder.mkdir()
    shutil.copytree(stamped.desk.sources, other.sources)
    other.settings, other.private = stamped.desk.settings, stamped.desk.private
    elsewhere = Vault(other)
    elsewhere.capture(2)
    assert elsewhere.run("evidence").exit_code == 0
    assert run(stamped.desk, "merge", str(other.archive)).exit_code == 0
    # The same file name in both: a merge renames one, the manifest does not.
    path = tmp_path / "proof.zip"
    done = stamped.run("show", url(2), "--proof", str(path))
    assert "2 captures, 2 of them stamped" in done.stderr
    with zipfile.ZipFile(path) as package:
        package.extractall(tmp_path / "proof")
    said = check_proof(tmp_path / "proof")
    assert said.count(".record: OK") == 2
    assert said.count("Verification: OK") == 2


def test_a_proof_leaves_out_what_is_not_as_listed(stamped: Vault, tmp_path: Path) -> None:
    stamped.change("update captures set length = length - 1 where id = 2")
    done = stamped.run("show", url(2), "--proof", str(tmp_path / "proof.zip"))
    assert isinstance(done.exception, BaotinhError)
    assert "is not what 00001-" in str(done.exception)


def test_a_stamp_of_somebody_else_is_not_believed(stamped: Vault) -> None:
    with Authority() as other:
        stamped.desk.settings["TIMESTAMP_CA"] = str(other.roots)
        assert any("does not stamp" in each for each in stamped.check())


def test_a_proof_is_checked_by_sha256sum_and_openssl(stamped: Vault, tmp_path: Path) -> None:
    path = tmp_path / "proof.zip"
    assert stamped.run("show", url(2), "--proof", str(path)).exit_code == 0
    folder = tmp_path / "proof"
    with zipfile.ZipFile(path) as package:
        package.extractall(folder)
    text = (folder / "README.txt").read_text()
    commands = [line.strip() for line in text.splitlines() if line.startswith("   ")]
    commands = [line for line in commands if line.startswith(("sha256sum", "openssl"))]
    said = ""
    for command in commands:
        done = subprocess.run(
            ["sh", "-c", command.partition(" #")[0]], cwd=folder, capture_output=True, text=True
        )
        assert done.returncode == 0, (command, done.stderr)
        said += done.stdout + done.stderr
    assert said.count(".record: OK") == 1
    assert said.count(".payload: OK") == 1
    assert "00001" in said, "the stamped manifest names the one before"
    assert "Verification: OK" in said
    (payload,) = folder.glob("*.payload")
    assert payload.read_bytes() == page(2)
    payload.write_bytes(b"another page")
    done = subprocess.run(["sh", "-c", commands[0]], cwd=folder, capture_output=True)
    assert done.returncode != 0


def test_a_proof_of_what_is_in_no_manifest_is_refused(vault: Vault, tmp_path: Path) -> None:
    vault.capture(9)
    done = vault.run("show", url(9), "--proof", str(tmp_path / "proof.zip"))
    assert isinstance(done.exception, BaotinhError)
    assert not list(tmp_path.glob("proof*"))


def test_a_backup_and_a_merge_keep_the_evidence(stamped: Vault, tmp_path: Path) -> None:
    (tmp_path / "safe").mkdir()
    copy = tmp_path / "safe" / "copy.db"
    assert stamped.run("backup", "--captures", str(copy)).exit_code == 0
    kept = Desk(tmp_path / "safe")
    kept.settings, kept.private = stamped.desk.settings, stamped.desk.private
    copy.rename(kept.archive)
    shutil.copytree(stamped.desk.sources, kept.sources)
    assert "4 captures are proven" in run(kept, "verify", "--evidence").stdout
    other = Desk(tmp_path / "other")
    other.folder.mkdir()
    shutil.copytree(stamped.desk.sources, other.sources)
    other.settings, other.private = stamped.desk.settings, stamped.desk.private
    other_vault = Vault(other)
    other_vault.capture(5)
    assert run(other, "evidence").exit_code == 0
    assert run(other, "merge", str(stamped.desk.archive)).exit_code == 0
    assert run(other, "evidence").exit_code == 0
    done = run(other, "verify", "--evidence")
    assert done.exit_code == 0, done.stdout
    assert sum(int(line.split()[0]) for line in done.stdout.splitlines() if "proven" in line) == 5


def test_a_year_of_manifests_is_verified(vault: Vault) -> None:
    from storage.archive import Archive

    with Archive.open_existing(vault.desk.archive) as archive:
        for day in range(365):
            archive._db.conn.execute(
                "insert into captures (url, fetched_at, status, content_type, digest, file, offset,"
                " length, origin) select url, fetched_at, status, content_type, digest,"
                " file || '~' || ?, offset, length, origin"
                " from captures where id = 1",
                (day,),
            )
            file = f"{warc(vault).name}~{day}"
            shutil.copy(warc(vault), vault.desk.folder / "captures" / file)
            archive.evidence.make(now=f"2027-{1 + day // 31:02}-{1 + day % 31:02}T00:00:00Z")
    assert vault.check() == []


def test_a_package_carries_manifests_and_stamp(stamped: Vault, tmp_path: Path) -> None:
    path = tmp_path / "out.wacz"
    assert stamped.run("export", "--format", "wacz", "-o", str(path)).exit_code == 0
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        digest = json.loads(package.read("datapackage-digest.json"))
        described = json.loads(package.read("datapackage.json"))
        for name in package.namelist():
            if name.startswith("evidence-"):
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / name).write_bytes(package.read(name))
    assert sum(name.endswith(".sha256") for name in names) == 2
    assert sum(name.endswith(".tsr") for name in names) == 1
    listed = {each["path"] for each in described["resources"]}
    assert {name for name in names if name.startswith("evidence-")} <= listed
    signed = digest["signedData"]
    assert signed["hash"] == digest["hash"]
    (tmp_path / "data").write_text(signed["hash"])
    (tmp_path / "stamp").write_bytes(base64.b64decode(signed["timeSignature"]))
    (tmp_path / "root.pem").write_text(signed["timestampCert"])
    done = subprocess.run(
        ["openssl", "ts", "-verify", "-data", "data", "-in", "stamp", "-CAfile", "root.pem"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "Verification: OK" in done.stdout + done.stderr
    wacz = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "wacz.main", "validate", "-f", str(path)],
        capture_output=True,
        text=True,
    )
    assert wacz.returncode == 0, wacz.stdout + wacz.stderr
    assert "invalid" not in wacz.stdout, wacz.stdout
