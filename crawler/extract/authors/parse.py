"""Who wrote an article: bylines as Vietnamese papers print them.

``parse_byline`` reads a line, ``authors.detect`` decides whether a paragraph is one.

What counts as what:

* **People** are given in reading order, as printed (`TRÚC PHA`, `K.Vân`, `C.L`), without role,
  office or title of the job. Initials and pen names are people.
* `PV`, `CTV`, `BBT`, `Nhóm phóng viên`, `Tổng hợp` are functions, not people: the line is a
  byline (``kind`` ``role``) with no author. Next to a name they are left out.
* `Ảnh: X` alone credits a picture (``kind`` ``photo``); in `Tin, ảnh: X` X wrote the text too.
* `Theo X`, `Nguồn: X` name where the text was taken from: ``source_credit``. In `A/Báo B` and
  `A (Theo B)` A is the author and B the credit.
* In English editions the reporters are the authors, translators are not.
* Accounts, addresses, placeholders and the outlet itself are nobody (``kind`` ``nobody``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from crawler.extract.authors.names import (
    is_account,
    is_heading,
    is_honorific,
    is_organisation,
    is_person,
    is_place,
    is_placeholder,
    is_role,
    without_title,
)
from crawler.extract.authors.stamps import without_dates
from crawler.extract.letters import compose, fold_letters
from crawler.extract.words import any_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 200
"""No byline is longer, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """What a byline says."""

    authors: tuple[str, ...] = ()
    """People in reading order, as printed."""
    source_credit: str | None = None
    """Where the text was taken from, without `Theo` or `Nguồn`."""
    role: str | None = None
    """What the line says the people did, as printed: `Tin, ảnh`, `Thực hiện`, `PV`."""
    organisation: str | None = None
    """The office the people belong to, where it is printed with them."""
    photographers: tuple[str, ...] = ()
    """People who only took the pictures."""
    raw: str = ""
    """The line as printed."""
    titled: bool = False
    """Whether a profession or rank stood before a name: as experts sign, and as captions name."""
    made: bool = False
    """Whether the authors made a film or drawing: beside a text by others they are none of it."""
    others: int = 0
    """People that the line counts without a name: `Hải Đường và 1 tác giả khác`."""
    kind: str = "people"
    """``people``, ``source``, ``role``, ``photo`` or ``nobody``."""


@dataclass(slots=True)
class _Reading:
    """What has been understood of a line so far."""

    known: bool
    authors: list[str] = field(default_factory=list)
    photographers: list[str] = field(default_factory=list)
    makers: list[str] = field(default_factory=list)
    organisations: list[str] = field(default_factory=list)
    credits: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    pictures: bool = False
    """Whether a role named pictures and none named text."""
    titled: bool = False
    strange: bool = False
    """Whether a part is neither a name nor anything known."""
    nobody: bool = False
    """Whether a part is an account, an address or a placeholder."""


_ROLES = ("bylines/text-role", "bylines/film-role", "bylines/other-role")
_JOIN = r"(?:\s{0,2}[,&+/;\-–—]\s{0,2}|\s{1,2}(?:và|and)\s{1,2})"


@cache
def _label() -> re.Pattern[str]:
    """`Tin, ảnh:`, `Bài và ảnh:`, `Thực hiện:`, `Translated by`: one or more roles and a colon."""
    role = any_of(*_ROLES)
    return re.compile(
        rf"(?<![^\W_])(?<!nguồn )(?P<roles>{role}(?:{_JOIN}{role}){{0,4}})"
        r"(?:\s{0,2}:\s{0,3}|\s{1,2}(?:by|bởi)\s{1,2}:?\s{0,2})"
    )


@cache
def _bare_label() -> re.Pattern[str]:
    """The same at the start of a line, without a colon."""
    role = any_of(*_ROLES)
    return re.compile(
        rf"\A(?P<roles>{role}(?:{_JOIN}{role}){{1,4}}|thực hiện|tác giả|nhóm tác giả|by|bởi"
        r"|(?:đăng|viết|được viết|được đăng) bởi|người đăng|phóng viên|pv|ctv)"
        r"(?:\s{0,2}:\s{0,3}|\s{1,3})(?=[^\W\d_])"
    )


