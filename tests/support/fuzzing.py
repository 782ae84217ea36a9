"""What is thrown at everything that reads what servers, users and disks give us.

`TARGETS` maps a name to a function of one argument and the strategy that makes it; a target passes
when it returns, or raises what it says it raises. ``python -m tests.support.fuzzing --seconds 60``
goes on for as long as it is told; the test suite takes a few examples of each.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.discovery.feeds import read_feed
from crawler.discovery.listings import read_listing
from crawler.discovery.sitemaps import read_sitemap
from crawler.discovery.usual import seeds_from_homepage, seeds_from_robots
from crawler.errors import NotAnArticle, SourceError
from crawler.extract import extract
from crawler.extract.authors.parse import parse_byline
from crawler.extract.dates.lines import find_dates, parse_date
from crawler.net.addresses import PrivateHosts, is_literal, is_public
from crawler.net.policy import UrlPolicy
from crawler.net.robots import parse_rules
from crawler.net.throttle import parse_retry_after
from crawler.sources import load_sources
from crawler.sources.model import Source
from storage.archive import Archive
from storage.errors import QueryError
from storage.text import fold, normalize, normalize_body, printable
from storage.urls import canonical_url
from storage.warc.encodings import decode_body
from tests.site import town as paper
from tests.support.paths import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://baolongan.vn/tin-a1.html"
NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
SOURCE = Source(id="x", name="X", province="Tây Ninh", homepage="https://baolongan.vn/")
SLOW = 5.0
"""Seconds of processor time that no single input may cost."""

NASTY = (
    *(
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]>",
        "&a;",
        "&#0;",
        "&#xD800;",
    ),
    *("\x00", "\x1b[2J", "\u202e", "\ufeff", "\ud7ff", "\U0001f525", "e\u0301\u0323", "đĐðÐ"),
    *("<div>" * 400, "</div>" * 400, "a" * 20_000, " " * 20_000, "(" * 5000, "9" * 5000),
    *('"@type":"NewsArticle"', '{"a":' * 2000, "[" * 5000, "1e99999", "\\ud800", "null"),
    *("32/13/2026", "00:00 00/00/0000", "2569-01-01T99:99:99+99:99", "5 giờ trước", "hôm qua"),
    *("http://", "//", "javascript:", "?" * 500, "%00%ff", "../" * 300, "[::1]", "@", "\\"),
    *("encoding='utf-16'", "charset=utf-7", "\xff\xfe", "\r\n\r\n", "\r", "\u2028"),
)


@cache
def documents() -> tuple[bytes, ...]:
    """Healthy documents of every kind we read, for mutation."""
    pieces = [paper.Piece(number, number) for number in range(3)]
    items = [(piece.path, piece.title, "Tue, 24 Nov 2026 08:00:00 +0700") for piece in pieces]
    rows = [(f"https://baolongan.vn{piece.path}", "2026-11-24") for piece in pieces]
    made = (
        paper.article_page(pieces[0], "https://baolongan.vn"),
        paper.listing_page("x", [(p.path, p.title) for p in pieces], "/trang-2.html"),
        paper.feed(items, "https://baolongan.vn"),
        paper.sitemap(rows),
        paper.sitemap(rows, "sitemap"),
        "User-agent: *\nDisallow: /a*b$\nCrawl-delay: 3\nSitemap: https://baolongan.vn/s.xml\n",
    )
    samples = [path.read_bytes()[:120_000] for path in sorted(SAMPLES.glob("*.html"))]
    return tuple(text.encode() for text in made) + tuple(samples)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A healthy document, cut, doubled, overwritten and peppered."""
    body = bytearray(draw(st.sampled_from(documents())))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 3000)))
        match draw(st.sampled_from(("cut", "double", "nasty", "bytes", "end"))):
            case "cut":
                del body[start:end]
            case "double":
                body[start:start] = body[start:end] * 3
            case "nasty":
                body[start:start] = draw(st.sampled_from(NASTY)).encode("utf-8", "surrogatepass")
            case "bytes":
                body[start:start] = draw(st.binary(max_size=60))
            case _:
                del body[end:]
    return bytes(body)


TEXT = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=20)), max_size=8).map("".join),
)
BODIES = st.one_of(mutated(), st.binary(max_size=2000))


