"""An import from its command line to its report, in this process."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from crawler.errors import UsageError
from crawler.imports.services.client import Client
from crawler.imports.work import Order
from tests.site.server import Site
from tests.support.archives import NEWS, Archives
from tests.support.crawls import Desk
from tests.support.vault import run
from tests.support.warcs import BASE, page, response, url

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.exchange import Exchange


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.add_source(BASE)
    desk.settings |= {"IMPORT_DELAY": "0", "IMPORT_BACKOFF": "0.01"}
    return desk


def read(desk: Desk, *words: str) -> dict[str, Any]:
    """Import, and return the counts and complaints, with the exit code."""
    done = run(desk, "import", "--source", "town", "--json", *words)
    return json.loads(done.stdout.splitlines()[-1]) | {"code": done.exit_code}


def refusal(desk: Desk, *words: str) -> str:
    error = run(desk, "import", *words).exception
    assert isinstance(error, UsageError)
    return str(error)


def package(*numbers: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/a.warc.gz", b"".join(response(n) for n in numbers))
    return out.getvalue()


def serve(data: bytes) -> Any:
    def answer(exchange: Exchange) -> None:
        exchange.reply(data)

    return answer


def test_an_order_that_says_nothing_reads_once_and_one_file_at_a_time() -> None:
    order = Order()
    assert (order.jobs, order.again, order.limit, order.what) == (1, False, None, ())


def test_files_at_addresses_are_read(desk: Desk) -> None:
    routes = {"/a.WACZ": serve(package(1, 2)), "/b.warc.gz": serve(response(3))}
    with Site(routes=routes) as site:
        desk.private.add(site.netloc)
        counts = read(desk, site.url("/a.WACZ"), site.url("/b.warc.gz"), site.url("/none.warc"))
        assert (counts["pages"], len(counts["complaints"]), counts["code"]) == (3, 1, 1)
        assert "answered 404" in counts["complaints"][0]
        again = read(desk, site.url("/a.WACZ"))
        assert (again["whole"], again["pages"], again["code"]) == (
            [f"{site.url('/a.WACZ')}/archive/a.warc.gz"], 0, 0,
        )  # fmt: skip
        assert read(desk, site.url("/a.WACZ"), "--again")["known"] == 2


def test_of_a_folder_all_is_read_that_can_be(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "a.arc").write_bytes(b"filedesc://x")
    (folder / "b.warc.gz").write_bytes(response(1))
    (folder / "c.wacz").write_bytes(b"PK\x03\x04" + package()[:0])
    counts = read(desk, str(folder))
    assert (counts["pages"], counts["records"], counts["code"]) == (1, 1, 1)
    assert counts["bytes"] == len(response(1))
    assert "is an ARC file" in counts["complaints"][0]
    assert read(desk, str(folder / "b.warc.gz")) == {
        "records": 0, "bytes": 0, "pages": 0, "known": 0, "passed": 0, "notes": {},
        "complaints": [], "whole": ["b.warc.gz"], "code": 0,
    }  # fmt: skip


def test_a_limit_ends_an_import_well(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "b.warc.gz").write_bytes(response(1) + response(2))
    done = run(desk, "import", str(tmp_path / "b.warc.gz"), "--source", "town", "--limit", "1")
    assert done.exit_code == 0
    assert done.stdout.startswith("town: 1 pages: 1 new")
    assert "stopped at --limit" in done.stderr
    ((state,),) = desk.rows("select state from runs")
    assert state == "finished"


def test_indexes_and_news_are_asked(desk: Desk) -> None:
    pages = [(f"2023020{n}080000", url(n), page(n)) for n in (1, 2)]
    with Archives(pages) as archives:
        desk.private.add(archives.place)
        desk.settings |= archives.settings
        counts = json.loads(
            run(desk, "import", "--wayback", "town", "--json").stdout.splitlines()[-1]
        )
        assert (counts["pages"], counts["whole"]) == (2, [])
        done = run(desk, "import", "--commoncrawl", "town", "--json")
        assert json.loads(done.stdout.splitlines()[-1])["known"] == 2
        counts = read(desk, "--cc-news", "2023-01")
        assert (counts["pages"] + counts["known"], counts["passed"]) == (2, 0)
        assert read(desk, "--cc-news", "2023-01")["whole"] == [NEWS.format(1), NEWS.format(2)]
        archives.odd = {"/cdx/": (403, {}, b"no")}
        done = run(desk, "import", "--wayback", "town", "--again", "--json")
        counts = json.loads(done.stdout.splitlines()[-1])
        assert (done.exit_code, counts["pages"]) == (1, 0)
        assert counts["complaints"][0].endswith("; the same command goes on from here")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name files to read, or one of"),
        (("a.warc", "--wayback", "town"), "name files to read, or one of"),
        (("--commoncrawl", "town", "--cc-news", "2023-01"), "name files to read, or one of"),
        (("a.warc", "--since", "2023-02", "--until", "2023-01"), "--until 2023-01-31 is before"),
        (("a.warc", "--limit", "1", "--jobs", "2"), "leave out --jobs"),
        (("--wayback", "town", "--jobs", "2"), "an index is asked by one connection"),
        (("--commoncrawl", "town", "--jobs", "2"), "an index is asked by one connection"),
        (("/no/such/file.warc",), "there is no such file or folder"),
    ],
)
def test_what_cannot_be_meant_is_refused(desk: Desk, words: tuple[str, ...], said: str) -> None:
    assert said in refusal(desk, *words)


def test_days_bound_what_is_taken(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "b.warc.gz"
    path.write_bytes(response(1))  # captured 2019-03-06, at midnight in UTC: seven in Vietnam
    for words, pages in (
        (("--since", "2019-03-07"), 0), (("--until", "2019-03-05"), 0),
        (("--since", "2019-03-06", "--until", "2019-03-06"), 1),
    ):  # fmt: skip
        assert read(desk, str(path), *words)["pages"] == pages


def test_files_side_by_side_are_a_command_each_and_are_told_together(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    paths = [folder / "a.warc.gz", folder / "b.warc.gz"]
    printed = []
    for path, numbers in zip(paths, ((1, 2), (3,)), strict=True):
        path.write_bytes(b"".join(map(response, numbers)))
        done = run(desk, "import", "--source", "town", "--json", str(path))
        printed.append([json.loads(line) for line in done.stdout.splitlines()])
    asked: list[Any] = []

    def run_jobs(commands: list[list[str]], jobs: int) -> list[list[dict[str, Any]]]:
        asked.append((commands, jobs))
        return [*printed, []]

    monkeypatch.setattr("crawler.imports.work.run_jobs", run_jobs)
    done = run(desk, "import", "--source", "town", "--jobs", "2", "--json", str(folder))
    source, end = map(json.loads, done.stdout.splitlines())
    assert (source["source"], source["outcomes"]) == ("town", {"new": 3})
    assert (end["pages"], done.exit_code) == (3, 1)
    assert end["complaints"] == ["a file could not be read: see above"]
    before = ["--archive", str(desk.archive), "--sources", str(desk.sources)]
    words = [*before, "import", "--json", "--source", "town"]
    assert asked == [([[*words, str(path)] for path in paths], 2)]


def test_the_connection_is_given_up_when_all_is_read(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Client] = []
    monkeypatch.setattr(Client, "close", lambda client: closed.append(client))
    path = tmp_path / "a.warc.gz"
    path.write_bytes(response(1))
    assert read(desk, str(path))["pages"] == 1
    assert len(closed) == 1
