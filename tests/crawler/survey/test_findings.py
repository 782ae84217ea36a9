"""How sure a survey is of what it found, at its bounds."""

from __future__ import annotations

import pytest

from crawler.discovery.results import Found
from crawler.sources import Seed
from crawler.survey.findings import describe_findings, list_missing
from crawler.survey.habits import Habit
from crawler.survey.outlet import Outlet
from crawler.survey.proposal import FoundSeed, Proposal, Sample
from storage.records import Article, Evidence
from storage.states import SeedKind, SourceKind

HABIT = Habit(patterns=("-a1$", "-b$"), covered=8, known=8, has_ids=True)


def proposal(**changes: object) -> Proposal:
    outlet = Outlet(
        id="a",
        name="Báo A",
        kind=SourceKind.NEWSPAPER,
        province=str(changes.pop("province", "Tây Ninh")),
        before_2025="Long An",
        name_confidence=0.8,
        province_confidence=0.7,
    )
    facts: dict[str, object] = {
        "outlet": outlet,
        "homepage": "https://a.vn/",
        "found_seeds": [],
        "habit": HABIT,
        "samples": [],
        "requests": 3,
    }
    return Proposal(**facts | changes)  # type: ignore[arg-type]


def found(kind: SeedKind, articles: int, links: int, note: str = "") -> FoundSeed:
    each = tuple(Found(url=f"https://a.vn/{n}") for n in range(links))
    return FoundSeed(
        seed=Seed(kind=kind, url="https://a.vn/x"), found=each, articles=articles, note=note
    )


def read(*layouts: str, day: str | None = "2026-11-24", sure: float = 0.9) -> Sample:
    evidence = {
        "title": Evidence(how="h1", confidence=sure),
        "section": Evidence(how="menu", confidence=0.0),
    }
    article = Article(source_id="a", url="", title="T", published_on=day, evidence=evidence)
    return Sample(url="https://a.vn/1", article=article, layouts=layouts)


BARE = Sample(url="https://a.vn/3", article=Article(source_id="a", url="", title="T"))
LOST = Sample(url="https://a.vn/2", problem="no-body")


@pytest.mark.parametrize(
    ("one", "confidence"),
    [
        (found(SeedKind.FEED, 10, 10), 1.0),
        (found(SeedKind.FEED, 20, 20), 1.0),
        (found(SeedKind.FEED, 5, 10), 0.6),
        (found(SeedKind.SITEMAP, 10, 20), 0.75),
        (found(SeedKind.LISTING, 10, 100), 1.0),
        (found(SeedKind.LISTING, 5, 100), 0.8),
        (found(SeedKind.FEED, 0, 0), 0.3),
    ],
)
def test_a_seed_is_trusted_by_its_articles_and_their_share(
    one: FoundSeed, confidence: float
) -> None:
    findings = describe_findings(proposal(found_seeds=[one]))
    line = next(each for each in findings if "https://a.vn/x" in each.text)
    assert line.confidence == pytest.approx(confidence, abs=0.005)


def test_what_is_known_is_told_and_what_is_not_is_left_out() -> None:
    noted = found(SeedKind.FEED, 1, 1, "an index of 3 sitemaps")
    texts = [each.text for each in describe_findings(proposal(found_seeds=[noted]))]
    assert texts[:2] == [
        "name Báo A, kind newspaper",
        "province Tây Ninh (before July 2025: Long An)",
    ]
    assert texts[2] == "feed https://a.vn/x: 1 articles, an index of 3 sitemaps"
    assert texts[3].startswith("article addresses match -a1$ or -b$, with the site's own id: 8 of")
    without = proposal(
        province="Chưa rõ", habit=Habit(patterns=(), covered=0, known=0, has_ids=False)
    )
    texts = [each.text for each in describe_findings(without)]
    assert len(texts) == 3
    worded = proposal(habit=Habit(patterns=("x",), covered=1, known=2, has_ids=False))
    assert any("without an id" in each.text for each in describe_findings(worded))


@pytest.mark.parametrize(
    ("samples", "layouts", "text", "confidence"),
    [
        ([], [], "no known layout", 0.0),
        ([read(), LOST], [], "no known layout", 0.5),
        ([read("a"), read("a")], ["a"], "layout a: 2 of 2 samples", 0.95),
        ([read("a"), read("b"), LOST], ["a"], "layout a: 1 of 2 samples", 0.47),
    ],
)
def test_a_layout_is_trusted_by_the_samples_that_show_it(
    samples: list[Sample], layouts: list[str], text: str, confidence: float
) -> None:
    line = describe_findings(proposal(samples=samples, layouts=layouts))[-2]
    assert line.text.startswith(text)
    assert line.confidence == pytest.approx(confidence, abs=0.006)


@pytest.mark.parametrize(
    ("samples", "text", "confidence"),
    [
        ([], "0 of 0 samples are read as articles, 0 with their date", 0.0),
        ([read()], "1 of 1 samples are read as articles, 1 with their date", 0.9),
        ([read(day=None, sure=0.5), read()], "2 of 2 samples are read as articles, 1 with", 0.7),
        ([read(), LOST], "1 of 2 samples are read as articles, 1 with their date", 0.45),
        ([BARE], "1 of 1 samples are read as articles, 0 with their date", 0.5),
    ],
)
def test_reading_is_trusted_by_what_the_samples_prove(
    samples: list[Sample], text: str, confidence: float
) -> None:
    line = describe_findings(proposal(samples=samples))[-1]
    assert line.text.startswith(text)
    assert line.confidence == pytest.approx(confidence, abs=0.006)


def test_what_is_missing_is_named_and_at_most_twelve_addresses() -> None:
    everything = [found(kind, 1, 1) for kind in SeedKind]
    assert list_missing(proposal(found_seeds=everything), []) == []
    missing = list_missing(proposal(province="Chưa rõ", samples=[LOST, read()]), ["u"] * 12)
    assert [each.split(":")[0] for each in missing[:3]] == [
        "a feed with articles",
        "a sitemap with articles",
        "a listing with articles",
    ]
    assert missing[3:5] == ["the province", "an article at https://a.vn/2: no-body"]
    assert missing[5:] == ["anything at u"] * 12
    more = list_missing(proposal(found_seeds=everything), ["u"] * 15)
    assert (len(more), more[-1]) == (13, "anything at 3 more addresses")
    none = proposal(
        found_seeds=everything, habit=Habit(patterns=(), covered=0, known=0, has_ids=False)
    )
    assert len(list_missing(none, [])) == 1
