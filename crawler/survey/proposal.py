"""What a survey proposes, written as a source file that says how sure it is of each line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.survey.outlet import UNKNOWN_PROVINCE
from storage.text import normalize, printable

if TYPE_CHECKING:
    from crawler.discovery import Found
    from crawler.sources import Seed
    from crawler.survey.habits import Habit
    from crawler.survey.outlet import Outlet
    from storage.records import Article


@dataclass(slots=True, kw_only=True)
class FoundSeed:
    """A feed, sitemap or listing that answered, and the articles it showed."""

    seed: Seed
    found: tuple[Found, ...]
    articles: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A page that was read as an article, or why it could not be."""

    url: str
    article: Article | None = None
    problem: str = ""
    layouts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of what was found, with a confidence from 0 to 1."""

    text: str
    confidence: float


@dataclass(slots=True, kw_only=True)
class Proposal:
    """Everything a survey found out about a site."""

    outlet: Outlet
    homepage: str
    found_seeds: list[FoundSeed]
    habit: Habit
    samples: list[Sample]
    layouts: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    requests: int
    day: str = ""

    def to_toml(self) -> str:
        """Return the source file, with findings and samples as comments."""
        lines = [*self._head(), *self._facts(), *self._seeds(), *self._articles(), *self._layouts()]
        return "\n".join([*lines, "", *self._shown()]) + "\n"

    def _head(self) -> list[str]:
        text = f"{self.outlet.name}. Proposed on {self.day} from {self.homepage} alone, "
        lines = [_comment(f"{text}with {self.requests} requests."), "#", "# Found (confidence):"]
        lines += [_comment(f"  {each.confidence:.2f}  {each.text}") for each in self.findings]
        if self.missing:
            lines += ["#", "# Not found:", *(_comment(f"  {each}") for each in self.missing)]
        return lines

    def _facts(self) -> list[str]:
        outlet = self.outlet
        unknown = outlet.province == UNKNOWN_PROVINCE
        lines = [
            "",
            f"id = {_quote(outlet.id)}",
            f"name = {_quote(outlet.name)}",
            f"kind = {_quote(outlet.kind)}",
            f"province = {_quote(outlet.province)}" + (" # not found: fill it in" * unknown),
        ]
        if outlet.before_2025:
            lines.append(f"province_before_2025 = {_quote(outlet.before_2025)}")
        return [*lines, f"homepage = {_quote(self.homepage)}"]

    def _seeds(self) -> list[str]:
        lines = []
        for one in self.found_seeds:
            note = f" # {one.note}" if one.note else ""
            lines += ["", f"[[seeds]]{printable(note)}", f"kind = {_quote(one.seed.kind)}"]
            lines.append(f"url = {_quote(one.seed.url)}")
        return lines

    def _articles(self) -> list[str]:
        patterns = self.habit.patterns
        if not patterns:
            return []
        return ["", "[articles]", "accept = [", *(f"    '{each}'," for each in patterns), "]"]

    def _layouts(self) -> list[str]:
        return [line for name in self.layouts for line in ("", "[[layouts]]", f"name = '{name}'")]

    def _shown(self) -> list[str]:
        lines = ["# Samples, as they would be stored:"]
        for sample in self.samples:
            lines += ["#", *(_comment(line) for line in describe_sample(sample))]
        return lines


def describe_sample(sample: Sample) -> list[str]:
    """Return a few lines that let a reader judge whether the page was read rightly."""
    article = sample.article
    if article is None:
        return [sample.url, f"  not read as an article: {sample.problem}"]
    sure = {
        name: f" ({each.confidence:.2f}, {each.how})" for name, each in article.evidence.items()
    }
    published = article.published_at or article.published_on or "not found"
    paragraphs = article.paragraphs
    return [
        sample.url,
        f"  title: {article.title}{sure.get('title', '')}",
        f"  published: {published}{sure.get('published', sure.get('published_at', ''))}",
        f"  authors: {', '.join(article.authors) or 'none found'}{sure.get('authors', '')}",
        f"  summary: {_short(article.summary or 'none found')}",
        f"  body: {len(paragraphs)} paragraphs{sure.get('body', '')}: {_short(article.body)}",
    ]


def _short(text: str) -> str:
    line = normalize(text)
    return line if len(line) <= 70 else line[:69].rstrip() + "…"


def _comment(text: str) -> str:
    return f"# {printable(normalize(text)) if not text.startswith(' ') else _indented(text)}"


def _indented(text: str) -> str:
    stripped = text.lstrip(" ")
    return " " * (len(text) - len(stripped)) + printable(normalize(stripped))


def _quote(text: str) -> str:
    """A TOML basic string; JSON's escapes are all among TOML's."""
    return json.dumps(normalize(text), ensure_ascii=False)
