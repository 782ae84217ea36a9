"""What the archive's short words are called on the pages: messages, translated where shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.web.language import Language


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Mark a text for the catalogues."""
    return text


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

CAUSES = {
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
    "header-flood": N_("its server sends headers without an end"),
    "encoding": N_("its pages are compressed in a way we do not read"),
    "too-large": N_("its pages are larger than we accept"),
    "redirects": N_("its addresses redirect without an end"),
    "empty-body": N_("its answers are empty"),
    "robots": N_("its robots.txt forbids us to read it"),
    "robots-unreachable": N_("its robots.txt cannot be read, so we do not ask"),
    "malformed-url": N_("its addresses are malformed"),
    "scheme": N_("its addresses lead away from the web"),
    "userinfo": N_("its addresses hold user names"),
    "port": N_("its addresses lead to foreign ports"),
    "binary": N_("files stand where pages were"),
    "browser": N_("the browser that draws its pages broke down"),
    "not-drawn": N_("its pages are not drawn in the time they may take"),
    "bot-check": N_("it shows a check for robots instead of its pages"),
    "empty-shell": N_("its pages show their text through scripts only"),
    "error-page": N_("its pages show an error of its server"),
    "other-page": N_("its pages show something else than what their links name"),
    "gallery": N_("its pages show pictures without a text"),
    "login": N_("it asks for a login"),
    "long-title": N_("its pages have titles that are no headlines"),
    "maintenance": N_("it says that it is under maintenance"),
    "no-body": N_("its pages have no text"),
    "common-title": N_("its pages all have one title"),
    "no-title": N_("its pages have no titles"),
    "not-html": N_("its pages are no HTML"),
    "parked": N_("its domain is for sale or not set up"),
    "video": N_("its pages show players without a text"),
    "not-a-seed": N_("its feeds are no feeds any more"),
    "no-links": N_("its feeds and lists show no articles"),
    "capture": N_("captures of it cannot be read"),
    "crashed": N_("a fault of ours in reading its pages"),
    "dropped": N_("its articles were dropped on their way"),
    "ignored": N_("its pages were refused by an extension"),
    "lost": N_("requests to it were never answered"),
}
"""Why a source is not well, by the cause of its trouble."""
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
