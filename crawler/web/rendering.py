"""Templates to HTML, in the reader's language; nothing that a paper wrote becomes markup."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from crawler.web import words
from crawler.web.language import LANGUAGES, load_language
from storage.text import printable

if TYPE_CHECKING:
    from crawler.web.language import Language

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"


def render(language: Language, template: str, /, **values: Any) -> str:
    """Return a page."""
    return _environment(language.code).get_template(template).render(values)


def prepare() -> None:
    """Compile all templates, so that the first reader need not wait for it."""
    for code in LANGUAGES:
        env = _environment(code)
        for name in env.list_templates(["html"]):
            env.get_template(name)


@functools.cache
def _environment(code: str) -> Environment:
    language = load_language(code)
    env = make_environment()
    env.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(language=language, **_names(language))
    env.filters.update(
        day=language.day,
        capitalize_first=lambda text: text[:1].upper() + text[1:],
        instant=language.instant,
        month=language.month,
        number=language.number,
        span=language.span,
    )
    return env


def make_environment() -> Environment:
    """Return an environment for our templates, without a language."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )


def _names(language: Language) -> dict[str, Any]:
    """Return functions that say what the archive's short words are called."""
    tables = {
        "name_cause": (words.CAUSES, words.OTHER_CAUSE),
        "name_change": (words.CHANGES, ""),
        "name_event": (words.EVENTS, ""),
        "name_field": (words.FIELDS, ""),
        "name_kind": (words.KINDS, ""),
        "name_removal": (words.REMOVALS, words.OTHER_REMOVAL),
        "name_run": (words.RUNS, ""),
        "name_run_state": (words.RUN_STATES, ""),
        "name_seed": (words.SEEDS, ""),
        "name_state": (words.STATES, ""),
        "name_status": (words.STATUSES, ""),
    }
    return {
        name: functools.partial(_name, language, table, other)
        for name, (table, other) in tables.items()
    } | {"name_outcome": functools.partial(_name_outcome, language)}


def _name(language: Language, table: dict[str, str], other: str, word: str | None) -> str:
    return words.name_word(language, table, word, other)


def _name_outcome(language: Language, outcome: str) -> str:
    """``rejected/no-body`` is named with its reason; a page that is gone, by the reason alone."""
    kind, _, reason = outcome.partition("/")
    if reason in words.REMOVALS:
        return words.name_word(language, words.REMOVALS, reason)
    named = words.name_word(language, words.OUTCOMES, kind)
    return f"{named} ({words.name_word(language, words.SENTENCES, reason)})" if reason else named


def _finalize(value: Any) -> Any:
    """Make scraped text harmless, inside of markup too; None shows as nothing."""
    if value is None:
        return ""
    if isinstance(value, Markup):
        return Markup(printable(value, lines=True))  # noqa: S704 - markup before and after
    return printable(value) if isinstance(value, str) else value
