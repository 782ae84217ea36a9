"""What options take, by values."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click
import pytest

from crawler.commands import mcp, serve, worker
from crawler.commands.completion import KindName, ProvinceName, SourceId, WatchName, _typed
from crawler.commands.days import Day, DayText
from crawler.commands.files import NewFile
from crawler.errors import UsageError
from storage.archive import Archive
from storage.search.filters import Filters

PARAM = click.Option(["--x"])


@pytest.mark.parametrize(
    ("value", "last", "day"),
    [
        ("2026-02", False, dt.date(2026, 2, 1)), ("2026-02", True, dt.date(2026, 2, 28)),
        ("5/3/2026", True, dt.date(2026, 3, 5)), (dt.date(2026, 3, 5), False, dt.date(2026, 3, 5)),
    ],
)  # fmt: skip
def test_a_day_is_a_date_or_its_text(value: object, last: bool, day: dt.date) -> None:
    assert Day(last=last).convert(value, None, None) == day
    assert DayText(last=last).convert(value, None, None) == day.isoformat()
    assert Day().last is False
    with pytest.raises(click.BadParameter, match="'soon' is no date"):
        Day(last=last).convert("soon", None, None)


def test_a_file_to_write_is_no_folder(tmp_path: Path) -> None:
    assert NewFile().convert("a/b.zip", None, None) == Path("a/b.zip")
    with pytest.raises(click.BadParameter, match="'a/' is a folder: name the file to write in it"):
        NewFile().convert("a/", None, None)
    with pytest.raises(click.BadParameter, match="is a directory"):
        NewFile().convert(str(tmp_path), None, None)


@pytest.mark.parametrize(
    ("base", "url", "hosts", "said"),
    [
        ("", "", (), ""), ("/tin/b-1", "https://a.vn", ("kho.vn", "kho.vn:80", "[::1]:80"), ""),
        ("/tin", "http://[::1]:8002/x/", ("127.0.0.1",), ""),
        ("", "", ("kho.vn", "a b"), "--allow-host 'a b' is no name"),
        ("", "", ("kho.vn:x",), "--allow-host 'kho.vn:x' is no name"),
        ("tin", "", (), "--base-path 'tin' is no path"), ("/a b", "", (), "--base-path"),
        ("/tin//x", "", (), "--base-path"), ("", "ftp://a.vn", (), "--captures-url 'ftp://a.vn'"),
        ("", "https://a.vn/?q", (), "--captures-url"), ("", "a.vn", (), "--captures-url"),
    ],
)  # fmt: skip
def test_names_paths_and_addresses_of_a_server_are_checked(
    base: str, url: str, hosts: tuple[str, ...], said: str
) -> None:
    if said:
        with pytest.raises(UsageError) as refused:
            serve._check(base, url, hosts)
        assert said in str(refused.value)
    else:
        serve._check(base, url, hosts)


def offered(kind: click.ParamType, begun: str, **known: object) -> list[str]:  # type: ignore[type-arg]
    root = click.Context(click.Command("baotinh"))
    root.params = {"sources_dir": known.get("sources"), "archives": known.get("archives")}
    context = click.Context(click.Command("x"), parent=root)
    context.params = {"x": known.get("named", ())}
    return [each.value for each in kind.shell_complete(context, PARAM, begun)]


def test_ids_of_sources_are_offered_once() -> None:
    assert offered(SourceId(), "baolongan") == ["baolongan"]
    assert offered(SourceId(), "baolongan", named=("baolongan",)) == []
    assert len(offered(SourceId(), "")) > 100
    assert offered(SourceId(), "", sources="/no/such/folder") == []


def test_names_are_offered_as_they_are_typed() -> None:
    assert offered(ProvinceName(), "Bà Rịa") == ["ba-ria-vung-tau"]
    assert offered(ProvinceName(), "tây n") == ["tay-ninh"]
    assert offered(KindName(), "p") == ["portal", "photo"]
    assert _typed("Bà Rịa - Vũng Tàu") == "ba-ria-vung-tau"


def test_saved_searches_are_offered_of_one_archive(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive.open(path) as archive:
        archive.watches.add("lua", "lúa", Filters(), now="2026-01-01T00:00:00Z")
    assert offered(WatchName(), "l", archives=(str(path),)) == ["lua"]
    assert offered(WatchName(), "x", archives=(str(path),)) == []
    assert offered(WatchName(), "", archives=(str(path), str(path))) == []
    assert offered(WatchName(), "", archives=None) == []
    assert offered(WatchName(), "", archives=(str(tmp_path / "none.db"),)) == []


def test_a_worker_is_told_its_name_and_how_to_log() -> None:
    assert mcp.command.params == []
    assert [(each.name, each.opts) for each in worker.command.params] == [
        ("name", ["--name"]), ("json_logs", ["--json-logs"]),
    ]  # fmt: skip
