"""One source file -> Source. Every complaint names the file and the key."""

from __future__ import annotations

import datetime as dt
import functools
import re
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from crawler.errors import SourceError
from crawler.sources.model import Layout, Pace, Pattern, Seed, Source
from crawler.sources.patterns import compile_pattern
from storage.media.choices import AttachmentChoice, ImageChoice
from storage.states import SeedKind, SourceKind, SourceStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from importlib.resources.abc import Traversable

Words = TypeVar("Words", bound=StrEnum)
MAX_URL = 2000
"""Characters; longer URLs are no addresses of articles, and are never tried."""
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_HOST = re.compile(r"(?=.{1,260}$)[^\s/?#@\\:]+(:[0-9]{1,5})?|\[[0-9a-f:.]+\](:[0-9]{1,5})?")
_SPAN = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*([smhd])")


def open_folder(*names: str) -> Traversable:
    """Return a folder of this package, or of a zipped egg: scrapyd leaves it zipped."""
    folder = Path(__file__).parents[1].joinpath(*names)
    if folder.is_dir():
        return folder
    # Reading archives loads a dozen modules: a tenth of the start of a short command.
    from importlib.resources import files

    return files("crawler").joinpath(*names)


LAYOUTS = open_folder("extract", "layouts")


def read_source(path: Traversable) -> Source:
    """Read and check one file. Raise SourceError, naming the file and the key."""
    table = Table(path, "", _parse(path))
    articles = table.table("articles", ("accept", "reject"))
    pace = table.table("pace", ("delay", "poll"))
    table.allow(Source.__dataclass_fields__.keys() - {"accept", "reject", "path"} | {"articles"})
    return Source(
        id=table.text("id", required=True, check=_check_id),
        name=table.text("name", required=True),
        province=table.text("province", required=True),
        homepage=table.text("homepage", required=True, check=check_url),
        kind=SourceKind(table.choice("kind", tuple(SourceKind), SourceKind.NEWSPAPER)),
        province_before_2025=table.text("province_before_2025") or None,
        hosts=table.texts("hosts", check=_check_host),
        former_hosts=table.texts("former_hosts", check=_check_host),
        status=SourceStatus(table.choice("status", tuple(SourceStatus), SourceStatus.ACTIVE)),
        successor=table.text("successor", check=_check_id) or None,
        seeds=tuple(_seed(seed) for seed in table.tables("seeds", ("kind", "url"))),
        accept=articles.patterns("accept"),
        reject=articles.patterns("reject"),
        layouts=tuple(_layout(t) for t in table.tables("layouts", ("name", "since", "until"))),
        datelines=table.texts("datelines"),
        pace=Pace(delay=pace.seconds("delay"), poll=pace.seconds("poll")),
        verify_tls=table.boolean("verify_tls", default=True),
        images=table.optional("images", ImageChoice),
        attachments=table.optional("attachments", AttachmentChoice),
        media_hosts=table.texts("media_hosts", check=_check_host),
        render=table.boolean("render", default=False),
        path=str(path),
    )


@functools.cache
def layout_names() -> tuple[str, ...]:
    """Return the layouts a source file may name: the modules in extract/layouts."""
    modules = (each.name for each in LAYOUTS.iterdir() if each.name.endswith(".py"))
    return tuple(sorted(name.removesuffix(".py") for name in modules if name[0].isalpha()))


def _parse(path: Traversable) -> dict[str, Any]:
    try:
        # Editors on Windows put a byte order mark in front; TOML knows none.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{path}: is not valid TOML: {error}") from None
    except UnicodeDecodeError:
        raise SourceError(f"{path}: is not UTF-8 text") from None
    except RecursionError:
        raise SourceError(f"{path}: is nested too deeply") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from None


