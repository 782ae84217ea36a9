"""An article withheld by order is nowhere, and its chain is whole."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest
from warcio.archiveiterator import ArchiveIterator

from storage.archive import Archive
from storage.errors import BaotinhError
from storage.warc.files import read_member, rename_apart
from tests.site.text import make_paragraphs, make_title
from tests.support.crawls import Desk
from tests.support.vault import Vault, run
from tests.support.warcs import BASE, answer, page, record, response, url

if TYPE_CHECKING:
    from pathlib import Path

WHY = "Tòa án nhân dân, quyết định 12/2026"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """What each test gets a copy of."""
    desk = Desk(tmp_path_factory.mktemp("filled"))
    desk.add_source(BASE)
    vault = Vault(desk)
    vault.capture(1, 2, 3)
    assert vault.run("evidence").exit_code == 0
    return vault


@pytest.fixture
def vault(filled: Vault, tmp_path: Path) -> Vault:
    return filled.copy(tmp_path)


def article_id(vault: Vault, number: int) -> str:
    return str(vault.desk.value("select id from articles where key = ?", f"a{number}"))


TABLES = ("select title from news", "select title from articles", "select title from revisions")
EVERYWHERE = ["search", "jsonl", "csv", "wacz", "show", *TABLES]


def is_anywhere(vault: Vault, number: int, tmp_path: Path) -> list[str]:
    """Where the text of an article can be read."""
    title, package = make_title(number), tmp_path / "out.wacz"
    vault.run("export", "--format", "wacz", "-o", str(package))
    with zipfile.ZipFile(package) as opened:
        pages = opened.read("pages/pages.jsonl").decode()
    found = {
        "search": title in vault.run("search", title).stdout,
        "jsonl": title in vault.run("export", "--format", "jsonl").stdout,
        "csv": title in vault.run("export", "--format", "csv").stdout,
        "wacz": url(number) in pages,
        "show": vault.run("show", url(number)).exit_code == 0,
        **{sql: (title,) in vault.desk.rows(sql) for sql in TABLES},
    }
    return [name for name, is_there in found.items() if is_there]


@pytest.mark.parametrize("erase", [(), ("--erase",)])
def test_a_withheld_article_is_nowhere_and_its_chain_is_whole(
    vault: Vault, tmp_path: Path, erase: tuple[str, ...]
) -> None:
    assert is_anywhere(vault, 2, tmp_path) == EVERYWHERE
    which = article_id(vault, 2)
    done = vault.run("withhold", which, "--why", WHY, *erase)
    assert done.exit_code == 0, done.stderr
    assert is_anywhere(vault, 2, tmp_path) == []
    assert is_anywhere(vault, 1, tmp_path) == EVERYWHERE, "others stay"
    assert vault.check() == []
    assert vault.run("verify").exit_code == 0
    assert WHY in vault.run("withhold").stdout
    assert vault.desk.rows("select state, attempts from links where key = 'a2'") == [
        ("rejected", 1)
    ]
    shown = vault.run("show", which)
    assert isinstance(shown.exception, BaotinhError)
    assert WHY in str(shown.exception)
    assert "withheld" in vault.run("explain", url(2)).stdout


def test_erasing_removes_text_and_payload_for_good(vault: Vault, tmp_path: Path) -> None:
    (file,) = (tmp_path / "captures").glob("*.warc.gz")
    before, others = file.stat().st_size, [page(1), page(3)]
    vault.run("withhold", article_id(vault, 2), "--why", WHY)
    (kept,) = (tmp_path / "archive.db.withheld").iterdir()
    assert make_title(2) in kept.read_text()
    assert vault.run("withhold", kept.stem, "--erase").exit_code == 0
    assert not kept.exists()
    assert file.stat().st_size == before
    with file.open("rb") as stream:
        records = [(each.rec_type, each.raw_stream.read()) for each in ArchiveIterator(stream)]
    assert [kind for kind, _ in records] == ["warcinfo", "response", "metadata", "response"]
    assert [body for kind, body in records if kind == "response"] == others
    phrase = make_paragraphs(2)[0][:60].encode()
    for path in (file, tmp_path / "archive.db"):
        assert phrase not in path.read_bytes()
    said = vault.run("verify", "--evidence").stdout
    assert f"was erased: {WHY}" in said
    assert vault.run("withhold", kept.stem, "--erase").exit_code == 0, "twice is no harm"


def test_what_is_withheld_does_not_come_back(vault: Vault, tmp_path: Path) -> None:
    vault.run("withhold", article_id(vault, 2), "--why", WHY)
    again = tmp_path / "again.warc.gz"
    moved = record(url(77), answer(page(2)), date="2022-01-01T00:00:00Z")
    again.write_bytes(response(2, date="2021-01-01T00:00:00Z") + moved)
    done = vault.run("import", str(again), "--source", "town", "--json")
    facts = json.loads(done.stdout.splitlines()[0])
    assert facts["outcomes"] == {"rejected/withheld": 1}
    assert vault.run("reextract", "town").exit_code == 0
    assert is_anywhere(vault, 2, tmp_path) == []
    assert vault.run("verify").exit_code == 0


def test_explain_does_not_read_what_is_withheld(vault: Vault) -> None:
    vault.run("withhold", article_id(vault, 2), "--why", WHY)
    said = vault.run("explain", url(2)).stdout
    assert "withheld" in said
    assert make_title(2) not in said
    assert "reextract" not in said


def test_erasing_leaves_no_word_in_the_index(vault: Vault, tmp_path: Path) -> None:
    assert vault.run("index").exit_code == 0
    folder = tmp_path / "archive.db.index"
    assert list(folder.glob("*.term"))
    vault.run("withhold", article_id(vault, 2), "--why", WHY, "--erase")
    assert {path.name for path in folder.iterdir()} <= {".lock"}
    assert vault.run("search", make_title(1)).exit_code == 0
    assert vault.run("index").exit_code == 0
    assert list(folder.glob("*.term"))


@pytest.mark.parametrize("erased_first", [True, False])
def test_what_is_met_again_at_another_address_is_erased_too(
    vault: Vault, tmp_path: Path, erased_first: bool
) -> None:
    which = article_id(vault, 2)
    vault.run("withhold", which, "--why", WHY, *(["--erase"] if erased_first else []))
    again = tmp_path / "again.warc.gz"
    again.write_bytes(record(url(77), answer(page(2)), date="2022-01-01T00:00:00Z"))
    assert vault.run("import", str(again), "--source", "town").exit_code == 0
    again.unlink()
    if not erased_first:
        assert vault.run("withhold", which, "--erase").exit_code == 0
    bodies = []
    for file in (tmp_path / "captures").glob("*.warc.gz"):
        with file.open("rb") as stream:
            bodies += [each.raw_stream.read() for each in ArchiveIterator(stream)]
    assert page(1) in bodies
    assert page(2) not in bodies
    assert vault.run("verify").exit_code == 0
    assert vault.run("evidence").exit_code == 0
    assert vault.check() == []


def test_the_page_of_what_is_withheld_is_not_asked_for(vault: Vault) -> None:
    vault.run("withhold", article_id(vault, 2), "--why", WHY)
    done = vault.run("crawl", "--url", url(2))
    assert isinstance(done.exception, BaotinhError)
    assert WHY in str(done.exception)


def test_a_merge_does_not_bring_it_back(vault: Vault, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    other.folder.mkdir()
    other.add_source(BASE)
    Vault(other).capture(2, 4)
    vault.run("withhold", article_id(vault, 2), "--why", WHY)
    for _ in range(2):
        assert vault.run("merge", str(other.archive)).exit_code == 0
        assert is_anywhere(vault, 2, tmp_path) == []
    assert vault.desk.value("select count(*) from articles") == 3
    assert vault.run("verify").exit_code == 0
    assert run(other, "verify").exit_code == 0


def readable(folder: Path) -> list[bytes]:
    """The bodies in all files of captures of a folder."""
    bodies = []
    for file in sorted((folder / "captures").glob("*.warc.gz*")):
        with file.open("rb") as stream:
            bodies += [each.raw_stream.read() for each in ArchiveIterator(stream)]
    return bodies


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in (folder / "captures").glob("*.warc.gz*")}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Vault:
    """Another archive of the same pages, as it captured them itself, with evidence."""
    other = Desk(tmp_path / "other")
    other.folder.mkdir()
    other.add_source(BASE)
    vault = Vault(other)
    vault.capture(2, 4)
    assert vault.run("evidence").exit_code == 0
    return vault


@pytest.mark.parametrize("erase", [(), ("--erase",)])
def test_a_merge_brings_no_record_of_what_is_withheld(
    vault: Vault, elsewhere: Vault, erase: tuple[str, ...]
) -> None:
    before = contents(elsewhere.desk.folder)
    vault.run("withhold", article_id(vault, 2), "--why", WHY, *erase)
    known = len([body for body in readable(vault.desk.folder) if body == page(2)])
    for _ in range(2):
        assert vault.run("merge", str(elsewhere.desk.archive)).exit_code == 0
        bodies = readable(vault.desk.folder)
        assert len([body for body in bodies if body == page(2)]) == known
        assert page(4) in bodies
        assert vault.run("verify").exit_code == 0
        assert vault.run("verify", "--evidence").exit_code == 0
    assert contents(elsewhere.desk.folder) == before
    assert page(2) in readable(elsewhere.desk.folder)
    assert elsewhere.run("verify", "--evidence").exit_code == 0


def test_a_merge_erases_what_a_merge_brought_before(vault: Vault, elsewhere: Vault) -> None:
    before = contents(elsewhere.desk.folder)
    vault.run("withhold", article_id(vault, 2), "--why", WHY, "--erase")
    [file] = (elsewhere.desk.folder / "captures").glob("*.warc.gz")
    tag = hashlib.sha256(read_member(file, 0)).hexdigest()[:12]
    brought = vault.desk.folder / "captures" / file.name
    if brought.exists():  # both began a file in the same second
        brought = brought.with_name(rename_apart(file.name, tag))
    brought.hardlink_to(file)
    assert page(2) in readable(vault.desk.folder)
    assert vault.run("merge", str(elsewhere.desk.archive)).exit_code == 0
    assert page(2) not in readable(vault.desk.folder)
    assert page(4) in readable(vault.desk.folder)
    assert contents(elsewhere.desk.folder) == before


def test_a_merge_killed_before_its_rows_goes_on_with_the_same_file(
    vault: Vault, elsewhere: Vault
) -> None:
    vault.run("withhold", article_id(vault, 2), "--why", WHY, "--erase")
    rows = vault.desk.archive.read_bytes()
    vault.run("merge", str(elsewhere.desk.archive))
    files = contents(vault.desk.folder)
    vault.desk.archive.write_bytes(rows)
    assert vault.desk.value("select count(*) from captures where url like '%a4%'") == 0
    assert vault.run("merge", str(elsewhere.desk.archive)).exit_code == 0
    assert vault.desk.value("select count(*) from captures where url like '%a4%'") == 1
    assert contents(vault.desk.folder) == files


def test_a_merge_after_both_were_merged_and_one_erased_stays_erased(
    vault: Vault, elsewhere: Vault
) -> None:
    vault.run("merge", str(elsewhere.desk.archive))
    vault.run("withhold", article_id(vault, 2), "--why", WHY, "--erase")
    assert page(2) not in readable(vault.desk.folder)
    elsewhere.capture(2, 6)
    assert vault.run("merge", str(elsewhere.desk.archive)).exit_code == 0
    assert page(2) not in readable(vault.desk.folder)
    assert page(6) in readable(vault.desk.folder)
    assert page(2) in readable(elsewhere.desk.folder)
    assert vault.run("verify", "--evidence").exit_code == 0


def test_a_copy_that_was_made_earlier_brings_nothing_back(vault: Vault, tmp_path: Path) -> None:
    copy = Desk(tmp_path / "copy")
    shutil.copytree(vault.desk.folder / "captures", copy.folder / "captures")
    assert vault.run("backup", str(copy.archive)).exit_code == 0
    copy.add_source(BASE)
    Vault(copy).capture(2, 5)
    vault.run("withhold", article_id(vault, 2), "--why", WHY, "--erase")
    assert vault.run("merge", str(copy.archive)).exit_code == 0
    assert page(2) not in readable(vault.desk.folder)
    assert page(5) in readable(vault.desk.folder)
    assert vault.run("verify").exit_code == 0


@pytest.mark.parametrize("erase", [(), ("--erase",)])
def test_what_is_withheld_there_is_withheld_after_a_merge(
    vault: Vault, tmp_path: Path, erase: tuple[str, ...]
) -> None:
    vault.run("withhold", article_id(vault, 2), "--why", WHY, *erase)
    other = Desk(tmp_path / "other")
    other.folder.mkdir()
    other.add_source(BASE)
    elsewhere = Vault(other)
    assert elsewhere.run("merge", str(vault.desk.archive)).exit_code == 0
    assert WHY in elsewhere.run("withhold").stdout
    elsewhere.capture(2, 5)
    assert is_anywhere(elsewhere, 2, other.folder) == []
    which = elsewhere.desk.value("select id from withheld")
    assert elsewhere.run("withhold", str(which), "--erase").exit_code == 0
    bodies = []
    for file in (other.folder / "captures").glob("*.warc.gz"):
        with file.open("rb") as stream:
            bodies += [each.raw_stream.read() for each in ArchiveIterator(stream)]
    assert page(1) in bodies
    assert page(2) not in bodies
    assert elsewhere.run("verify").exit_code == 0
    assert vault.run("verify").exit_code == 0


def test_a_merge_says_what_is_withheld_there_and_read_here(vault: Vault, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    other.folder.mkdir()
    other.add_source(BASE)
    Vault(other).capture(2)
    vault.run("withhold", article_id(vault, 2), "--why", WHY)
    done = run(other, "merge", str(vault.desk.archive))
    assert f"is withheld there ({WHY})" in done.stderr
    assert run(other, "withhold").stdout == ""


def test_a_new_article_does_not_get_the_id_of_a_withheld_one(vault: Vault) -> None:
    last = str(vault.desk.value("select max(id) from articles"))
    vault.run("withhold", last, "--why", WHY)
    vault.capture(9)
    assert article_id(vault, 9) != last


def test_bytes_that_other_pages_hold_are_not_erased(vault: Vault, tmp_path: Path) -> None:
    vault.desk.add_source("https://khac.example.vn", "khac")
    again = tmp_path / "again.warc.gz"
    again.write_bytes(record(url(5, "https://khac.example.vn"), answer(page(2))))
    assert vault.run("import", str(again), "--source", "khac").exit_code == 0
    done = vault.run("withhold", article_id(vault, 2), "--why", WHY, "--erase")
    assert "hold the same bytes" in str(done.exception)
    assert f"a copy is not withheld: {article_id(vault, 5)}" in done.stderr
    assert vault.run("verify").exit_code == 0


def test_a_reason_is_asked_for(vault: Vault) -> None:
    done = vault.run("withhold", article_id(vault, 1))
    assert isinstance(done.exception, BaotinhError)
    assert vault.desk.value("select count(*) from articles") == 3


def test_copies_of_a_withheld_article_stay_together(vault: Vault) -> None:
    vault.desk.change("update articles set cluster_id = 1")
    vault.run("withhold", "1", "--why", WHY)
    assert vault.run("verify").exit_code == 0
    with Archive.open_existing(vault.desk.archive) as archive:
        assert len(archive.copies(2)) == 1


def test_a_shell_that_other_pages_share_is_left_and_named(vault: Vault, tmp_path: Path) -> None:
    shells = tmp_path / "shells.warc.gz"
    shells.write_bytes(b"".join(record(url(n), answer(b"<div id=app></div>")) for n in (2, 3)))
    assert vault.run("import", str(shells)).exit_code == 0
    shell = vault.desk.value("select max(id) from captures where url = ?", url(2))
    done = vault.run("withhold", article_id(vault, 2), "--why", WHY, "--erase")
    assert done.exit_code == 0
    assert "1 captures erased" in done.stderr
    assert f"captures left, as other pages have the same bytes: {shell}" in done.stderr
    assert not is_anywhere(vault, 2, tmp_path)
    assert vault.run("verify", "--evidence").exit_code == 0
