"""Tickets and parcels are read as if a stranger had written them."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.cluster import parcels
from crawler.cluster.arrivals import read_words
from crawler.cluster.parcels import BadParcel, pack, unpack
from crawler.cluster.tickets import Ticket, fit, read_ticket
from storage.states import RunKind

if TYPE_CHECKING:
    from pathlib import Path

TICKET = Ticket(
    order="0" * 32,
    archive="1" * 32,
    kind=RunKind.CRAWL,
    sources=("baolongan", "baotayninh"),
    pages=200,
    seconds=3600.0,
    stall=600.0,
    silence=60.0,
    settings={"DOWNLOAD_DELAY": "1.5"},
)


def test_a_ticket_comes_back_as_it_was() -> None:
    assert read_ticket(TICKET.as_json()) == TICKET
    assert TICKET.arguments()[-3:] == ["--", "baolongan", "baotayninh"]
    assert TICKET.environ() == {"BAOTINH_DOWNLOAD_DELAY": "1.5"}


@pytest.mark.parametrize(
    "change",
    [
        {"sources": ["../etc"]},
        {"sources": []},
        {"pages": 0},
        {"seconds": 1e9},
        {"order": "x"},
        {"kind": "backfill"},
        {"settings": {"ALLOW_PRIVATE_HOSTS": "127.0.0.1"}},
        {"settings": {"CONTACT": "a\0b"}},
        {"more": 1},
    ],
)
def test_a_ticket_that_asks_for_more_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="order"):
        read_ticket(json.dumps(json.loads(TICKET.as_json()) | change))


@given(st.text() | st.binary())
def test_any_text_is_a_ticket_or_an_error_of_one_sentence(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_ticket(text)


@given(
    st.lists(st.tuples(st.text(min_size=1), st.integers(0, 500)), min_size=1), st.integers(1, 300)
)
def test_an_order_has_as_many_sources_as_its_pages_allow(
    expected: list[tuple[str, int]], most: int
) -> None:
    chosen = fit(expected, most)
    assert chosen == [source for source, _ in expected[: len(chosen)]]
    pages = [max(1, min(number, most)) for _, number in expected]
    assert len(chosen) == 1 or sum(pages[: len(chosen)]) <= most
    assert len(chosen) == len(expected) or sum(pages[: len(chosen) + 1]) > most


def test_a_parcel_comes_back_as_it_was(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    (there / "captures").mkdir(parents=True)
    here.mkdir()
    (there / "archive.db").write_bytes(b"rows")
    (there / "captures" / "a-2026.warc.gz").write_bytes(b"pages")
    packed = pack(there, "{}", texts={"sources/baolongan.toml": b"id"})
    assert unpack(packed, here) == "{}"
    found = {str(p.relative_to(here)): p.read_bytes() for p in here.rglob("*") if p.is_file()}
    assert found == {
        "archive.db": b"rows",
        "captures/a-2026.warc.gz": b"pages",
        "sources/baolongan.toml": b"id",
        "words.json": b"{}",
    }


def _parcel(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name, content in ({"words.json": b"{}"} | members).items():
            parcel.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    "name", ["../x.db", "/etc/passwd", "captures/../../a.warc.gz", "archive.db-wal"]
)
def test_a_parcel_with_another_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadParcel, match="holds a file"):
        unpack(_parcel(**{name: b"x"}), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_parcel_that_becomes_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcels, "MOST_UNPACKED", 1000)
    with pytest.raises(BadParcel, match="would become"):
        unpack(_parcel(**{"archive.db": b"0" * 5000}), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_words_of_another_order_are_refused() -> None:
    words = {"worker": "w1", "status": 0, "ended_by": "", "stopped": False, "messages": "x\x1b[2J"}
    said = json.dumps(words | {"order": TICKET.order})
    assert read_words(said, TICKET.order).messages == "x[2J"
    with pytest.raises(BadParcel, match="another order"):
        read_words(said, replace(TICKET, order="2" * 32).order)
    with pytest.raises(BadParcel, match="cannot be read"):
        read_words("[]", TICKET.order)


@pytest.mark.parametrize(
    ("change", "is_read"),
    [
        ({"pages": 1}, True),
        ({"pages": 10**6}, True),
        ({"pages": 10**6 + 1}, False),
        ({"sources": ["a"] * 1000}, True),
        ({"sources": ["a"] * 1001}, False),
        ({"sources": ["a" * 63]}, True),
        ({"sources": ["a" * 64]}, False),
        ({"sources": ["-a"]}, False),
        ({"seconds": 7 * 86400.0}, True),
        ({"seconds": 7 * 86400.1}, False),
        ({"seconds": 0}, False),
        ({"stall": 7 * 86400.1}, False),
        ({"stall": 0}, False),
        ({"silence": -1}, False),
        ({"silence": 0.1}, True),
        ({"order": "g" * 32}, False),
        ({"archive": "1" * 31}, False),
        ({"since": "2026-01-01"}, True),
        ({"since": "2026-1-1"}, False),
        ({"until": "--help"}, False),
        ({"kind": "backfill", "sources": ["a"], "since": "2026-01-01", "until": "2026-01-02"},
         True),
        ({"kind": "backfill", "sources": ["a"], "since": "2026-01-01"}, False),
        ({"kind": "backfill", "since": "2026-01-01", "until": "2026-01-02"}, False),
        ({"kind": "other"}, False),
    ],
)  # fmt: skip
def test_a_ticket_is_read_within_its_bounds(change: dict[str, Any], *, is_read: bool) -> None:
    text = json.dumps(json.loads(TICKET.as_json()) | change)
    if is_read:
        wanted = {"sources": list(TICKET.sources)} | change
        assert read_ticket(text).sources == tuple(wanted["sources"])
        return
    with pytest.raises(ValueError, match=r".+"):
        read_ticket(text)


def test_a_backfill_names_its_days_and_a_crawl_its_pages() -> None:
    backfill = replace(
        TICKET, kind=RunKind.BACKFILL, sources=("a",), since="2026-01-01", until="2026-01-02"
    )
    days = ["--since", "2026-01-01", "--until", "2026-01-02"]
    assert backfill.arguments() == ["backfill", "--due", *days, "--limit", "200", "--", "a"]
    assert TICKET.arguments()[:4] == ["crawl", "--due", "--limit", "200"]


@pytest.mark.parametrize(
    ("numbers", "most", "fitting"),
    [([5, 5, 5], 10, 2), ([5, 6], 10, 1), ([0, 9, 1], 10, 2), ([99], 10, 1), ([99, 1], 10, 1)],
)
def test_sources_of_an_order_fit_its_pages(numbers: list[int], most: int, fitting: int) -> None:
    expected = [(str(at), number) for at, number in enumerate(numbers)]
    assert fit(expected, most) == [str(at) for at in range(fitting)]


def test_parcels_have_bounds_in_files_and_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(packed: bytes, said: str) -> None:
        with pytest.raises(BadParcel, match=said):
            unpack(packed, tmp_path / said.split()[0])

    ok = _parcel(**{"archive.db": b"x" * 98})
    monkeypatch.setattr(parcels, "MOST_PACKED", len(ok))
    monkeypatch.setattr(parcels, "MOST_UNPACKED", 100)
    monkeypatch.setattr(parcels, "MOST_FILES", 2)
    monkeypatch.setattr(parcels, "MOST_WORDS", 2)
    assert unpack(ok, tmp_path / "ok") == "{}"
    refuse(_parcel(**{"archive.db": b"x" * 99}), "would become")
    refuse(_parcel(**{"words.json": b"{ }"}), "words are too many")
    monkeypatch.setattr(parcels, "MOST_PACKED", 10_000)
    refuse(_parcel(**{"archive.db": b"", "sources/a.toml": b""}), "too many files")
    monkeypatch.setattr(parcels, "MOST_PACKED", len(ok) - 1)
    refuse(ok, "MB large")
    monkeypatch.setattr(parcels, "MOST_PACKED", 10)
    with pytest.raises(BadParcel, match="too large to be sent"):
        pack(tmp_path / "none", "{}")
    monkeypatch.setattr(parcels, "MOST_PACKED", 10_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_BZIP2) as parcel:
        parcel.writestr("words.json", "{}")
    refuse(bomb.getvalue(), "packed in a way")


@pytest.mark.parametrize(
    ("name", "is_read"),
    [("a", True), ("a" * 80, True), ("a" * 81, False), ("a b", False), ("", False)],
)
def test_a_worker_has_a_name_and_its_words_an_end(name: str, *, is_read: bool) -> None:
    words = {
        "order": TICKET.order, "worker": name, "status": 3, "ended_by": "x" * 201, "stopped": True,
        "messages": "a" + "b" * 4000,
    }  # fmt: skip
    if not is_read:
        with pytest.raises(BadParcel, match="of nobody"):
            read_words(json.dumps(words), TICKET.order)
        return
    found = read_words(json.dumps(words), TICKET.order)
    assert (found.worker, found.status, found.stopped) == (name, 3, True)
    assert (found.ended_by, found.messages) == ("x" * 200, "b" * 4000)
    plain = read_words(json.dumps(words | {"messages": "a\nb\r\tc"}), TICKET.order)
    assert plain.messages == "a\nbc"
