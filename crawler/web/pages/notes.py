"""What was done to a question, and why one cannot be answered, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.failures.reason import N_
from storage.errors import QueryPart
from storage.search.results import NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.web.visit import Visit
    from storage.errors import QueryError
    from storage.search.results import Note

QUERY_ERRORS = (
    N_("the search took too long: add a word, a source or a period"),
    N_("the query only says what to leave out"),
    N_("the query holds no word to look for"),
    N_("a beginning such as khuyến* needs at least two letters"),
)
"""What ``storage.search`` says of words that it cannot read; what holds numbers stays English."""
WRONG_PARTS = {
    QueryPart.DAY: N_("“%(text)s” is no date: write it as 28/11/2023."),
    QueryPart.PERIOD: N_("The period ends before it begins."),
    QueryPart.SOURCE: N_("The archive has no outlet “%(text)s”."),
    QueryPart.KIND: N_("No kind is called “%(text)s”."),
    QueryPart.PLACE: N_("No single place is called “%(text)s”."),
    QueryPart.PROVINCE: N_("No outlet is of the province “%(text)s”."),
}
"""What is wrong with the part of a search that is no words."""
_CHOSEN = (QueryPart.PLACE, QueryPart.PROVINCE)


def explain_notes(visit: Visit, notes: Iterable[Note]) -> list[str]:
    """Return a sentence for each note."""
    return [sentence for note in notes if (sentence := _sentence(visit, note))]


def _sentence(visit: Visit, note: Note) -> str:
    language = visit.language
    words = ", ".join(f"“{word}”" for word in note.words)
    instead = ", ".join(f"“{word}”" for word in note.instead)
    values = {"words": words, "instead": instead, "count": language.number(note.count)}
    texts = {
        NoteKind.DROPPED: language.gettext(
            "Without %(words)s: no article has it beside the other words."
        ),
        NoteKind.EMPTY_WORDS: language.gettext("%(words)s only asks a question and was left out."),
        NoteKind.CORRECTED: language.gettext(
            "No article has %(words)s; these are the ones with %(instead)s."
        ),
        NoteKind.SOME: language.gettext(
            "No article has all the words: these have most of them, or the rarer ones."
        ),
        NoteKind.BEHIND: language.gettext(
            "%(count)s articles are still to be taken into the index and are missing here."
        ),
        NoteKind.PLAIN: language.gettext(
            "The index is not there: this is a plain search, slower and less well sorted."
        ),
    }
    return texts[note.kind] % values if note.kind in texts else ""


def explain_error(visit: Visit, error: QueryError) -> str:
    """Return what is wrong with a search: the filter that names nothing, or the words."""
    language, said = visit.language, str(error)
    if error.about is not None:
        text = language.gettext(WRONG_PARTS[error.about]) % {"text": error.given}
        # The choices are names, and told in English only.
        return f"{text} ({said})" if error.about in _CHOSEN and language.code == "en" else text
    if said in QUERY_ERRORS or language.code == "en":
        sentence = language.gettext(said)
        return f"{sentence[:1].upper()}{sentence[1:]}."
    return language.gettext("This search cannot be read: %(said)s.") % {"said": said}