@cache
def _text_word() -> re.Pattern[str]:
    """A role that says that somebody wrote the text."""
    return re.compile(rf"(?:{any_of('bylines/text-role')}|by|(?:\w+ ){{0,2}}bởi|người đăng)\Z")


@cache
def _film_word() -> re.Pattern[str]:
    """A role that says that somebody made what may stand beside a text."""
    return re.compile(any_of("bylines/film-role"))


_CREDIT = re.compile(
    r"(?:\A|(?<=[\s(/\-]))(?P<word>theo|nguồn(?: tin| bài| ảnh)?|source|dẫn nguồn|trích(?: từ)?"
    r"|link (?:bài )?gốc)(?P<colon>\s{0,2}:\s{0,2}|\s{1,2})(?=[^\s])"
)
_BETWEEN_ROLES = re.compile(r"\s*[,&+/;\-–—]\s*|\s+(?:và|and)\s+")
_LAST_INITIAL = re.compile(r"(?:^|[.\s])[^\W\d_]{1,2}\.$")
_PARTED = re.compile("[ .]")
_CREDIT_WORD = re.compile(r"\A(?:theo|nguồn(?: tin)?|source)\s{0,2}[:\s]\s{0,2}", re.IGNORECASE)
_MAY_CREDIT = re.compile(r"theo|ngu|source|tr[ií]|link|/", re.IGNORECASE)
"""What is in every line that says where a text was taken from, be its letters composed or not."""
_BEHIND_CREDIT = re.compile(r"link (?:bài )?gốc|copy link|sao chép|https?://", re.IGNORECASE)
"""What a box adds behind the name of the outlet it was taken from."""
_OTHERS = re.compile(
    r"\s{0,2}(?:,|và|cùng|and)\s{1,2}(?P<count>[0-9]{1,2}|một|one)\s{1,2}"
    r"(?:(?:tác giả|người|phóng viên|cộng sự)(?: khác)?|others?)\W{0,3}\Z",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s{0,3}[;,|•·/\n]\s{0,3}|\s{1,3}[&+]\s{1,3}"
    r"|\s{0,3}[–—]\s{0,3}|\s{1,3}-\s{0,3}|\s{0,3}-\s{1,3}"
    r"|\s{1,3}(?:và|VÀ|Và|and|AND|cùng)\s{1,3}"
)
_SENTENCE = re.compile(r",\s[^\W\d_A-ZĐ]|[.!?]\s\S|[.!?]\Z")
_EDGES = " \t\r\n.,;:|/\\*•·-–—_~“”\"'`…()[]"
_NO_LETTERS = re.compile(r"[\W_]+")
_SPACES = re.compile(r"[ \t\u00a0\u200b-\u200f\u2060\ufeff]+")
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{0,120})[)\]]")


@cache
def _done() -> re.Pattern[str]:
    """What is set behind a name: `(thực hiện)`, `(ghi)`, `tổng hợp`."""
    return re.compile(rf"(?:\s{{1,2}}|\s?[(\[]\s?){any_of('bylines/done')}\s?[)\]]?\Z")


@cache
def _done_alone() -> re.Pattern[str]:
    return re.compile(any_of("bylines/done"))


def may_credit(text: str) -> bool:
    """Return whether a line may say where the text was taken from: cheaper than to read it."""
    return _MAY_CREDIT.search(text) is not None


def parse_byline(
    text: str, *, site_names: Iterable[str] = (), field: bool = False
) -> Byline | None:
    """What ``text`` says about who wrote, or None when it is no byline.

    ``site_names`` are the outlet's own names, which are never authors. ``field`` says that the
    text stood where only an author can stand (an author element, JSON-LD, a meta tag): then one
    word and foreign names are enough, and whatever is left over is taken to be nobody.
    """
    if len(text) > 4 * LONGEST:
        return None
    raw = compose(text.replace("\u00d0", "Đ").replace("\u00f0", "đ"))
    line = _SPACES.sub(" ", raw).strip()
    line = without_dates(line)
    line, others = _without_others(line)
    if len(line) > LONGEST or not any(char.isalpha() for char in line):
        return None
    if is_heading(line) and not field:
        return None
    if is_role(line):
        return Byline(role=line.strip(_EDGES), raw=raw.strip(), kind="role")
    reading = _Reading(known=field)
    site = set(map(_plain, site_names))
    for roles, part in _segments(line):
        _read_segment(reading, roles, part, site)
    byline = _conclude(reading, raw.strip(), field=field)
    return replace(byline, others=others) if byline else None


