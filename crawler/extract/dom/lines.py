"""What a single line of a page is, by its words alone. Vietnamese first, English besides.

# ruff: noqa: E501 - patterns are easier to check in long lines
Patterns are matched against folded text: lower case, without accents.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

_RELATED = re.compile(
    r"(?:cac |mot so )?(?:tin|bai)(?: viet| bai| tuc)? (?:lien quan|cung chuyen muc|cung chu de|khac|moi nhat|moi hon|cu hon|da dua"
    r"|doc nhieu|noi bat|truoc|tiep theo|sau)\b.{0,20}"
    r"|(?:cac tin|nhung tin|nhung bai)(?: bai| viet)? (?:khac|cu hon|moi hon|lien quan|da dang|da dua|tiep theo|truoc do).{0,20}"
    r"|cung (?:chuyen muc|chu de|su kien|tac gia|danh muc)|co the ban quan tam|ban co the quan tam|co the ban chua biet"
    r"|doc (?:them|tiep|nhieu)(?: \w+){0,3}|xem (?:them|tiep|nhieu)(?: \w+){0,3}|(?:bai|tin) doc (?:them|nhieu|tiep)"
    r"|tin (?:moi|noi bat|nong|hot|doc nhieu|xem nhieu)|moi nhat|de nghi doc|moi (?:ban )?doc them|su kien lien quan"
    r"|related(?: \w+){0,2}|(?:read|see)(?: also| more| next| this next| it next)|more (?:from|on|in|about|stories|news|like this)\b.{0,40}"
    r"|(?:you (?:may|might)|we) (?:also )?(?:like|recommend|be interested in)\b.{0,20}|recommended(?: for you| stories| reading| articles)?"
    r"|most (?:read|popular|viewed|shared)|trending(?: now| stories)?|latest(?: news| stories| articles)?|also (?:read|on|in)\b.{0,30}|up next"
    r"|further reading|don'?t miss|in case you missed it|next (?:article|story|up)|popular (?:now|stories|posts)"
    r"|mehr (?:zum thema|dazu|von|aus|zu)\b.{0,30}|lesen sie auch.{0,30}|das konnte sie auch interessieren|auch interessant"
    r"|lire aussi.{0,20}|a lire (?:aussi|egalement).{0,20}|(?:sur le|dans le) meme (?:sujet|theme)"
    r"|(?:te puede|puede|tambien te puede) interesar|lea tambien|noticias relacionadas|leia (?:mais|tambem)|veja tambem|leggi anche"
)
_JUNK = re.compile(
    r"(?:chia se|share|tweet|facebook|twitter|zalo|email|copy link|sao chep(?: lien ket)?|in (?:bai|ra|trang)(?: viet| nay)?|print"
    r"|gui (?:email|mail|binh luan|bai viet|y kien)|luu (?:bai|tin)|nghe (?:audio|doc bai|tin)|a a+|aa\+?-?|[+-]?a[+-]|gop y|quay lai|tro lai|ve dau trang"
    r"|quay len tren|dau trang|len dau trang|back to top|thich|like|theo doi|follow|dang ky|subscribe|dang nhap|binh luan|comments?|y kien(?: cua ban)?"
    r"|ban doc|phan hoi|tra loi|tu khoa|tags?|chu de|topics?|nguon|source|advertisement|ad|ads|quang cao|ad ?quang cao|adquang cao|banner|sponsored|"
    r"continue reading|story continues(?: below)?(?: advertisement)?|xem anh|phong to|thu nho|dong|close|loading|dang tai(?: du lieu)?|guest|trang chu|menu|"
    r"[\W\d_]*|tin lien quan|leftcenterrightdel|danh gia|xep hang|advert|iklan|caption|print this|email this|share this(?: article| story)?|view comments"
    r"|chuyen den phan noi dung|danh gia bai viet|hay (?:la nguoi dau tien )?binh luan.{0,40}|font size|skip to (?:main )?content|advertisement - .{0,30})[\s:.…!|>»-]*"
)
_STARTS = re.compile(
    r"(?:chia se (?:bai viet|tren|qua|len|:)|theo doi .{0,60}(?:tren|google|zalo|facebook)|moi (?:quy )?(?:vi|ban doc|doc gia).{0,40}(?:theo doi|don doc|xem them|gui)"
    r"|luu y: .{0,20}(?:bien tap|ban doc)|gui file dinh kem|email cua ban se khong|cac truong bat buoc|danh muc:|tags?\s*:|tu khoa\s*:|chu de\s*:"
    r"|(?:co quan chu quan|giay phep(?: hoat dong| xuat ban| thiet lap)?(?: bao chi| so|:)|(?:pho )?tong bien tap\s*:|giam doc\s*:|toa soan\s*:|dia chi\s*:|dien thoai\s*:|hotline|@ ?ban quyen|chiu trach nhiem)"
    r"|ma nhung|link bai goc|nguon bai viet|ban quyen (?:thuoc|cua)|copyright|©|all rights reserved|powered by|ghi ro nguon|cam on ban!"
    r"|y kien (?:ban doc|\()|\d+ (?:binh luan|y kien|luot xem|views?|comments?|luot doc|shares?)\b.{0,20}$|luot (?:xem|doc|truy cap)\s*:|so (?:luot|lan) (?:xem|doc)"
    r"|ke tu ngay .{0,120}(?:tam ngung|ngung) cap nhat|vui long (?:nhap|dang nhap)|ban can dang nhap|hay dang nhap|danh gia bai viet"
    r"|sign up (?:for|to)|subscribe (?:to|now|here)|click here to|follow (?:us|me|@|.{1,40} on (?:twitter|facebook|instagram))|read more\s*:|related\s*:|read also\s*:"
    r"|also read\s*:|see also\s*:|more\s*:|watch\s*:|listen\s*:|photos?\s*:|xem them\s*:|doc them\s*:|>>|download (?:the|our) .{0,40}app|get the latest"
    r"|photo credit|image credit|updated?:|published:|last (?:updated|modified)|(?:this (?:article|story)|a version of this article) (?:was|has been|appeared|originally)"
    r"|filed under|related posts?\s*:|this slideshow requires|like this (?:story|article)\?|\[/?(?:button|gallery|embed|caption|video)\b"
    r"|lire aussi|lesen sie|lea tambien|leia tambem|leggi anche)"
)
_OFFER = re.compile(
    r"\b(?:newsletters?|inbox|subscrib\w+|sign up|download (?:the|our)|ban tin dien tu)\b.*\b(?:newsletters?|inbox|subscrib\w+|sign up|e-?mail|free|app|dang ky)\b"
)
_TEMPLATE = re.compile(
    r"\{\{.{0,200}|\{(?:title|name|time|body|date|url|image|content|author|id|link)\}|\[caption\b|!\[\]\(\)"
)
_FILE = re.compile(r"\S{1,120}\.(?:jpe?g|png|gif|webp|bmp|mp4|mp3)(?:\s*\|)?", re.IGNORECASE)
_COUNTER = re.compile(
    r"[\d.,]+\s*(?:luot xem|luot doc|lan xem|views?|binh luan|comments?|likes?|shares?)|(?:luot xem|luot doc|views?|binh luan|y kien)\s*[:(]?\s*[\d.,]*\s*\)?"
)

_ENDS_SENTENCE = re.compile(r"[.!?…:;][\"”»’'\)\]]*$|[\"”»]$|\./\.?$|。$")


_DATELINE = re.compile(
    r"(?:\(\s*[A-ZĐÀ-Ỹ][\w.\- ĐÀ-ỹ]{1,24}\s*\)\s*[-–—]?|[A-ZĐ]{2,6}(?:[ -][A-ZĐ]{2,6})?\s*[-–—]"
    r"|(?:[A-ZĐÀ-Ỹ][a-zà-ỹ]+\s){1,3}TV\s*[-–—])(?=\s|[A-ZĐÀ-Ỹ“\"])"
)
"""What a paper puts before the first sentence: `(BTNO) -`, `BTO-`, `(Baonghean.vn) -`."""


def dateline_of(text: str, own: Iterable[str] = ()) -> str:
    """The dateline that a text begins with, as it stands there; empty where it has none. ``own``
    are those of the paper, which may look like anything."""
    for name in own:
        if name and text.startswith(name):
            rest = text[len(name) :]
            return name + rest[: len(rest) - len(rest.lstrip(" -–—"))].rstrip()
    match = _DATELINE.match(text)
    return match[0].strip() if match else ""


_folded = lru_cache(maxsize=1024)(fold)
"""A line is looked at by several rules, one after the other."""


def is_sentence(text: str) -> bool:
    """Whether the line ends as a sentence does."""
    return _ENDS_SENTENCE.search(text) is not None


def is_related_heading(text: str) -> bool:
    """Whether the line stands above links to other articles."""
    if len(text) > 60:
        return False
    return _RELATED.fullmatch(_folded(text).strip(" :.>»…-–|+#")) is not None


def is_junk(text: str) -> bool:
    """Whether the line belongs to the page's furniture: sharing, counters, templates, ads."""
    if len(text) > 400:
        return False
    if _TEMPLATE.search(text) or _FILE.fullmatch(text):
        return True
    folded = _folded(text).strip()
    if len(text) <= 60 and (_JUNK.fullmatch(folded) or _COUNTER.fullmatch(folded)):
        return True
    if len(text) <= 220 and _OFFER.search(folded):
        return True
    return _STARTS.match(folded) is not None
