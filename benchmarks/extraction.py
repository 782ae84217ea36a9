"""Extraction against public benchmarks and named peers, in the same run on the same machine.

    python benchmarks/extraction.py --aeb DIR --fundus DIR --wcxb DIR --htmldate DIR \\
        [--peers trafilatura,newspaper,news-please] [--half 0]

``--aeb`` is a checkout of scrapinghub/article-extraction-benchmark (its own scorer is used),
``--fundus`` one of flairNLP/fundus (its parser test data), ``--wcxb`` one of the Web Content
Extraction Benchmark, of which only the articles of the development split are read, ``--htmldate``
one of adbar/htmldate (its evaluation pages). Without any, only our own samples are read.
``--half`` reads the pages of which the hash of the name is even (0) or odd (1): rules are made on
one half and judged on the other.

Quality is measured over all pages, an unreadable page counting as an empty answer; time is user
CPU a page (median), memory the peak of a process that reads one set.

The first benchmark's gold has no standfirst, so of our answer the body counts, with the lead only
where it was the body's first paragraph. The Fundus gold is what hand-written parsers return: body
F1 is that of the first benchmark (4-word shingles) between lead + body and gold summary +
sections; titles are compared after Unicode and white-space normalisation; a day is right in the
gold's own zone, and where it names none in ours or the page's; an instant, where the gold has an
offset, when it is the same to the minute; authors are scored as sets over all pages. WCXB is
scored as it asks, by the mean F1 of words a
page. "refused" is the share of pages on which an extractor finds no text. "day" counts a page that
is refused as one without a day, for none is stored; peers refuse no page, so "day, refused pages
asked" is what the rules of dates alone find there: home pages, galleries, empty shells.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import hashlib
import importlib.util
import json
import multiprocessing
import re
import resource
import statistics
import sys
import time
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.charset import decode_page
from crawler.errors import NotAnArticle
from crawler.extract import extract
from crawler.extract.authors.stamps import EVER
from crawler.extract.context import Context
from crawler.extract.dates.find import find_moments, now_of
from crawler.extract.dates.lines import parse_date
from crawler.extract.dom.blocks import find_block
from crawler.extract.dom.markup import parse_page
from crawler.extract.dom.structured import read_structured
from crawler.extract.dom.walk import scan_tree
from crawler.extract.fields import fill_language
from crawler.extract.text.drafts import choose_draft
from crawler.extract.text.title import choose_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from multiprocessing.connection import Connection
    from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ROOT / "tests" / "quality_floors.toml"
COUNTED = 4
"""Of so many samples one is read for counting calls: reading is slow while they are counted."""
LIMIT = 60
"""Seconds a page may take an extractor; the slowest page of the sets takes a peer some six."""
_SPAWN = multiprocessing.get_context("spawn")


@dataclass(slots=True)
class Page:
    """A page and what is right about it."""

    name: str
    url: str
    html: bytes
    fetched_at: str = "2026-11-01T00:00:00Z"
    body: str = ""
    title: str | None = None
    authors: list[str] = field(default_factory=list)
    published: dt.datetime | None = None


@dataclass(slots=True)
class Answer:
    """What an extractor says."""

    body: str = ""
    lead: str = ""
    """A lead that stands above the body; part of the text in one benchmark, not in the other."""
    title: str | None = None
    authors: list[str] = field(default_factory=list)
    day: str | None = None
    instant: dt.datetime | None = None
    own_day: str | None = None
    """The day as the page writes it, in the page's own zone."""
    refused_days: frozenset[str] = frozenset()
    """The days, ours and the page's, that the rules of dates find on a page that is refused."""


def read_aeb(folder: Path) -> list[Page]:
    truth = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    return [
        Page(
            name=key,
            url=gold["url"],
            html=gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes()),
            body=gold["articleBody"],
        )
        for key, gold in truth.items()
    ]


def read_fundus(folder: Path) -> list[Page]:
    pages: list[Page] = []
    for path in sorted((folder / "tests/resources/parser/test_data").glob("*/*.json")):
        truth = json.loads(path.read_text("utf-8"))
        name = re.compile(re.escape(path.stem) + r"_\d{4}_\d\d_\d\d\.html\.gz")
        files = sorted(p for p in path.parent.iterdir() if name.fullmatch(p.name))
        meta = json.loads((path.parent / "meta.info").read_text("utf-8"))
        if len(files) != len(truth):
            continue
        for file, version in zip(files, sorted(truth), strict=True):
            pages.append(_fundus_page(file, truth[version], meta.get(file.name, {})))
    return pages


