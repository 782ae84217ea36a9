from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request, Spider
from scrapy.crawler import Crawler

from crawler.middlewares.address import AddressMiddleware, policy_of
from crawler.net.errors import Refused
from crawler.spiders.loader import make_spider
from tests.site.server import Canary, Site
from tests.site.town import Town
from tests.support.forks import run
from tests.support.runs import HOME, SOURCE

if TYPE_CHECKING:
    from pathlib import Path


def probe(tmp_path: Path, hosts: list[str], urls: list[str], **order: Any) -> dict[str, Any]:
    """Ask through the guards in a child process; asked URL -> what came."""
    settings = {"ARCHIVE": str(tmp_path / "archive.db"), "RETRY_BACKOFF": 0.01}
    order = {"hosts": hosts, "urls": urls} | order
    order["settings"] = settings | order.get("settings", {})
    environ = os.environ | {"PYTHONWARNINGS": "default"}
    done = run("tests.site.probe", [json.dumps(order)], environ, timeout=120)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["asked"]: row for row in rows}


def test_only_the_sources_own_exempted_address_is_reached(tmp_path: Path) -> None:
    with Town(2) as town, Canary() as canary:
        good = town.urls()[0]
        bad = {
            f"http://{canary.netloc}/": "private-address",
            f"http://localhost:{town.port}/": "off-site",
            f"http://127.0.0.1:{canary.port}/": "private-address",
            "http://169.254.169.254/latest/meta-data/": "private-address",
            "http://2130706441/": "private-address",
            "http://[::ffff:127.0.0.9]/": "private-address",
            f"http://x@{town.netloc}/": "userinfo",
            "ftp://127.0.0.1/": "scheme",
        }
        got = probe(
            tmp_path,
            [town.netloc],
            [good, *bad],
            settings={"ALLOW_PRIVATE_HOSTS": [town.netloc]},
        )
        assert got[good]["status"] == 200
        assert {url: got[url]["reason"] for url in bad} == bad
        assert {got[url]["verdict"] for url in bad} == {"rejected"}
        assert canary.touched == 0


def test_without_the_exemption_nothing_on_loopback_is_reached(tmp_path: Path) -> None:
    with Town(1) as town:
        url = town.urls()[0]
        assert probe(tmp_path, [town.netloc], [url])[url]["reason"] == "private-address"
        assert town.hits == []


@pytest.mark.parametrize("first", [0, 1])
def test_a_redirect_is_refused_also_when_it_answers_a_retry(tmp_path: Path, first: int) -> None:
    with Canary() as canary:

        def trap(exchange: Any) -> None:
            if exchange.times <= first:
                exchange.reply("busy", 503)
            else:
                exchange.redirect(f"http://{canary.netloc}/canary")

        with Site({"/robots.txt": lambda x: x.reply(""), "/trap": trap}) as site:
            url = site.url("/trap")
            got = probe(
                tmp_path, [site.netloc], [url], settings={"ALLOW_PRIVATE_HOSTS": [site.netloc]}
            )
            assert got[url]["reason"] == "private-address"
            assert site.count("/trap") == first + 1
            assert canary.touched == 0


def test_a_name_that_resolves_to_loopback_is_refused_by_its_address(tmp_path: Path) -> None:
    with Site({"/*": lambda x: x.reply("secret")}) as site:
        host = f"localhost:{site.port}"
        got = probe(tmp_path, [host], [f"http://{host}/a"])
        assert got[f"http://{host}/a"]["reason"] == "private-address"
        assert site.hits == []
        allowed = probe(
            tmp_path, [host], [f"http://{host}/a"], settings={"ALLOW_PRIVATE_HOSTS": [host]}
        )
        assert allowed[f"http://{host}/a"]["status"] == 200


def made(kind: Any, exempt: str = "") -> Crawler:
    crawler = Crawler(kind, {"ALLOW_PRIVATE_HOSTS": exempt})
    crawler.spider = kind()
    return crawler


def said(middleware: AddressMiddleware, url: str, **meta: Any) -> str | None:
    try:
        middleware.process_request(Request(url, meta=meta))
    except Refused as refused:
        return refused.reason if refused.detail == url[:200] else refused.detail
    return None


def test_a_source_may_be_asked_at_its_home_and_its_hosts() -> None:
    source = replace(SOURCE, hosts=("tin.example.vn",), media_hosts=("anh.example.vn",))
    crawler = made(make_spider(source), "10.0.0.5")
    assert policy_of(crawler).hosts == {("bao.example.vn", None), ("tin.example.vn", None)}
    middleware = AddressMiddleware.from_crawler(crawler)
    for url, meta, reason in (
        (HOME, {}, None),
        ("https://tin.example.vn/a", {}, None),
        ("https://khac.example.vn/a", {}, "off-site"),
        ("https://anh.example.vn/a.jpg", {}, "off-site"),
        ("https://anh.example.vn/a.jpg", {"media": 1}, None),
        ("http://10.0.0.5/", {}, "off-site"),
    ):
        assert said(middleware, url, **meta) == reason


def test_a_spider_without_a_source_may_ask_any_host_that_is_public() -> None:
    crawler = made(type("Shell", (Spider,), {"name": "shell"}), "10.0.0.5")
    assert policy_of(crawler).hosts == frozenset()
    middleware = AddressMiddleware.from_crawler(crawler)
    for url, reason in (
        ("https://khac.example.vn/a", None),
        ("http://10.0.0.5/", None),
        ("http://10.0.0.6/", "private-address"),
        (f"ftp://khac.example.vn/{'a' * 300}", "scheme"),
    ):
        assert said(middleware, url) == reason
