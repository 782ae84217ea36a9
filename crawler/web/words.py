"""What the archive's short words are called on the pages: messages, translated where shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.failures import REASONS
from crawler.failures.reason import N_

if TYPE_CHECKING:
    from crawler.web.language import Language


STATES = {
    "ok": N_("works"),
    "frozen": N_("silent"),
    "degraded": N_("impaired"),
    "blocked": N_("shut out"),
    "broken": N_("broken"),
}
"""States of health, in the order of their gravity."""

STATUSES = {
    "active": N_("collected"),
    "paused": N_("paused"),
    "frozen": N_("still there, without news"),
    "retired": N_("ended"),
    "unlisted": N_("in no source file any more"),
}

SENTENCES = {word: reason.sentence for word, reason in REASONS.items()}
"""What a page or seed is met with that gives nothing, by its reason."""
CAUSES = SENTENCES | {
    "certificate": N_("its certificate or encryption cannot be trusted"),
    "name": N_("the name of its server cannot be resolved"),
    "no-answer": N_("its server does not answer"),
    "server-error": N_("its server answers with errors"),
    "wait": N_("its server asks to be left alone for now"),
    "forbidden": N_("its server refuses to answer us"),
    "missing": N_("the addresses we know are no longer there"),
    "no-seeds": N_("no feed, sitemap or list of articles was found"),
    "rejected": N_("most of its pages could not be read as articles"),
    "crawls": N_("the last crawls did not come to an end"),
    "layout": N_("its pages have changed their layout"),
    "fields": N_("a part of its articles is no longer found"),
    "title": N_("titles are no longer found on its pages"),
    "body": N_("texts are no longer found on its pages"),
    "lead": N_("leads are no longer found on its pages"),
    "date": N_("dates are no longer found on its pages"),
    "gap": N_("articles of some hours may have been missed"),
    "flood": N_("it shows more addresses than there can be articles"),
    "silence": N_("nothing new, where articles were to be expected"),
    "volume": N_("far fewer articles than usual"),
    "empty": N_("its feeds and lists show no articles"),
    "substitutes": N_("its known feeds fail; others were found on the site"),
    "failing": N_("its feeds and lists cannot be read"),
    "earlier": N_("trouble noted by an earlier version"),
}
"""Why a source is not well, by the cause of its trouble: a reason, or more than one."""
OTHER_CAUSE = N_("something else is wrong")

REMOVALS = {
    "http-404": N_("its address answers “not found” (404)"),
    "http-410": N_("its address answers “gone” (410)"),
    "redirect-home": N_("its address leads to the front page"),
    "soft-404": N_("its page says that there is no such article"),
}
OTHER_REMOVAL = N_("its page is no longer there")

CHANGES = {
    "edited": N_("edited"),
    "returned": N_("back to an earlier text"),
    "removed": N_("removed"),
    "reextracted": N_("read anew by better rules"),
}

EVENTS = {
    "published": N_("published, as the paper says"),
    "seen": N_("first seen by us"),
    "edited": N_("edited by the paper"),
    "reextracted": N_("read anew by better rules of ours"),
    "returned": N_("the paper went back to this text"),
    "gone": N_("found removed"),
    "last-seen": N_("last seen, unchanged"),
}

SOURCE_KINDS = {
    "newspaper": N_("newspaper"),
    "broadcaster": N_("broadcaster"),
    "portal": N_("government portal"),
}
ARTICLE_KINDS = {
    "article": N_("article"),
    "photo": N_("photo story"),
    "video": N_("video"),
    "roundup": N_("news in brief"),
    "live": N_("live report"),
}
KINDS = {**SOURCE_KINDS, **ARTICLE_KINDS}

RUNS = {
    "crawl": N_("crawl"),
    "backfill": N_("history"),
    "import": N_("taken over from another archive"),
    "reextract": N_("read anew"),
}
RUN_STATES = {
    "running": N_("running"),
    "finished": N_("finished"),
    "interrupted": N_("broken off"),
    "failed": N_("failed"),
}
OUTCOMES = {
    "new": N_("new"),
    "revised": N_("changed"),
    "unchanged": N_("unchanged"),
    "duplicate": N_("known text"),
    "rejected": N_("no article"),
    "failed": N_("no answer"),
}
SEEDS = {"feed": N_("feed"), "sitemap": N_("sitemap"), "listing": N_("list of articles")}
WAITS = {
    "revisit": N_("known articles are to be looked at again"),
    "page": N_("pages wait to be fetched"),
    "host": N_("its server is left alone until then"),
}
"""Why a source is asked next when it is, where that is not the rhythm of its feeds."""
FIELDS = {
    "a title of their own": N_("a title of its own"),
    "a title on their page": N_("a title on its page"),
    "a body": N_("a text"),
    "a lead": N_("a lead"),
    "authors": N_("authors"),
    "a date": N_("a day"),
    "a time": N_("a time of day"),
    "a section": N_("a section"),
    "tags": N_("tags"),
    "pictures": N_("pictures"),
    "the text where their layout puts it": N_("the text where its layout puts it"),
}


def name_word(language: Language, words: dict[str, str], word: str | None, other: str = "") -> str:
    """Return what a short word is called; an unknown one is shown as it is, or as ``other``."""
    known = words.get(word or "", other)
    return language.gettext(known) if known else (word or "")
