"""What readers get of an archive: pages, captures, files."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import bibtexparser
import feedparser
import pyarrow.parquet
import pytest
import rispy
from warcio.archiveiterator import ArchiveIterator

from storage.archive import Archive
from storage.records import Poll
from tests.support.newsroom import SOURCES, Shown, fill_newsroom
from tests.support.servers import Served, path_of, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = "2026-03-01T00:00:00Z"
FOLLOWED = 10
"""Links of one kind that are followed."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reading") / "archive.db"


@pytest.fixture(scope="module")
def shown(path: Path) -> Shown:
    return fill_newsroom(path, articles=40)


@pytest.fixture(scope="module")
def served(path: Path, shown: Shown) -> Iterator[Served]:
    with Archive.open(path) as archive:
        archive.evidence.make(now=NOW)
        archive.withholding.withhold(shown.removed, "court order", now=NOW)
    with Archive.open(path) as archive:
        (seed,) = archive.seeds.put("mau-hue", [("feed", "https://mau-hue.example/rss")])
        poll = Poll(seed_id=seed.id, polled_at=NOW, next_poll_at="2026-03-01T02:00:00Z", seen=3)
        archive.seeds.record_poll(poll, [])
    with serve(path, before=("--sources", str(path.with_name(SOURCES)))) as running:
        yield running


