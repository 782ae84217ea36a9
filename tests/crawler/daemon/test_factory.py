"""A daemon as its settings, its arguments and the source files make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.daemon.events import EventKind, EventQueue
from crawler.daemon.factory import build_daemon, restrict, serve_metrics
from crawler.daemon.workers import Workers
from crawler.errors import SourceError, UnknownSource, UsageError
from crawler.net.addresses import PrivateHosts
from crawler.sources import Source
from storage.archive import Archive
from storage.errors import ArchiveUnusable
from storage.records import SourceRow
from storage.states import RunKind
from tests.support.settings import make_settings
from tests.support.template import open_new

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.daemon.catalogue import Catalogue
    from crawler.daemon.options import DaemonOptions
    from crawler.daemon.service import Daemon


def build(
    folder: Path, *ids: str, contact: str = "a@b.vn", events: EventQueue | None = None
) -> Daemon:
    sources = folder / "sources"
    sources.mkdir(exist_ok=True)
    for id_, status in (("mine", "active"), ("resting", "paused")):
        (sources / f"{id_}.toml").write_text(
            f'id = "{id_}"\nname = "A"\nprovince = "Huế"\nhomepage = "http://127.0.0.1:1/{id_}"\n'
            f'status = "{status}"\n',
            encoding="utf-8",
        )
    settings = make_settings(contact=contact, allow_private_hosts=["127.0.0.1:1"])
    return build_daemon(
        settings,
        folder / "archive.db",
        ids,
        events or EventQueue(),
        sources_dir=sources,
        once=True,
    )


def test_all_active_sources_are_crawled_or_those_that_are_named(tmp_path: Path) -> None:
    every = {source.id for source in build(tmp_path).sources()}
    assert {"mine", "baolongan"} <= every
    assert "resting" not in every
    assert [source.id for source in build(tmp_path, "mine").sources()] == ["mine"]


def test_without_a_contact_only_private_sources_are_crawled(tmp_path: Path) -> None:
    assert [source.id for source in build(tmp_path, contact="").sources()] == ["mine"]
    with pytest.raises(UsageError, match="BAOTINH_CONTACT"):
        build(tmp_path, "baolongan", contact="")


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownSource, match="nobody"):
        build(tmp_path, "nobody")
    with pytest.raises(SourceError, match="no such folder"):
        build_daemon(
            make_settings(), tmp_path / "a.db", [], EventQueue(), sources_dir=tmp_path / "none"
        )


def test_a_round_without_a_due_source_opens_the_archive_and_ends_well(tmp_path: Path) -> None:
    assert build(tmp_path, "resting").run() == 0
    assert (tmp_path / "archive.db").exists()


def test_a_stop_before_the_first_crawl_starts_none(tmp_path: Path) -> None:
    events = EventQueue()
    events.put(EventKind.STOP, "SIGTERM")
    daemon = build(tmp_path, "mine", events=events)
    assert daemon.run() == 0
    assert daemon.workers.children == []
    with Archive.open_reading(tmp_path / "archive.db") as archive:
        assert archive.runs.last("mine", 1) == []


def test_a_clock_before_the_newest_row_starts_nothing(tmp_path: Path) -> None:
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(
            SourceRow(id="mine", name="A", kind="newspaper", province="Huế", homepage="x")
        )
        archive.runs.start("mine", RunKind.CRAWL, "2099-01-01T00:00:00Z")
    with pytest.raises(ArchiveUnusable, match="not started: the clock says"):
        build(tmp_path, "mine").run()


def test_metrics_are_served_only_where_an_address_is_set() -> None:
    metrics, stop = serve_metrics("")
    assert metrics is None
    stop()
    with pytest.raises(UsageError, match="METRICS_ADDRESS"):
        serve_metrics("127.0.0.1:99999")


def test_a_daemon_may_be_given_other_workers(tmp_path: Path) -> None:
    asked: list[object] = []

    def make_workers(options: DaemonOptions, catalogue: Catalogue) -> Workers:
        asked.extend((options.once, catalogue.sources.keys() >= {"baolongan"}))
        return Workers(options)

    settings = make_settings(contact="a@b.vn")
    path = tmp_path / "archive.db"
    captures = tmp_path / "kept"
    daemon = build_daemon(
        settings, path, [], EventQueue(), captures_dir=captures, make_workers=make_workers
    )
    assert asked == [False, True]
    assert (daemon._captures_dir, daemon.metrics, daemon.options.private) == (captures, None, None)
    assert type(daemon.workers) is Workers


@pytest.mark.parametrize(("public", "told"), [(0, False), (1, True)])
def test_sources_on_public_hosts_that_are_left_out_are_told(
    caplog: pytest.LogCaptureFixture, public: int, told: bool
) -> None:
    def at(host: str) -> Source:
        return Source(id=host, name="A", province="Huế", homepage=f"http://{host}/")

    private = PrivateHosts.parse("127.0.0.1:1")
    sources = [at("127.0.0.1:1"), *[at("a.vn")] * public]
    assert restrict(sources, private, contact="") is private
    assert ("1 sources on public hosts are left out" in caplog.text) is told
