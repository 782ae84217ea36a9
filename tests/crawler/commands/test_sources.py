from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from crawler.sources.files import read_source
from tests.site.server import Site
from tests.support.forks import run
from tests.support.paths import ROOT
from tests.support.platforms import PLATFORMS
from tests.support.sites import page, read_truth, serve_pages, serve_sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _pytest.mark import ParameterSet

    from tests.site.exchange import Exchange
    from tests.support.platforms import Platform


def first_now(first: object, *others: object) -> list[ParameterSet | object]:
    """The first at every run of the tests, the others with the long ones."""
    return [first, *(pytest.param(other, marks=pytest.mark.long) for other in others)]


HOME = "<html><head><title>Báo Huế</title></head><body>{links}<p>Tin tức</p></body></html>"


def baotinh(
    folder: Path, *words: str, site: Site | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BAOTINH_DOWNLOAD_DELAY": "0", "BAOTINH_CRAWL_DELAY_MAX": "0"}
    environment["BAOTINH_RETRY_BACKOFF"] = "0.1"
    environment["PYTHONPATH"] = str(ROOT)
    environment["BAOTINH_ALLOW_PRIVATE_HOSTS"] = site.netloc if site else ""
    words = ("--archive", str(folder / "archive.db"), *words)
    return run("crawler", words, environment, cwd=cwd, timeout=240)


def add(folder: Path, site: Site, *words: str) -> subprocess.CompletedProcess[str]:
    sources = ("--sources", str(folder / "sources"))
    (folder / "sources").mkdir(exist_ok=True)
    return baotinh(folder, *sources, "sources", "add", f"{site.base}/", *words, site=site)


def crawl_written(folder: Path, site: Site) -> dict[str, str]:
    """Crawl what `add --write` saved; address -> publication time."""
    (path,) = (folder / "sources").glob("*.toml")
    result = baotinh(folder, "--sources", str(path.parent), "crawl", path.stem, site=site)
    assert "new" in result.stdout, result.stderr
    with closing(sqlite3.connect(folder / "archive.db")) as archive:
        rows = archive.execute("SELECT url, published_at FROM articles").fetchall()
    return dict(rows)


def hopeless(folder: Path, site: Site) -> str:
    result = add(folder, site, "--write")
    assert (result.returncode, result.stdout) == (1, ""), result.stdout
    assert list((folder / "sources").iterdir()) == []
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.parametrize("name", first_now("content-fck", "mediatech", "onecms", "vnpt"))
def test_a_sample_site_is_known_from_its_home_page_alone(tmp_path: Path, name: str) -> None:
    truth = read_truth(name)
    with serve_sample(name) as site:
        result = add(tmp_path, site, "--write")
        assert result.returncode == 0, result.stderr
        assert len(site.hits) <= 30
        facts = tomllib.loads(result.stdout)
        assert facts["layouts"] == [{"name": name.replace("-", "_")}]
        assert {seed["kind"] for seed in facts["seeds"]} == {"feed", "sitemap", "listing"}
        published = truth["published"]
        assert isinstance(published, dict)
        wanted = {url.replace(str(truth["base"]), site.base): at for url, at in published.items()}
        assert crawl_written(tmp_path, site) == wanted


@pytest.mark.parametrize("build", first_now(*PLATFORMS))
def test_other_systems_are_learnt_too(tmp_path: Path, build: Callable[[], Platform]) -> None:
    platform = build()
    with platform.serve() as site:
        result = add(tmp_path, site, "--write")
        assert result.returncode == 0, result.stderr
        assert len(site.hits) <= 30
        assert tomllib.loads(result.stdout)["province"] == "Quảng Ngãi"
        wanted = {site.url(platform.path(s)): s.published for s in platform.stories}
        stored = crawl_written(tmp_path, site)
        assert set(stored) == set(wanted)
        dated = {url: at for url, at in stored.items() if at}
        assert dated.items() <= wanted.items()


def test_the_proposal_is_a_source_file_with_samples_and_confidences(tmp_path: Path) -> None:
    with PLATFORMS[0]().serve() as site:
        result = add(tmp_path, site)
    path = tmp_path / "proposed.toml"
    path.write_text(result.stdout, encoding="utf-8")
    source = read_source(path)
    assert source.accept[0].pattern == r"-post(?P<id>\d+)\.html$"
    assert "# Found (confidence):" in result.stdout
    assert "#   title: Xã " in result.stdout
    assert list((tmp_path / "sources").iterdir()) == []


def test_a_home_page_that_does_not_answer_is_said(tmp_path: Path) -> None:
    site = Site()
    site._listener.close()
    said = hopeless(tmp_path, site)
    assert said.startswith(f"baotinh: {site.base}/ does not answer")
    assert "refuses connections" in said


def test_a_home_page_with_an_error_is_said(tmp_path: Path) -> None:
    with serve_pages({}) as site:
        assert f"{site.base}/ answered 404 (Not Found)" in hopeless(tmp_path, site)


def test_a_home_page_that_leads_elsewhere_is_said(tmp_path: Path) -> None:
    def away(exchange: Exchange) -> None:
        exchange.redirect("https://elsewhere.example.vn/")

    with serve_pages({}, routes={"/": away}) as site:
        said = hopeless(tmp_path, site)
    assert "leads to https://elsewhere.example.vn/, on another host" in said


def test_a_parked_domain_is_said(tmp_path: Path) -> None:
    home = HOME.format(links="<h1>This domain is for sale</h1><a href='/contact'>Contact</a>")
    with serve_pages({"/": page(home)}) as site:
        assert "looks like a parked or unfinished site" in hopeless(tmp_path, site)


def test_a_page_drawn_by_javascript_is_said(tmp_path: Path) -> None:
    home = HOME.format(links="<div id='app'></div><script src='/app.js'></script>")
    with serve_pages({"/": page(home)}) as site:
        assert "is drawn by JavaScript" in hopeless(tmp_path, site)


def test_a_site_without_articles_is_said(tmp_path: Path) -> None:
    links = "".join(f"<a href='/muc-{n}'>Mục {n}</a>" for n in range(9))
    with serve_pages({"/": page(HOME.format(links=links))}) as site:
        assert "none of which looks like an article" in hopeless(tmp_path, site)


def test_a_site_whose_pages_are_no_articles_is_said(tmp_path: Path) -> None:
    paths = [f"/mot-hai-ba-bon-nam-{12345 + n}.html" for n in range(9)]
    links = "".join(f"<a href='{path}'>Một hai ba bốn năm</a>" for path in paths)
    pages = {"/": page(HOME.format(links=links))} | {path: page("<p>x</p>") for path in paths}
    with serve_pages(pages) as site:
        assert "could be read as one" in hopeless(tmp_path, site)


def test_robots_that_forbid_all_are_obeyed(tmp_path: Path) -> None:
    pages = {"/robots.txt": page("User-agent: *\nDisallow: /\n", "text/plain")}
    with serve_pages(pages) as site:
        assert "is forbidden by the site's robots.txt" in hopeless(tmp_path, site)
        assert site.paths() == ["/robots.txt"]


def test_private_addresses_are_refused(tmp_path: Path) -> None:
    with serve_pages({"/": page("x")}) as site:
        result = baotinh(tmp_path, "sources", "add", f"{site.base}/")
        assert "is on an address that is not public; see ALLOW_PRIVATE_HOSTS" in result.stderr
        assert (result.returncode, site.hits) == (1, [])


@pytest.mark.parametrize("url", ["x.vn", "ftp://x.vn/", "https://", "file:///etc/passwd", ""])
def test_what_is_no_home_page_is_wrong_use(tmp_path: Path, url: str) -> None:
    result = baotinh(tmp_path, "sources", "add", url)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_writing_without_a_folder_makes_one_here_and_says_so(tmp_path: Path) -> None:
    with PLATFORMS[3]().serve() as site:
        words = ("sources", "add", f"{site.base}/", "--write")
        result = baotinh(tmp_path, *words, site=site, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "sources" / "bao-quang-ngai.toml").exists()
    assert "next: baotinh --sources sources crawl bao-quang-ngai" in result.stderr


def test_writing_never_overwrites(tmp_path: Path) -> None:
    with PLATFORMS[3]().serve() as site:
        assert add(tmp_path, site, "--write").returncode == 0
        (path,) = (tmp_path / "sources").iterdir()
        before = path.read_bytes()
        again = add(tmp_path, site, "--write")
        assert again.returncode == 2
        assert "there is a source 'bao-quang-ngai' already" in again.stderr
        assert path.read_bytes() == before


def test_a_check_says_what_works_what_not_and_what_to_change(tmp_path: Path) -> None:
    with PLATFORMS[0]().serve() as site:
        (tmp_path / "a.toml").write_text(
            f'id = "a"\nname = "A"\nprovince = "Huế"\nhomepage = "{site.base}/"\n'
            f'[[seeds]]\nkind = "feed"\nurl = "{site.base}/gone.rss"\n'
            f'[[seeds]]\nkind = "feed"\nurl = "{site.base}/thoi-su.html"\n'
            f'[[seeds]]\nkind = "listing"\nurl = "{site.base}/kinh-te.html"\n'
            "[articles]\naccept = ['-a(?P<id>\\d+)\\.html$']\n"
        )
        words = ("--sources", str(tmp_path), "sources", "check", "a")
        result = baotinh(tmp_path, *words, "--json", site=site)
        shown = baotinh(tmp_path, *words, site=site)
    checks = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.returncode, shown.returncode) == (1, 1)
    assert [(each["what"], each["ok"]) for each in checks] == [
        ("homepage", True), ("feed", False), ("feed", False), ("listing", False),
        ("patterns", False),
    ]  # fmt: skip
    assert "answered 404" in checks[1]["said"]
    assert "/rss/home.rss: put that in its place" in checks[1]["advice"]
    assert checks[2]["advice"] == "it is a listing: write kind = 'listing'"
    assert checks[4]["advice"] == r"articles now look like -post(?P<id>\d+)\.html$"
    assert shown.stdout.count("BROKEN a: ") == 4


