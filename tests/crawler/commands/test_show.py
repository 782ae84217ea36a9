"""What ``show`` prints of an article."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.commands.show import _facts, describe_file
from storage.archive import Archive
from storage.errors import BaotinhError
from storage.media.files import MediaFile, MediaKind, MediaState
from tests.support.shelf import fill, run
from tests.support.twins import Shelf

if TYPE_CHECKING:
    from pathlib import Path

FILE = MediaFile(
    id=1, source_id="a", kind=MediaKind.IMAGE, url="https://a.vn/1.jpg", state=MediaState.STORED,
    found_at="2026-03-01T00:00:00Z", type="image/jpeg", bytes=700, width=80, height=60,
)  # fmt: skip
AGAIN = "2026-03-02T00:00:00Z"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("shown") / "archive.db")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "kept, image/jpeg, 80x60, 700 bytes"),
        ({"width": None}, "kept, image/jpeg, 700 bytes"),
        ({"state": MediaState.PENDING}, "not fetched yet"),
        (
            {"state": MediaState.PENDING, "reason": "timeout", "next_try_at": AGAIN},
            f"not fetched yet: did not answer in time, asked again {AGAIN}",
        ),
        ({"state": MediaState.FAILED, "reason": "http-404"}, "failed: answered 404 (Not Found)"),
    ],
)
def test_a_file_is_described_by_what_became_of_it(changes: dict[str, object], said: str) -> None:
    assert describe_file(replace(FILE, **changes)) == said  # type: ignore[arg-type]


def test_facts_of_an_article_are_one_line_each(path: Path) -> None:
    with Archive.open_reading(path) as archive:
        article = archive.article(1)
    assert article is not None
    assert list(_facts(article)) == ["2026-03-01 · baolongan · Thời sự · article · Thanh Nga"]
    more = replace(
        article, published_at="2026-03-01T08:00:00+07:00", section=None, authors=[],
        source_credit="TTXVN", gone_at=AGAIN, gone_reason=None,
    )  # fmt: skip
    assert list(_facts(more)) == [
        "2026-03-01T08:00:00+07:00 · baolongan · article", "taken from TTXVN",
        f"gone since {AGAIN} (unknown reason)",
    ]  # fmt: skip
    undated = replace(article, published_on=None, gone_at=AGAIN, gone_reason="http-410")
    facts, gone = _facts(undated)
    assert facts.startswith("no date · ")
    assert gone == f"gone since {AGAIN} (http-410)"


def test_an_article_is_shown_with_its_history(path: Path) -> None:
    printed = run(path, "show", "1").stdout
    assert printed.startswith(
        "Tỉnh ủy Long An họp\n2026-03-01 · baolongan · Thời sự · article · Thanh Nga\n"
        "https://baolongan.vn/a-a1.html\n\nSáng nay, Tỉnh ủy Long An họp.\n\nVụ này được mười"
    )
    assert (
        "id 1, seen 2026-03-01T00:00:00Z to 2026-03-01T01:00:00Z\n2 texts: show 1 --diff" in printed
    )
    assert (
        len(re.findall(r"^capture run-00001\.warc\.gz at \d+, sha1:", printed, re.MULTILINE)) == 2
    )
    assert "texts: show" not in run(path, "show", "2").stdout
    assert "read from" not in printed


def test_texts_and_changes_are_shown_in_their_order(path: Path) -> None:
    lines = run(path, "show", "1", "--revisions").stdout.splitlines()
    assert lines[:2] == ["1. 2026-03-01T00:00:00Z first", "Tỉnh ủy Long An họp"]
    assert "2. 2026-03-01T01:00:00Z edited" in lines
    changes = run(path, "show", "1", "--diff").stdout.splitlines()
    assert changes[0] == "1 → 2  2026-03-01T01:00:00Z edited"


def test_json_has_bodies_of_texts_only_when_they_are_asked_for(path: Path) -> None:
    for words, has in (
        (("--json",), False),
        (("--json", "--diff"), True),
        (("--json", "--revisions"), True),
    ):
        record = json.loads(run(path, "show", "1", *words).stdout)
        assert ["body" in text for text in record["history"]] == [has, has]
        assert (record["copies"], record["media"]) == ([], [])
        assert re.fullmatch("[0-9a-f]*", record["signature"])


@pytest.mark.parametrize(("number", "shown", "more"), [(20, 20, ""), (22, 20, "and 2 more")])
def test_twenty_copies_are_listed(tmp_path: Path, number: int, shown: int, more: str) -> None:
    long = " ".join(f"cầu số {n} qua kênh {n * 7} vừa thông xe" for n in range(9))
    shelf = Shelf(tmp_path / "archive.db")
    shelf.crawl(0, {str(n): long for n in range(number + 1)})
    shelf.close()
    assert run(shelf.archive.path, "show", "1", "--diff").stdout.startswith("one text, seen 20")
    printed = run(shelf.archive.path, "show", "1").stdout
    assert f"\n{number} other copies\n" in printed
    assert len(re.findall(r"^ {6}\d|^ {5}\d\d", printed, re.MULTILINE)) == shown
    assert [line.strip() for line in re.findall("and .* more", printed)] == [more] * bool(more)
    record = json.loads(run(shelf.archive.path, "show", "1", "--json").stdout)
    assert len(record["copies"]) == number


@pytest.mark.parametrize(
    ("number", "said"),
    [("1", "not fetched: see setting IMAGES"), ("2", "article 1 has 1 pictures")],
)
def test_a_picture_that_is_not_there_is_said(tmp_path: Path, number: str, said: str) -> None:
    shelf = Shelf(tmp_path / "archive.db")
    shelf.crawl(0, {"1": "cầu mới"})
    shelf.close()
    error = run(shelf.archive.path, "show", "1", "--image", number).exception
    assert isinstance(error, BaotinhError)
    assert said in str(error)
    assert (
        "[cầu mới] https://baolongan.vn/tin-a1.html.jpg"
        in run(shelf.archive.path, "show", "1").stdout
    )


def test_a_proof_without_a_manifest_is_none(path: Path, tmp_path: Path) -> None:
    done = run(path, "show", "1", "--proof", str(tmp_path / "proof.zip"))
    assert done.exit_code in (0, 1)
    assert not (tmp_path / "proof.zip.part").exists()