def _fundus_page(file: Path, gold: dict[str, Any], meta: dict[str, str]) -> Page:
    body = gold.get("body") or {}
    lines = list(body.get("summary") or [])
    for section in body.get("sections", []):
        lines += section["headline"] + section["paragraphs"]
    published = gold.get("publishing_date")
    return Page(
        name=f"{file.parent.name}/{file.name}",
        url=meta.get("url", "https://example.org/a"),
        html=gzip.decompress(file.read_bytes()),
        fetched_at=meta.get("crawl_date", "2026-01-01 00:00:00")[:19].replace(" ", "T") + "Z",
        body="\n\n".join(lines),
        title=gold.get("title"),
        authors=gold.get("authors") or [],
        published=dt.datetime.fromisoformat(published) if published else None,
    )


def read_wcxb(folder: Path) -> list[Page]:
    pages: list[Page] = []
    for path in sorted((folder / "dev/ground-truth").glob("*.json")):
        stated = json.loads(path.read_text("utf-8"))
        if stated["_internal"]["page_type"]["primary"] != "article":
            continue
        gold, html = stated["ground_truth"], folder / "dev/html" / f"{path.stem}.html.gz"
        pages.append(
            Page(
                name=path.stem,
                url=stated.get("url") or "https://example.org/a",
                html=gzip.decompress(html.read_bytes()),
                body=gold.get("main_content") or "",
                title=gold.get("title"),
                authors=_AND.split(gold["author"]) if gold.get("author") else [],
                published=_day(gold.get("publish_date")),
            )
        )
    return pages


_AND = re.compile(r"\s*(?:,|&|\band\b)\s*")


def _day(stated: object) -> dt.datetime | None:
    try:
        return dt.datetime.combine(dt.date.fromisoformat(str(stated)[:10]), dt.time())
    except ValueError:
        return None


def read_htmldate(folder: Path) -> list[Page]:
    tests = folder / "tests"
    places = [tests / name for name in ("test_set", "cache", "eval")]
    pages: list[Page] = []
    for name in ("eval_default.json", "eval_mediacloud_2020.json"):
        for url, gold in json.loads((tests / name).read_text("utf-8")).items():
            file = next((f for p in places if (f := p / gold["file"]).is_file()), None)
            if file is not None:
                html = file.read_bytes()
                pages.append(Page(name=url, url=url, html=html, published=_day(gold["date"])))
    return pages


def read_samples() -> list[Page]:
    folder = ROOT / "tests" / "samples"
    pages = []
    for path in sorted([*folder.glob("v*.json"), *folder.glob("sites/*/articles/*.json")]):
        gold = json.loads(path.read_text("utf-8"))
        lines = [gold["summary"]] if gold["summary"] else []
        pages.append(
            Page(
                name=path.stem,
                url=gold["url"],
                html=path.with_suffix(".html").read_bytes(),
                body="\n\n".join(lines + gold["paragraphs"]),
                title=gold["title"],
                authors=gold["authors"],
                published=dt.datetime.fromisoformat(gold["published"]),
            )
        )
    return pages


def by_us(page: Page, *, use_layouts: bool = True) -> Answer:
    try:
        article = extract(
            page.html, url=page.url, fetched_at=page.fetched_at, use_layouts=use_layouts
        )
    except NotAnArticle:
        return Answer(refused_days=_days_of_refused(page))
    how = article.evidence["summary"].how if article.summary else ""
    lead = article.summary or ""
    in_text = how in (
        "bold first paragraph",
        "first paragraph in a box",
        "paragraph equal to the description",
        "visible lead in the text",
    )
    shown = how != "meta description"
    return Answer(
        body="\n\n".join(filter(None, [lead if in_text else "", article.body])),
        lead=lead if shown and not in_text else "",
        title=article.title,
        authors=article.authors,
        day=article.published_on,
        instant=dt.datetime.fromisoformat(article.published_at) if article.published_at else None,
        own_day=_own_day(article.published_raw),
    )


