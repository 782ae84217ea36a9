"""Pages of outlets: how each stands, and when it is asked next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.monitoring.status import read_row
from crawler.web.language import load_language
from crawler.web.pages.sources import (
    Standing,
    explain_poll,
    known_sources,
    list_outlets,
    read_source,
    read_standings,
    recall_standings,
    write_rate,
)
from storage.instants import read_clock
from storage.records import SeedState
from storage.states import SeedKind
from tests.support.newsroom import SOURCES, fill_newsroom
from tests.support.visits import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.monitoring.status import Row


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader of articles until today, judged just now."""
    path = tmp_path_factory.mktemp("today") / "archive.db"
    fill_newsroom(path, articles=10)
    with Reader(path, sources_dir=path.with_name(SOURCES)) as opened:
        yield opened


def test_outlets_with_trouble_come_first(today: Reader) -> None:
    found = list_outlets(today.visit("/sources"))
    assert [(each.source.id, each.standing.state, each.standing.cause) for each in found[:4]] == [
        ("mau-hue", "broken", "certificate"), ("mau-gia-lai", "blocked", "bot-check"),
        ("mau-can-tho", "degraded", "volume"), ("mau-long-an", "ok", ""),
    ]  # fmt: skip
    assert [each.source.name for each in found[3:]] == [
        "Báo mẫu Long An", "Báo mẫu Nghệ An", "Báo mẫu Tây Ninh", "Cổng mẫu Lào Cai",
        "Đài mẫu Đồng Tháp",
    ]  # fmt: skip
    assert (found[0].path, found[0].archive) == ("/source/mau-hue", "")
    assert found[0].standing.since is not None
    assert sum(each.articles for each in found) == 15
    assert {each.source.id: each.recent for each in found}["mau-dong-thap"] >= 1
    assert all(bool(each.spark) == bool(each.recent) for each in found)


@pytest.mark.parametrize(
    ("state", "number"), [("", 8), ("blocked", 1), ("ok", 5), ("frozen", 0), ("other", 0)]
)
def test_outlets_of_one_state_are_shown(today: Reader, state: str, number: int) -> None:
    text = today.text(f"/sources?state={state}")
    assert text.count('<th scope="row">') == number
    assert 'tất cả <span class="number">8</span>' in text
    assert 'href="/sources?state=blocked">bị chặn <span class="number">1</span>' in text.replace(
        ' aria-current="true"', ""
    )
    assert "đang được xét" not in text


def test_standings_are_those_of_the_daemon_or_those_of_now(today: Reader) -> None:
    archive = today.visit().archive
    judged, kept = read_standings(archive, today.site), recall_standings(archive)
    assert {name: (each.state, each.cause) for name, each in judged.items()} == {
        name: (each.state, each.cause) for name, each in kept.items()
    }
    assert kept["mau-hue"].state == "broken"
    assert kept["mau-hue"].cause == "certificate"
    assert kept["mau-lao-cai"] == Standing(
        state="ok", cause="", since=judged["mau-lao-cai"].since, next_poll_at=None
    )


def test_sources_are_known_by_their_files_or_by_the_archive(today: Reader) -> None:
    archive = today.visit().archive
    assert known_sources(archive, today.site)["mau-hue"].path.endswith("mau-hue.toml")
    nowhere = replace(today.site, sources_dir=None)
    assert set(known_sources(archive, nowhere)) == set(known_sources(archive, today.site))


def test_bars_of_an_outlet_narrow_the_search_to_it(reader: Reader) -> None:
    text = reader.text("/source/mau-hue")
    assert 'href="/?source=mau-hue&amp;since=2026-02-01&amp;until=2026-02-28"' in text


def test_one_outlet_is_shown_with_all_that_is_known(today: Reader) -> None:
    page = read_source(today.visit("/source/mau-hue"), "mau-hue")
    assert page is not None
    assert (page.standing.state, page.standing.cause) == ("broken", "certificate")
    assert [each.cause for each in page.troubles] == ["certificate"]
    assert (len(page.days.bars), page.judged) == (56, page.row.articles)
    assert dict(page.coverage)["a title of their own"] == 1.0
    assert dict(page.coverage)["authors"] == 0.0
    assert page.why_then == "chưa hỏi lần nào"
    assert sum(bar.count for bar in page.days.bars) >= 1
    assert read_source(today.visit(), "none") is None
    assert today.get("/source/none").status_code == 404


SEED = SeedState(
    id=1, source_id="mau-hue", kind=SeedKind.FEED, url="https://a.example/rss",
    polled_at="2026-03-01T00:00:00Z", next_poll_at="2026-03-01T02:00:00Z", failures=0,
)  # fmt: skip


@pytest.fixture(scope="module")
def row(today: Reader) -> Row:
    source = known_sources(today.visit().archive, today.site)["mau-hue"]
    return read_row(today.visit().archive, source, now=read_clock(), slack=0.0)


@pytest.mark.parametrize(
    ("status", "cause", "seeds", "sentence"),
    [
        ("active", "host", [SEED], "its server is left alone until then"),
        ("active", "page", [], "pages wait to be fetched"),
        ("active", "", [], "it was never asked"),
        ("active", "", [replace(SEED, polled_at=None)], "it was never asked"),
        ("active", "", [replace(SEED, next_poll_at=None)], "it was never asked"),
        ("paused", "host", [SEED], ""),
        ("frozen", "", [SEED], ""),
        (
            "active", "", [SEED],
            "2 hours after the last time: about 0.5 articles a day are to be expected",
        ),
        (
            "active", "seed", [SEED, replace(SEED, next_poll_at="2026-03-01T01:00:00Z")],
            "1 hour after the last time: about 0.5 articles a day are to be expected",
        ),
        (
            "active", "", [replace(SEED, next_poll_at="2026-02-01T00:00:00Z")],
            "1 minute after the last time: about 0.5 articles a day are to be expected",
        ),
        (
            "active", "", [replace(SEED, failures=1)],
            "2 hours after the last time, which failed",
        ),
    ],
)  # fmt: skip
def test_why_an_outlet_is_asked_then(
    row: Row, status: str, cause: str, seeds: list[SeedState], sentence: str
) -> None:
    source = replace(row.source, status=status)
    changed = replace(row, source=source, next_poll_cause=cause, seeds=seeds)
    assert explain_poll(load_language("en"), changed, 28) == sentence


@pytest.mark.parametrize(
    ("number", "en", "vi"),
    [
        (0.0, "0.0", "0,0"), (0.46, "0.5", "0,5"), (9.9, "9.9", "9,9"), (10.0, "10", "10"),
        (10.6, "11", "11"), (1234.0, "1,234", "1.234"),
    ],
)  # fmt: skip
def test_a_rate_has_a_tenth_below_ten(number: float, en: str, vi: str) -> None:
    assert write_rate(load_language("en"), number) == en
    assert write_rate(load_language("vi"), number) == vi
