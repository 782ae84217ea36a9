"""What a shell offers after the tab key: ids of sources, provinces, saved searches.

Each option or argument of such a kind has its type from here. Nothing is checked by it: the
commands do that, and suggest what may be meant.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storage.errors import BaotinhError
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from click.shell_completion import CompletionItem


class SourceId(click.ParamType):  # type: ignore[type-arg]
    """The id of an outlet: those of the catalogue and of ``--sources``."""

    name = "source"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return ids that begin so, each with the outlet's name; none that is named already."""
        from click.shell_completion import CompletionItem

        from crawler.sources import load_sources

        folder = _global(ctx, "sources_dir")
        named = ctx.params.get(str(param.name)) or ()
        try:
            sources = load_sources(Path(folder) if folder else None)
        except BaotinhError:
            return []
        return [
            CompletionItem(each.id, help=each.name)
            for each in sources.values()
            if each.id.startswith(incomplete) and each.id not in named
        ]


class ProvinceName(click.ParamType):  # type: ignore[type-arg]
    """A province of before or since July 2025.

    Names are offered as they are typed with no accents and no spaces, ``long-an``: a shell would
    have to quote the others.
    """

    name = "province"

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return names that begin so, with or without accents."""
        from crawler.sources.provinces import PROVINCES

        names = {_typed(name): name for name in (*PROVINCES, *PROVINCES.values())}
        return _offer(sorted(names.items()), _typed(incomplete))


class KindName(click.ParamType):  # type: ignore[type-arg]
    """A kind of outlet or article."""

    name = "kind"

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return kinds that begin so."""
        from storage.search.filters import SOURCE_KINDS
        from storage.states import ARTICLE_KINDS

        return _offer([(kind, "") for kind in (*SOURCE_KINDS, *ARTICLE_KINDS)], incomplete)


class WatchName(click.ParamType):  # type: ignore[type-arg]
    """The name of a saved search."""

    name = "watch"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> list[CompletionItem]:
        """Return names in the archive that begin so."""
        from storage.archive import Archive

        archives: tuple[str, ...] = _global(ctx, "archives") or ()
        if len(archives) != 1:
            return []
        try:
            with Archive.open_reading(Path(archives[0])) as archive:
                watches = archive.watches.all()
        except BaotinhError:
            return []
        return _offer([(watch.name, watch.query) for watch in watches], incomplete)


def _offer(items: Iterable[tuple[str, str]], incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name, help=say) for name, say in items if name.startswith(incomplete)]


def _typed(name: str) -> str:
    return "-".join(fold(name).replace(" - ", " ").replace("-", " ").split())


def _global(ctx: click.Context, name: str) -> Any:
    """Return a global option: no command has run that would have made its Options."""
    return ctx.find_root().params.get(name)
