"""A proposal as a source file with comments, and its findings."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest

from crawler.discovery.results import Found
from crawler.sources import Seed
from crawler.survey.findings import describe_findings, list_missing
from crawler.survey.habits import Habit
from crawler.survey.outlet import UNKNOWN_PROVINCE, Outlet
from crawler.survey.proposal import Finding, FoundSeed, Proposal, Sample, describe_sample
from storage.records import Article
from storage.states import SeedKind, SourceKind

PATTERN = r"-a(?P<id>\d+)\.html$"


def proposal(name: str = "Báo X", province: str = UNKNOWN_PROVINCE) -> Proposal:
    outlet = Outlet(
        id="x",
        name=name,
        kind=SourceKind.PORTAL,
        province=province,
        before_2025=None,
        name_confidence=0.8,
        province_confidence=0.4,
    )
    found = tuple(Found(url=f"https://x.vn/m-a{n}.html") for n in range(20))
    feed = Seed(kind=SeedKind.FEED, url="https://x.vn/rss")
    return Proposal(
        outlet=outlet,
        homepage="https://x.vn/",
        found_seeds=[FoundSeed(seed=feed, found=found, articles=10, note="a\nb")],
        habit=Habit(patterns=(PATTERN,), covered=9, known=10, has_ids=True),
        samples=[Sample(url="https://x.vn/m-a1.html", problem="no body")],
        layouts=[],
        requests=7,
        day="2026-11-24",
    )


def test_whatever_a_site_is_called_the_file_is_toml() -> None:
    hostile = 'Báo "X"\n\\ [[seeds]] \x07\x7f'
    made = proposal(hostile)
    made.findings = describe_findings(made)
    table = tomllib.loads(made.to_toml())
    assert (table["id"], table["kind"]) == ("x", "portal")
    assert table["name"].startswith('Báo "X"')
    assert table["seeds"] == [{"kind": "feed", "url": "https://x.vn/rss"}]
    assert table["articles"] == {"accept": [PATTERN]}


@pytest.mark.parametrize(("province", "is_asked"), [(UNKNOWN_PROVINCE, True), ("Huế", False)])
def test_a_province_that_was_not_found_is_asked_for(province: str, is_asked: bool) -> None:
    assert ("# not found: fill it in" in proposal(province=province).to_toml()) is is_asked


def test_names_stay_readable_in_the_file() -> None:
    assert 'name = "Báo Đắk Lắk"' in proposal("Báo Đắk Lắk").to_toml().splitlines()


def test_the_file_shows_how_each_sample_was_read() -> None:
    lines = proposal().to_toml().splitlines()
    begin = lines.index("# Samples, as they would be stored:")
    assert lines[begin + 1 : begin + 4] == [
        "#",
        "# https://x.vn/m-a1.html",
        "#   not read as an article: no body",
    ]


def test_findings_have_the_confidence_of_what_was_seen() -> None:
    findings = {each.text.partition(":")[0].split(",")[0]: each.confidence
                for each in describe_findings(proposal(province="Huế"))}  # fmt: skip
    assert findings["name Báo X"] == 0.8
    assert findings["feed https"] == 0.75
    assert findings["no known layout; generic extraction reads the pages"] == 0


def test_what_is_missing_is_named() -> None:
    missing = list_missing(proposal(), [f"https://x.vn/{n} answers 404" for n in range(14)])
    assert "the province" in missing
    assert not any(line.startswith("a feed") for line in missing)
    assert any(line.startswith("a sitemap with articles") for line in missing)
    assert "an article at https://x.vn/m-a1.html: no body" in missing
    assert missing[-1] == "anything at 2 more addresses"


def test_the_file_begins_with_what_was_found_and_what_was_not() -> None:
    made = proposal()
    made.findings = [Finding(text="feed x", confidence=0.756)]
    head = made.to_toml().partition("\n\nid = ")[0].splitlines()
    assert head == [
        "# Báo X. Proposed on 2026-11-24 from https://x.vn/ alone, with 7 requests.",
        "#", "# Found (confidence):", "#   0.76 feed x",
    ]  # fmt: skip
    made.missing = ["the province", "a feed"]
    head = made.to_toml().partition("\n\nid = ")[0].splitlines()
    assert head[3:] == [
        "#   0.76 feed x", "#", "# Not found:", "#   the province", "#   a feed",
    ]  # fmt: skip


def test_a_sample_that_was_not_read_says_why() -> None:
    lines = describe_sample(Sample(url="https://x.vn/a", problem="no body"))
    assert lines == ["https://x.vn/a", "  not read as an article: no body"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 70, "x" * 70),
        ("x" * 71, "x" * 69 + "…"),
        ("x" * 68 + " yz", "x" * 68 + "…"),
    ],
)
def test_a_long_text_of_a_sample_is_told_by_how_it_begins(text: str, shown: str) -> None:
    read = Article(source_id="x", url="https://x.vn/a", title="Tin", body=text, summary=text)
    lines = describe_sample(Sample(url="https://x.vn/a", article=read))
    assert lines[4] == f"  summary: {shown}"
    assert lines[5] == f"  body: 1 paragraphs: {shown}"


@pytest.mark.parametrize(
    ("kind", "articles", "confidence"),
    [
        (SeedKind.LISTING, 0, 0.6),
        (SeedKind.LISTING, 9, 0.96),
        (SeedKind.LISTING, 10, 1.0),
        (SeedKind.LISTING, 30, 1.0),
        (SeedKind.FEED, 10, 0.75),
        (SeedKind.FEED, 20, 1.0),
    ],
)
def test_a_seed_is_trusted_fully_from_ten_articles_on(
    kind: SeedKind, articles: int, confidence: float
) -> None:
    made = proposal()
    (one,) = made.found_seeds
    one.seed, one.articles = Seed(kind=kind, url="https://x.vn/s"), articles
    assert describe_findings(made)[1].confidence == confidence


def test_a_habit_is_told_where_there_is_one() -> None:
    made = proposal()
    (said,) = (each for each in describe_findings(made) if each.text.startswith("article addr"))
    assert "with the site's own id: 9 of 10 known articles do" in said.text
    made.habit = replace(made.habit, has_ids=False)
    (said,) = (each for each in describe_findings(made) if each.text.startswith("article addr"))
    assert "without an id" in said.text
    made.habit = replace(made.habit, patterns=())
    assert "articles" not in tomllib.loads(made.to_toml())
    assert not any(each.text.startswith("article addr") for each in describe_findings(made))
