"""Lines that commands print, and bounds of what they do, by values."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pytest

from crawler.cli import Options
from crawler.commands import explain, index, merge, reextract, search, several, verify, withhold
from crawler.commands.crawl import describe_outcomes, describe_page, follow
from crawler.commands.daemon import choose_workers
from crawler.commands.demo import find_command, prepare_folder
from crawler.commands.evidence import sign_package
from crawler.commands.import_ import _repeated, summarize
from crawler.errors import UsageError
from crawler.imports.notes import Tally
from crawler.process import CrawlReport
from storage.archive import Archive
from storage.articles.withhold import Withheld
from storage.errors import BaotinhError
from storage.evidence.check import Findings
from storage.federation.archives import Archives
from storage.federation.search import Found
from storage.integrity import Problem
from storage.merge.whole import Merged
from storage.records import Run
from storage.search.filters import Filters
from storage.states import RunKind, RunState
from tests.support.settings import make_settings
from tests.support.shelf import fill, run
from tests.support.twins import Shelf

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

RUN = Run(
    source_id="a", kind=RunKind.CRAWL, started_at="2026-11-24T00:00:00Z", state=RunState.FINISHED,
    outcomes={"new": 2, "rejected/no-body": 3, "rejected/login": 1, "failed/timeout": 4},
)  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("lines") / "archive.db")


def test_outcomes_are_counted_by_kind() -> None:
    said = describe_outcomes(RUN)
    assert said == "10 pages: 2 new, 0 revised, 0 unchanged, 0 duplicate, 4 rejected, 4 failed"
    assert describe_outcomes(RUN, "captures").startswith("10 captures: ")


def test_why_one_page_gave_no_article_is_said() -> None:
    report = CrawlReport(source_id="a", run=replace(RUN, outcomes={"rejected/no-body": 1}))
    assert describe_page(report, "https://a.vn/1").startswith("a: https://a.vn/1 ")
    assert describe_page(report, "https://a.vn/1").endswith(" (no-body)")
    assert describe_page(replace(report, run=replace(RUN, outcomes={"new": 1})), "x") == ""
    assert describe_page(replace(report, run=None), "x") == ""


@pytest.mark.parametrize(
    ("outcomes", "is_updated"),
    [({"new": 1}, True), ({"revised": 1}, True), ({"unchanged": 5, "rejected/x": 1}, False)],
)
def test_the_index_follows_what_was_stored(
    tmp_path: Path, outcomes: dict[str, int], is_updated: bool
) -> None:
    shelf = Shelf(tmp_path / "archive.db")
    shelf.crawl(0, {"1": "cầu mới"})
    shelf.close()
    report = CrawlReport(source_id="a", run=replace(RUN, outcomes=outcomes))
    options = Options(archives=(tmp_path / "archive.db",), sources_dir=None)
    follow(options, [report, replace(report, run=None)])
    assert any(tmp_path.glob("*.index")) is is_updated
    follow(replace(options, archives=(tmp_path / "none.db",)), [report])
    assert not (tmp_path / "none.db").exists()


def test_the_rest_of_an_import_is_said_in_one_sentence() -> None:
    tally = Tally(records=1234, bytes=5_678_000, pages=3, known=4, passed=5)
    assert summarize(tally) == ("1,234 records read, 5.7 MB: 3 pages, 4 known before, 5 left alone")


@pytest.mark.parametrize(
    ("since", "until", "again", "words"),
    [
        (None, None, False, ("--source", "a", "--source", "b")),
        (
            "2023-01-02", None, True,
            ("--source", "a", "--source", "b", "--since", "2023-01-02", "--again"),
        ),
        (None, "2023-01-02", False, ("--source", "a", "--source", "b", "--until", "2023-01-02")),
    ],
)  # fmt: skip
def test_each_of_several_imports_has_the_options_of_all(
    since: str | None, until: str | None, again: bool, words: tuple[str, ...]
) -> None:
    def day(text: str | None) -> dt.date | None:
        import datetime

        return datetime.date.fromisoformat(text) if text else None

    assert _repeated(("a", "b"), day(since), day(until), again=again) == words


def test_a_merge_is_told_by_what_it_brought() -> None:
    assert merge._summary(Merged(articles=5)) == "nothing new in 5 articles"
    assert (
        merge._summary(Merged(articles=5, new=1, changed=2, links=3, captures=4, runs=6, gaps=7))
        == "1 new and 2 changed of 5 articles, 3 links, 4 captures, 6 runs, 7 gaps"
    )


def test_a_merge_reports_every_two_seconds_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert merge._progress() is None
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    clock = [100.0]
    monkeypatch.setattr("crawler.commands.merge.time.monotonic", lambda: clock[0])
    tell = merge._progress()
    assert tell is not None
    said = []
    for now in (101.9, 102.0, 103.9, 104.0):
        clock[0] = now
        tell(Merged(articles=5, captures=4))
        said.append(capsys.readouterr().err)
    line = "4 captures, 5 articles so far\n"
    assert said == ["", line, "", line]


@pytest.mark.parametrize(("at_terminal", "seconds"), [(True, 5.0), (False, 60.0)])
def test_an_index_reports_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], at_terminal: bool,
    seconds: float,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdout.isatty", lambda: at_terminal)
    clock = [100.0]
    monkeypatch.setattr("crawler.commands.index.time.monotonic", lambda: clock[0])
    report = index._reporter(7)
    said = []
    for now in (seconds - 0.1, seconds, 2 * seconds - 0.1, 2 * seconds):
        clock[0] = 100.0 + now
        report(9)
        said.append(capsys.readouterr().err)
    assert said == ["", "index: 9 of 9 articles read\n"] * 2


@pytest.mark.parametrize(
    ("at_terminal", "before", "said"),
    [
        (True, 0.1, ""), (True, 0.2, "\r\x1b[Ka: 1,000 of 2,000 captures read, 5000 a second"),
        (False, 29.9, ""), (False, 30.0, "a: 1,000 of 2,000 captures read, 33 a second\n"),
    ],
)  # fmt: skip
def test_reading_anew_reports_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], at_terminal: bool,
    before: float, said: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stderr.isatty", lambda: at_terminal)
    clock = [0.0]
    monkeypatch.setattr("crawler.commands.reextract.time.monotonic", lambda: clock[0])
    with reextract.Progress("a") as progress:
        clock[0] = before
        progress.show(1000, 2000)
        assert capsys.readouterr().err == said
        progress.show(1000, 2000)
        assert capsys.readouterr().err == ""
    assert capsys.readouterr().err == ("\r\x1b[K" if at_terminal else "")


def test_failed_captures_are_counted() -> None:
    assert reextract._failures(RUN) == 4
    assert reextract.summarize(RUN).startswith("a: 10 captures: 2 new")
    assert reextract.as_line(RUN).startswith('{"source": "a", "kind": "crawl"')


def test_what_is_withheld_is_one_line() -> None:
    kept = Withheld(
        id=3, source_id="a", key="1", url="https://a.vn/1", withheld_at="2026-11-24", why="order 5",
    )  # fmt: skip
    assert withhold.describe(kept) == "3  https://a.vn/1  withheld 2026-11-24: order 5"
    assert ", erased 2026-11-25: order" in withhold.describe(replace(kept, erased_at="2026-11-25"))


def test_findings_are_told_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    verify._say_findings(Findings(manifests=2, stamps=1))
    assert capsys.readouterr().out == "2 manifests, 1 stamps that are right\n"
    verify._say_findings(
        Findings(
            proven={"2026-02": 5, "2026-01": 3}, by_origin={"2026-01": 2}, unproven=4, unlisted=6,
            erased=["capture 9 was erased"], manifests=2, stamps=1,
        )
    )  # fmt: skip
    assert capsys.readouterr().out.splitlines() == [
        (
            "3 captures are proven to have existed by 2026-01, 2 of them by a stamp of where they"
            " come from"
        ),
        "5 captures are proven to have existed by 2026-02",
        "4 captures are in manifests that no stamp covers yet",
        "6 captures are in no manifest of ours yet: run `baotinh evidence`",
        "capture 9 was erased",
        "2 manifests, 1 stamps that are right",
    ]


@pytest.mark.parametrize(
    ("part", "as_json", "said"),
    [
        ("evidence", False, "x\n"), ("index", False, "index: x\n"),
        ("index", True, '{"part": "index", "what": "x"}\n'),
    ],
)  # fmt: skip
def test_a_problem_names_its_part(
    capsys: pytest.CaptureFixture[str], part: str, as_json: bool, said: str
) -> None:
    verify._say(Problem(part=part, what="x"), as_json=as_json)
    assert capsys.readouterr().out == said


def test_an_archive_that_is_well_is_said_to_be(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "archive.db")
    shelf.crawl(0, {"1": "cầu mới"})
    shelf.close()
    path = shelf.archive.path
    done = run(path, "verify")
    assert (done.exit_code, done.stdout) == (0, f"{path}: 1 articles, 1 captures, all well\n")
    asked = run(path, "verify", "--json")
    assert '"problems": 0, "articles": 1, "captures": 1, "evidence": null' in asked.stdout


def test_what_is_wrong_is_told_and_counted(path: Path) -> None:
    done = run(path, "verify", "--json")
    *problems, facts = done.stdout.splitlines()
    assert (done.exit_code, f'"problems": {len(problems)},' in facts) == (1, True)
    assert problems
    assert "all well" not in run(path, "verify").stdout


def test_long_values_are_cut_for_people(capsys: pytest.CaptureFixture[str], path: Path) -> None:
    from crawler.explain import Decision, Explanation

    facts: dict[str, Any] = dict.fromkeys(Explanation.__dataclass_fields__)
    decisions = [
        Decision(about="a", decided="x" * 400, why=""),
        Decision(about="b", decided="y" * 401, why="w"),
    ]  # fmt: skip
    explain._show(Explanation(**facts | {"decisions": decisions}))
    assert capsys.readouterr().out.splitlines() == [f"a: {'x' * 400}", f"b: {'y' * 400} …  (w)"]
    assert run(path, "explain", "https://baolongan.vn/a-a1.html").exit_code == 0


def test_a_program_is_called_by_its_name_where_that_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_command("/x y/baotinh") == "'/x y/baotinh'"
    assert find_command("/usr/lib/crawler/__main__.py") == "python -m crawler"
    (tmp_path / "baotinh").write_text("#!/bin/sh\n")
    (tmp_path / "baotinh").chmod(0o755)
    assert find_command("/x y/baotinh") == "baotinh"


def test_only_the_folder_of_an_earlier_demo_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    assert prepare_folder(folder) == folder / "archive.db"
    (folder / "old").touch()
    assert prepare_folder(folder) == folder / "archive.db"
    assert [each.name for each in folder.iterdir()] == ["made-by-baotinh-demo"]
    other = tmp_path / "other"
    other.mkdir()
    prepare_folder(other)
    (other / "made-by-baotinh-demo").unlink()
    (other / "mine").touch()
    with pytest.raises(UsageError, match="is not an earlier demo's folder"):
        prepare_folder(other)
    assert (other / "mine").exists()


def test_workers_are_remote_where_there_is_a_broker(tmp_path: Path) -> None:
    assert choose_workers(make_settings(), tmp_path) is None
    assert choose_workers(make_settings(broker="redis://127.0.0.1/0"), tmp_path) is not None


def test_without_an_authority_a_package_has_no_stamp(capsys: pytest.CaptureFixture[str]) -> None:
    assert sign_package(make_settings(), b"x") == {}
    away = make_settings(timestamp_url="http://127.0.0.1:9/")
    assert sign_package(away, b"x") == {}
    assert capsys.readouterr().err.startswith("baotinh: the package was not stamped: ")


def test_one_article_of_several_archives_is_named(tmp_path: Path) -> None:
    shelves = [Shelf(tmp_path / name / "archive.db", (name,)) for name in ("baolongan", "baohue")]
    for shelf, name in zip(shelves, ("baolongan", "baohue"), strict=True):
        shelf.crawl(0, {"1": f"tin của {name}"}, name)
        shelf.close()
    asked: list[str] = []

    def find(archive: Archive, which: str) -> Any:
        asked.append(which)
        found = archive.article(int(which)) if which.isdigit() else archive.article_by_url(which)
        if found is None:
            raise BaotinhError(f"no {which}")
        return found

    with Archives.open_reading([shelf.archive.path for shelf in shelves]) as archives:
        member, article = several.find_article(archives, "baohue/archive:1", find)
        assert (member.name, article.source_id, asked) == ("baohue/archive", "baohue", ["1"])
        member, article = several.find_article(archives, "https://baohue.vn/tin-a1.html", find)
        assert member.name == "baohue/archive"
        with pytest.raises(UsageError, match="say baolongan/archive:1, baohue/archive:1"):
            several.find_article(archives, "1", find)
        with pytest.raises(BaotinhError, match="no https://x"):
            several.find_article(archives, "https://x.vn/", find)
        every = list(several.read_all(archives, Filters()))
        assert [each["archive"] for each in every] == ["baolongan/archive", "baohue/archive"]


def test_hits_are_blocks_at_a_terminal_and_lines_elsewhere(
    capsys: pytest.CaptureFixture[str], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open_reading(path) as archive:
        hit = replace(
            archive.search("Tỉnh ủy")[0], copies=3, document="bảng giá", authors=["Thanh Nga"]
        )
    found = Found(archive="kho", hit=hit, also=["kho2"])
    search._show(hit)
    several._show_hit(found)
    line = "\t".join((str(hit.published_on), hit.source, hit.title, hit.snippet, hit.url))
    assert capsys.readouterr().out == f"{line}\n{line}\tkho\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")
    search._show(hit)
    assert capsys.readouterr().out.splitlines() == [
        "Tỉnh ủy Long An họp",
        "  2026-03-01 · baolongan · Tây Ninh · Thời sự · Thanh Nga · 3 more copies",
        f"  {hit.snippet}",
        "  in the attached document bảng giá",
        f"  {hit.url}  (show {hit.id})",
        "",
    ]
    several._show_hit(found)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith("3 more copies · also in kho2")
    assert lines[-2] == f"  {hit.url}  (show kho:{hit.id})"
    plain = replace(hit, copies=0, document=None)
    search._show(plain)
    several._show_hit(replace(found, hit=plain, also=[]))
    out = capsys.readouterr().out
    assert "more copies" not in out
    assert "in the attached" not in out
    assert "also in" not in out


def test_more_matches_than_are_shown_are_counted(path: Path) -> None:
    one = run(path, "search", "lúa", "--limit", "1")
    assert one.stderr.endswith("2 articles match\n")
    assert "at least" not in one.stderr
    assert run(path, "search", "lúa", "--limit", "1", "--json").stderr == ""
    assert run(path, "search", "lúa").stderr == ""
    assert "no article matches" in run(path, "search", "xyzzyq").stderr
    assert "say what to look for" in str(run(path, "search").exception)
    assert run(path, "search", "--place", "Long An").exception is None


def test_facts_of_a_check_are_one_object(path: Path) -> None:
    with Archive.open(path) as archive:
        options = Options(archives=(path,), sources_dir=None)
        check = verify._evidence_check(archive, make_settings())
        facts = verify._facts(options, archive, check, 3)
    assert facts == {
        "archive": str(path), "problems": 3, "articles": 2, "captures": 2,
        "evidence": asdict(Findings()),
    }  # fmt: skip
