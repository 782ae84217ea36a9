"""Files of other people: what is in them is archived, what is wrong with them is said."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from crawler.charset import fonts
from crawler.cli import cli
from crawler.imports.choice import Choice, choose_sources
from crawler.imports.files import _read_all
from crawler.imports.importer import Importer
from crawler.imports.responses import read_response
from crawler.sources import load_sources
from storage.archive import Archive
from storage.errors import BaotinhError
from storage.instants import read_clock
from storage.states import RunState
from storage.warc.files import read_capture
from storage.warc.stream import Entry, read_records
from tests.site.text import make_title
from tests.support.crawls import Desk
from tests.support.warcs import BASE, answer, chunk, digest, page, record, response, url

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import StoredArticle

ALL_ROWS = (
    "select * from articles",
    "select * from captures",
    "select * from revisions",
    "select * from links",
)


@dataclass
class Reading:
    """A desk whose imports run in this process."""

    desk: Desk

    def write(self, data: bytes, name: str = "old.warc.gz") -> Path:
        path = self.desk.folder / name
        path.write_bytes(data)
        return path

    def run(self, *arguments: str, stdin: bytes | None = None) -> Result:
        words = ["--archive", str(self.desk.archive), "--sources", str(self.desk.sources)]
        done = CliRunner().invoke(cli, [*words, "import", *arguments], input=stdin)
        if done.exception is not None and not isinstance(
            done.exception, (SystemExit, BaotinhError)
        ):
            raise done.exception
        return done

    def take(self, data: bytes, *arguments: str) -> dict[str, object]:
        """Import a file and return the counts."""
        path = self.write(data)
        done = self.run(str(path), "--source", "town", "--json", *arguments)
        return json.loads(done.stdout.splitlines()[-1])

    def open(self) -> Archive:
        return Archive.open_existing(self.desk.archive)

    def article(self, number: int) -> StoredArticle:
        with self.open() as archive:
            found = archive.article_by_key("town", f"a{number}")
        assert found is not None
        return found

    def count(self) -> object:
        return self.desk.value("select count(*) from articles")


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    desk = Desk(tmp_path)
    desk.add_source(BASE)
    return Reading(desk)


def verify(reading: Reading) -> None:
    with reading.open() as archive:
        assert list(archive.check()) == []


def test_a_record_is_copied_with_date_headers_and_where_it_came_from(reading: Reading) -> None:
    body = page(1)
    reading.take(response(2) + response(1, body, "X-Cache: HIT", "Server: nginx/1.2"))
    with reading.open() as archive:
        article = archive.article_by_url(url(1))
        assert article is not None
        (capture,) = archive.captures.of_article(article.id)
        kept = read_capture(archive.captures_dir, capture)
    assert article.first_seen_at == "2019-03-06T00:00:00Z"
    assert (kept.raw, kept.status, kept.fetched_at) == (body, 200, "2019-03-06T00:00:00Z")
    assert {("X-Cache", "HIT"), ("Server", "nginx/1.2")} <= set(kept.headers)
    assert capture.origin == "old.warc.gz"
    assert capture.origin_offset == len(response(2))
    assert capture.origin_record is not None
    verify(reading)


def test_show_and_explain_say_where_a_page_was_read_from(reading: Reading) -> None:
    reading.take(response(1))
    words = ["--archive", str(reading.desk.archive), "--sources", str(reading.desk.sources)]
    for command in ("show", "explain"):
        said = CliRunner().invoke(cli, [*words, command, url(1)]).output
        assert "read from old.warc.gz at 0" in said


class Slow(io.BytesIO):
    """A stream that gives a byte at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(1, size or 0))


@pytest.mark.parametrize(("size", "read"), [(0, b""), (2, b"ab"), (3, b"abc"), (9, b"abc")])
def test_a_record_is_read_as_far_as_it_goes(size: int, read: bytes) -> None:
    assert _read_all(Slow(b"abc"), size) == _read_all(io.BytesIO(b"abc"), size) == read


