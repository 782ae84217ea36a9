"""Nothing on the pages is untranslated."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from crawler.failures import REASONS, Cause, Word
from crawler.monitoring.coverage import FIELD_CAUSES, FIELDS, OWN_TITLE, PAGE_TITLE
from crawler.monitoring.verdicts import HealthState
from crawler.web import words
from crawler.web.language import DOMAIN, LOCALE
from crawler.web.rendering import TEMPLATES
from storage.states import (
    ARTICLE_KINDS,
    OutcomeKind,
    RunKind,
    RunState,
    SeedKind,
    SourceKind,
    SourceStatus,
)

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Catalog, Message

WEB = LOCALE.parent
PO = LOCALE / "vi" / "LC_MESSAGES" / f"{DOMAIN}.po"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "_some": (1, 2)}
SAME = {"video"}
"""Words that both languages share."""
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_ELEMENT = re.compile(r"<code>.*?</code>|<[^>]*>", re.DOTALL)
_SHOWN = re.compile(r"(?:aria-label|placeholder|alt)=\"([^\"]*)\"")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
NAMES = {"Báo", "Tỉnh", "RIS", "BibTeX", "WACZ", "Atom", "xã", "Mỹ", "Quý", "Tây", "Ninh"}


def messages() -> set[str]:
    """Every message of code and templates."""
    mappings = tomllib.loads((LOCALE / "babel.toml").read_text())["mappings"]
    methods = [(each["pattern"], each["method"]) for each in mappings]
    options = {each["pattern"]: each for each in mappings}
    found = [
        each
        for folder in (WEB, WEB.parent / "failures")
        for each in extract_from_dir(str(folder), methods, options, KEYWORDS)
    ]
    return {each[2][0] if isinstance(each[2], tuple) else each[2] for each in found}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="vi")


def _text(message: Message) -> tuple[str, str]:
    one, string = message.id, message.string
    return (
        str(one[0] if isinstance(one, tuple | list) else one),
        str(string[0] if isinstance(string, tuple | list) else string),
    )


def test_every_message_is_translated_and_none_is_left_over(catalogue: Catalog) -> None:
    known = dict(_text(message) for message in catalogue if message.id)
    asked = messages()
    assert len(asked) > 200
    assert asked - known.keys() == set()
    assert known.keys() - asked == set()
    assert [text for text, translated in known.items() if not translated] == []
    assert [text for text, said in known.items() if text == said and text not in SAME] == []
    assert not any(message.fuzzy for message in catalogue if message.id)


def test_translations_take_the_same_values(catalogue: Catalog) -> None:
    for message in catalogue:
        text, translated = _text(message)
        names = re.findall(r"%\((\w+)\)s", text)
        assert sorted(names) == sorted(re.findall(r"%\((\w+)\)s", translated)), text


def test_the_compiled_catalogue_is_that_of_the_text(catalogue: Catalog) -> None:
    with PO.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    for message in catalogue:
        if message.id:
            found = compiled.get(message.id)
            assert found is not None, f"{message.id}: make catalogues"
            assert _text(found) == _text(message)


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_words_outside_of_messages(path: Path) -> None:
    bare = _JINJA.sub(" ", path.read_text(encoding="utf-8"))
    shown = [*_ELEMENT.split(bare), *_SHOWN.findall(bare)]
    found = {word for text in shown for word in _LETTERS.findall(re.sub(r"&\w+;", " ", text))}
    assert found - NAMES == set()


def test_what_each_reason_means_is_translated() -> None:
    assert {reason.sentence for reason in REASONS.values()} <= messages()


def test_every_cause_that_a_rule_of_health_gives_has_a_name() -> None:
    rules = "".join(path.read_text() for path in (WEB.parent / "monitoring").glob("*rules.py"))
    causes = set(re.findall(r"cause[^\n\"]*\"([a-z-]+)\"", rules))
    assert {"silence", "rejected", "failing", "fields"} <= causes
    assert causes <= words.CAUSES.keys()


def test_every_word_of_the_archive_has_a_name() -> None:
    assert set(Cause) | set(FIELD_CAUSES.values()) | set(Word) <= words.CAUSES.keys()
    assert {*FIELDS, OWN_TITLE, PAGE_TITLE} == words.FIELDS.keys()
    assert words.STATES.keys() == set(HealthState)
    assert words.STATUSES.keys() >= set(SourceStatus)
    assert words.SOURCE_KINDS.keys() == set(SourceKind)
    assert words.ARTICLE_KINDS.keys() == set(ARTICLE_KINDS)
    assert words.SEEDS.keys() == set(SeedKind)
    assert words.OUTCOMES.keys() == set(OutcomeKind)
    assert words.RUNS.keys() == set(RunKind)
    assert words.RUN_STATES.keys() == set(RunState)
