"""All outlets: the built-in files, and the user's folder over them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from crawler.errors import SourceError, UnknownSource
from crawler.sources.files import open_folder, read_source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from crawler.sources.model import Source

BUILT_IN = open_folder("sources", "outlets")


def load_sources(folder: Path | None = None, *, only: Collection[str] = ()) -> dict[str, Source]:
    """Return id -> source, sorted by id: the built-in ones and, by id over them, the folder's.

    ``only``: ids that are asked for, if not all are; built-in files of others need not be read.
    Raise SourceError, naming file and key, for the first thing that is wrong: an unknown
    key, a bad pattern, an id that two files of one folder share, a successor nobody has.
    """
    own = _read_folder(folder) if folder is not None else {}
    built_in = {path.name.removesuffix(".toml"): path for path in _list_files(BUILT_IN)}
    left = set(only) - own.keys()
    if only and left <= built_in.keys():
        sources = {id_: read_source(built_in[id_]) for id_ in left} | own
    else:
        sources = {**_read_built_in(), **own}
    for source in sources.values():
        if source.successor and source.successor not in sources.keys() | built_in.keys():
            raise SourceError(f"{source.path}: successor: no source has id {source.successor!r}")
    return dict(sorted(sources.items()))


def find_source(sources: Mapping[str, Source], id: str) -> Source:  # noqa: A002 - the user's word
    """Return the source with that id. Raise UnknownSource, which offers the nearest ids."""
    if id in sources:
        return sources[id]
    import difflib  # few ids are misspelt

    near = difflib.get_close_matches(id.lower(), sources, 3, 0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else "see `baotinh sources list`"
    raise UnknownSource(f"no source has id {id!r}; {hint}")


def owner_of(sources: Iterable[Source], url: str) -> Source | None:
    """Return the source whose page the URL is; a present host counts more than a former one."""
    owners = [source for source in sources if source.owned(url)]
    return min(owners, key=lambda source: not source.owns(url), default=None)


@cache
def _read_built_in() -> Mapping[str, Source]:
    """Read the built-in files, once a process: they change with the code only."""
    return _read_folder(BUILT_IN)


def _read_folder(folder: Traversable) -> dict[str, Source]:
    if not folder.is_dir():
        raise SourceError(f"{folder}: there is no such folder of source files")
    sources: dict[str, Source] = {}
    for path in _list_files(folder):
        source = read_source(path)
        if source.id in sources:
            other = sources[source.id].path
            raise SourceError(f"{path}: id: {source.id!r} is already taken by {other}")
        sources[source.id] = source
    return sources


def _list_files(folder: Traversable) -> list[Traversable]:
    paths = (path for path in folder.iterdir() if path.name.endswith(".toml"))
    return sorted(paths, key=lambda path: path.name)