def test_a_healthy_source_checks_well(tmp_path: Path) -> None:
    with PLATFORMS[0]().serve() as site:
        assert add(tmp_path, site, "--write").returncode == 0
        (path,) = (tmp_path / "sources").iterdir()
        words = ("--sources", str(path.parent), "sources", "check", path.stem)
        result = baotinh(tmp_path, *words, site=site)
    assert result.returncode == 0, result.stdout
    assert "BROKEN" not in result.stdout
    assert result.stdout.count("is read: ") == 3


def test_the_list_is_found_by_old_and_new_names(tmp_path: Path) -> None:
    listed = baotinh(tmp_path, "sources", "list", "kien", "giang").stdout
    assert listed.splitlines()[0] == "An Giang (with Kiên Giang)"
    assert "baokiengiang" in listed
    assert "baokiengiang" in baotinh(tmp_path, "sources", "list", "An Giang").stdout
    city = baotinh(tmp_path, "sources", "list", "Thành phố Hồ Chí Minh").stdout
    assert "sggp" in city
    assert baotinh(tmp_path, "sources", "list", "TP.HCM").stdout == city
    lines = baotinh(tmp_path, "sources", "list", "--json").stdout.splitlines()
    assert len(lines) > 120
    assert all(json.loads(line)["homepage"] for line in lines)
    nothing = baotinh(tmp_path, "sources", "list", "Atlantis")
    assert (nothing.returncode, nothing.stdout) == (1, "")


