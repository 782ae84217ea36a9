"""Who publishes a site: name, kind and province, as its home page gives them away. Pure."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.charset import decode
from crawler.discovery.markup import one_line, parse_html
from crawler.sources.provinces import PROVINCES, fold_name
from storage.states import SourceKind

MAX_NAME = 80
UNKNOWN_PROVINCE = "Chưa rõ"
"""Stands in a proposal whose province could not be told: Vietnamese for not known yet."""

_SPLIT = re.compile(r"\s+[-–—|:»]\s+(?!truyền hình|TH\b)|\s*[|»]\s*", re.IGNORECASE)
_NAMED = re.compile(r"\b(báo|đài|cổng|trang(?! (?:chủ|nhất)\b))\b", re.IGNORECASE)
_PUBLIC = re.compile(r"\.(?:com|org|net|edu|info|gov)?\.?vn$")
# In any order: no name of a province begins another.
_NAMES = "|".join(map(re.escape, sorted({*PROVINCES, *PROVINCES.values()})))
_OWNER = re.compile(
    rf"(?:tỉnh|thành phố|tp\.?|báo|đài[^.,;<]{{0,40}}?)\s+({_NAMES})(?!\w)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A guess, each part with a confidence from 0 to 1."""

    id: str
    name: str
    kind: SourceKind
    province: str
    before_2025: str | None
    name_confidence: float
    province_confidence: float


def guess_outlet(body: bytes, url: str) -> Outlet:
    """Return who publishes a home page, and how sure that is."""
    text = decode(body).text
    titles = _titles(text)
    host = urlsplit(url).hostname or ""
    name, sure = _name(titles, host)
    before, province_sure = _province(titles, host, text)
    return Outlet(
        id=name_source(name, host),
        name=name,
        kind=_kind(name, host),
        province=PROVINCES.get(before, before) if before else UNKNOWN_PROVINCE,
        before_2025=before,
        name_confidence=sure,
        province_confidence=province_sure,
    )


def name_source(name: str, host: str) -> str:
    """Return a short id: of the host if it has a name, else of the outlet's name."""
    bare = host.removeprefix("www.")
    if re.search(r"[a-z]", bare) and "." in bare:
        stem = _PUBLIC.sub("", bare).replace(".", "-")
        word = re.sub(r"[^a-z0-9-]+", "", stem).strip("-")
        suffix = "-gov" if bare.endswith(".gov.vn") else ""
    else:
        words = (fold_name(word) for word in name.split()[:8])
        word, suffix = "-".join(part for part in words if part), ""
    return f"{word or 'site'}{suffix}"[:60]


def _titles(text: str) -> list[str]:
    """What the page calls itself, the surest first."""
    root = parse_html(text[:400_000])
    if root is None:
        return []
    found: list[str] = []
    for element in root.css("meta"):
        attributes = element.attributes
        key = (attributes.get("property") or attributes.get("name") or "").lower()
        if key in {"og:site_name", "application-name"}:
            found.insert(0, attributes.get("content") or "")
        elif key == "og:title":
            found.append(attributes.get("content") or "")
    found += [element.text(deep=True) for element in root.css("title")[:1]]
    return [line for title in found if (line := one_line(html.unescape(title), 300))]


def _name(titles: list[str], host: str) -> tuple[str, float]:
    for title in titles:
        parts = [part.strip() for part in _SPLIT.split(title) if part.strip()]
        named = [part for part in parts if _NAMED.search(part)]
        if parts:
            best = min(named, key=len) if named else parts[0]
            return best[:MAX_NAME], 0.8 if named else 0.5
    return host, 0.2


def _kind(name: str, host: str) -> SourceKind:
    if host.endswith(".gov.vn") or re.search(r"\bcổng\b|portal", name, re.IGNORECASE):
        return SourceKind.PORTAL
    if re.search(r"\bbáo\b", name, re.IGNORECASE):
        return SourceKind.NEWSPAPER
    station = re.search(r"\bđài\b|truyền hình|phát thanh|\bTV\b|PT-?TH", name, re.IGNORECASE)
    is_station = station or re.search(r"tv\b|tv\.", host)
    return SourceKind.BROADCASTER if is_station else SourceKind.NEWSPAPER


def _province(titles: list[str], host: str, text: str) -> tuple[str | None, float]:
    """The province before the merger where that can be told: it is the narrower one."""
    folded = {fold_name(name): name for name in {*PROVINCES.values(), *PROVINCES}}
    title = fold_name(" ".join(titles))
    place = fold_name(_PUBLIC.sub("", host))
    for written, sure in ((place, 0.8), (title, 0.9)):
        named = [name for name in folded if name in written]
        if named:
            # "phuyen.baodaklak.vn" is Phú Yên's; "Bà Rịa - Vũng Tàu" is not a shorter name's.
            return _before(folded[min(named, key=lambda n: (written.index(n), -len(n)))]), sure
    said = Counter(_known(match[1]) for match in _OWNER.finditer(text[:2_000_000]))
    if not said:
        return None, 0.0
    name, count = said.most_common(1)[0]
    return _before(name), round(min(0.7, 0.3 + 0.1 * count) * count / said.total(), 2)


def _known(name: str) -> str:
    return next(
        known for known in {*PROVINCES, *PROVINCES.values()} if known.lower() == name.lower()
    )


def _before(name: str) -> str:
    if name in PROVINCES:
        return name
    return next(old for old, new in PROVINCES.items() if new == name)