def _days_of_refused(page: Page) -> frozenset[str]:
    parsed = parse_page(decode_page(page.html, None).text, page.url)
    if parsed.tree.body is None:
        return frozenset()
    data, scan = read_structured(parsed), scan_tree(parsed.tree.body)
    title = choose_title(parsed, data, scan)
    context = Context(page=parsed, data=data, scan=scan, now=now_of(page.fetched_at))
    context.headline = title.position if title else None
    draft = choose_draft(parsed, scan, [], -1 if context.headline is None else context.headline)
    texts = draft.texts if draft else []
    fill_language(context, texts)
    places = [find_block(scan, each) for each in (*texts[:1], *texts[-1:])] or [None, None]
    found = find_moments(context, url=page.url, first=places[0], lead="", last=places[1]).published
    days = (_own_day(found.raw), found.on.isoformat() if found.on else None)
    return frozenset(filter(None, days))


def _own_day(raw: str | None) -> str | None:
    match = re.match(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)", raw or "")
    if match:
        return "-".join(match.groups())
    parsed = parse_date(raw or "", now=EVER)
    return (parsed.wall or parsed.on).isoformat()[:10] if parsed else None


def by_us_generic(page: Page) -> Answer:
    return by_us(page, use_layouts=False)


def by_trafilatura(page: Page) -> Answer:
    import trafilatura

    text = page.html.decode("utf-8", "replace")
    found = trafilatura.bare_extraction(text, url=page.url, with_metadata=True)
    if found is None:
        return Answer()
    value: dict[str, Any] = found.as_dict() if hasattr(found, "as_dict") else found
    authors = [name.strip() for name in (value.get("author") or "").split(";") if name.strip()]
    return Answer(
        body=value.get("text") or "",
        title=value.get("title"),
        authors=authors,
        day=value.get("date"),
    )


def by_newspaper(page: Page) -> Answer:
    import newspaper

    article = newspaper.Article(page.url, fetch_images=False)
    article.download(input_html=page.html.decode("utf-8", "replace"))
    article.parse()
    when = article.publish_date
    return Answer(
        body=article.text,
        title=article.title,
        authors=list(article.authors),
        day=when.date().isoformat() if when else None,
        instant=when if when and when.tzinfo else None,
    )


def by_news_please(page: Page) -> Answer:
    from newsplease import NewsPlease

    html = page.html.decode("utf-8", "replace")
    # With pictures it asks the hosts of the pages for them, and waits for those that are gone.
    article = NewsPlease.from_html(html, url=page.url, fetch_images=False)
    when = article.date_publish
    return Answer(
        body=article.maintext or "",
        title=article.title,
        authors=list(article.authors or []),
        day=when.date().isoformat() if when else None,
    )


EXTRACTORS: dict[str, Callable[[Page], Answer]] = {
    "baotinh": by_us,
    "baotinh, no layouts": by_us_generic,
    "trafilatura": by_trafilatura,
    "newspaper": by_newspaper,
    "news-please": by_news_please,
}
MODULES = {"trafilatura": "trafilatura", "newspaper": "newspaper", "news-please": "newsplease"}


