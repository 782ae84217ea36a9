"""What a person sees of a crawl, and how its end is named."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest

from crawler.extensions.progress import Lines, Progress, choose_board
from crawler.extensions.runlog import name_state
from crawler.runs import signals
from tests.support.runs import OpenRun

if TYPE_CHECKING:
    from pathlib import Path


def test_each_settled_page_is_counted_and_the_limit_bounds_what_is_expected(tmp_path: Path) -> None:
    run, stream = OpenRun(tmp_path), StringIO()
    progress = Progress("bao", Lines(0.0, stream), limit=5)
    crawler = run.crawler()
    progress.attach(crawler)
    crawler.signals.send_catch_log(signals.run_started, pending=3)
    crawler.signals.send_catch_log(signals.seed_polled, seed=None, fresh=40, problem=None)
    link = run.find("tin-1.html")
    outcome = run.recorder.reject(link, "no-body")
    crawler.signals.send_catch_log(signals.page_settled, link=link, outcome=outcome)
    assert stream.getvalue().splitlines() == [
        "bao: 0 of about 3 pages: nothing yet",
        "bao: 0 of about 5 pages: nothing yet",
        "bao: 1 of about 5 pages: 1 rejected",
    ]
    run.close()


def test_lines_are_shown_where_no_terminal_is() -> None:
    assert isinstance(choose_board(10.0, StringIO()), Lines)


@pytest.mark.parametrize(
    ("reason", "error", "state"),
    [
        ("finished", None, "finished"),
        ("finished", "disk full", "failed"),
        ("shutdown", None, "interrupted"),
        ("closespider_itemcount", None, "finished"),
        ("closespider_errorcount", None, "failed"),
        ("archive", None, "failed"),
    ],
)
def test_a_run_ends_in_the_state_that_its_end_means(
    reason: str, error: str | None, state: str
) -> None:
    assert name_state(reason, error) == state
