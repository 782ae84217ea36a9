"""Reading captures again: no network, articles brought up to date, revisions marked as ours."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from crawler.cli import cli
from crawler.errors import CrawlError
from crawler.extract import extract, fingerprint_line
from crawler.runs.boilerplate import is_our_doing, learn_lines, read_again
from crawler.runs.reextract import Readers, reextract_source
from crawler.sources import Seed, Source
from storage.archive import Archive
from storage.fingerprint import content_digest
from storage.records import Article, Link, SourceRow
from storage.states import SeedKind
from storage.urls import canonical_url
from storage.warc.files import CaptureWriter
from tests.support.paths import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.runs.reextract import Sheaf

SAMPLES = SAMPLES / "sites" / "content-fck"
FETCHED = "2026-11-01T00:00:00Z"
NOW = "2026-11-20T00:00:00Z"
HOME = "https://baolongan.vn/"
SOURCE = Source(
    id="baolongan",
    name="Báo Long An",
    province="Tây Ninh",
    homepage=HOME,
    hosts=("baolongan.vn",),
    seeds=(Seed(kind=SeedKind.LISTING, url=HOME),),
)


def fill(archive: Archive, *, spoil: str = "") -> list[Link]:
    """Captures and articles of the sample site; ``spoil`` is what older rules left in the text."""
    archive.sources.put(
        SourceRow(
            id=SOURCE.id, name=SOURCE.name, kind="newspaper", province="Tây Ninh", homepage=HOME
        )
    )
    writer = CaptureWriter(archive.captures_dir, "test")
    links: list[Link] = []
    for path in sorted(SAMPLES.glob("articles/*.json")):
        url = json.loads(path.read_text("utf-8"))["url"]
        link = Link(
            source_id=SOURCE.id,
            url=url,
            canonical_url=canonical_url(url),
            key=canonical_url(url),
            found_at=FETCHED,
        )
        archive.links.add([link])
        body = path.with_suffix(".html").read_bytes()
        capture = writer.write(
            url=url,
            fetched_at=FETCHED,
            status=200,
            reason="OK",
            headers=[("Content-Type", "text/html; charset=utf-8")],
            body=body,
            ip=None,
        )
        article = extract(body, url=url, source=SOURCE, fetched_at=FETCHED)
        if spoil:
            article.body += f"\n\n{spoil}"
        archive.add(
            article, link=link, capture=capture, run_id=None, revisit_at="2026-12-01T00:00:00Z"
        )
        links.append(link)
    writer.close()
    return links


def bodies(archive: Archive) -> list[str]:
    return [
        row["body"] for row in archive._db.conn.execute("select body from articles order by id")
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


def test_articles_are_brought_up_to_date_and_revisions_marked(path: Path) -> None:
    with Archive.open(path) as archive:
        fill(archive, spoil="Chia sẻ bài viết lên mạng xã hội của bạn")
        run = reextract_source(archive, SOURCE, now=lambda: NOW)
        assert run.outcomes == {"revised": 11}
        assert run.state == "finished"
        assert not any("Chia sẻ bài viết" in body for body in bodies(archive))
        kinds = [
            row[0]
            for row in archive._db.conn.execute("select kind from revisions where number = 2")
        ]
        assert kinds == ["reextracted"] * 11


def test_nothing_changes_when_the_rules_are_the_same(path: Path) -> None:
    with Archive.open(path) as archive:
        fill(archive)
        before = bodies(archive)
        run = reextract_source(archive, SOURCE, now=lambda: NOW)
        assert run.outcomes == {"unchanged": 11}
        assert bodies(archive) == before
        assert archive._db.conn.execute("select count(*) from revisions").fetchone()[0] == 11


@pytest.mark.parametrize("word", ["no-body", "listing", "schedule"])
def test_a_page_that_a_rule_of_ours_refused_is_taken_up_by_better_rules(
    path: Path, word: str
) -> None:
    with Archive.open(path) as archive:
        links = fill(archive)
        conn = archive._db.conn
        conn.execute("pragma foreign_keys = off")
        conn.execute(
            "update links set state = 'rejected', reason = ?, article_id = null,"
            " next_try_at = null where key = ?",
            [word, links[0].key],
        )
        (article,) = conn.execute("select id from articles where key = ?", [links[0].key])
        conn.execute("delete from articles where id = ?", [article["id"]])
        conn.execute("delete from article_revisions where article_id = ?", [article["id"]])
        run = reextract_source(archive, SOURCE, now=lambda: NOW)
        assert run.outcomes == {"unchanged": 10, "new": 1}
        link = archive.links.find(SOURCE.id, links[0].key)
        assert link is not None
        assert (link.state, link.reason) == ("stored", None)


def test_reading_a_capture_again_is_no_attempt_at_its_page(path: Path) -> None:
    url = HOME + "tin-bai/kiem-tra-1.html"
    link = Link(source_id=SOURCE.id, url=url, canonical_url=url, key="check", found_at=FETCHED)
    with Archive.open(path) as archive:
        fill(archive)
        with CaptureWriter(archive.captures_dir, "check") as writer:
            capture = writer.write(
                url=url,
                fetched_at=FETCHED,
                status=200,
                reason="OK",
                headers=[("Content-Type", "text/html; charset=utf-8")],
                body=b"<title>Just a moment...</title><div id=challenge-form></div><p>Wait</p>",
                ip=None,
            )
        archive.pages.reject(link, "bot-check", capture=capture, run_id=None, retry_at=NOW)
        before = archive.links.find(SOURCE.id, "check")
        run = reextract_source(archive, SOURCE, now=lambda: NOW)
        assert run.outcomes == {"unchanged": 11, "rejected/bot-check": 1}
        assert archive.links.find(SOURCE.id, "check") == before


def test_next_visits_and_check_times_stay(path: Path) -> None:
    with Archive.open(path) as archive:
        fill(archive, spoil="x")
        reextract_source(archive, SOURCE, now=lambda: NOW)
        visits = {row[0] for row in archive._db.conn.execute("select next_try_at from links")}
        seen = {row[0] for row in archive._db.conn.execute("select last_seen_at from articles")}
        assert visits == {"2026-12-01T00:00:00Z"}
        assert seen == {FETCHED}


def test_an_article_that_is_gone_stays_gone(path: Path) -> None:
    with Archive.open(path) as archive:
        links = fill(archive, spoil="x")
        gone_at = "2026-11-05T00:00:00Z"
        archive.pages.mark_gone(links[0], "http-404", capture=None, run_id=None, seen_at=gone_at)
        reextract_source(archive, SOURCE, now=lambda: NOW)
        row = archive._db.conn.execute(
            "select gone_at, gone_reason from articles where id = 1"
        ).fetchone()
        assert (row["gone_at"], row["gone_reason"]) == (gone_at, "http-404")
        link = archive.links.find(SOURCE.id, links[0].key)
        assert link is not None
        assert link.state == "gone"


def test_lost_captures_are_counted_and_change_nothing(path: Path) -> None:
    with Archive.open(path) as archive:
        fill(archive)
        before = bodies(archive)
        for file in archive.captures_dir.glob("*.warc.gz"):
            file.unlink()
        run = reextract_source(archive, SOURCE, now=lambda: NOW)
        assert run.outcomes == {"failed/capture": 11}
        assert bodies(archive) == before


def test_repeated_lines_are_learnt_from_the_archive(path: Path) -> None:
    with Archive.open(path) as archive:
        fill(archive)
        notice = "Kể từ ngày 1-7, tòa soạn chuyển về trụ sở mới tại phường Long An."
        for number in range(20):
            url = f"https://baolongan.vn/tin-{number}-a{number + 1}.html"
            link = Link(
                source_id=SOURCE.id,
                url=url,
                canonical_url=url,
                key=url,
                found_at=FETCHED,
            )
            archive.links.add([link])
            article = Article(
                source_id=SOURCE.id,
                url=url,
                canonical_url=url,
                key=url,
                title=f"Tin số {number}",
                body=f"Nội dung riêng của tin thứ {number} ở huyện {number}{number}.\n\n{notice}",
                fetched_at=FETCHED,
            )
            archive.add(article, link=link, capture=None, run_id=None)
        learnt = learn_lines(archive, SOURCE.id, now=NOW)
        assert fingerprint_line(notice) in learnt
        archive._db.conn.execute("update articles set body = replace(body, ?, '')", (notice,))
        assert learn_lines(archive, SOURCE.id, now=NOW) == learnt


def test_a_text_that_only_our_rules_changed_is_no_edit_of_the_paper(path: Path) -> None:
    with Archive.open(path) as archive:
        link = fill(archive, spoil="Chia sẻ bài viết lên mạng xã hội của bạn")[0]
        capture = archive.captures.last(link.url)
        assert capture is not None
        article = read_again(archive.captures_dir, SOURCE, capture, ())
        article.key = link.key
        assert is_our_doing(archive, SOURCE, article, ())
        article.body += "\n\nTòa soạn bổ sung một câu."
        article.digest = content_digest(article.title, article.summary, article.body)
        assert not is_our_doing(archive, SOURCE, article, ())


def test_command_says_one_line_a_source(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "baolongan.toml").write_text(
        f'id = "baolongan"\nname = "Báo Long An"\nprovince = "Tây Ninh"\nhomepage = "{HOME}"\n',
        "utf-8",
    )
    with Archive.open(path) as archive:
        fill(archive)
    result = CliRunner().invoke(
        cli, ["--archive", str(path), "--sources", str(folder), "reextract", "baolongan"]
    )
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("baolongan: 11 captures: 0 new,")


def test_command_needs_an_archive(path: Path) -> None:
    result = CliRunner().invoke(cli, ["--archive", str(path), "reextract"])
    assert result.exit_code != 0
    assert not path.exists()


def test_any_number_of_processes_leaves_the_same_rows(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.runs.reextract.SHEAF", 2)
    with Archive.open(path) as archive:
        fill(archive, spoil="Chia sẻ bài viết")
    alone, together = (read_copy(path, jobs) for jobs in (1, 3))
    assert len(alone) == 22
    assert alone == together


def read_copy(path: Path, jobs: int) -> list[tuple[object, ...]]:
    """The revisions of a copy of an archive whose captures some processes have read again."""
    copy = path.with_name(f"{jobs}.db")
    shutil.copyfile(path, copy)
    told: list[tuple[int, int]] = []
    with (
        Archive.open(copy, captures_dir=path.parent / "captures") as archive,
        Readers(jobs) as readers,
    ):
        reextract_source(
            archive,
            SOURCE,
            now=lambda: NOW,
            readers=readers,
            on_pages=lambda done, total: told.append((done, total)),
        )
        rows = archive._db.conn.execute("select * from revisions order by id").fetchall()
    assert told == [(2, 11), (4, 11), (6, 11), (8, 11), (10, 11), (11, 11)]
    return [tuple(row) for row in rows]


def die(sheaf: Sheaf) -> None:
    os._exit(len(sheaf.pages))


def test_readers_that_die_are_a_sentence(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.runs.reextract.read_sheaf", die)
    with Archive.open(path) as archive, Readers(2) as readers:
        fill(archive)
        with pytest.raises(CrawlError, match="--jobs a smaller number"):
            reextract_source(archive, SOURCE, now=lambda: NOW, readers=readers)
        (run,) = archive.runs.last(SOURCE.id)
        assert run.state == "interrupted"