def ask(name: str, page: Page) -> tuple[Answer, float]:
    """What an extractor says of a page, and its milliseconds of user CPU."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    try:
        answer = EXTRACTORS[name](page)
    except Exception as error:  # noqa: BLE001 - a peer may raise anything on a page
        print(f"{name} raised {type(error).__name__} on {page.name}", file=sys.stderr)
        answer = Answer()
    return answer, (resource.getrusage(resource.RUSAGE_SELF).ru_utime - before) * 1000


def run(name: str, pages: list[Page]) -> tuple[list[Answer], float, float]:
    """Answers, median milliseconds of user CPU a page, peak megabytes."""
    asked = [ask(name, page) for page in pages]
    return [answer for answer, _ in asked], statistics.median(ms for _, ms in asked), _peak()


def count_calls(pages: list[Page]) -> float:
    """How many calls of Python functions our reading of a page takes, on average: work that no
    other process on the machine changes. Every page is read once before, as word lists and names
    are read only once."""
    count = 0

    def note(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event == "call"

    for page in pages:
        by_us_generic(page)
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for page in pages:
            by_us_generic(page)
    finally:
        sys.setprofile(before)
    return count / len(pages)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _answer_all(name: str, pages: list[Page], pipe: Connection) -> None:
    for page in pages:
        pipe.send((*ask(name, page), _peak()))


def _run_apart(name: str, pages: list[Page]) -> tuple[list[Answer], float, float]:
    """The same in a process of its own: peak memory is a process's, and one that does not answer
    in ``LIMIT`` seconds is ended: the page has no answer then, the next go to a new process."""
    asked: list[tuple[Answer, float, float]] = []
    while len(asked) < len(pages):
        here, there = multiprocessing.Pipe()
        process = _SPAWN.Process(target=_answer_all, args=(name, pages[len(asked) :], there))
        process.start()
        there.close()
        while len(asked) < len(pages) and here.poll(LIMIT):
            try:
                asked.append(here.recv())
            except EOFError:
                break
        if len(asked) < len(pages):
            print(f"{name} gave no answer on {pages[len(asked)].name}", file=sys.stderr)
            asked.append((Answer(), LIMIT * 1000.0, 0.0))
            process.kill()
        process.join()
    answers, times, peaks = zip(*asked, strict=True)
    return list(answers), statistics.median(times), max(peaks)


_TOKEN = re.compile(r"\w+", re.UNICODE)


def shingle_f1(pairs: Iterable[tuple[str, str]], size: int = 4) -> float:
    """F1 of mean precision and mean recall over shingles of four words, as the first benchmark
    computes it: a multiset of shingles a page, normalised by their number."""
    precisions: list[float] = []
    recalls: list[float] = []
    for gold, answer in pairs:
        one, other = _shingles(gold, size), _shingles(answer, size)
        common = sum(min(count, other.get(key, 0)) for key, count in one.items())
        wrong = sum(max(0, count - one.get(key, 0)) for key, count in other.items())
        missed = sum(max(0, count - other.get(key, 0)) for key, count in one.items())
        if common + wrong > 0:
            precisions.append(common / (common + wrong))
        if common + missed > 0:
            recalls.append(common / (common + missed))
    precision = statistics.mean(precisions) if precisions else 0.0
    recall = statistics.mean(recalls) if recalls else 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def word_f1(gold: str, answer: str) -> float:
    """F1 of two texts as multisets of words in lower case; 1 where both are empty."""
    one, other = (Counter(_TOKEN.findall(text.lower())) for text in (gold, answer))
    common, size = (one & other).total(), one.total() + other.total()
    return 2 * common / size if size else 1.0


def _shingles(text: str, size: int) -> dict[tuple[str, ...], int]:
    # Soft hyphens are invisible: they are in some gold texts and in no reader's word.
    tokens = _TOKEN.findall(unicodedata.normalize("NFC", text or "").replace("\xad", ""))
    counts: dict[tuple[str, ...], int] = {}
    for start in range(max(1, len(tokens) - size + 1) if tokens else 0):
        key = tuple(tokens[start : start + size])
        counts[key] = counts.get(key, 0) + 1
    return counts


_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])


def clean(text: str | None) -> str:
    """For comparisons: NFC, white space collapsed, without what no reader sees."""
    return " ".join(unicodedata.normalize("NFC", text or "").translate(_INVISIBLE).split())


def score(pages: list[Page], answers: list[Answer], *, with_lead: bool = True) -> dict[str, float]:
    """All figures of one extractor on one set."""
    pairs = [
        (page.body, "\n\n".join(filter(None, [a.lead if with_lead else "", a.body])))
        for page, a in zip(pages, answers, strict=True)
    ]
    figures = {"refused": statistics.mean(not answer.body for answer in answers)}
    if any(gold for gold, _ in pairs):
        figures["body F1"] = shingle_f1(pairs)
        figures["words F1"] = statistics.mean(word_f1(*pair) for pair in pairs)
    titled = [(p, a) for p, a in zip(pages, answers, strict=True) if p.title]
    if titled:
        figures["title exact"] = statistics.mean(
            clean(p.title) == clean(a.title) for p, a in titled
        )
    dated = [(p, a) for p, a in zip(pages, answers, strict=True) if p.published]
    if dated:
        figures["day"] = statistics.mean(_same_day(p, a) for p, a in dated)
        if any(not a.body for _, a in dated):
            figures["day, refused pages asked"] = statistics.mean(
                _same_day(p, a) or str(p.published)[:10] in a.refused_days for p, a in dated
            )
        timed = [(p, a) for p, a in dated if p.published and p.published.tzinfo]
        if timed:
            figures["instant"] = statistics.mean(_same_instant(p, a) for p, a in timed)
    if titled:
        figures["authors F1"] = _authors_f1(titled)
    return figures


def _same_day(page: Page, answer: Answer) -> bool:
    assert page.published is not None
    if answer.instant is not None and page.published.tzinfo:
        return answer.instant.astimezone(page.published.tzinfo).date() == page.published.date()
    return page.published.date().isoformat() in (answer.own_day or answer.day, answer.day)


def _same_instant(page: Page, answer: Answer) -> bool:
    assert page.published is not None
    if answer.instant is None or answer.instant.tzinfo is None:
        return False
    return abs(answer.instant - page.published) < dt.timedelta(minutes=1)


def _authors_f1(pairs: list[tuple[Page, Answer]]) -> float:
    right = given = wanted = 0
    for page, answer in pairs:
        gold = {clean(name).casefold() for name in page.authors}
        said = {clean(name).casefold() for name in answer.authors}
        right += len(gold & said)
        given += len(said)
        wanted += len(gold)
    return 2 * right / (given + wanted) if given + wanted else 1.0


def score_by_their_scorer(folder: Path, pages: list[Page], answers: list[Answer]) -> str:
    """The first benchmark's own evaluation, imported from its checkout."""
    spec = importlib.util.spec_from_file_location("aeb_evaluate", folder / "evaluate.py")
    assert spec is not None
    assert spec.loader is not None
    theirs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(theirs)
    truth = {page.name: {"articleBody": page.body} for page in pages}
    said = {p.name: {"articleBody": a.body} for p, a in zip(pages, answers, strict=True)}
    result = theirs.evaluate(truth, said, 200)
    return (
        f"{result['f1']:.3f} ± {result['f1_std']:.3f} (precision {result['precision']:.3f},"
        f" recall {result['recall']:.3f}, exact {result['accuracy']:.3f})"
    )


