"""The language of an article, by its letters first: pages declare the site's language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from storage.records import Evidence

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Block
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured

Order = Literal["dmy", "mdy"]
"""Whether day or month comes first where both are numbers."""
_VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]+")
_ASCII = bytes(range(0x80))
_LETTERS = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(["the", "of", "and", "to", "in", "for", "with", "that"])
_SCRIPTS = (
    ("km", re.compile("[\u1780-\u17ff]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
)
"""Languages that a script tells; Japanese stands before Chinese, whose signs it uses too."""
_OTHER_SCRIPT = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u9fff\uac00-\ud7a3]")
_CODE = re.compile(r"[a-z]{2}(?=[-_]|$)", re.IGNORECASE)
_REGION = re.compile(r"en[-_]([a-z]{2})\b", re.IGNORECASE)
_AMERICAN = ("com", "org", "net", "edu", "gov", "mil", "info", "us", "ph", "io", "co")
"""Last parts of names of hosts that tell no country, or one that writes the month first."""


def find_language(page: Page, data: Structured, texts: list[Block]) -> tuple[str | None, Evidence]:
    """ISO 639-1 code and how it was found. Vietnamese and languages with a script of their own
    are recognised by their letters; another language is believed when declared, English also by
    its words."""
    sample = " ".join(block.text for block in texts[:20])[:3000]
    lowered = sample.lower()
    # Letters beyond ASCII alone say that: few where none of these languages is.
    beyond = lowered.encode("utf-8", "ignore").translate(None, _ASCII).decode()
    marked = sum(map(len, _VIETNAMESE.findall(beyond)))
    if marked > 20 and marked * 12 > len(sample):
        # Of all signs, spaces among them: nearly every Vietnamese text, and the letters need not
        # be counted.
        return "vi", Evidence(how="letters", confidence=0.99)
    strange = _OTHER_SCRIPT.search(beyond) is not None
    letters = sum(map(len, _LETTERS.findall(sample))) if marked or strange else 0
    if letters > 20 and marked * 12 > letters:
        return "vi", Evidence(how="letters", confidence=0.99)
    for code, script in _SCRIPTS if strange else ():
        if len(script.findall(sample)) * 8 > letters > 20:
            return code, Evidence(how="letters", confidence=0.95)
    declared = _declared(page, data)
    if declared and declared != "vi":
        return declared, Evidence(how="declared", confidence=0.8)
    words = max(1, sample.count(" "))
    if sum(word in _ENGLISH for word in lowered.split()) * 12 > words:
        return "en", Evidence(how="words", confidence=0.8)
    if declared:
        return declared, Evidence(how="declared", confidence=0.5)
    return None, Evidence(how="unknown", confidence=0.0)


def is_american(page: Page) -> bool:
    """Return whether a page in English writes the month before the day: it says that its English is
    that of the United States, or neither language nor host names another country."""
    root = page.tree.css_first("html")
    stated = (root.attributes.get("lang") if root else None, page.meta("og:locale"))
    regions = [found[1].lower() for each in stated if each and (found := _REGION.match(each))]
    if regions:
        return regions[0] in ("us", "ph")
    return page.host.rpartition(".")[2] in _AMERICAN


def _declared(page: Page, data: Structured) -> str | None:
    root = page.tree.css_first("html")
    language = (root.attributes.get("lang") or root.attributes.get("xml:lang")) if root else None
    for value in (language, data.language, page.meta("og:locale", "content-language", "language")):
        found = _CODE.match(value.strip()) if value else None
        if found:
            code = found[0].lower()
            return "vi" if code == "vn" else code
    return None