def test_twice_is_nothing_new(reading: Reading) -> None:
    data = response(1) + response(2)
    assert reading.take(data)["pages"] == 2
    before = [reading.desk.rows(sql) for sql in ALL_ROWS]
    assert reading.take(data)["whole"] == ["old.warc.gz"]
    again = reading.take(data, "--again")
    assert (again["pages"], again["known"]) == (0, 2)
    assert before == [reading.desk.rows(sql) for sql in ALL_ROWS]


def test_two_imports_at_once_keep_each_page_once(reading: Reading) -> None:
    path = reading.write(response(1) + response(2))
    settings = {"now": read_clock, "max_page": 10**6}
    choice = Choice(choose_sources(load_sources(reading.desk.sources), ["town"]))
    where = reading.desk.archive
    with Archive.open(where) as one, Archive.open(where) as other:
        importers = [Importer(archive, choice, **settings) for archive in (one, other)]
        for importer in importers:
            for entry in read_records(io.BytesIO(path.read_bytes())):
                assert isinstance(entry, Entry)
                found = read_response(entry, path.name, read_clock())
                assert found is not None
                importer.take(found)
        for importer in importers:
            importer.flush()
            importer.close(RunState.FINISHED)
    assert [(each.tally.pages, each.tally.known) for each in importers] == [(2, 0), (0, 2)]
    assert reading.desk.value("select count(*) from captures") == 2
    verify(reading)


def test_an_older_text_becomes_an_older_revision(reading: Reading) -> None:
    new = response(1, page(1, edited="Đã cập nhật."), date="2023-05-01T00:00:00Z")
    old = response(1, date="2019-03-06T00:00:00Z")
    reading.take(new)
    reading.take(old)
    with reading.open() as archive:
        article = archive.article_by_url(url(1))
        assert article is not None
        revisions = archive.revisions(article.id)
    assert "Đã cập nhật." in article.body
    assert (article.first_seen_at, article.last_seen_at) == (
        "2019-03-06T00:00:00Z",
        "2023-05-01T00:00:00Z",
    )
    assert [(each.number, each.kind) for each in revisions] == [(2, "first"), (1, "edited")]
    verify(reading)


def test_the_same_text_at_another_time_is_unchanged(reading: Reading) -> None:
    reading.take(response(1) + response(1, date="2020-01-01T00:00:00Z"))
    assert reading.article(1).last_seen_at == "2020-01-01T00:00:00Z"
    assert reading.desk.value("select count(*) from revisions") == 1
    assert reading.desk.value("select outcomes from runs") == '{"new": 1, "unchanged": 1}'
    verify(reading)


def test_a_page_that_is_gone_stays_gone(reading: Reading) -> None:
    reading.take(response(1))
    with reading.open() as archive:
        (link,) = archive.links.at(url(1))
        archive.pages.mark_gone(
            link, "http-404", capture=None, run_id=None, seen_at="2022-01-01T00:00:00Z"
        )
    reading.take(response(1, page(1, edited="Sửa."), date="2021-01-01T00:00:00Z"))
    article = reading.article(1)
    assert (article.gone_at, article.gone_reason) == ("2022-01-01T00:00:00Z", "http-404")
    assert "Sửa." in article.body
    assert reading.desk.value("select state from links") == "gone"


def test_an_import_plans_no_visit_and_takes_none_away(reading: Reading) -> None:
    reading.take(response(1))
    assert reading.desk.rows("select state, next_try_at from links") == [("stored", None)]
    reading.desk.change("update links set next_try_at = '2026-11-26T00:00:00Z', etag = 'e'")
    reading.take(response(1, date="2020-01-01T00:00:00Z"))
    assert reading.desk.rows("select next_try_at, etag from links") == [
        ("2026-11-26T00:00:00Z", "e")
    ]


