"""Does the project run under a real scrapyd, and do spidermon's monitors watch it?

    python benchmarks/scrapyd.py

An environment of its own with the project, scrapyd, scrapyd-client and spidermon; `scrapyd-deploy`
builds the egg and sends it; a run of a newspaper on loopback is scheduled, once as it should be and
once with a monitor that must fail. Fails when an article is missing in the archive, or a monitor
says something else. Needs an index to install from. docs/scrapy.md shows the same by hand.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from install import copy_source, run

from tests.site.town import Town
from tests.support.crawls import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

ARTICLES = 12
SECONDS = 120
EXTENSIONS = {
    "crawler.extensions.runlog.RunLog": 100,
    "spidermon.contrib.scrapy.extensions.Spidermon": 500,
}
MONITORS = """\
from spidermon import MonitorSuite
from spidermon.contrib.scrapy.monitors import FinishReasonMonitor, ItemCountMonitor


class Crawl(MonitorSuite):
    monitors = [ItemCountMonitor, FinishReasonMonitor]
"""


def main() -> None:
    """Install, deploy, schedule twice, and say what came of it."""
    with tempfile.TemporaryDirectory(prefix="scrapyd-") as name, Town(ARTICLES) as town:
        folder = Path(name)
        project = copy_source(folder)
        bin_ = install(folder, project)
        desk = Desk(folder)
        desk.add_source(town.base, seeds=[("feed", "/rss/home.rss")])
        with scrapyd(bin_, folder, desk) as url:
            (project / "scrapy.cfg").write_text(
                f"[settings]\ndefault = crawler.settings\n[deploy]\nurl = {url}\nproject = baotinh\n"
            )
            answer = json.loads(run(str(bin_ / "scrapyd-deploy"), cwd=project))
            print(f"scrapyd-deploy: {answer['status']}, {answer['spiders']} spiders")
            said = crawl(folder, url, at_least=ARTICLES)
            stored = desk.value("select count(*) from articles")
            state = desk.value("select state from runs")
            print(f"scheduled: {stored} of {ARTICLES} articles, run {state}; {said}")
            assert (stored, state, said) == (ARTICLES, "finished", "monitors OK")
            said = crawl(folder, url, at_least=1)  # nothing is new the second time
            print(f"scheduled again, at least one item wanted: {said}")
            assert said == "monitors FAILED"


def install(folder: Path, project: Path) -> Path:
    """Return where the commands of a new environment are."""
    run(sys.executable, "-m", "venv", str(folder / "venv"))
    bin_ = folder / "venv" / "bin"
    tools = ("setuptools>=77", "scrapyd", "scrapyd-client", "spidermon")
    run(str(bin_ / "pip"), "install", "--quiet", str(project), *tools)
    return bin_


@contextlib.contextmanager
def scrapyd(bin_: Path, folder: Path, desk: Desk) -> Iterator[str]:
    """Run scrapyd in the folder; what is the same for all its runs is its environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "scrapyd.conf").write_text(
        f"[scrapyd]\nbind_address = 127.0.0.1\nhttp_port = {port}\npoll_interval = 1\n"
    )
    (folder / "monitors.py").write_text(MONITORS)
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("BAOTINH_", "PYTHON"))}
    environ |= {
        "BAOTINH_ARCHIVE": str(desk.archive),
        "BAOTINH_SOURCES": str(desk.sources),
        "BAOTINH_ALLOW_PRIVATE_HOSTS": ",".join(desk.private),
        "PYTHONPATH": str(folder),
    }
    with (folder / "scrapyd.log").open("wb") as log:
        server = subprocess.Popen(
            [bin_ / "scrapyd"], cwd=folder, env=environ, stdout=log, stderr=log
        )
    try:
        url = f"http://127.0.0.1:{port}/"
        until(lambda: ask(url, "daemonstatus.json").get("status") == "ok")
        yield url
    finally:
        server.terminate()
        server.wait(30)


def crawl(folder: Path, url: str, *, at_least: int) -> str:
    """Schedule a run, wait for its end; return what spidermon said at the end of its log."""
    wanted = {
        "LOG_LEVEL": "INFO",
        "DOWNLOAD_DELAY": "0",
        "SPIDERMON_ENABLED": "1",
        "SPIDERMON_SPIDER_CLOSE_MONITORS": "monitors.Crawl",
        "SPIDERMON_MIN_ITEMS": str(at_least),
        "EXTENSIONS": json.dumps(EXTENSIONS),
    }
    form = [("project", "baotinh"), ("spider", "town")]
    form += [("setting", f"{name}={value}") for name, value in wanted.items()]
    job = ask(url, "schedule.json", urllib.parse.urlencode(form).encode())["jobid"]
    until(
        lambda: (
            job in {each["id"] for each in ask(url, "listjobs.json?project=baotinh")["finished"]}
        )
    )
    log = (folder / "logs" / "baotinh" / "town" / f"{job}.log").read_text("utf-8")
    said = [line.partition("[Spidermon] ")[2] for line in log.splitlines() if "[Spidermon]" in line]
    assert any("monitors in" in line for line in said), log
    return "monitors FAILED" if any(line.startswith("FAILED") for line in said) else "monitors OK"


def until(done: Any) -> None:
    """Wait until something is so. Raise TimeoutError."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if done():
                return
        time.sleep(0.5)
    raise TimeoutError(f"not within {SECONDS} s")


def ask(url: str, path: str, form: bytes | None = None) -> Any:
    """Return what scrapyd answers."""
    with urllib.request.urlopen(url + path, form, timeout=30) as answer:  # noqa: S310 - our own server
        return json.loads(answer.read())


if __name__ == "__main__":
    main()
