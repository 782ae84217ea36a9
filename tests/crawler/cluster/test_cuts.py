"""The name by which the broker knows an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.cluster.cuts import hosts_of, make_parcel, read_files, read_key
from crawler.cluster.parcels import unpack
from crawler.cluster.tickets import Ticket, read_ticket
from crawler.net.addresses import pace_key
from crawler.sources import Seed, Source
from storage.archive import Archive
from storage.states import RunKind, SeedKind
from tests.support.template import open_new

if TYPE_CHECKING:
    from pathlib import Path


def test_the_name_of_an_archive_is_made_once(tmp_path: Path) -> None:
    key = read_key(tmp_path / "archive.db")
    assert read_key(tmp_path / "archive.db") == key
    assert read_key(tmp_path / "other.db") != key
    assert (tmp_path / "archive.db.locks").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("content", [b"", b"0123", b"\xff" * 32])
def test_half_a_name_that_a_power_cut_left_is_made_anew(tmp_path: Path, content: bytes) -> None:
    archive = tmp_path / "archive.db"
    read_key(archive)
    (tmp_path / "archive.db.locks" / ".cluster").write_bytes(content)
    assert len(key := read_key(archive)) == 32
    assert read_key(archive) == key


def test_hosts_of_sources_are_those_of_home_seeds_and_hosts() -> None:
    source = Source(
        id="a",
        name="A",
        province="Huế",
        homepage="https://www.a.vn/",
        hosts=("m.a.vn:8080",),
        seeds=(Seed(kind=SeedKind.FEED, url="https://rss.a.vn/tin"),),
    )
    wanted = {
        pace_key(url) for url in ("https://www.a.vn/", "https://rss.a.vn/", "http://m.a.vn:8080/")
    }
    assert hosts_of([source]) == wanted
    assert len(wanted) == 3
    assert hosts_of([]) == set()


def test_a_parcel_has_the_files_of_sources_and_of_who_came_after_them(tmp_path: Path) -> None:
    def write(id_: str, successor: str | None = None) -> Source:
        path = tmp_path / f"{id_}.toml"
        path.write_text(id_)
        return Source(
            id=id_, name=id_, province="Huế", homepage=f"https://{id_}.vn/", path=str(path),
            successor=successor,
        )  # fmt: skip

    known = {each.id: each for each in (write("a", "b"), write("b", "c"), write("c", "z"))}
    files = read_files([known["a"], known["c"]], known)
    assert files == {f"sources/{id_}.toml": id_.encode() for id_ in "abc"}


def test_a_parcel_is_made_in_a_folder_that_goes(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text("a")
    town = Source(id="a", name="A", province="Huế", homepage="https://a.vn/", path=str(file))
    ticket = Ticket(
        order="0" * 32,
        archive="1" * 32,
        kind=RunKind.CRAWL,
        sources=("a",),
        pages=5,
        seconds=50.0,
        stall=10.0,
        silence=60.0,
    )
    folder = tmp_path / "orders" / "0"
    with open_new(tmp_path / "archive.db") as archive:
        parcel = make_parcel(
            archive, ticket, [town], {"a": town}, folder, until="2026-11-20T08:00:00Z"
        )
        assert [row.id for row in archive.sources.all()] == ["a"]
    assert not folder.exists()
    (tmp_path / "out").mkdir()
    assert read_ticket(unpack(parcel, tmp_path / "out")) == ticket
    assert (tmp_path / "out" / "sources" / "a.toml").read_text() == "a"
    with Archive.open_reading(tmp_path / "out" / "archive.db") as small:
        assert [row.id for row in small.sources.all()] == ["a"]