def links_of(page: str, part: str) -> list[str]:
    return [
        link.replace("&amp;", "&") for link in re.findall(r'href="([^"#]*)', page) if part in link
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_link_of_every_page_leads_somewhere(served: Served, language: str) -> None:
    todo, kinds = ["/", "/?q=gia+lua"], Counter[str]()
    seen: set[str] = set()
    while todo:
        path = todo.pop(0)
        kind = path.split("?")[0].split("/")[1]
        if path in seen or kinds[kind] == FOLLOWED:
            continue
        seen.add(path)
        kinds[kind] += 1
        answer = served.get(path, **({} if "?" in path else {"lang": language}))
        assert answer.status == 200, path
        if answer.headers["content-type"].startswith("text/html") and kind != "archive":
            found = links_of(answer.text, "/")
            todo += [path_of(link) for link in found if link.startswith("/")]
    assert {"", "article", "source", "place", "changes", "sources", "places", "help"} <= set(kinds)


def test_the_switch_stays_on_the_page(served: Served) -> None:
    (switch,) = links_of(served.get("/?q=gia+lua&sort=date").text, "lang=en")
    assert switch == "/?q=gia+lua&sort=date&lang=en"
    answer = served.get(switch)
    assert '<html lang="en">' in answer.text
    assert answer.headers["set-cookie"].startswith("lang=en; ")


def test_who_had_it_first_stands_first(served: Served, shown: Shown) -> None:
    page = served.get(f"/article/{shown.copied}").text
    tellings = page[page.index('class="tellings"') :]
    outlets = re.findall(r'class="outlet">([^<]*)', tellings)
    assert outlets[:3] == ["Đài mẫu Đồng Tháp", "Báo mẫu Cần Thơ", "Báo mẫu Long An"]
    assert "sau 3 giờ" in tellings
    (other, _) = links_of(page, "/with/")
    assert "mười <ins>bốn</ins>" in served.get(other).text


def test_payload_and_package_are_the_bytes_of_the_server(served: Served, shown: Shown) -> None:
    page = served.get(f"/article/{shown.edited}").text
    digests = re.findall(r"sha1:([A-Z2-7]{32})", page)
    payloads = links_of(page, "/payload")
    assert len(digests) == len(payloads) == 3
    bodies = [served.get(link).body for link in payloads]
    assert [base64.b32encode(hashlib.sha1(body).digest()).decode() for body in bodies] == digests  # noqa: S324 - as WARC has it
    package = zipfile.ZipFile(io.BytesIO(served.get(f"/article/{shown.edited}.wacz").body))
    with package.open("archive/baotinh.warc.gz") as file:
        records = [r for r in ArchiveIterator(io.BytesIO(file.read())) if r.rec_type == "response"]
    assert len(records) == 3


def test_a_capture_is_shown_at_its_own_port_only(served: Served, shown: Shown) -> None:
    (link, *_) = links_of(served.get(f"/article/{shown.edited}").text, "/capture/")
    page = served.get(link).text
    frame = re.search(r'<iframe class="capture" sandbox src="http://127.0.0.1:(\d+)(/\d+)"', page)
    assert frame is not None
    assert int(frame[1]) == served.captures_port
    alone = served.get(frame[2], port=served.captures_port)
    assert alone.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert alone.headers["content-type"] == "text/html; charset=utf-8"
    assert b"<script>alert(1)</script>" in alone.body
    assert served.get(frame[2]).status == 404
    assert served.get("/", port=served.captures_port).status == 404
    assert served.get("/article/1", port=served.captures_port).status == 404


def test_what_is_withheld_is_said_and_not_shown(served: Served, shown: Shown) -> None:
    answer = served.get(f"/article/{shown.removed}")
    assert answer.status == 451
    assert "01/03/2026" in answer.text
    for ending in (".wacz", ".ris", "/proof.zip"):
        assert served.get(f"/article/{shown.removed}{ending}").status == 404


def test_a_proof_comes_along(served: Served, shown: Shown) -> None:
    package = zipfile.ZipFile(io.BytesIO(served.get(f"/article/{shown.edited}/proof.zip").body))
    assert "README.txt" in package.namelist()


def test_results_come_along_in_every_form(served: Served) -> None:
    ids = [
        int(link.rpartition("/")[2]) for link in links_of(served.get("/?q=lua").text, "/article/")
    ]
    assert len(ids) > 3

    def body(form: str) -> bytes:
        answer = served.get(f"/results.{form}", q="lua")
        assert answer.headers["content-disposition"] == f'attachment; filename="baotinh.{form}"'
        return answer.body

    rows = list(csv.DictReader(io.StringIO(body("csv").decode())))
    lines = [json.loads(line) for line in body("jsonl").splitlines()]
    table = pyarrow.parquet.read_table(io.BytesIO(body("parquet")))
    assert [int(row["id"]) for row in rows][: len(ids)] == ids
    assert [line["id"] for line in lines] == table["id"].to_pylist()
    assert {row["source"] for row in rows} == {line["source"] for line in lines}
    assert lines[0]["province"]
    assert len(rispy.loads(body("ris").decode())) == len(lines)
    assert len(bibtexparser.parse_string(body("bib").decode()).entries) == len(lines)
    assert served.get("/results.exe", q="lua").status == 404


def test_pages_go_to_the_end(served: Served) -> None:
    path, found = "/?q=b%E1%BA%A3n+tin+m%E1%BA%ABu&copies=1", []
    while path:
        page = served.get(path).text
        found += links_of(page, "/article/")
        path = next(iter(re.findall(r'rel="next" href="([^"]*)', page)), "").replace("&amp;", "&")
    assert len(found) == len(set(found))
    total = re.search(r'<h2 id="found">(\d+) bài', page)
    assert total is not None
    assert len(found) == int(total[1])


def test_a_place_has_its_history_and_its_articles(served: Served) -> None:
    page = served.get("/place/80c").text
    assert "Đơn vị này kết thúc ngày 30/6/2025" in page
    assert 'href="/place/80"' in page
    assert links_of(page, "/article/")
    found = served.get("/places", name="Long An (cũ)")
    assert (found.status, found.headers["location"]) == (303, "/place/80c")
    assert served.get("/places", name="Không Có Đâu").status == 404


def test_a_source_says_its_state_cause_and_numbers(served: Served) -> None:
    page = served.get("/source/mau-gia-lai").text
    assert "bị chặn" in page
    assert "Hiện trang kiểm tra robot thay cho bài" in page
    assert "2 giờ sau lần hỏi trước: mỗi ngày chừng 0," in served.get("/source/mau-hue").text
    broken = served.get("/sources", state="blocked").text
    assert links_of(broken, "/source/") == ["/source/mau-gia-lai"]


def test_a_comparison_is_picture_and_table(served: Served) -> None:
    page = served.get("/compare?q=lua&q=lu&q=lua").text
    assert page.count("<polyline") == 2
    assert page.count('<th scope="col" class="count">lua</th>') == 2


def test_a_feed_tells_when_a_paper_changed_an_article_and_where_it_is_kept(
    served: Served, shown: Shown, path: Path
) -> None:
    with Archive.open_reading(path) as archive:
        article, texts = archive.article(shown.edited), archive.revisions(shown.edited)
    assert article
    feed = feedparser.parse(served.get("/feed.atom", q=article.title).body)
    (entry,) = (each for each in feed.entries if each.id.endswith(f"/{article.id}"))
    assert entry.updated == texts[-1].seen_at > article.first_seen_at
    assert ("related", f"{served.address}/article/{article.id}") in [
        (link.rel, link.href) for link in entry.links
    ]


@pytest.mark.parametrize("page", ["/", "/changes", "/compare"])
def test_days_are_written_and_read_as_vietnam_writes_them(served: Served, page: str) -> None:
    shown = served.get(page, q="lúa", since="2020-11-01")
    assert (shown.status, 'value="01/11/2020"' in shown.text) == (200, True)
    assert served.get(page, q="lúa", since="1/11/2020").status == 200
    assert served.get(page, q="lúa", since="2020").status == 200


@pytest.mark.parametrize("page", ["/", "/changes"])
def test_what_is_no_day_is_said_in_the_readers_language(served: Served, page: str) -> None:
    answer = served.get(page, q="lúa", since="hello")
    assert (answer.status, "hãy viết như 28/11/2023" in answer.text) == (400, True)


def test_a_place_that_nobody_knows_is_named_in_the_readers_language_alone(served: Served) -> None:
    page = served.get("/", q="lúa", place="Nowhere").text
    assert "Không tìm ra đúng một địa phương tên “Nowhere”." in page
    assert "no place is called" not in page
