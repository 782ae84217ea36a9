"""Every failure mode of the test site, crawled as users do: case, expectation, result.

The sites are crawled side by side by a few child processes, as the daemon crawls several sources
at once: pages, seeds, what passes (twice), and what is hard to read. The bounds on processor
and private addresses hold for all of them together, the one on memory for each child.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.site.faults import (
    bodies,
    http,
    manners,
    passing,
    redirects,
    seeds,
    sizes,
    transport,
    variants,
)
from tests.site.faults.model import REJECT, STORE, Fault
from tests.site.server import Canary
from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.memory import read_peak
from tests.support.paths import TESTS

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = {
    "transport": transport,
    "http": http,
    "redirects": redirects,
    "sizes": sizes,
    "bodies": bodies,
    "variants": variants,
}
FAULTS: dict[str, Fault] = {
    fault.name: fault
    for module in MODULES.values()
    for fault in module.PAGES  # type: ignore[attr-defined]
}
SEEDED = seeds.FEEDS | seeds.SITEMAPS | seeds.LISTINGS
PASSING = {fault.name: fault for fault in passing.PAGES}
LATER = ("passing", *passing.TOWNS, "session-paths", "moving-addresses", "feed-falls-empty")
"""Sources that are crawled twice."""
TIMEOUT = 3.0
SETTINGS = {
    "DOWNLOAD_TIMEOUT": f"{TIMEOUT:g}",
    "RETRY_BACKOFF": "0.05",
    "RETRY_AFTER_WAIT": "6",
    "CRAWL_DELAY_MAX": "1.2",
    "CRAWL_SOURCES_AT_ONCE": "40",
    "MAX_PENDING_LINKS": "100",
}
HEAVY = ("sizes", "hard", "robots-big")
TOGETHER = 4
"""Faults in a row, in a feed."""
LONGEST = 600.0
"""Seconds after which a crawl hangs, however busy the machine is."""


@dataclass
class Result:
    """What the one crawl of all sites left behind."""

    desk: Desk
    towns: dict[str, Town] = field(default_factory=dict)
    canary: Canary | None = None
    hung: bool = False
    cpu: float = 0.0
    memory: float = 0.0
    """Peak resident megabytes."""
    output: str = ""
    errors: str = ""
    links: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    first: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """The links of `LATER` after their first crawl."""

    def stored(self, source: str) -> int:
        return int(
            str(self.desk.value("select count(*) from articles where source_id = ?", source))
        )


def lanes() -> Iterator[tuple[str, list[Fault], dict[str, Any]]]:
    for name, module in MODULES.items():
        routes = getattr(module, "ROUTES", {})
        by_lane: dict[str, list[Fault]] = {}
        for fault in module.PAGES:  # type: ignore[attr-defined]
            by_lane.setdefault(fault.lane or name, []).append(fault)
        for lane, faults in by_lane.items():
            yield lane, faults, routes


def fault_town(faults: list[Fault], routes: dict[str, Any]) -> Town:
    """Healthy articles, and between them the faults: a run on a host without any ends early."""
    town = Town(3 + len(faults) // TOGETHER)
    healthy = iter(town.latest())
    for number, fault in enumerate(faults):
        if number % TOGETHER == 0:
            piece = next(healthy)
            town.extra_feed.append((piece.path, piece.title, None))
        town.extra_feed.append((fault.path, f"Lỗi {fault.name}", None))
    town.routes |= {fault.path: fault.behave for fault in faults} | routes
    return town


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Result]:
    desk = Desk(tmp_path_factory.mktemp("faults"), settings=dict(SETTINGS))
    done = Result(desk)
    with ExitStack() as stack:
        done.canary = stack.enter_context(Canary())
        redirects.CANARY[0] = done.canary.netloc

        def open_town(name: str, town: Town, *seeds_: tuple[str, str]) -> None:
            done.towns[name] = stack.enter_context(town)
            if name == "moving-addresses":
                desk.add_source(town.base, name, seeds=seeds_, articles=seeds.MOVING)
            else:
                desk.add_source(town.base, name, seeds=seeds_)

        for lane, faults, routes in lanes():
            open_town(lane, fault_town(faults, routes), ("feed", "/rss/home.rss"))
        for name, (make, _) in seeds.FEEDS.items():
            open_town(name, make(), ("feed", seeds.FEED))
        for name, (make, _) in seeds.SITEMAPS.items():
            open_town(name, make(), ("sitemap", seeds.SITEMAP))
        for name, (make, _) in seeds.LISTINGS.items():
            open_town(name, make(), ("listing", seeds.LISTING))
        for name, (make, _) in manners.ROBOTS.items():
            open_town(name, make(), ("feed", "/rss/home.rss"))
        open_town("passing", fault_town(list(passing.PAGES), {}), ("feed", "/rss/home.rss"))
        for name, make_passing in passing.TOWNS.items():
            open_town(name, make_passing(), ("feed", "/rss/home.rss"))
        for name, (make_trap, seed) in manners.TRAPS.items():
            open_town(name, make_trap(), ("listing", seed))
        for name, (make_trap, seed) in manners.TRAPS.items():
            open_town(f"{name}-at-home", manners.lead_into(make_trap(), seed))
        tarpit = Town(3)
        tarpit.routes = {"/*": manners.tarpit}
        open_town("tarpit", tarpit, ("feed", "/rss/home.rss"))
        open_town("healthy", Town(8), ("feed", "/rss/home.rss"), ("listing", "/thoi-su/"))
        crawl(done, [name for name in done.towns if name not in (*SEEDED, *HEAVY, *LATER)])
        for kind in (seeds.FEEDS, seeds.SITEMAPS | seeds.LISTINGS):
            crawl(done, [name for name in kind if name not in LATER])
        crawl(done, list(LATER))
        done.first = dict(done.links)
        desk.change(
            "update links set next_try_at = '2020-01-01T00:00:00Z'"
            " where state = 'pending' and next_try_at is not null"
        )
        crawl(done, list(LATER))
        # What holds the child for a second, or is nine megabytes: no deadline depends on that.
        desk.settings["DOWNLOAD_TIMEOUT"] = "20"
        crawl(done, list(HEAVY))
        yield done


def crawl(done: Result, names: list[str]) -> None:
    """Crawl towns in one child and measure it."""
    started, before = time.monotonic(), processor_seconds()
    child = done.desk.start("crawl", *names, fresh=True)
    try:
        while time.monotonic() - started < LONGEST:
            done.memory = max(done.memory, read_peak(child.pid))
            with suppress(subprocess.TimeoutExpired):
                output, errors = child.communicate(timeout=0.1)
                done.output, done.errors = done.output + output, done.errors + errors
                break
        else:
            done.hung = True
    finally:
        child.kill()
        child.wait()
    done.cpu += processor_seconds() - before
    for row in done.desk.rows(
        "select url, state, reason, source_id, article_id, attempts from links"
    ):
        done.links[str(row[0])] = row[1:]


def processor_seconds() -> float:
    """Of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@pytest.mark.parametrize("name", FAULTS)