def test_show_says_everything_the_file_does(tmp_path: Path) -> None:
    facts = json.loads(baotinh(tmp_path, "sources", "show", "baotayninh", "--json").stdout)
    assert facts["accept"][0] == r"-a(?P<id>\d+)\.html$"
    assert (
        "province_before_2025  Tây Ninh"
        in baotinh(tmp_path, "sources", "show", "baotayninh").stdout
    )
    unknown = baotinh(tmp_path, "sources", "show", "baotaynin")
    assert unknown.returncode == 2
    assert "did you mean baotayninh" in unknown.stderr


@pytest.mark.parametrize(("answer", "saved"), [(b"y\n", 1), (b"n\n", 0)])
def test_at_a_terminal_a_proposal_is_saved_without_a_second_visit(
    tmp_path: Path, answer: bytes, saved: int
) -> None:
    ours, theirs = os.openpty()
    with serve_sample("content-fck") as site, os.fdopen(ours, "r+b", 0) as terminal:
        environment = {
            **os.environ,
            "BAOTINH_ALLOW_PRIVATE_HOSTS": site.netloc,
            "BAOTINH_DOWNLOAD_DELAY": "0",
            "BAOTINH_CRAWL_DELAY_MAX": "0",
            "BAOTINH_RETRY_BACKOFF": "0.1",
            "PYTHONPATH": str(ROOT),
        }
        words = ("-m", "crawler", "sources", "add", f"{site.base}/")
        with subprocess.Popen(
            [sys.executable, *words],
            cwd=tmp_path, env=environment, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE,
        ) as adding:  # fmt: skip
            os.close(theirs)
            terminal.write(answer)
            drain(terminal.fileno())
            assert adding.stderr is not None
            said = adding.stderr.read().decode()
            assert adding.wait(60) == 0, said
        assert "Save it into sources?" in said
        assert len(list(tmp_path.glob("sources/*.toml"))) == saved
        assert len(site.hits) <= 30


def drain(terminal: int) -> None:
    """Read what a program writes to a terminal until it lets go of it."""
    with contextlib.suppress(OSError):
        while os.read(terminal, 65536):
            pass
