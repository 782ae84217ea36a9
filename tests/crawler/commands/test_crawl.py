"""What command lines of ``crawl``, ``backfill`` and ``reextract`` mean, and what they print."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from crawler.cli import cli
from crawler.commands import backfill, reextract
from crawler.commands.crawl import (
    SHORT_FORMAT,
    as_line,
    choose_sources,
    describe_failures,
    log_format,
    summarize,
    warn_of_unknown_settings,
)
from crawler.errors import UnknownSource, UsageError
from crawler.process import CrawlReport
from crawler.sources import Source
from storage.records import Run
from storage.states import RunKind, RunState
from tests.support.settings import make_settings


def source(id_: str, status: str = "active") -> Source:
    return Source(
        id=id_,
        name=id_,
        province="Huế",
        homepage=f"https://{id_}.vn/",
        hosts=(f"{id_}.vn",),
        status=status,
    )


KNOWN = {each.id: each for each in (source("a"), source("b", "paused"), source("c"))}


def report(
    outcomes: dict[str, int], state: RunState = RunState.FINISHED, **more: object
) -> CrawlReport:
    run = Run(
        source_id="a",
        kind=RunKind.CRAWL,
        started_at="2026-11-24T00:00:00Z",
        state=state,
        outcomes=outcomes,
        id=7,
    )
    return CrawlReport(source_id="a", run=run, **more)  # type: ignore[arg-type]


def ids(*named: str, everything: bool = False, url: str | None = None) -> list[str]:
    return [each.id for each in choose_sources(KNOWN, named, everything=everything, url=url)]


def test_sources_are_chosen_by_name_by_address_or_all() -> None:
    assert ids("c", "a", "c") == ["c", "a"]
    assert ids("b") == ["b"], "a paused one, since it is named"
    assert ids(everything=True) == ["a", "c"]
    assert ids(url="https://c.vn/x.html") == ["c"]
    assert ids("c", url="https://c.vn/x.html") == ["c"]


@pytest.mark.parametrize(
    ("named", "more"),
    [
        ((), {}),
        (("a",), {"everything": True}),
        ((), {"everything": True, "url": "https://a.vn/"}),
        ((), {"url": "https://elsewhere.vn/"}),
        (("a",), {"url": "https://c.vn/"}),
    ],
)
def test_what_names_no_source_or_two_ways_is_wrong_use(
    named: tuple[str, ...], more: dict[str, object]
) -> None:
    with pytest.raises(UsageError):
        ids(*named, **more)  # type: ignore[arg-type]


def test_an_unknown_source_is_named() -> None:
    with pytest.raises(UnknownSource, match="aa"):
        ids("aa")


def test_the_summary_counts_outcomes_by_kind() -> None:
    line = summarize(report({"new": 2, "rejected/no-body": 1, "rejected/listing": 3}))
    assert line == ("a: 6 pages: 2 new, 0 revised, 0 unchanged, 0 duplicate, 4 rejected, 0 failed")
    assert summarize(report({}, RunState.INTERRUPTED)).endswith(" (interrupted)")
    assert summarize(CrawlReport(source_id="a", run=None)) == "a: not crawled"


def test_the_line_for_machines_holds_reasons_and_errors() -> None:
    facts = json.loads(as_line(report({"failed/timeout": 1}, error="so", complaints=("x",))))
    assert facts["outcomes"] == {"failed/timeout": 1}
    assert (facts["source"], facts["error"], facts["complaints"]) == ("a", "so", ["x"])
    assert (facts["id"], facts["state"]) == (7, "finished")


def test_failed_pages_are_described_by_reason_and_good_ones_not() -> None:
    failed = report({"new": 5, "failed/timeout": 2, "failed/dns": 1})
    assert describe_failures(failed) == "a: 3 pages could not be read (dns 1, timeout 2)"
    assert describe_failures(report({"new": 5, "rejected/no-body": 2})) == ""


def test_a_report_fails_by_its_error_its_seeds_or_its_pages() -> None:
    assert not report({"new": 1, "rejected/no-body": 1}).failed
    assert report({"failed/timeout": 1}).failed
    assert report({"new": 1}, complaints=("a seed failed",)).failed
    assert report({"new": 1}, error="broken off").failed


def test_warnings_are_bare_sentences_unless_more_is_asked_for() -> None:
    assert log_format(make_settings()) == {"LOG_FORMAT": SHORT_FORMAT}
    assert log_format(make_settings(log_level="info")) == {}
    assert log_format(make_settings(overridden=frozenset({"LOG_FORMAT"}))) == {}


def test_misspelt_settings_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    warn_of_unknown_settings(make_settings(unknown=("BAOTINH_CONTCAT",)))
    assert capsys.readouterr().err == ("baotinh: BAOTINH_CONTCAT names no setting and is ignored\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["crawl", "a", "--limit", "0"], "--limit"),
        (["crawl", "a", "--since", "31/11/2026"], "--since"),
        (["backfill", "baolongan"], "--since"),
        (["backfill", "baolongan", "--since", "2026-01-02", "--until", "2026-01-01"], "later than"),
    ],
)
def test_a_bad_argument_is_wrong_use_and_named(words: list[str], says: str) -> None:
    result = CliRunner().invoke(cli, words)
    assert says in f"{result.stderr}{result.exception}"
    assert result.exit_code == 2 or isinstance(result.exception, UsageError)


def test_backfills_and_readings_anew_share_the_summary() -> None:
    assert backfill.command.name == "command"
    run = report({"unchanged": 3}).run
    assert run is not None
    assert reextract.summarize(run).startswith("a: 3 captures: 0 new")