def test_page(result: Result, name: str) -> None:
    fault = FAULTS[name]
    lane = next(lane for lane, faults, _ in lanes() if fault in faults)
    town = result.towns[lane]
    state, reason, *_ = result.links.get(town.base + fault.path, ("unknown", None))
    said = f"{name}: expected {fault.expect}, is {state}/{reason}"
    assert state != "unknown", said
    if fault.expect == STORE:
        assert state == "stored", said
    elif fault.expect == REJECT:
        assert state != "stored", said
        assert reason or state == "gone", said
        assert reason not in ("crashed", "lost"), said
    assert town.count(fault.path) <= 6, said  # hops of a redirect count too


@pytest.mark.parametrize("name", [fault.name for fault in FAULTS.values() if fault.expect == STORE])
def test_stored_page_is_whole_and_its_own(result: Result, name: str) -> None:
    fault = FAULTS[name]
    rows = result.desk.rows(
        "select title, body from articles where url like ?", f"%{fault.path}%"
    ) or result.desk.rows("select title, body from articles where key = ?", str(fault.number))
    assert len(rows) == 1, rows
    title, body = map(str, rows[0])
    text = title + body
    assert title == fault.piece.title
    for paragraph in fault.piece.paragraphs:
        assert paragraph in body
    assert "STOLEN" not in text
    assert "TIN LIÊN QUAN" not in text
    assert not any(ord(c) < 32 and c != "\n" for c in text)
    assert "\x9b" not in text
    assert not any("\ud800" <= c <= "\udfff" for c in text)


