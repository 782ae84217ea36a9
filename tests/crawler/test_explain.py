"""What `baotinh explain` says of known and unknown URLs."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.explain import Decision, _about_capture, explain_url
from crawler.net.addresses import PrivateHosts
from crawler.runs.texts import finish_texts
from crawler.sources import Source
from storage.archive import Archive
from storage.frontier.health import HealthRow, KeptTrouble
from storage.frontier.orders import Order
from storage.records import Article, Capture, Evidence, HostState, Link, SourceRow
from storage.states import RunKind
from storage.warc.files import CaptureWriter
from tests.support.forks import run

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

KNOWN = "https://baolongan.vn/nam-2024-tinh-uy-long-an-de-ra-18-chi-tieu-chu-yeu-a167064.html"


def _explain(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {"BAOTINH_ARCHIVE": str(folder / "archive.db")}
    return run("crawler", ("explain", *args), environ, cwd=folder)


def _decisions(folder: Path, url: str) -> dict[str, dict[str, str]]:
    told = json.loads(_explain(folder, url, "--json").stdout)
    return {decision["about"]: decision for decision in told["decisions"]}


def test_a_url_never_seen_is_explained_from_the_source_file(tmp_path: Path) -> None:
    told = _decisions(tmp_path, KNOWN)
    assert told["source"]["decided"] == "baolongan"
    assert told["address"]["decided"] == "allowed"
    assert told["article"]["decided"] == "yes"
    assert told["key"]["decided"] == "a167064"
    assert told["link"]["decided"] == "unknown"


def test_a_section_page_is_said_to_be_no_article(tmp_path: Path) -> None:
    assert _decisions(tmp_path, "https://baolongan.vn/xa-hoi/")["article"]["decided"] == "no"


def test_a_host_of_no_source_is_said(tmp_path: Path) -> None:
    assert _decisions(tmp_path, "https://example.org/a1.html")["source"]["decided"] == "none"


@pytest.mark.parametrize("url", ["nonsense", "ftp://baolongan.vn/x", "http://[", ""])
def test_what_is_no_url_is_wrong_use(tmp_path: Path, url: str) -> None:
    done = _explain(tmp_path, url)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_host_that_asked_to_be_left_alone_is_named_whatever_its_spelling(tmp_path: Path) -> None:
    source = Source(id="x", name="X", province="Huế", homepage="https://www.x.vn/")
    later = "2026-11-25T00:00:00Z"
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.hosts.put(HostState(host="x.vn", not_before=later, reason="asked for it"))
        told = explain_url("https://www.x.vn/a1.html", [source], archive, PrivateHosts())
    host = next(decision for decision in told.decisions if decision.about == "host")
    assert later in host.decided


def test_a_url_belongs_to_who_has_the_host_now() -> None:
    left = Source(
        id="a", name="A", province="Huế", homepage="https://a.vn/", former_hosts=("x.vn",)
    )
    has = Source(id="b", name="B", province="Huế", homepage="https://x.vn/")
    for sources in ([left, has], [has, left]):
        told = explain_url("https://x.vn/tin-a1.html", sources, None, PrivateHosts())
        assert told.source == "b"


HUE = Source(
    id="x",
    name="X",
    province="Huế",
    homepage="https://x.vn/",
    former_hosts=("cu.x.vn",),
    accept=(re.compile(r"-a(?P<id>\d+)\.html$"),),
)
PAGE = "https://x.vn/mo-duong-a1.html"


def _decide(archive: Archive | None, url: str = PAGE) -> dict[str, Decision]:
    told = explain_url(url, [HUE], archive, PrivateHosts())
    return {decision.about: decision for decision in told.decisions}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive.db") as archive:
        archive.sources.put(
            SourceRow(id="x", name="X", kind="newspaper", province="Huế", homepage="https://x.vn/")
        )
        yield archive


def _found(archive: Archive, seed_id: int | None = None) -> Link:
    link = Link(
        source_id="x",
        url=PAGE,
        canonical_url=PAGE,
        key="a1",
        found_at="2026-11-24T01:00:00Z",
        seed_id=seed_id,
    )
    archive.links.add([link])
    found = archive.links.find("x", "a1")
    assert found is not None
    return found


def test_without_an_archive_the_link_is_unknown() -> None:
    assert _decide(None)["link"].why == "there is no archive yet"


def test_a_link_says_which_seed_showed_it(archive: Archive) -> None:
    assert "no seed" in _decide(archive)["link"].why
    (seed,) = archive.seeds.put("x", [("feed", "https://x.vn/rss")])
    _found(archive, seed.id)
    assert _decide(archive)["found"].why == "by feed https://x.vn/rss"
    assert _decide(archive)["link"] == Decision(about="link", decided="pending", why="0 attempts")


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("http-503", "it answered 503 (Service Unavailable)"),
        ("timeout", "it did not answer in time"),
        ("no-such-word", "it failed (no-such-word)"),
    ],
)
def test_a_failed_link_says_what_happened_and_when_it_is_tried_again(
    archive: Archive, reason: str, sentence: str
) -> None:
    later = "2026-11-24T02:00:00Z"
    archive.pages.fail(_found(archive), reason, run_id=None, retry_at=later)
    link = _decide(archive)["link"]
    assert link.decided == f"pending/{reason}"
    assert link.why == f"{sentence}; 1 attempts, next try {later}"


def test_a_rejected_link_says_why(archive: Archive) -> None:
    archive.pages.reject(_found(archive), "listing", capture=None, run_id=None)
    link = _decide(archive)["link"]
    assert (link.decided, link.why) == (
        "rejected/listing",
        "it shows a list of other pages; 1 attempts",
    )


def _reject(archive: Archive, page: str) -> None:
    with CaptureWriter(archive.captures_dir, "run") as writer:
        capture = writer.write(
            url=PAGE,
            fetched_at="2026-11-24T02:00:00Z",
            status=200,
            reason="OK",
            headers=[("Content-Type", "text/html; charset=utf-8")],
            body=f"<html><body>{page}</body></html>".encode(),
            ip=None,
        )
        archive.pages.reject(_found(archive), "listing", capture=capture, run_id=None)


def test_a_rejected_page_is_read_again_to_say_what_was_seen(archive: Archive) -> None:
    teasers = (
        f"<h3><a href='/tin-a{n}.html'>Xã thứ {n} khánh thành trạm y tế mới</a></h3>"
        for n in range(9)
    )
    _reject(archive, "<h1>Xã hội</h1>" + "".join(teasers) + f"<p>{'Tin trong ngày. ' * 9}</p>")
    page = _decide(archive)["page"]
    assert page.decided == "rejected/listing"
    assert "little text among headings that are links" in page.why


def test_a_page_that_better_rules_would_read_says_how_to_have_it(archive: Archive) -> None:
    text = "Sáng nay, xã Phú Vang khánh thành trạm y tế mới, rộng hai héc-ta, có mười giường. "
    _reject(archive, f"<h1>Phú Vang có trạm y tế mới</h1><p>{text * 4}</p><p>{text * 4}</p>")
    page = _decide(archive)["page"]
    assert page.decided == "article: Phú Vang có trạm y tế mới"
    assert "baotinh reextract x" in page.why


WEST = SourceRow(id="y", name="Y", kind="newspaper", province="Huế", homepage="https://y.vn/")
TEXT = "Sáng nay, xã Phú Vang khánh thành trạm y tế mới, rộng hai héc-ta, có mười giường. " * 9


def _store(archive: Archive, source: str = "x", **changes: object) -> int:
    url = PAGE.replace("x.vn", f"{source}.vn")
    article = Article(
        source_id=source, url=url, canonical_url=url, key="a1", title="Trạm y tế", body=TEXT,
        fetched_at="2026-11-24T02:00:00Z",
    )  # fmt: skip
    finish_texts(article)
    for name, value in changes.items():
        setattr(article, name, value)
    link = Link(
        source_id=source, url=url, canonical_url=url, key="a1", found_at="2026-11-24T01:00:00Z"
    )
    archive.links.add([link])
    found = archive.links.find(source, "a1")
    assert found is not None
    return archive.add(article, link=found, capture=None, run_id=None).article_id or 0


def test_an_article_says_when_it_was_seen_and_what_its_fields_rest_on(archive: Archive) -> None:
    evidence = {
        name: Evidence(how=f"by {name}", confidence=0.5)
        for name in ("title", "body", "images", "published", "modified", "authors", "section")
    }
    id_ = _store(archive, evidence=evidence, authors=["An", "Bình"])
    told = _decide(archive)
    assert told["stored"] == Decision(
        about="stored",
        decided=f"article {id_}, 1 revisions",
        why="first seen 2026-11-24T02:00:00Z, last 2026-11-24T02:00:00Z",
    )
    assert {name: told[name].decided for name in evidence} == {
        "title": "Trạm y tế",
        "body": "1 paragraphs",
        "images": "0 pictures",
        "published": "unknown",
        "modified": "unknown",
        "authors": "An, Bình",
        "section": "None",
    }
    assert told["title"].why == "by title, confidence 0.50"
    assert "gone" not in told
    assert "cluster" not in told


@pytest.mark.parametrize(
    ("dates", "published", "modified"),
    [
        ({"published_on": "2026-11-23"}, "2026-11-23", "unknown"),
        (
            {
                "published_on": "2026-11-23",
                "published_at": "2026-11-23T08:00:00+07:00",
                "modified_at": "2026-11-24T08:00:00+07:00",
            },
            "2026-11-23T08:00:00+07:00",
            "2026-11-24T08:00:00+07:00",
        ),
    ],
)
def test_dates_are_told_as_exactly_as_they_are_known(
    archive: Archive, dates: dict[str, str], published: str, modified: str
) -> None:
    evidence = {name: Evidence(how="page", confidence=1.0) for name in ("published", "modified")}
    _store(archive, evidence=evidence, **dates)
    told = _decide(archive)
    assert (told["published"].decided, told["modified"].decided) == (published, modified)


def test_copies_and_a_page_that_is_gone_are_told(archive: Archive) -> None:
    archive.sources.put(WEST)
    _store(archive)
    other = _store(archive, "y")
    now = "2026-11-25T01:00:00Z"
    archive.pages.mark_gone(_found(archive), "http-410", capture=None, run_id=None, seen_at=now)
    told = _decide(archive)
    assert told["cluster"] == Decision(about="cluster", decided="1 more copies", why=f"y {other}")
    assert told["gone"] == Decision(about="gone", decided=now, why="http-410")
    explained = explain_url(PAGE, [HUE], archive, PrivateHosts())
    assert explained.article is not None
    assert explained.article["title"] == "Trạm y tế"
    assert not {"body", "signature"} & set(explained.article)
    assert explained.link is not None
    assert explained.link["state"] == "gone"


def test_an_article_under_another_address_is_found_by_its_link(archive: Archive) -> None:
    id_ = _store(archive, url=f"{PAGE}?in=1", canonical_url=f"{PAGE}?in=1")
    assert _decide(archive)["stored"].decided == f"article {id_}, 1 revisions"


def test_an_article_is_found_by_its_key_at_an_address_never_seen(archive: Archive) -> None:
    id_ = _store(archive)
    told = _decide(archive, "https://x.vn/ten-khac-a1.html")
    assert told["stored"].decided == f"article {id_}, 1 revisions"
    assert "stored" not in _decide(archive, "https://x.vn/ten-khac-a2.html")


def test_a_run_and_an_order_of_a_cluster_name_their_worker(archive: Archive) -> None:
    assert not {"order", "run"} & set(_decide(archive))
    archive.connection.execute(
        "insert into runs (source_id, kind, started_at, state, worker)"
        " values ('x', 'crawl', '2026-11-24T01:00:00Z', 'finished', 'w2')"
    )
    assert _decide(archive)["run"] == Decision(
        about="run", decided="worker w2", why="at 2026-11-24T01:00:00Z"
    )
    given = "2026-11-24T02:00:00Z"
    order = Order(id="o1", kind=RunKind.CRAWL, sources=("x",), given_at=given)
    archive.orders.add(order)
    free = "handed out to the first worker that is free"
    assert _decide(archive)["order"] == Decision(
        about="order", decided=free, why=f"crawl since {given}"
    )
    archive.orders.begin("o1", "w7", given)
    assert _decide(archive)["order"].decided == "handed out to w7"
    assert "order" not in {
        each.about
        for each in explain_url("https://z.vn/", [HUE], archive, PrivateHosts()).decisions
    }


def test_what_was_captured_of_an_address_is_told_without_a_link_too(archive: Archive) -> None:
    assert "capture" not in _decide(archive)
    _reject(archive, "<h1>T</h1>")
    told = _decide(archive)["capture"]
    assert told.decided == "200 at 2026-11-24T02:00:00Z"
    assert re.fullmatch(r"\S+\.warc\.gz at \d+, sha1:\w+", told.why), told.why
    other = explain_url(PAGE, [], archive, PrivateHosts())
    assert (other.source, other.key, len(other.captures)) == (None, None, 1)
    assert other.link is not None
    with CaptureWriter(archive.captures_dir, "old") as writer:
        capture = writer.write(
            url=f"{PAGE}?a=1", fetched_at="2020-11-24T02:00:00Z", status=200, reason="OK",
            headers=[], body=b"<p>", ip=None,
        )  # fmt: skip
    with archive.transaction():
        archive.captures.keep(capture, None)
    alone = explain_url(f"{PAGE}?a=1", [], archive, PrivateHosts())
    assert (alone.link, len(alone.captures)) == (None, 1)
    assert explain_url(f"{PAGE}?a=2", [], archive, PrivateHosts()).captures == []


@pytest.mark.parametrize(
    ("reason", "status", "told"),
    [
        ("listing", 200, True),
        ("withheld", 200, False),
        ("listing", 404, False),
    ],
)
def test_only_a_page_that_came_and_may_be_read_is_read_again(
    archive: Archive, reason: str, status: int, told: bool
) -> None:
    with CaptureWriter(archive.captures_dir, "run") as writer:
        capture = writer.write(
            url=PAGE, fetched_at="2026-11-24T02:00:00Z", status=status, reason="OK",
            headers=[], body=b"<html><body><h1>T</h1></body></html>", ip=None,
        )  # fmt: skip
        archive.pages.reject(_found(archive), reason, capture=capture, run_id=None)
    assert ("page" in _decide(archive)) is told


def test_of_several_captures_the_last_one_that_came_is_read_again(archive: Archive) -> None:
    text = "Sáng nay, xã Phú Vang khánh thành trạm y tế mới, rộng hai héc-ta, có mười giường. "
    whole = f"<h1>Phú Vang có trạm y tế</h1><p>{text * 4}</p><p>{text * 4}</p>"
    with CaptureWriter(archive.captures_dir, "run") as writer:
        for day, status, page in ((2, 200, whole), (1, 200, "<h1>T</h1>"), (3, 404, "<h1>T</h1>")):
            capture = writer.write(
                url=PAGE, fetched_at=f"2026-11-0{day}T02:00:00Z", status=status, reason="OK",
                headers=[], body=f"<html><body>{page}</body></html>".encode(), ip=None,
            )  # fmt: skip
            archive.pages.reject(_found(archive), "listing", capture=capture, run_id=None)
    assert _decide(archive)["page"].decided == "article: Phú Vang có trạm y tế"


def test_a_capture_that_was_copied_says_from_where() -> None:
    capture = Capture(
        url=PAGE, file="a.warc.gz", offset=7, length=1, digest="sha1:A", status=200,
        fetched_at="2026-11-24T02:00:00Z", content_type=None,
    )  # fmt: skip
    assert _about_capture(capture).why == "a.warc.gz at 7, sha1:A"
    copied = replace(capture, origin="kho.warc.gz", origin_offset=9)
    assert _about_capture(copied).why == "a.warc.gz at 7, sha1:A, read from kho.warc.gz at 9"


def test_a_capture_that_is_lost_is_told(archive: Archive) -> None:
    _reject(archive, "<h1>T</h1>")
    for file in archive.captures_dir.rglob("*.gz"):
        file.unlink()
    assert _decide(archive)["page"].decided == "cannot be read"


def test_an_address_on_a_former_host_is_asked_for_at_the_present_one() -> None:
    decisions = _decide(None, "https://cu.x.vn/mo-duong-a1.html")
    assert "a former host" in decisions["source"].why
    assert decisions["address"].decided == "allowed"
    assert f"asked for at {PAGE}" in decisions["address"].why


def test_what_decides_about_an_address_is_named() -> None:
    told = _decide(None)
    assert told["source"].why == "x.vn is one of its hosts"
    assert told["address"].why == "x may be asked at x.vn"
    assert (told["article"].decided, told["article"].why) == ("yes", "by 1 accept patterns")
    assert told["key"].decided == "a1"
    told = _decide(None, "https://x.vn/thoi-su/")
    assert (told["article"].decided, told["key"].decided) == (
        "no",
        "https://x.vn/thoi-su/",
    )
    plain = replace(HUE, accept=(), hosts=("tin.x.vn",))
    explained = explain_url(PAGE, [plain], None, PrivateHosts())
    whys = {each.about: each.why for each in explained.decisions}
    assert whys["article"] == "by the form of the URL"
    assert whys["address"] == "x may be asked at x.vn, tin.x.vn"
    assert (explained.link, explained.article, explained.captures) == (None, None, [])


def test_a_link_is_found_by_its_address_too(archive: Archive) -> None:
    _found(archive)
    for sources in ([], [replace(HUE, accept=(re.compile(r"-(?P<id>a\d+)\.html$"),))]):
        found = explain_url(PAGE, sources, archive, PrivateHosts())
        assert found.link is not None
        assert found.link["key"] == "a1"
    other = explain_url("https://x.vn/khac-a2.html", [HUE], archive, PrivateHosts())
    assert other.link is None


def test_a_host_that_asked_for_nothing_is_not_told(archive: Archive) -> None:
    archive.hosts.put(HostState(host="x.vn", failures=1.0))
    assert "host" not in _decide(archive)
    archive.hosts.put(HostState(host="x.vn", not_before="2026-11-25T00:00:00Z"))
    assert _decide(archive)["host"].why == ""


def test_a_seed_that_showed_another_link_is_not_told(archive: Archive) -> None:
    archive.seeds.put("x", [("feed", "https://x.vn/rss"), ("listing", "https://x.vn/tin/")])
    _found(archive)
    assert _decide(archive)["found"].why == "without a seed"


def test_an_address_that_the_guard_refuses_says_the_reason() -> None:
    here = Source(id="y", name="Y", province="Huế", homepage="http://127.0.0.1:8000/")
    for exempt, decided in (("", "refused: private-address"), ("127.0.0.1", "allowed")):
        told = explain_url(f"{here.homepage}a-a1.html", [here], None, PrivateHosts.parse(exempt))
        assert decided in [each.decided for each in told.decisions if each.about == "address"]


def test_a_trouble_of_the_source_is_told_with_its_begin(archive: Archive) -> None:
    trouble = KeptTrouble(
        source_id="x",
        cause="name",
        state="broken",
        since="2026-11-24T01:00:00Z",
        why="it has no name any more",
    )
    over = replace(trouble, cause="lead", ended_at="2026-11-24T01:00:00Z")
    row = HealthRow(
        source_id="x",
        state="broken",
        since="2026-11-24T01:00:00Z",
        why="",
        checked_at="2026-11-24T01:00:00Z",
    )
    archive.health.put(row, [trouble, over])
    health = _decide(archive)["health"]
    assert (health.decided, health.why) == (
        "broken",
        "since 2026-11-24T01:00:00Z: it has no name any more",
    )