def test_former_hosts_belong_to_their_source(reading: Reading) -> None:
    reading.desk.add_source(BASE, more='former_hosts = ["baocu.example.com.vn"]')
    old = url(1, "http://baocu.example.com.vn")
    reading.take(record(old, answer(page(1))) + response(1, date="2022-01-01T00:00:00Z"))
    assert reading.count() == 1
    assert reading.article(1).last_seen_at == "2022-01-01T00:00:00Z"


def test_pages_of_others_and_lists_are_left_alone(reading: Reading) -> None:
    data = record(f"{BASE}/thoi-su/", answer(page(1)))
    data += record(url(3), answer(b"", "Location: /", status="302 Found"))
    data += record("https://other.example/tin-a1.html", answer(page(4)))
    counts = reading.take(data)
    assert (counts["records"], counts["passed"], counts["pages"]) == (3, 2, 0)


def test_a_site_outside_the_catalogue_is_imported_by_its_file(reading: Reading) -> None:
    source = reading.desk.sources / "town.toml"
    mine = source.rename(reading.desk.folder / "mine.toml")
    path = reading.write(response(1))
    assert reading.run(str(path)).exit_code == 0
    assert reading.run(str(path), "--source", str(mine)).exit_code == 0
    assert reading.count() == 1


def test_days_that_bound_nothing_are_refused(reading: Reading) -> None:
    days = ("--since", "2020-02-01", "--until", "2020-01-31")
    done = reading.run(str(reading.write(response(1))), *days)
    assert "--until 2020-01-31 is before --since 2020-02-01" in str(done.exception)


def test_days_bound_what_is_taken(reading: Reading) -> None:
    days = ["2019-03-06T16:59:59Z", "2019-03-06T17:00:00Z", "2019-03-08T17:00:00Z"]
    data = b"".join(response(n, date=day) for n, day in enumerate(days))
    counts = reading.take(data, "--since", "2019-03-07", "--until", "2019-03-08")
    assert (counts["pages"], counts["passed"]) == (1, 2)


def test_a_limit_stops_and_the_next_import_goes_on(reading: Reading) -> None:
    data = b"".join(response(n) for n in range(5))
    assert reading.take(data, "--limit", "2")["pages"] == 2
    assert reading.take(data)["pages"] == 3
    assert reading.count() == 5


# --- what may be wrong --------------------------------------------------------------------------


def test_a_chunked_body_is_joined(reading: Reading) -> None:
    body = page(1)
    reading.take(response(1, chunk(body), "Transfer-Encoding: chunked"))
    with reading.open() as archive:
        (capture,) = archive.captures.of_article(1)
        assert read_capture(archive.captures_dir, capture).raw == body
    verify(reading)


def test_what_only_says_it_is_chunked_is_read_as_it_is(reading: Reading) -> None:
    reading.take(response(1, page(1), "Transfer-Encoding: chunked"))
    assert reading.count() == 1


def test_compressed_bodies_stay_compressed(reading: Reading) -> None:
    packed = gzip.compress(page(1))
    reading.take(response(1, chunk(packed), "Transfer-Encoding: chunked", "Content-Encoding: gzip"))
    with reading.open() as archive:
        (capture,) = archive.captures.of_article(1)
        assert read_capture(archive.captures_dir, capture, decode=False).raw == packed
    verify(reading)


def test_a_body_that_is_not_compressed_as_it_says_is_read(reading: Reading) -> None:
    counts = reading.take(response(1, page(1), "Content-Encoding: br"))
    assert counts["notes"] == {"not-encoded": 1}
    assert reading.count() == 1
    with reading.open() as archive:
        assert read_capture(archive.captures_dir, archive.captures.of_article(1)[0]).body == page(1)


def test_a_torn_file_gives_all_its_whole_records(reading: Reading) -> None:
    data = response(1) + response(2) + response(3)
    path = reading.write(data[:-100])
    done = reading.run(str(path), "--source", "town")
    assert done.exit_code == 1
    assert "the file ends within a record" in done.stderr
    assert reading.count() == 2
    reading.write(data)
    assert reading.run(str(path), "--source", "town").exit_code == 0
    assert reading.count() == 3


