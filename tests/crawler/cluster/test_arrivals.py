"""Deliveries of workers: merged, or refused whole with a reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from crawler.cluster.arrivals import DeliveryRefused, read_words, take_in
from crawler.cluster.parcels import BadParcel, pack
from storage.frontier.orders import Order
from storage.records import Outcome, SourceRow
from storage.states import OutcomeKind, RunKind, RunState
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive

ORDER, NOW = "0" * 32, "2026-11-20T08:00:00Z"
GIVEN = Order(id=ORDER, kind=RunKind.CRAWL, sources=("a",), given_at=NOW)
ROW = SourceRow(id="a", name="A", kind="newspaper", province="Huế", homepage="https://a.vn/")


def words(**changes: object) -> str:
    facts: dict[str, object] = {
        "order": ORDER,
        "worker": "w1",
        "status": 0,
        "ended_by": "",
        "stopped": False,
        "messages": "",
    }
    return json.dumps(facts | changes)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(ROW)
        archive.orders.add(GIVEN)
        yield archive


def parcel(folder: Path, said: str | None = None, *, damaged: bool = False) -> bytes:
    """What a worker sends that has crawled one page of the source."""
    made = folder / "made"
    made.mkdir()
    with open_new(made / "archive.db") as small:
        small.sources.put(ROW)
        run = small.runs.start("a", RunKind.CRAWL, NOW)
        with small.transaction():
            small.runs.count(run, Outcome(kind=OutcomeKind.UNCHANGED))
        small.runs.finish(run, RunState.FINISHED, NOW)
        small.checkpoint()
    if damaged:
        (made / "archive.db").write_bytes(b"no archive")
    return pack(made, words() if said is None else said)


def take(archive: Archive, parcel: bytes, folder: Path, order: Order = GIVEN) -> object:
    return take_in(archive, order, parcel, folder, hosts=(), now="2026-11-20T09:00:00Z")


def test_a_delivery_is_merged_and_its_folder_goes(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "left.db").write_text("of a daemon that was killed")
    arrival = take_in(archive, GIVEN, parcel(tmp_path), folder, hosts=(), now=NOW)
    assert (arrival.words.worker, arrival.words.status, arrival.ran) == ("w1", 0, {"a"})
    assert [run.outcomes for run in archive.runs.last("a")] == [{"unchanged": 1}]
    assert not folder.exists()


@pytest.mark.parametrize(
    ("said", "damaged", "why"),
    [
        (words(order="1" * 32), False, "of another order, or of nobody"),
        ("[]", False, "cannot be read"),
        (None, True, "archive.db"),
    ],
)
def test_what_no_worker_of_ours_sends_is_refused_whole(
    archive: Archive, tmp_path: Path, said: str | None, damaged: bool, why: str
) -> None:
    folder = tmp_path / "in"
    with pytest.raises(DeliveryRefused, match=why):
        take(archive, parcel(tmp_path, said, damaged=damaged), folder)
    assert archive.runs.last("a") == []
    assert not folder.exists()


def test_where_our_own_archive_is_in_the_way_a_delivery_stays(
    archive: Archive, tmp_path: Path
) -> None:
    sent = parcel(tmp_path)
    (tmp_path / "in").write_text("a file in the place of the folder")
    with pytest.raises(OSError, match="in"):
        take(archive, sent, tmp_path / "in")
    (tmp_path / "in").unlink()
    take(archive, sent, tmp_path / "in")
    assert len(archive.runs.last("a")) == 1


@pytest.mark.parametrize(
    ("change", "is_read"),
    [
        ({}, True),
        ({"status": "x"}, False),
        ({"worker": "a b"}, False),
        ({"worker": 7}, True),
        ({"messages": None}, True),
        ({"order": None}, False),
    ],
)
def test_words_are_read_as_if_by_a_stranger(change: dict[str, object], is_read: bool) -> None:
    if is_read:
        assert read_words(words(**change), ORDER).worker == str(change.get("worker", "w1"))
        return
    with pytest.raises(BadParcel):
        read_words(words(**change), ORDER)


def test_words_end_where_they_are_too_many_and_move_no_cursor() -> None:
    said = read_words(words(ended_by="x" * 201, messages="a" + "b\x1b" * 4000), ORDER)
    assert (said.ended_by, said.messages) == ("x" * 200, "b" * 4000)
    assert read_words(words(stopped=1), ORDER).stopped is True
