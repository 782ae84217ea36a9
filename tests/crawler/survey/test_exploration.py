"""From a home page to a proposal, on the pages of the demo."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from crawler.discovery.results import Child
from crawler.survey.exploration import Exploration, Hopeless, _newest
from storage.states import SeedKind
from tests.crawler.survey.visiting import HOME, NOW, demo_pages, visit

if TYPE_CHECKING:
    from crawler.survey.proposal import Proposal


def explore(pages: dict[str, bytes | Exception]) -> Proposal:
    proposal, _ = visit(pages, lambda visitor: Exploration(visitor, HOME, fetched_at=NOW).explore())
    return proposal


def test_the_demo_is_proposed_with_its_seeds_pattern_and_layout() -> None:
    proposal = explore({**demo_pages()})
    kinds = {found_seed.seed.kind for found_seed in proposal.found_seeds}
    assert kinds == set(SeedKind)
    assert proposal.habit.patterns == (r"-a(?P<id>\d+)\.html$",)
    assert (proposal.outlet.province, proposal.outlet.before_2025) == ("Tây Ninh", "Long An")
    assert any(sample.article for sample in proposal.samples)
    table = tomllib.loads(proposal.to_toml())
    assert table["articles"]["accept"] == [r"-a(?P<id>\d+)\.html$"]
    assert {seed["kind"] for seed in table["seeds"]} == {"feed", "sitemap", "listing"}


@pytest.mark.parametrize(
    ("home", "said"),
    [
        (b"<script></script>", "is drawn by JavaScript"),
        (b"<p>Xin chao</p>", "is no news site"),
        (b"<p>Buy this domain</p>", "parked or unfinished"),
        (b"<a href=/a>A</a>" * 2 + b"".join(b"<a href=/m%d>x</a>" % n for n in range(6)),
         "none of which looks like an article"),
    ],
)  # fmt: skip
def test_a_home_page_of_no_use_says_why(home: bytes, said: str) -> None:
    with pytest.raises(Hopeless, match=said):
        explore({HOME: home})


def test_a_site_that_does_not_answer_says_so() -> None:
    with pytest.raises(Hopeless, match="404"):
        explore({})


def test_news_sitemaps_come_first_and_dull_ones_last() -> None:
    names = ("2024-01", "category", "2025-03", "news", "images-2026")
    children = [Child(url=f"https://x.vn/{name}.xml", period=name[:7]) for name in names]
    ordered = [child.url.rpartition("/")[2].removesuffix(".xml") for child in _newest(children)]
    assert ordered[:3] == ["news", "2025-03", "2024-01"]