def _without_others(line: str) -> tuple[str, int]:
    """The line without the people whom it only counts, and how many they are."""
    match = _OTHERS.search(line)
    if match is None:
        return line, 0
    count = match["count"]
    return line[: match.start()], int(count) if count.isdigit() else 1


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    return _NO_LETTERS.sub("", fold_letters(compose(text)))


def _lower(text: str) -> str:
    """Lower case of the same length, so that positions stay."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(char.lower()[:1] for char in text)


def _segments(line: str) -> Iterator[tuple[str, str]]:
    """The parts of the line with the roles that introduce them: `Bài: A - Ảnh: B` has two."""
    lower = _lower(line)
    bare = None if _label().match(lower) else _bare_label().match(lower)
    found = [bare] if bare else []
    starts = [(m.start(), m.end(), m["roles"]) for m in (*found, *_label().finditer(lower))]
    yield "", line[: starts[0][0]] if starts else line
    for index, (start, end, roles) in enumerate(starts):
        until = starts[index + 1][0] if index + 1 < len(starts) else len(line)
        yield line[start : start + len(roles)], line[end:until]


def _read_segment(reading: _Reading, roles: str, part: str, site: set[str]) -> None:
    words = [word.strip() for word in _role_words(roles)]
    wrote = not roles or any(map(_text_word().fullmatch, words))
    filmed = not wrote and any(map(_film_word().fullmatch, words))
    people = reading.authors if wrote else reading.makers if filmed else reading.photographers
    if roles:
        reading.roles.append(roles.strip())
        reading.pictures = not (wrote or filmed) and (reading.pictures or len(reading.roles) == 1)
    credit = _CREDIT.search(_lower(part))
    if credit:
        _read_credit(reading, part[credit.end() :], certain=":" in credit["colon"])
        part = part[: credit.start()]
    known = reading.known or bool(roles)
    for name in _names(part):
        _read_name(reading, name, site, known=known, people=people)


def _role_words(roles: str) -> list[str]:
    return _BETWEEN_ROLES.split(_lower(roles))


def _read_credit(reading: _Reading, text: str, *, certain: bool) -> None:
    """`Theo Minh Anh/TTXVN`: the outlet is the credit, a person next to it the author."""
    credit = _BEHIND_CREDIT.split(text)[0].strip(_EDGES.replace(")", "").replace("(", ""))
    if credit.count(")") > credit.count("("):
        credit = credit.replace(")", "").strip()
    pieces = _SEPARATOR.split(_open_brackets(credit))
    parts = [_CREDIT_WORD.sub("", piece.strip(_EDGES)) for piece in pieces]
    people = [part for part in parts if is_person(part)]
    if len(people) == len(parts) == 2 and "/" in credit:
        # Behind a stroke stands an outlet, be it called as people are: `Theo X/Dân Việt`.
        people.pop()
    outlets = [part for part in parts if part and part not in people]
    looks_right = credit[:1].isupper() or credit[:1].isdigit() or "." in credit.strip(".")
    one_word = certain and len(credit.split()) == 1
    if not (looks_right or one_word) or len(credit.split()) > 12 or _SENTENCE.search(credit):
        reading.strange = True
    elif people and outlets and _name_outlets(outlets):
        reading.authors += people
        reading.credits += outlets
    else:
        reading.credits.append(credit)


def _name_outlets(parts: list[str]) -> bool:
    """Whether one of the parts is known as an outlet, or the only one can be: `Theo X/Dân Việt`."""
    if any(is_organisation(part) for part in parts):
        return True
    return len(parts) == 1 and parts[0][:1].isupper() and len(parts[0].split()) <= 4


def _names(part: str) -> Iterator[str]:
    """The single names of a segment, brackets opened."""
    for piece in _SEPARATOR.split(_open_brackets(part)):
        name = piece.strip(_EDGES.replace(".", "")).strip()
        if not _LAST_INITIAL.search(name):
            name = name.rstrip(" .…")
        done = None if is_role(name) else _done().search(_lower(name))
        if done and _is_set_apart(name[done.start() :]):
            name = name[: done.start()].strip(_EDGES)
        yield from _split_hyphens(name)


def _open_brackets(text: str) -> str:
    return _BRACKETS.sub(r"\n\1\n", text)


def _is_set_apart(tail: str) -> bool:
    """In brackets, in lower case or of two words: `Văn Ghi` is a name, `Lê Lan ghi` is not."""
    plain = tail.strip()
    return plain[0] in "([" or plain[0].islower() or " " in plain


def _split_hyphens(name: str) -> Iterator[str]:
    """`H.Van-M.Duy`, `Hương Thơm-PL-HT` are several people; `Jean-Paul`, `Thu-Hà` is one."""
    pieces = [piece.strip() for piece in name.split("-")]
    several = all(is_person(piece, known=True) for piece in pieces)
    if several and all(_PARTED.search(piece) or piece.isupper() for piece in pieces):
        yield from pieces
    elif name:
        yield name


def _read_name(
    reading: _Reading, name: str, site: set[str], *, known: bool, people: list[str]
) -> None:
    bare = without_title(name)
    if bare != name and is_person(bare, known=known):
        reading.titled, name = True, bare
    if _plain(name) in site:
        reading.nobody = True
    elif is_role(name) or _done_alone().fullmatch(_lower(name)):
        reading.roles.append(name)
    elif is_placeholder(name) or is_account(name):
        reading.nobody = True
    elif is_organisation(name):
        reading.organisations.append(name)
    elif not known and is_honorific(name):
        reading.strange = True
    elif is_person(name, known=known):
        people.append(name)
    elif is_place(name):
        reading.organisations.append(name)
    else:
        reading.strange = True


def _conclude(reading: _Reading, raw: str, *, field: bool) -> Byline | None:
    if reading.strange and not (field and reading.authors):
        return Byline(raw=raw, kind="nobody") if field else None
    organisation = " - ".join(reading.organisations) or None
    credit = " - ".join(reading.credits) or None
    authors = tuple(dict.fromkeys(reading.authors))
    if not authors and not credit and organisation and not field and not reading.roles:
        return None
    made = not authors
    if made and (reading.makers or _made_all(reading)):
        authors = tuple(dict.fromkeys(reading.makers or reading.photographers))
    pictures = [*reading.photographers, *reading.makers]
    return Byline(
        authors=authors,
        source_credit=credit or _slash_credit(reading, raw),
        role=", ".join(reading.roles) or None,
        organisation=organisation,
        photographers=tuple(name for name in pictures if name not in authors),
        raw=raw,
        titled=reading.titled,
        made=made and bool(authors),
        kind=_kind(reading, authors, credit),
    )


def _made_all(reading: _Reading) -> bool:
    """Whether the picture is the work: `Đồ họa: A`, `Thiết kế: A` with nobody else named."""
    roles = fold_letters(" ".join(reading.roles))
    return bool(re.search(r"do hoa|thiet ke|trinh bay", roles)) and "anh" not in roles.split()


def _slash_credit(reading: _Reading, raw: str) -> str | None:
    """`A/Báo B` says whose text it is; `A (Báo B)` says where A works."""
    if not reading.authors:
        return None
    behind = (name for name in reading.organisations if re.search(rf"/\s?{re.escape(name)}", raw))
    return next(behind, None)


def _kind(reading: _Reading, authors: tuple[str, ...], credit: str | None) -> str:
    if authors:
        return "people"
    if credit:
        return "source"
    if reading.photographers or reading.pictures:
        return "photo"
    return "role" if reading.roles and not reading.nobody else "nobody"
