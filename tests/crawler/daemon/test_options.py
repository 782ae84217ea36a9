"""Which sources a daemon crawls, and its options from the settings."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from crawler.daemon.factory import restrict
from crawler.daemon.options import is_private, read_options, read_zone
from crawler.errors import UsageError
from crawler.net.addresses import PrivateHosts
from crawler.sources import Seed, Source
from storage.states import SeedKind
from tests.support.settings import make_options, make_settings


def source(id_: str = "a", host: str = "127.0.0.1:8000", status: str = "active") -> Source:
    seed = Seed(kind=SeedKind.FEED, url=f"http://{host}/rss")
    return Source(
        id=id_,
        name=id_,
        province="Huế",
        homepage=f"http://{host}/",
        hosts=(host.partition(":")[0],),
        seeds=(seed,),
        status=status,
    )


LOCAL = PrivateHosts.parse("127.0.0.1:8000")


def test_options_follow_the_settings() -> None:
    options = read_options(
        make_settings(disk_reserve_mb=2, daemon_children=0, backup_dir="x", backup_keep=0)
    )
    assert options.reserve == 2 * 1024 * 1024
    assert (options.children, options.backup_keep) == (1, 1)
    assert options.backup_dir == Path("x").absolute()
    assert read_options(make_settings()).backup_dir is None


def test_an_unknown_time_zone_is_named() -> None:
    noon = dt.datetime(2026, 1, 1, 12, tzinfo=read_zone("Asia/Ho_Chi_Minh"))
    assert noon.utcoffset() == dt.timedelta(hours=7)
    with pytest.raises(UsageError, match="Hanoi"):
        read_zone("Asia/Hanoi")


@pytest.mark.parametrize("status", ["paused", "frozen", "retired"])
def test_only_active_sources_are_wanted(status: str) -> None:
    active = source()
    assert make_options().choose([active, source(status=status)]) == [active]


def test_named_sources_alone_are_wanted() -> None:
    options = make_options(only=frozenset({"a"}))
    wanted = source("a")
    assert options.choose([source("b"), wanted]) == [wanted]


def test_without_a_contact_only_private_hosts_are_wanted() -> None:
    options = make_options(private=LOCAL)
    here = source()
    assert options.choose([source(host="baolongan.vn"), here]) == [here]
    assert not is_private(source(host="127.0.0.1:9000"), LOCAL)


def test_a_contact_restricts_nothing_and_none_leaves_private_hosts() -> None:
    public, private = source(host="baolongan.vn"), source()
    assert restrict([public], LOCAL, contact="a@b.vn") is None
    assert restrict([public, private], LOCAL, contact="") is LOCAL
    with pytest.raises(UsageError, match="BAOTINH_CONTACT"):
        restrict([public, source(status="paused")], LOCAL, contact="")
