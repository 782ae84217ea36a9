"""The tab key: ids of sources, provinces and saved searches, without loading a crawler."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from crawler.cli import cli
from storage.archive import Archive
from storage.search.filters import Filters

if TYPE_CHECKING:
    from pathlib import Path


def offered(shell: type[ShellComplete], line: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a shell is told when the tab key is pressed at the end of a line."""
    words = line.split(" ")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", words[-1] if shell is FishComplete else str(len(words) - 1))
    return shell(cli, {}, "baotinh", "_BAOTINH_COMPLETE").complete()


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("baotinh cra", "crawl"),
        ("baotinh crawl baolon", "baolongan"),
        ("baotinh crawl la34 baolon", "baolongan"),
        ("baotinh status baolon", "baolongan"),
        ("baotinh sources show baolon", "baolongan"),
        ("baotinh search lúa --source baolon", "baolongan"),
        ("baotinh export --province long", "long-an"),
        ("baotinh export --kind vid", "video"),
        ("baotinh import --wayback baolon", "baolongan"),
        ("baotinh import --commoncrawl baolon", "baolongan"),
        ("baotinh search --province tây", "tay-ninh"),
        ("baotinh changes --province thua", "thua-thien-hue"),
    ],
)
@pytest.mark.parametrize("shell", [BashComplete, ZshComplete, FishComplete])
def test_what_stands_there_is_completed(
    shell: type[ShellComplete], line: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert value in offered(shell, line, monkeypatch)


def test_a_source_that_is_named_already_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert offered(BashComplete, "baotinh crawl baolongan baolonga", monkeypatch) == ""


def test_own_sources_and_saved_searches_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.toml").write_text(
        'id = "xaphuvang"\nname = "Phú Vang"\nprovince = "Huế"\nhomepage = "https://x.vn/"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("BAOTINH_SOURCES", str(tmp_path))
    assert "xaphuvang" in offered(ZshComplete, "baotinh crawl xap", monkeypatch)
    path = tmp_path / "archive.db"
    with Archive.open(path) as archive:
        archive.watches.add("lua-gao", "giá lúa", Filters(), now="2026-03-01T00:00:00Z")
    line = f"baotinh --archive {path} watch remove lu"
    assert "lua-gao\ngiá lúa" in offered(ZshComplete, line, monkeypatch)


@pytest.mark.parametrize("line", ["watch run x", "crawl x"])
def test_where_nothing_can_be_read_nothing_is_offered(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    line = f"baotinh --archive {gone} --sources {gone} {line}"
    assert offered(BashComplete, line, monkeypatch) == ""


def test_the_tab_key_loads_no_crawler() -> None:
    code = (
        "import sys; from crawler.cli import cli; from click.shell_completion import BashComplete;"
        "print(BashComplete(cli, {}, 'baotinh', '_BAOTINH_COMPLETE').complete());"
        "print({'scrapy', 'twisted', 'tantivy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"COMP_WORDS": "baotinh crawl baolon", "COMP_CWORD": "2"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["plain,baolongan", "set()"]