@pytest.mark.parametrize("name", [*(lane for lane, *_ in lanes()), "healthy"])
def test_healthy_articles_beside_faults_are_all_stored(result: Result, name: str) -> None:
    town = result.towns[name]
    for url in town.urls():
        assert result.links.get(url, ("unknown",))[0] == "stored", url


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_costs_no_article(result: Result, name: str) -> None:
    url = result.towns["passing"].base + PASSING[name].path
    state, reason, *_ = result.first[url]
    assert state == "pending", f"{name}: is {state}/{reason} after the first run"
    state, reason, *_ = result.links[url]
    assert state == "stored", f"{name}: is {state}/{reason} after a later run"


@pytest.mark.parametrize("name", passing.TOWNS)
def test_a_trouble_of_a_site_that_passes_costs_no_article(result: Result, name: str) -> None:
    town = result.towns[name]
    assert not any(result.first.get(url, ("",))[0] == "stored" for url in town.urls())
    assert {result.links.get(url, ("unknown",))[0] for url in town.urls()} == {"stored"}


def test_one_title_for_all_is_no_title(result: Result) -> None:
    titles = {piece.title for piece in result.towns["one-title"].pieces}
    rows = result.desk.rows("select title from articles where source_id = 'one-title'")
    assert {row[0] for row in rows} == titles


def test_a_session_id_in_a_path_fetches_nothing_twice(result: Result) -> None:
    town = result.towns["session-paths"]
    assert town.bodies_sent() == len(town.pieces) == result.stored("session-paths")


@pytest.mark.parametrize("name", SEEDED)
def test_seed(result: Result, name: str) -> None:
    expected = SEEDED[name][1]
    stored = result.stored(name)
    if expected is not None:
        assert stored == expected
    text = str(result.desk.rows("select title, body from articles where source_id = ?", name))
    assert "root:" not in text
    error = result.desk.value("select last_error from seeds where source_id = ?", name)
    if name == "endless-index":
        assert "more sitemaps than one poll may follow" in result.errors
    elif expected == 0:
        assert error, "a seed that brings nothing says why"


def test_a_mad_sitemap_fills_nothing(result: Result) -> None:
    most = int(SETTINGS["MAX_PENDING_LINKS"])
    sql = "select count(*) from links where source_id = 'mad-sitemap'"
    assert int(str(result.desk.value(sql))) <= 6 * most
    assert len(result.towns["mad-sitemap"].hits) <= 2 * most


def test_a_malformed_feed_still_gives_its_items(result: Result) -> None:
    assert result.stored("malformed-feed") >= 3


def test_an_endless_sitemap_index_ends(result: Result) -> None:
    assert len(result.towns["endless-index"].hits) < 60


@pytest.mark.parametrize("name", manners.ROBOTS)
def test_robots(result: Result, name: str) -> None:
    town = result.towns[name]
    assert result.stored(name) == manners.ROBOTS[name][1]
    if manners.ROBOTS[name][1] == 0:
        assert {hit.path for hit in town.hits} == {"/robots.txt"}
    if name in manners.KEEPS_OUT:
        assert town.count(manners.FORBIDDEN) == 0


