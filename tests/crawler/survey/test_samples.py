"""Which pages are read as samples, and what they show."""

from __future__ import annotations

from dataclasses import replace

from crawler.demo.server import ARTICLE, ORIGIN
from crawler.discovery.results import Found
from crawler.sources import Seed, Source
from crawler.sources.patterns import compile_pattern
from crawler.survey.proposal import FoundSeed
from crawler.survey.samples import choose_samples, common_layouts, read_sample
from crawler.survey.visits import Visited
from storage.states import SeedKind
from tests.crawler.survey.visiting import NOW, demo_pages

TWO = Source(
    id="x",
    name="X",
    province="Huế",
    homepage="https://x.vn/",
    accept=(compile_pattern(r"-a(?P<id>\d+)\.html$"), compile_pattern(r"-b(?P<id>\d+)\.html$")),
)


def found_seed(kind: SeedKind, *names: str) -> FoundSeed:
    found = tuple(Found(url=f"https://x.vn/{name}.html") for name in names)
    return FoundSeed(seed=Seed(kind=kind, url="https://x.vn/s"), found=found, articles=len(found))


def test_every_form_of_address_is_sampled_then_each_seed_in_turn() -> None:
    found_seeds = [
        found_seed(SeedKind.FEED, "m-a1", "m-a2", "m-a3"),
        found_seed(SeedKind.SITEMAP, "m-a9", "m-b7"),
    ]
    chosen = [url.removeprefix("https://x.vn/") for url in choose_samples(TWO, found_seeds, 4)]
    assert chosen == ["m-a1.html", "m-b7.html", "m-a9.html", "m-a2.html"]
    assert len(choose_samples(TWO, found_seeds, 9)) == 5


def test_a_form_that_no_address_has_is_not_sampled() -> None:
    found_seeds = [found_seed(SeedKind.FEED, "m-a1", "m-a2", "m-a3")]
    assert choose_samples(TWO, found_seeds, 2) == [f"https://x.vn/m-a{n}.html" for n in (1, 2)]
    assert choose_samples(TWO, [], 2) == []


def read(body: bytes) -> Visited:
    return Visited(url=ORIGIN + ARTICLE, status=200, content_type=None, body=body)


def test_a_sample_is_read_with_its_layout_or_says_why_not() -> None:
    source = Source(id="x", name="X", province="Tây Ninh", homepage=ORIGIN)
    sample = read_sample(read(demo_pages()[ORIGIN + ARTICLE]), source, NOW)
    assert sample.article is not None
    assert "content_fck" in sample.layouts
    broken = read_sample(read(b"<p>x"), source, NOW)
    assert broken.article is None
    assert broken.problem
    assert common_layouts([sample, broken]) == list(sample.layouts[:1])
    assert common_layouts([broken]) == []
    for shown, common in (
        (["a", "b", "c"], []), (["a", "b"], []), (["a", "a", "b"], ["a"]), (["b", "a", "a"], ["a"]),
        (["a", "a", "b", "b"], []), (["ab", "ab", "b"], ["a"]), (["ab", "b", "b"], ["b"]),
    ):  # fmt: skip
        assert common_layouts([replace(sample, layouts=tuple(names)) for names in shown]) == common