def _extract(body: bytes) -> None:
    try:
        article = extract(body, url=URL, source=SOURCE, fetched_at="2026-11-24T00:00:00Z")
    except NotAnArticle:
        return
    text = "".join((article.title, article.summary or "", article.body, *article.authors))
    text.encode()  # no lone surrogate ever leaves


def _decode(body: bytes) -> None:
    packed = gzip.compress(body)[: max(1, len(body))]
    for encoding in ("gzip", "deflate", "br", "zstd", "gzip, br", "x-gzip,identity"):
        for raw in (body, packed):
            try:
                decode_body(raw, encoding, max_bytes=1_000_000)
            except ValueError:
                continue


def _source_file(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        good = 'id = "x"\nname = "X"\nprovince = "Tây Ninh"\nhomepage = "https://x.vn/"\n'
        path = Path(folder) / "x.toml"
        path.write_bytes((good + text).encode("utf-8", "surrogatepass"))
        try:
            load_sources(Path(folder))
        except SourceError as error:
            if "x.toml" not in str(error):
                raise


@cache
def _archive() -> Archive:
    folder = tempfile.mkdtemp(prefix="baotinh-fuzz-")
    return Archive.open(Path(folder) / "archive.db")


def _search(text: str) -> None:
    try:
        _archive().search(text)
    except QueryError:
        return


def _url(text: str) -> None:
    policy = UrlPolicy.of(["baolongan.vn"], PrivateHosts())
    for url in (text, f"http://{text}/", f"https://baolongan.vn{text}"):
        policy.refusal(url)
        try:
            once = canonical_url(url)
        except ValueError:
            continue
        assert canonical_url(once) == once
    is_literal(text)
    is_public(text)


def _text(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    normalize_body(text).encode()
    fold(text).encode()
    shown = printable(text)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in shown)
    shown.encode()


def _dates(text: str) -> None:
    parse_date(text, now=NOW)
    find_dates(text, now=NOW)
    parse_retry_after(text, NOW)
    parse_byline(text)
    parse_byline(text, field=True)


def _robots(body: bytes) -> None:
    rules = parse_rules(body)
    rules.allow(URL)
    seeds_from_robots(body, URL, SOURCE)


def _pages(body: bytes) -> None:
    read_listing(body, URL, SOURCE)
    seeds_from_homepage(body, URL, SOURCE)


TARGETS: dict[str, tuple[Callable[[Any], None], st.SearchStrategy[Any]]] = {
    "feeds": (lambda body: read_feed(body, URL) and None, BODIES),
    "sitemaps": (lambda body: read_sitemap(body, URL) and None, BODIES),
    "listings": (_pages, BODIES),
    "articles": (_extract, BODIES),
    "robots": (_robots, BODIES),
    "encodings": (_decode, BODIES),
    "source-files": (_source_file, TEXT),
    "queries": (_search, TEXT),
    "urls": (_url, TEXT),
    "texts": (_text, TEXT),
    "dates-and-bylines": (_dates, TEXT),
}


def make_attack(name: str, examples: int) -> Any:
    """A hypothesis test that throws so many inputs at one target."""
    function, strategy = TARGETS[name]

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def attack(value: Any) -> None:
        started = time.process_time()
        function(value)
        spent = time.process_time() - started
        assert spent < SLOW, f"{name}: {spent:.1f} s for {str(value)[:200]!r}"

    return attack


def fuzz(name: str, examples: int) -> None:
    """Throw so many inputs at one target. Raises what it should not have raised."""
    make_attack(name, examples)()


def follow_coverage(name: str, seconds: float) -> None:
    """Let atheris look for inputs that take new ways through the code; ends the process."""
    import atheris

    atheris.instrument_all()
    attack = make_attack(name, 100)
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds:.0f}"], attack.hypothesis.fuzz_one_input)
    atheris.Fuzz()


def main() -> int:
    """Go round the targets until the time is over."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--target", choices=sorted(TARGETS), action="append")
    options.add_argument("--coverage", action="store_true", help="one target, guided by atheris")
    given_ = options.parse_args()
    if given_.coverage:
        follow_coverage((given_.target or ["articles"])[0], given_.seconds)
    deadline = time.monotonic() + given_.seconds
    rounds = 0
    while time.monotonic() < deadline:
        for name in given_.target or TARGETS:
            fuzz(name, 100)
            if time.monotonic() > deadline:
                break
        rounds += 1
    sys.stdout.write(f"{rounds} rounds of 100 inputs a target, nothing found\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
