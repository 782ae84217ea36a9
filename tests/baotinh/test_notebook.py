"""The example notebooks run from the first cell to the last, on an archive of any content."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from storage.archive import Archive
from tests.support.paths import ROOT
from tests.support.shelf import fill, put

if TYPE_CHECKING:
    from pathlib import Path

NOTEBOOKS = sorted((ROOT / "docs" / "examples").glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_all_cells_run(notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas", reason="see make notebook")
    path = fill(tmp_path / "archive.db")
    with Archive.open(path) as archive:
        put(archive._db.conn, "Giá lúa tăng", "Ở Tây Ninh.", published_on="2026-04-02")
    monkeypatch.setenv("BAOTINH_ARCHIVE", str(path))
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    found: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), found)  # noqa: S102 - our own page
    assert len(found["frame"]) == 3
    assert found["hits"].total.count >= 1
