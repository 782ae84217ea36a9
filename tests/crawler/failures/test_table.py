"""The table of reasons: complete, used, and the only place where a reason is spelled."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.failures import (
    REASONS,
    Cause,
    FailureKind,
    Reason,
    Retry,
    Symptom,
    Verdict,
    Whose,
    Word,
    cause_of,
    describe_failure,
    reason_of,
    status_word,
    weigh,
)
from crawler.failures.table import ROWS
from storage.articles.withhold import WITHHELD
from storage.db import migrations

ROOT = Path(__file__).parents[3]
TABLE = "crawler/failures/"
STATUS = re.compile(r"http-\d{3}")

NO_REASONS = {
    "crawler/cluster/arrivals.py": {"stopped"},  # a key of what a worker says
    "crawler/cluster/work.py": {"stopped"},  # the same
    "crawler/daemon/events.py": {"maintenance"},  # an event
    "crawler/daemon/workers.py": {"lost"},  # how an order may end
    "crawler/discovery/sitemaps.py": {"video"},  # a namespace
    "crawler/explain.py": {"capture"},  # a label
    "crawler/extract/dom/walk.py": {"dropped", "video"},  # a trait, an element
    "crawler/extract/dates/find.py": {"listing"},  # a kind of seed
    "crawler/extract/dates/candidates.py": {"listing"},  # a kind of seed
    "crawler/extract/dates/rule.py": {"listing"},  # a kind of seed
    "crawler/extract/hints.py": {"listing"},  # a kind of seed
    "crawler/extract/kinds.py": {"video"},  # a kind of article
    "crawler/monitoring/seed_rules.py": {"empty"},  # a cause
    "crawler/middlewares/address.py": {"robots"},  # a key of request.meta
    "crawler/middlewares/capture.py": {"capture"},  # a key of request.meta
    "crawler/middlewares/drawing.py": {"capture"},  # a key of request.meta
    "crawler/middlewares/limits.py": {"encoding"},  # a keyword
    "crawler/middlewares/politeness.py": {"robots"},  # a key of request.meta
    "crawler/middlewares/robots.py": {"robots"},  # a key of request.meta, a folder
    "crawler/net/errors.py": {"certificate"},  # a part of OpenSSL's messages
    "crawler/runs/captures.py": {"robots"},  # a field of WARC
    "crawler/sources/model.py": {"listing"},  # a kind of seed
    "crawler/spiders/pages.py": {"capture"},  # a key of request.meta
    "crawler/spiders/session.py": {"capture"},  # a key of request.meta
    "crawler/imports/services/wayback.py": {"connection"},  # a header
    "crawler/web/pages/captures.py": {"capture"},  # a part of an address
    "crawler/web/visit.py": {"capture"},  # a page of ours
    "crawler/web/words.py": {
        *("certificate", "empty"),  # causes
        *("http-404", "http-410", "redirect-home", "soft-404"),  # how an article was removed
        *("listing", "video"),  # kinds of seeds and articles
    },
    "storage/db/migrations.py": {
        *migrations.PASSING,
        *migrations.NOT_YET,
        *migrations.NO_TEXTS,
    },  # of their days
    "storage/warc/stream.py": {"too-large"},  # of a record of a file that is imported
    "storage/articles/write.py": {"http-304"},  # it refuses this by itself
}
"""File -> strings in it that look like reasons and are none, or may stand there."""


@cache
def _modules() -> dict[str, ast.Module]:
    files = [path for folder in ("crawler", "storage") for path in (ROOT / folder).rglob("*.py")]
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in files
    }


def _spelled(tree: ast.Module) -> set[str]:
    strings = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in strings if text in REASONS or STATUS.fullmatch(text)}


def _looking_like_one(path: str, words: set[str]) -> set[str]:
    """In the archive, which knows nothing of crawling, a plain word is something else."""
    return {word for word in words if path.startswith("crawler/") or "-" in word}


@cache
def _produced() -> frozenset[str]:
    """The names of ``Word.NAME`` outside the table, where they are not merely compared with."""
    names: set[str] = set()
    for path, tree in _modules().items():
        if not path.startswith(TABLE):
            names |= _produced_in(tree)
    return frozenset(names)


def _produced_in(tree: ast.Module) -> set[str]:
    nodes = list(ast.walk(tree))
    compares = [node for node in nodes if isinstance(node, ast.Compare)]
    compared = {id(part) for compare in compares for part in ast.walk(compare)}
    return {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Word"
        and id(node) not in compared
    }


@pytest.mark.parametrize("word", list(Word))
def test_each_word_has_one_row_that_says_all(word: Word) -> None:
    reason = REASONS[word]
    assert reason.word == word
    assert re.fullmatch(r"[a-z]\w+ .{5,}[^.]", reason.sentence), "to stand behind a URL"
    assert isinstance(reason.whose, Whose)
    assert isinstance(reason.weight, FailureKind)
    assert isinstance(reason.verdict, Verdict)
    assert isinstance(reason.retry, Retry)
    assert isinstance(reason.health, Symptom)


def test_each_row_belongs_to_a_word_and_no_sentence_stands_twice() -> None:
    assert sorted(word for _, rows in ROWS for word in rows) == sorted(Word)
    assert set(REASONS) == set(Word)
    sentences = [reason.sentence for reason in REASONS.values()]
    assert sorted(sentences) == sorted(set(sentences))


@pytest.mark.parametrize("word", list(Word))
def test_each_word_is_produced_by_some_code(word: Word) -> None:
    assert word.name in _produced() or word == WITHHELD


def test_no_reason_is_spelled_outside_the_table() -> None:
    found = {
        path: _looking_like_one(path, _spelled(tree))
        for path, tree in _modules().items()
        if not path.startswith(TABLE)
    }
    surplus = {path: words - NO_REASONS.get(path, set()) for path, words in found.items()}
    assert {path: words for path, words in surplus.items() if words} == {}


@pytest.mark.parametrize("reason", REASONS.values(), ids=REASONS.keys())
def test_the_retry_plan_fits_what_becomes_of_the_link(reason: object) -> None:
    plans = {
        Verdict.FAILED: {Retry.BACK_OFF, Retry.NEVER},
        Verdict.DEFERRED: {Retry.NEXT_RUN},
        Verdict.GONE: {Retry.WHILE_NEW},
        Verdict.REJECTED: set(Retry) - {Retry.NEXT_RUN},
    }
    row = reason_of(str(getattr(reason, "word", "")))
    assert row.retry in plans[row.verdict]


@pytest.mark.parametrize("reason", REASONS.values(), ids=REASONS.keys())
def test_what_is_the_hosts_or_the_moments_fault_is_asked_again(reason: Reason) -> None:
    passing = reason.whose in (Whose.HOST, Whose.MOMENT)
    if passing:
        assert reason.retry in (Retry.BACK_OFF, Retry.NEXT_RUN)
    assert reason.is_of_the_host <= passing


def test_the_migration_opens_again_what_the_table_calls_passing() -> None:
    """The table may have got reasons since, the migration stays."""
    words = {plan: {w for w, row in REASONS.items() if row.retry is plan} for plan in Retry}
    assert set(migrations.PASSING) <= words[Retry.BACK_OFF]
    texts = set(migrations.NO_TEXTS)
    statuses = {
        status_word(n) for n in range(600) if reason_of(status_word(n)).retry is not Retry.BACK_OFF
    }
    assert set(migrations.NOT_YET) | texts == words[Retry.WHILE_NEW] | statuses


@pytest.mark.parametrize(
    ("status", "whose", "weight", "verdict", "health"),
    [
        (301, Whose.HOST, FailureKind.SOFT, Verdict.FAILED, Symptom.BROKEN),
        (400, Whose.HOST, FailureKind.HARD, Verdict.FAILED, Symptom.BROKEN),
        (401, Whose.HOST, FailureKind.HARD, Verdict.FAILED, Symptom.BLOCKED),
        (403, Whose.HOST, FailureKind.HARD, Verdict.FAILED, Symptom.BLOCKED),
        (404, Whose.PAGE, FailureKind.HARD, Verdict.GONE, Symptom.BROKEN),
        (408, Whose.MOMENT, FailureKind.TEMPORARY, Verdict.FAILED, Symptom.BROKEN),
        (425, Whose.MOMENT, FailureKind.TEMPORARY, Verdict.FAILED, Symptom.BROKEN),
        (410, Whose.PAGE, FailureKind.HARD, Verdict.GONE, Symptom.BROKEN),
        (429, Whose.HOST, FailureKind.SOFT, Verdict.FAILED, Symptom.BLOCKED),
        (499, Whose.HOST, FailureKind.HARD, Verdict.FAILED, Symptom.BROKEN),
        (500, Whose.HOST, FailureKind.SOFT, Verdict.FAILED, Symptom.BROKEN),
        (999, Whose.HOST, FailureKind.SOFT, Verdict.FAILED, Symptom.BROKEN),
    ],
)
def test_statuses_have_rules_by_class(
    status: int, whose: Whose, weight: FailureKind, verdict: Verdict, health: Symptom
) -> None:
    reason = reason_of(status_word(status))
    found = (reason.whose, reason.weight, reason.verdict, reason.health)
    assert found == (whose, weight, verdict, health)


def test_a_status_is_said_with_its_name_where_it_has_one() -> None:
    assert describe_failure("http-404") == "answered 404 (Not Found)"
    assert describe_failure("http-999") == "answered 999"


@given(st.integers(min_value=0, max_value=999))
def test_every_status_has_a_row(status: int) -> None:
    reason = reason_of(f"http-{status:03}")
    assert reason.sentence.startswith(f"answered {status}")
    assert reason.word == f"http-{status:03}"


@given(st.text())
def test_any_other_word_passes_as_a_soft_failure(word: str) -> None:
    reason = reason_of(word)
    assert reason.word == word
    if word not in REASONS and not re.fullmatch(r"http-\d{3}", word):
        assert (reason.weight, reason.retry) == (FailureKind.SOFT, Retry.BACK_OFF)
        assert word in reason.sentence


@pytest.mark.parametrize(
    ("word", "lasting"),
    [
        ("http-404", True),
        ("http-403", True),
        ("robots", True),
        ("off-site", True),
        ("redirects", True),
        ("scheme", True),
        ("http-429", False),
        ("http-503", False),
        ("certificate", False),
        ("timeout", False),
        ("robots-unreachable", False),
        ("retry-after", False),
    ],
)
def test_what_lasts_is_not_asked_again_in_a_backfill(word: str, *, lasting: bool) -> None:
    assert reason_of(word).is_lasting is lasting


def test_temporary_failures_weigh_a_quarter_of_hard_ones() -> None:
    words = (Word.CERTIFICATE, "http-503", Word.TIMEOUT)
    assert [weigh(2, word) for word in words] == [3, 2.5, 2.25]


def test_statuses_share_the_plan_of_what_they_say() -> None:
    plans: dict[object, set[int]] = {}
    for status in (*range(400, 600), 999):
        reason = reason_of(status_word(status))
        plan = reason.whose, reason.weight, reason.verdict, reason.retry, reason.health
        plans.setdefault(plan, set()).add(status)
    gone = Whose.PAGE, FailureKind.HARD, Verdict.GONE, Retry.WHILE_NEW, Symptom.BROKEN
    moment = Whose.MOMENT, FailureKind.TEMPORARY, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN
    busy = Whose.HOST, FailureKind.SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.BLOCKED
    shut = Whose.HOST, FailureKind.HARD, Verdict.FAILED, Retry.BACK_OFF, Symptom.BLOCKED
    refused = Whose.HOST, FailureKind.HARD, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN
    broken = Whose.HOST, FailureKind.SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN
    few = {404, 410, 408, 425, 429, 401, 403, 407, 451}
    assert plans == {
        gone: {404, 410},
        moment: {408, 425},
        busy: {429},
        shut: {401, 403, 407, 451},
        refused: {*range(400, 500)} - few,
        broken: {*range(500, 600), 999},
    }


@pytest.mark.parametrize(
    ("cause", "statuses"),
    [
        (Cause.SERVER_ERROR, [408, 425, *range(500, 600)]),
        (Cause.WAIT, [429]),
        (Cause.FORBIDDEN, [401, 403, 407, 451]),
        (Cause.MISSING, [404, 410]),
    ],
)
def test_statuses_that_stand_for_one_cause(cause: Cause, statuses: list[int]) -> None:
    assert [s for s in range(1000) if cause_of(status_word(s)) == cause] == statuses