class Table:
    """A table of the file that knows where it stands, so that every complaint can say it."""

    def __init__(self, path: Traversable, prefix: str, values: dict[str, Any]) -> None:
        self.path = path
        self.prefix = prefix
        self.values = values

    def error(self, key: str, message: str) -> SourceError:
        return SourceError(f"{self.path}: {self.prefix}{key}: {message}")

    def allow(self, keys: Collection[str]) -> None:
        for key in self.values:
            if key not in keys:
                import difflib  # few keys are misspelt

                near = difflib.get_close_matches(key, sorted(keys), 1)
                hint = (
                    f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(keys))}"
                )
                raise self.error(key, f"unknown key; {hint}")

    def text(
        self, key: str, *, required: bool = False, check: Callable[[str], None] | None = None
    ) -> str:
        if key not in self.values:
            if required:
                raise self.error(key, "is missing")
            return ""
        return self._text(key, self.values[key], check)

    def _text(self, key: str, value: object, check: Callable[[str], None] | None) -> str:
        if not isinstance(value, str):
            raise self.error(key, f"must be text, not {_typename(value)}")
        if not value.strip():
            raise self.error(key, "is empty")
        if not value.isprintable():
            raise self.error(key, "has control characters")
        self._check(key, value, check)
        return value

    def _check(self, key: str, value: str, check: Callable[[str], object] | None) -> None:
        try:
            if check:
                check(value)
        except ValueError as error:
            raise self.error(key, f"{value!r} {error}") from None

    def texts(self, key: str, *, check: Callable[[str], None] | None = None) -> tuple[str, ...]:
        return tuple(self._text(place, value, check) for place, value in self._list(key))

    def patterns(self, key: str) -> tuple[Pattern, ...]:
        for place, value in self._list(key):
            self._check(place, self._text(place, value, None), compile_pattern)
        return tuple(compile_pattern(text) for text in self.texts(key))

    def _list(self, key: str) -> list[tuple[str, object]]:
        values = self.values.get(key, [])
        if not isinstance(values, list):
            raise self.error(key, f"must be a list, not {_typename(values)}")
        return [(f"{key}[{i}]", value) for i, value in enumerate(values)]

    def choice(self, key: str, choices: Collection[str], default: str) -> str:
        value = self.text(key) or default
        if value not in choices:
            raise self.error(key, f"{value!r} is none of {', '.join(choices)}")
        return value

    def optional(self, key: str, words: type[Words]) -> Words | None:
        """Return one of some words, or None where the key is absent."""
        return words(self.choice(key, tuple(words), "")) if key in self.values else None

    def table(self, key: str, keys: Collection[str]) -> Table:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"must be a table [{key}], not {_typename(value)}")
        inner = Table(self.path, f"{self.prefix}{key}.", value)
        inner.allow(keys)
        return inner

    def tables(self, key: str, keys: Collection[str]) -> list[Table]:
        tables = []
        for place, value in self._list(key):
            if not isinstance(value, dict):
                raise self.error(place, f"must be a table [[{key}]], not {_typename(value)}")
            inner = Table(self.path, f"{self.prefix}{place}.", value)
            inner.allow(keys)
            tables.append(inner)
        return tables

    def boolean(self, key: str, *, default: bool) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, f"must be true or false, not {_typename(value)}")
        return value

    def day(self, key: str) -> dt.date | None:
        value = self.values.get(key)
        if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
            return value
        raise self.error(key, "must be a day like 2019-01-31, without quotes and without a time")

    def seconds(self, key: str) -> float | None:
        """Return a number of seconds, or of text like ``30m`` (units s, m, h, d)."""
        value = self.values.get(key)
        if value is None:
            return None
        match = _SPAN.fullmatch(value) if isinstance(value, str) else None
        number = float(match[1]) * SECONDS[match[2]] if match else value
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise self.error(key, 'must be seconds, or text like "30m" (s, m, h or d)')
        if not 0 <= number <= 366 * 86400:
            raise self.error(key, f"{value} is not between 0 seconds and a year")
        return float(number)


def _seed(table: Table) -> Seed:
    kind = table.text("kind", required=True)
    table.choice("kind", tuple(SeedKind), "")
    return Seed(kind=SeedKind(kind), url=table.text("url", required=True, check=check_url))


def _layout(table: Table) -> Layout:
    table.text("name", required=True)
    name = table.choice("name", layout_names(), "")
    layout = Layout(name=name, since=table.day("since"), until=table.day("until"))
    if layout.since and layout.until and layout.since > layout.until:
        raise table.error("until", f"{layout.until} is before since, {layout.since}")
    return layout


def _check_id(value: str) -> None:
    if not SOURCE_ID.fullmatch(value):
        raise ValueError("must be lower-case ASCII letters, digits, - and _, at most 63")


def check_url(value: str) -> None:
    """Raise ValueError, saying why, for what we would never request as a home page or seed."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"is not a URL: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not an absolute http or https URL")
    if parts.username is not None or len(value) > MAX_URL or " " in value:
        raise ValueError("is not a URL we would request: no user, no blanks, at most 2000 long")


def _check_host(value: str) -> None:
    if not _HOST.fullmatch(value) or value != value.lower():
        raise ValueError('is not a host like "example.vn" or "example.vn:8080", lower case')


def _typename(value: object) -> str:
    names = {str: "text", list: "a list", dict: "a table", bool: "true/false", int: "a number"}
    return names.get(type(value), f"a {type(value).__name__}")
