"""Source files while the daemon runs: added, changed, half-written, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.daemon.catalogue import Roster
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
def roster(tmp_path: Path) -> Roster:
    write(tmp_path / "sources", "mine")
    roster = Roster(tmp_path / "sources", tmp_path / "snapshot")
    roster.load()
    return roster


def test_built_in_and_own_sources_are_there(roster: Roster) -> None:
    assert "mine" in roster.sources
    assert len(roster.sources) > 1
    assert roster.complaints == []
    assert not roster.has_changed()


def test_a_changed_file_is_noticed_and_taken_over(roster: Roster, tmp_path: Path) -> None:
    write(tmp_path / "sources", "mine", "A longer name")
    write(tmp_path / "sources", "other")
    assert roster.has_changed()
    assert roster.reload() == (["mine", "other"], [])
    assert roster.sources["mine"].name == "A longer name"
    assert not roster.has_changed()


@pytest.mark.parametrize("text", ['id = "mi', "", 'id = "mine"\nunknown = 1\n', "\x00\xff"])
def test_a_bad_file_keeps_the_old_version(roster: Roster, tmp_path: Path, text: str) -> None:
    (tmp_path / "sources" / "mine.toml").write_text(text, encoding="utf-8")
    assert roster.reload() == ([], [])
    assert roster.sources["mine"].name == "A"
    assert str(tmp_path / "sources" / "mine.toml") in roster.complaints[0]
    assert "stays in force" in roster.complaints[0]


def test_a_bad_new_file_is_left_out_and_spoils_nothing(roster: Roster, tmp_path: Path) -> None:
    (tmp_path / "sources" / "bad.toml").write_text("id =", encoding="utf-8")
    write(tmp_path / "sources", "good")
    assert roster.reload() == (["good"], [])
    assert len(roster.complaints) == 1


def test_a_file_that_is_gone_is_a_source_that_is_gone(roster: Roster, tmp_path: Path) -> None:
    (tmp_path / "sources" / "mine.toml").unlink()
    assert roster.reload() == ([], ["mine"])


def test_two_files_with_one_id_are_a_complaint(roster: Roster, tmp_path: Path) -> None:
    second = tmp_path / "sources" / "z.toml"
    second.write_text((tmp_path / "sources" / "mine.toml").read_text(), encoding="utf-8")
    roster.reload()
    assert "already taken" in roster.complaints[0]
    assert "mine" in roster.sources


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        Roster(tmp_path / "nowhere", tmp_path / "snapshot").load()