def test_crawl_delay_is_kept_and_capped(result: Result) -> None:
    delayed = result.towns["robots-delay"]
    after = sorted(hit.at for hit in delayed.hits)[1:]
    assert min(b - a for a, b in pairwise(after)) >= 0.7
    huge = sorted(hit.at for hit in result.towns["robots-delay-huge"].hits)[1:]
    assert all(1.2 <= b - a < 60 for a, b in pairwise(huge))


@pytest.mark.parametrize("name", manners.TRAPS)
def test_a_trap_ends(result: Result, name: str) -> None:
    path = manners.TRAPS[name][1]
    for town in (result.towns[name], result.towns[f"{name}-at-home"]):
        assert sum(hit.path.startswith(path) for hit in town.hits) <= 50


def test_retry_after_is_waited_for(result: Result) -> None:
    town = result.towns["waits"]
    path = FAULTS["retry-after-date"].path
    first, second = [hit.at for hit in town.hits if hit.path == path]
    assert second - first >= 2


def test_one_connection_at_a_time_to_every_host(result: Result) -> None:
    for name, town in result.towns.items():
        if not name.startswith(("hangs", "tarpit", "robots-hangs")):
            assert town.max_concurrent <= 2, name  # a page that was given up may still be sending


def test_a_slow_answer_is_given_up_in_time(result: Result) -> None:
    for name in ("hangs", "hangs-2", "hangs-3", "tarpit", "robots-hangs"):
        for hit in result.towns[name].hits:
            # Who waited for its end would have waited two minutes.
            assert (hit.ended or time.monotonic()) - hit.at < 20 * TIMEOUT, (name, hit.target)


def test_no_private_address_was_touched(result: Result) -> None:
    assert result.canary is not None
    assert result.canary.touched == 0


def test_every_request_says_who_asks(result: Result) -> None:
    for town in result.towns.values():
        for hit in town.hits:
            assert hit.headers["user-agent"].startswith("baotinh/")
            assert "cookie" not in hit.headers


def test_the_whole_run_is_bounded(result: Result) -> None:
    assert "Traceback" not in result.errors, result.errors[-4000:]
    assert not result.hung
    assert result.cpu < 120
    # Shown by `pytest -s`.
    sys.stdout.write(f"peak {result.memory:.0f} MB, CPU {result.cpu:.0f} s\n")
    assert 0 < result.memory < 200


def test_no_run_is_left_open_and_outcomes_add_up(result: Result) -> None:
    states = {row[0] for row in result.desk.rows("select state from runs")}
    assert "running" not in states
    assert not os.path.exists("/tmp/pwned-baotinh")  # noqa: PTH110, S108 - what a hostile name asks for


def test_no_two_faults_are_one_article() -> None:
    numbers = [fault.number for fault in FAULTS.values()]
    assert len(set(numbers)) == len(numbers) == sum(len(faults) for _, faults, _ in lanes())


CASES = [
    line.split("\t")
    for line in (TESTS / "data" / "faults.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
"""Group, case, expectation and what tests it: every case we know, whoever tests it."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[1])
def test_every_case_is_tested_somewhere(case: list[str]) -> None:
    named = {*SEEDED, *manners.ROBOTS, *manners.TRAPS, *passing.TOWNS}
    known = {*FAULTS, *PASSING, *named}
    for place in case[3].split():
        if "/" not in place:
            assert place in known, place
            continue
        path, _, name = place.partition("::")
        file = TESTS.parent / path if path.startswith("benchmarks") else TESTS / path
        assert f"def {name}" in file.read_text(encoding="utf-8"), place


def test_every_fault_stands_in_the_table() -> None:
    """A loss that nobody wrote down is one that nobody looks for."""
    told = {place for case in CASES for place in case[3].split()}
    named = {*SEEDED, *manners.ROBOTS, *manners.TRAPS, *passing.TOWNS, *PASSING}
    assert named <= told, named - told