def half_of(name: str) -> int:
    """0 or 1, by the hash of a page's name."""
    return hashlib.sha256(name.encode()).digest()[0] % 2


def report(title: str, pages: list[Page], names: list[str], aeb: Path | None = None) -> None:
    print(f"\n## {title}: {len(pages)} pages")
    for name in names:
        answers, median, peak = _run_apart(name, pages)
        figures = score(pages, answers, with_lead=aeb is None)
        line = "  ".join(f"{key} {value:.3f}" for key, value in figures.items())
        print(f"{name:<22} {line}  {median:.1f} ms  {peak:.0f} MB", flush=True)
        if aeb is not None:
            print(f"{'':<22} by its own scorer: F1 {score_by_their_scorer(aeb, pages, answers)}")


def check_floors() -> int:
    """Compare our samples with the pinned floors; the number of those that fell."""
    pinned = tomllib.loads(FLOORS.read_text("utf-8"))
    pages = read_samples()
    most, calls = pinned["cost"]["calls"], count_calls(pages[::COUNTED])
    fallen = int(calls > most)
    print(f"{'FELL' if fallen else 'ok  '} calls a page {calls:.0f} <= {most}")
    for name, wanted in pinned["quality"].items():
        answers = [EXTRACTORS[wanted["extractor"]](page) for page in pages]
        figures = score(pages, answers)
        for key, floor in wanted["floors"].items():
            good = figures[key] >= floor
            fallen += not good
            print(f"{'ok  ' if good else 'FELL'} {name}: {key} {figures[key]:.4f} >= {floor}")
    return fallen


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--aeb", type=Path, help="checkout of article-extraction-benchmark")
    parser.add_argument("--fundus", type=Path, help="checkout of fundus")
    parser.add_argument("--wcxb", type=Path, help="checkout of web-content-extraction-benchmark")
    parser.add_argument("--htmldate", type=Path, help="checkout of htmldate")
    parser.add_argument("--half", type=int, choices=(0, 1), help="only one half of the pages")
    parser.add_argument("--peers", default="trafilatura,newspaper,news-please")
    parser.add_argument("--floors", action="store_true", help="only compare with pinned floors")
    options = parser.parse_args()
    if options.floors:
        sys.exit(1 if check_floors() else 0)
    names = ["baotinh", "baotinh, no layouts"]
    for peer in filter(None, options.peers.split(",")):
        if importlib.util.find_spec(MODULES[peer]):
            names.append(peer)
        else:
            print(f"{peer} is not installed: left out")
    started = time.monotonic()
    report("our samples", read_samples(), names)
    for title, read, folder in (
        ("article-extraction-benchmark", read_aeb, options.aeb),
        ("Fundus test set", read_fundus, options.fundus),
        ("WCXB development articles", read_wcxb, options.wcxb),
        ("htmldate evaluation pages", read_htmldate, options.htmldate),
    ):
        if folder:
            pages = [p for p in read(folder) if options.half in (None, half_of(p.name))]
            report(title, pages, names, folder if read is read_aeb else None)
    print(f"\n{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
