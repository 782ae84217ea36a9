"""Pages that a browser drew: the article is read from what was drawn, both records are kept."""

from __future__ import annotations

import gzip
import io
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.imports.drawn import Pairing
from storage.archive import Archive
from tests.site.text import make_title
from tests.support.crawls import Desk
from tests.support.vault import run
from tests.support.warcs import BASE, answer, digest, page, url

if TYPE_CHECKING:
    from pathlib import Path

SHELL = (
    b"<!DOCTYPE html><html><head><title>Tin</title></head><body><div id=app></div></body></html>"
)


def write(kind: str, number: int, block: bytes, *more: str) -> bytes:
    """A record of a type; its id is of the type and the number."""
    day = f"2026-01-{number:02}T00:00:0{'2' if kind == 'conversion' else '1'}Z"
    lines = (
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <{name(kind, number)}>",
        f"WARC-Target-URI: {url(number)}",
        f"WARC-Date: {day}",
        *more,
        f"Content-Length: {len(block)}",
    )
    return gzip.compress("\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n")


def name(kind: str, number: int) -> str:
    return f"urn:uuid:{kind}-{number}"


def shell(number: int) -> bytes:
    return write("response", number, answer(SHELL), "Content-Type: application/http")


def same_shell(number: int, first: int) -> bytes:
    return write(
        "revisit",
        number,
        answer(b""),
        "Content-Type: application/http",
        f"WARC-Payload-Digest: {digest(SHELL)}",
        f"WARC-Refers-To-Target-URI: {url(first)}",
        f"WARC-Refers-To-Date: 2026-01-{first:02}T00:00:01Z",
    )


def drawn(number: int, *, kind: str = "text/html; charset=utf-8", of: str = "response") -> bytes:
    refers = f"WARC-Refers-To: <{name(of, number)}>"
    return write("conversion", number, page(number), f"Content-Type: {kind}", refers)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.add_source(BASE, more="render = true")
    return desk


def read(desk: Desk, data: bytes, *words: str) -> dict[str, object]:
    path = desk.folder / "other.warc.gz"
    path.write_bytes(data)
    done = run(desk, "import", str(path), "--json", *words)
    assert done.exception is None or done.exit_code == 1, done.exception
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {"outcomes": lines[0].get("outcomes", {}), **lines[-1]}


def kinds(desk: Desk) -> list[str]:
    files = sorted((desk.folder / "captures").glob("*.warc.gz"))
    records = [each for path in files for each in ArchiveIterator(io.BytesIO(path.read_bytes()))]
    return [each.rec_type for each in records if each.rec_type != "warcinfo"]


def test_the_article_is_read_from_what_was_drawn(desk: Desk) -> None:
    done = read(desk, shell(1) + shell(2) + drawn(2) + drawn(1))
    assert done["outcomes"] == {"new": 2}
    with Archive.open_existing(desk.archive) as archive:
        assert [archive.article(each).title for each in (1, 2)] == [make_title(2), make_title(1)]
        first = archive.captures.of_article(1)
        assert [each.fetched_at[-3:] for each in first] == ["01Z", "02Z"], "both are of the link"
    assert kinds(desk) == ["response", "conversion"] * 2
    assert run(desk, "verify").exit_code == 0
    again = read(desk, shell(1) + shell(2) + drawn(2) + drawn(1), "--again")
    assert (again["pages"], again["known"]) == (0, 2)
    done = run(desk, "reextract")
    assert "2 unchanged" in done.stdout, done.stdout


def test_pages_that_share_a_shell_are_each_read_from_their_own(desk: Desk) -> None:
    done = read(desk, shell(1) + drawn(1) + same_shell(2, 1) + drawn(2, of="revisit"))
    assert done["outcomes"] == {"new": 2}
    assert desk.rows("select count(*) from captures") == [(4,)]
    assert run(desk, "verify").exit_code == 0


def test_a_package_of_ours_brings_drawn_pages_with_their_proof(desk: Desk, tmp_path: Path) -> None:
    read(desk, shell(1) + drawn(1) + same_shell(2, 1) + drawn(2, of="revisit"))
    assert run(desk, "evidence").exit_code == 0
    path = tmp_path / "out.wacz"
    assert run(desk, "export", "--format", "wacz", "-o", str(path)).exit_code == 0
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other")
    other.add_source(BASE, more="render = true")
    assert run(other, "import", str(path)).exit_code == 0
    texts = "select title, body from articles order by id"
    assert other.rows(texts) == desk.rows(texts)
    assert run(other, "verify", "--evidence").exit_code == 0
    listed = other.rows("select count(*) from captures where origin_manifests is not null")
    assert listed == [(4,)]


def test_what_was_drawn_is_read_though_its_answer_is_lost(desk: Desk) -> None:
    assert read(desk, drawn(1))["outcomes"] == {"new": 1}
    assert kinds(desk) == ["conversion"]
    assert run(desk, "verify").exit_code == 0


def test_an_answer_of_which_nothing_was_drawn_is_read_as_it_is(desk: Desk) -> None:
    done = read(desk, shell(1) + write("response", 2, answer(page(2)), "Content-Type: x/http"))
    assert done["outcomes"].pop("new") == 1  # type: ignore[attr-defined]
    ((kind, number),) = done["outcomes"].items()  # type: ignore[attr-defined]
    assert (kind.partition("/")[0], number) == ("rejected", 1)


def test_other_forms_of_a_page_are_no_page(desk: Desk) -> None:
    done = read(desk, shell(1) + drawn(1, kind="text/plain") + drawn(1, kind="image/png"))
    assert "new" not in done["outcomes"]  # type: ignore[operator]
    assert done["notes"] == {}


def test_many_answers_before_what_was_drawn_lose_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.imports.drawn.MOST_WAITING", 2)
    data = b"".join(map(shell, range(1, 8))) + b"".join(map(drawn, range(1, 8)))
    read(desk, data)
    assert desk.rows("select count(*) from articles") == [(7,)]
    assert run(desk, "verify").exit_code == 0


class Counter:
    """Takes what is handed on; every source is drawn."""

    def __init__(self) -> None:
        self.choice = SimpleNamespace(owner_of=lambda _: SimpleNamespace(render=True))
        self.taken: list[str] = []

    def take(self, response: SimpleNamespace) -> None:
        self.taken.append(response.origin.record_id)


@pytest.mark.parametrize(
    ("number", "size", "taken"),
    [(100, 1, 0), (101, 1, 1), (2, 32 << 20, 0), (3, 32 << 20, 1), (2, (32 << 20) + 1, 1)],
)
def test_a_hundred_answers_or_sixty_four_megabytes_wait(number: int, size: int, taken: int) -> None:
    counter = Counter()
    pairing = Pairing(counter)  # type: ignore[arg-type]
    for at in range(number):
        origin = SimpleNamespace(record_id=str(at))
        facts = {"drawn_from": None, "url": BASE, "origin": origin, "payload": range(size)}
        pairing.take(SimpleNamespace(**facts))  # type: ignore[arg-type]
    assert (counter.taken, len(pairing)) == (["0"][:taken], number - taken)


def test_a_limit_between_an_answer_and_what_was_drawn_loses_nothing(desk: Desk) -> None:
    data = shell(1) + shell(2) + drawn(1) + drawn(2)
    read(desk, data, "--limit", "1")
    read(desk, data)
    assert desk.rows("select count(*) from articles") == [(2,)]
    assert desk.rows("select count(*) from captures") == [(4,)]
