"""Source files while the daemon runs: added, changed, half-written, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.daemon.catalogue import Catalogue
from crawler.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, id_: str, name: str = "A") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{id_}.toml"
    path.write_text(
        f'id = "{id_}"\nname = "{name}"\nprovince = "Huế"\nhomepage = "https://{id_}.example.vn/"\n',
        encoding="utf-8",
    )
    return path


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    write(tmp_path / "sources", "mine")
    catalogue = Catalogue(tmp_path / "sources", tmp_path / "snapshot")
    catalogue.load()
    return catalogue


def test_built_in_and_own_sources_are_there(catalogue: Catalogue) -> None:
    assert "mine" in catalogue.sources
    assert len(catalogue.sources) > 1
    assert catalogue.complaints == []
    assert not catalogue.has_changed()


def test_a_changed_file_is_noticed_and_taken_over(catalogue: Catalogue, tmp_path: Path) -> None:
    write(tmp_path / "sources", "mine", "A longer name")
    write(tmp_path / "sources", "other")
    assert catalogue.has_changed()
    assert catalogue.reload() == (["mine", "other"], [])
    assert catalogue.sources["mine"].name == "A longer name"
    assert not catalogue.has_changed()


@pytest.mark.parametrize("text", ['id = "mi', "", 'id = "mine"\nunknown = 1\n', "\x00\xff"])
def test_a_bad_file_keeps_the_old_version(catalogue: Catalogue, tmp_path: Path, text: str) -> None:
    (tmp_path / "sources" / "mine.toml").write_text(text, encoding="utf-8")
    assert catalogue.reload() == ([], [])
    assert catalogue.sources["mine"].name == "A"
    assert str(tmp_path / "sources" / "mine.toml") in catalogue.complaints[0]
    assert "stays in force" in catalogue.complaints[0]


def test_a_bad_new_file_is_left_out_and_spoils_nothing(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    (tmp_path / "sources" / "bad.toml").write_text("id =", encoding="utf-8")
    write(tmp_path / "sources", "good")
    assert catalogue.reload() == (["good"], [])
    assert len(catalogue.complaints) == 1


def test_a_file_that_is_gone_is_a_source_that_is_gone(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "sources" / "mine.toml").unlink()
    assert catalogue.reload() == ([], ["mine"])


def test_two_files_with_one_id_are_a_complaint(catalogue: Catalogue, tmp_path: Path) -> None:
    second = tmp_path / "sources" / "z.toml"
    second.write_text((tmp_path / "sources" / "mine.toml").read_text(), encoding="utf-8")
    write(tmp_path / "sources", "other")
    assert catalogue.reload() == (["other"], [])
    first = tmp_path / "sources" / "mine.toml"
    assert catalogue.complaints == [f"{second}: id: 'mine' is already taken by {first}"]
    assert catalogue.sources.keys() >= {"mine", "other"}


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        Catalogue(tmp_path / "nowhere", tmp_path / "snapshot").load()


def test_children_read_the_copies_of_the_folder(catalogue: Catalogue, tmp_path: Path) -> None:
    copies = catalogue.children_folder
    assert copies == tmp_path / "snapshot"
    assert [path.name for path in copies.iterdir()] == ["mine.toml"]
    assert copies.stat().st_mode & 0o777 == 0o700
    (copies / "left.toml").write_text("of a daemon that was killed")
    catalogue.load()
    assert [path.name for path in copies.iterdir()] == ["mine.toml"]
    (tmp_path / "sources" / "mine.toml").unlink()
    catalogue.reload()
    assert list(copies.iterdir()) == []


def test_without_a_folder_there_are_the_built_in_sources(tmp_path: Path) -> None:
    catalogue = Catalogue(None, tmp_path / "snapshot")
    catalogue.load()
    assert "baolongan" in catalogue.sources
    assert (catalogue.children_folder, catalogue.has_changed()) == (None, False)
    assert not (tmp_path / "snapshot").exists()


def test_the_id_of_a_file_that_is_wrong_now_stays_taken(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    folder = tmp_path / "sources"
    (folder / "z.toml").write_text((folder / "mine.toml").read_text())
    (folder / "mine.toml").write_text("id =")
    write(folder, "other")
    assert catalogue.reload() == (["other"], [])
    wrong, twice = catalogue.complaints
    assert wrong.startswith(f"{folder / 'mine.toml'}: is not valid TOML")
    assert wrong.endswith("(the version read before stays in force)")
    assert twice == f"{folder / 'z.toml'}: id: 'mine' is already taken by {folder / 'mine.toml'}"


def test_a_source_that_cannot_be_copied_yet_is_known_and_tried_again(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    write(tmp_path / "sources", "extra")
    (tmp_path / "snapshot" / "extra.new").symlink_to(tmp_path / "none" / "extra.toml")
    assert catalogue.reload() == (["extra"], [])
    (said,) = catalogue.complaints
    assert "stays in force" not in said
    assert catalogue.has_changed(), "it is tried again"
    assert catalogue.reload() == (["extra"], [])
    assert catalogue.complaints == []
    assert not catalogue.has_changed()
    assert (tmp_path / "snapshot" / "extra.toml").exists()


def test_a_folder_for_copies_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "sources", "mine")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SourceError, match="cannot be made"):
        Catalogue(tmp_path / "sources", tmp_path / "file" / "snapshot").load()


def test_a_successor_that_nobody_is_is_told_by_the_name_of_the_users_file(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    path = write(tmp_path / "sources", "mine")
    path.write_text(path.read_text() + 'successor = "nobody"\n')
    assert catalogue.reload() == ([], [])
    assert catalogue.complaints == [f"{path}: successor: no source has id 'nobody'"]
    assert catalogue.sources["mine"].successor is None