def test_damage_and_wrong_lengths_cost_nothing_else(reading: Reading) -> None:
    bad = bytearray(response(2))
    bad[len(bad) // 2] ^= 0xFF
    long = response(3, length=10**6)
    short = response(4, length=900)
    counts = reading.take(response(1) + bytes(bad) + long + short + response(5))
    assert counts["notes"] == {"damaged": 1, "length": 2}
    assert reading.count() == 4
    assert reading.article(3).body == reading.article(3).body.strip()


def test_a_page_shorter_than_it_says_is_read(reading: Reading) -> None:
    counts = reading.take(response(1, page(1), "Content-Length: 999999"))
    assert counts["notes"] == {"cut": 1}
    assert reading.count() == 1


def revisit(number: int, body: bytes, date: str, *, head: bytes | None = None) -> bytes:
    more = (
        "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
        f"WARC-Payload-Digest: {digest(body)}",
        f"WARC-Refers-To-Target-URI: {url(number)}",
        "WARC-Refers-To-Date: 2019-03-06T00:00:00Z",
    )
    block = answer(b"") if head is None else head
    return record(url(number), block, date=date, kind="revisit", more=more)


@pytest.mark.parametrize("original_first", [True, False])
def test_a_revisit_is_the_page_it_refers_to(reading: Reading, original_first: bool) -> None:
    later = revisit(1, page(1), "2021-01-01T00:00:00Z")
    data = response(1) + later if original_first else later + response(1)
    counts = reading.take(data)
    assert (counts["pages"], counts["notes"]) == (2, {})
    assert reading.article(1).last_seen_at == "2021-01-01T00:00:00Z"
    verify(reading)


def test_what_a_revisit_refers_to_may_stand_in_a_later_file(reading: Reading) -> None:
    (reading.desk.folder / "in").mkdir()
    reading.write(revisit(1, page(1), "2021-01-01T00:00:00Z"), "in/1.warc.gz")
    reading.write(response(1), "in/2.warc.gz")
    done = reading.run(str(reading.desk.folder / "in"), "--source", "town", "--json")
    assert json.loads(done.stdout.splitlines()[-1])["notes"] == {}
    assert reading.article(1).last_seen_at == "2021-01-01T00:00:00Z"


def test_a_revisit_without_its_original_is_told(reading: Reading) -> None:
    counts = reading.take(revisit(1, page(1), "2021-01-01T00:00:00Z") + response(2))
    assert counts["notes"] == {"no-original": 1}
    assert reading.count() == 1


def test_an_import_that_ends_early_keeps_revisits_that_wait(reading: Reading) -> None:
    (reading.desk.folder / "in").mkdir()
    reading.write(revisit(1, page(1), "2021-01-01T00:00:00Z") + response(3), "in/1.warc.gz")
    reading.write(response(2) + response(1), "in/2.warc.gz")
    words = (str(reading.desk.folder / "in"), "--source", "town", "--json")
    for limit in ("1", "2"):
        reading.run(*words, "--limit", limit)
        assert reading.desk.value("select count(*) from imports where finished_at") == 0
    done = reading.run(*words)
    assert json.loads(done.stdout.splitlines()[-1])["notes"] == {}
    assert reading.article(1).last_seen_at == "2021-01-01T00:00:00Z"
    assert reading.desk.value("select count(*) from imports where finished_at") == 2


def test_a_revisit_without_a_head_has_that_of_its_original(reading: Reading) -> None:
    counts = reading.take(response(1) + revisit(1, page(1), "2021-01-01T00:00:00Z", head=b""))
    assert (counts["pages"], counts["notes"]) == (2, {})
    kept = reading.desk.rows("select status, content_type from captures")
    assert len(set(kept)) == 1
    verify(reading)


@pytest.mark.parametrize(("stated", "read"), [("2019", "2019-01-01"), ("2019-03", "2019-03-01")])
def test_a_date_may_be_short(reading: Reading, stated: str, read: str) -> None:
    assert reading.take(response(1, date=stated))["notes"] == {}
    assert reading.article(1).first_seen_at == f"{read}T00:00:00Z"


@pytest.mark.parametrize("end", [b"\n\r\n", b"\r\n\n", b"\n\n", b"\r\r\n\r\r\n"])
def test_a_header_ends_with_any_empty_line(reading: Reading, end: bytes) -> None:
    block = b"HTTP/1.0 200 OK" + end[: end.index(b"\n") + 1] + b"Server: x" + end + page(1)
    reading.take(record(url(1), block))
    assert reading.count() == 1


def test_a_header_without_end_is_none(reading: Reading) -> None:
    counts = reading.take(response(1, page(1), *(f"X-{n}: {n}" for n in range(40_000))))
    assert counts["notes"] == {"no-http": 1}


def test_a_date_still_to_come_is_told_and_not_believed(reading: Reading) -> None:
    dated = response(1, page(1), "Date: Wed, 06 Mar 2019 00:00:00 GMT", date="2999-01-01T00:00:00Z")
    counts = reading.take(dated + response(2, date="2999-01-01T00:00:00Z"))
    assert counts["notes"] == {"future": 2}
    assert reading.article(1).last_seen_at == "2019-03-06T00:00:00Z"
    assert reading.article(2).last_seen_at < "2100"


@pytest.mark.long
def test_bombs_are_refused(reading: Reading) -> None:
    bomb = gzip.compress(b"<html>" + b" " * 300_000_000)
    counts = reading.take(response(1, bomb, "Content-Encoding: gzip") + response(2))
    assert counts["pages"] == 2
    assert reading.desk.value("select reason from links where state = 'rejected'") == "too-large"
    inflated = gzip.compress(
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 400000000\r\n\r\n"
        + b"\0" * 400_000_000
    )
    counts = reading.take(inflated + response(3))
    assert counts["notes"] == {"too-large": 1}
    assert reading.count() == 2


def test_a_page_in_tcvn3_is_read(reading: Reading) -> None:
    to_font = {letter: chr(code) for code, letter in fonts.TCVN3_LETTERS.items()}
    text = page(1).decode().replace("<meta charset=utf-8>", "")
    old = "".join(to_font.get(letter, letter) for letter in text).encode("latin-1", "replace")
    block = answer(old).replace(b"; charset=utf-8", b"; charset=x-user-defined")
    reading.take(record(url(1), block))
    reading.take(response(2))
    assert reading.article(1).title == make_title(1)


def test_a_scheme_in_capitals_is_the_same(reading: Reading) -> None:
    reading.take(record(url(1).replace("https", "HTTPS"), answer(page(1))))
    assert reading.count() == 1
    verify(reading)


def test_dates_in_fractions_and_addresses_in_brackets_are_read(reading: Reading) -> None:
    reading.take(record(f"<{url(1)}>", answer(page(1)), date="2019-03-06T00:00:00.123456Z"))
    assert reading.article(1).first_seen_at == "2019-03-06T00:00:00Z"


# --- where it may come from ---------------------------------------------------------------------


def test_a_package_is_read(reading: Reading) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("datapackage.json", "{}")
        package.writestr("archive/data.warc.gz", response(1) + response(2))
        package.writestr(
            zipfile.ZipInfo("archive/more.warc"), response(3, compress=False), zipfile.ZIP_DEFLATED
        )
    path = reading.write(out.getvalue(), "site.wacz")
    reading.run(str(path), "--source", "town")
    assert reading.count() == 3
    assert reading.desk.value("select origin from captures") == "site.wacz/archive/data.warc.gz"
    assert reading.run(str(path), "--source", "town", "--again").exit_code == 0


def package(*members: tuple[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as wacz:
        for name, data in members:
            wacz.writestr(name, data)
    return out.getvalue()


def test_a_torn_package_gives_all_its_whole_records(reading: Reading) -> None:
    data = package(("archive/a.warc.gz", response(1) + response(2)), ("pages.jsonl", b"x" * 999))
    counts = reading.take(data[:-60])
    assert counts["pages"] == 2
    assert list(counts["notes"]) == ["damaged"]


def test_damage_in_a_package_costs_one_record(reading: Reading) -> None:
    first, second = response(1), response(2)
    data = package(("archive/a.warc.gz", first + second), ("archive/b.warc.gz", response(3)))
    hurt = data.replace(first, first[:200] + b"\xff" * 9 + first[209:])
    counts = reading.take(hurt)
    assert (counts["pages"], counts["notes"]) == (2, {"damaged": 1})


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_all_files_of_a_package_are_read_wherever_they_stand(reading: Reading, how: int) -> None:
    members = [("archive/2023/a.warc.gz", response(1)), ("ARCHIVE/B.WARC.GZ", response(2))]
    data = package(*members, how=how)
    assert reading.take(data)["pages"] == 2
    assert reading.take(data)["whole"] == [f"old.warc.gz/{name}" for name, _ in members]


def test_what_is_no_file_keeps_a_folder_from_nothing(reading: Reading) -> None:
    folder = reading.desk.folder / "in"
    folder.mkdir()
    (folder / "away.warc").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe.warc")
    reading.write(response(1), "in/b.warc.gz")
    reading.write(b"filedesc://old.arc", "in/old.arc")
    done = reading.run(str(folder), "--source", "town")
    assert "old.arc is an ARC file" in done.stderr
    assert reading.count() == 1


def test_folders_and_plain_files_are_read(reading: Reading) -> None:
    (reading.desk.folder / "in").mkdir()
    reading.write(response(1, compress=False), "in/one.warc")
    reading.write(gzip.compress(response(2, compress=False)), "in/two.warc.gz")
    reading.run(str(reading.desk.folder / "in"), "--source", "town")
    assert reading.count() == 2


def test_a_file_that_is_none_keeps_no_other_from_being_read(reading: Reading) -> None:
    (reading.desk.folder / "in").mkdir()
    reading.write(b"PK\x03\x04 broken", "in/a.wacz")
    reading.write(response(1), "in/b.warc.gz")
    done = reading.run(str(reading.desk.folder / "in"), "--source", "town")
    assert done.exit_code == 1
    assert "bytes are no record, or a damaged one" in done.stderr
    assert "a.wacz at 0" in done.stderr
    assert reading.count() == 1


def test_standard_input_is_read(reading: Reading) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "import", "-", "--source", "town"],
        env=reading.desk.environ,
        input=response(1),
        capture_output=True,
        check=True,
    )
    assert done.stdout.startswith(b"town: 1 pages: 1 new")


@pytest.mark.parametrize(
    "data", [b"", b"<html>no archive</html>", b"PK\x03\x04 broken", b"filedesc://x"]
)
def test_what_is_no_archive_is_said_in_one_sentence(reading: Reading, data: bytes) -> None:
    path = reading.write(data, "odd")
    done = reading.run(str(path))
    assert done.exit_code != 0 or not data


def test_pictures_and_documents_that_are_left_out_are_counted(reading: Reading) -> None:
    picture = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG"
    document = b"HTTP/1.1 200 OK\r\nContent-Type: Application/PDF\r\n\r\n%PDF-1.4"
    others = record(f"{BASE}/anh/1.png", picture) + record(f"{BASE}/van-ban/2.pdf", document)
    facts = reading.take(response(1) + others + record(f"{BASE}/css/a.css", answer(b"a{}")))
    assert (facts["pages"], facts["passed"], facts["notes"]) == (1, 3, {"media": 2})
