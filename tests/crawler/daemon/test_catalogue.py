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
    catalogue.reload()
    assert "already taken" in catalogue.complaints[0]
    assert "mine" in catalogue.sources


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        Catalogue(tmp_path / "nowhere", tmp_path / "snapshot").load()
