"""A source file with the seeds that work in the place of those that do not. Pure."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

from crawler.errors import UsageError
from crawler.sources import Seed
from storage.states import SeedKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.survey.inspection import Check

_TABLE = "[[seeds]]"


def mend_seeds(checks: Iterable[Check]) -> tuple[Seed, ...]:
    """Return the seeds that one source should have by what a check saw.

    Empty where there is nothing to mend: all its seeds work, or nothing on its site does. A seed
    that was not asked for stays.
    """
    kinds = {str(kind) for kind in SeedKind}
    seeds = [check for check in checks if check.what in kinds]
    kept = dict.fromkeys((each.what, each.url) for each in seeds if each.ok or not each.asked)
    if all(each.ok or not each.asked for each in seeds) or not any(each.ok for each in seeds):
        return ()
    return tuple(Seed(kind=SeedKind(str(what)), url=url) for what, url in kept)


def mend_file(text: str, seeds: Sequence[Seed], *, day: str) -> str:
    """Return the text of a source file with these seeds in place of its own.

    Everything else stays as it is written. Raise UsageError where the seeds are not
    written as tables of their own.
    """
    kept: list[str] = []
    place: int | None = None
    inside = False
    for line in text.splitlines():
        if line.lstrip().startswith("["):
            inside = line.strip() == _TABLE
            if inside and place is None:
                place = len(kept)
        if not inside:
            kept.append(line)
    place = len(kept) if place is None else place
    mended = "\n".join([*kept[:place], *_write(seeds, day), *kept[place:]]) + "\n"
    wanted = [{"kind": str(seed.kind), "url": seed.url} for seed in seeds]
    try:
        is_mended = tomllib.loads(mended)["seeds"] == wanted
    except tomllib.TOMLDecodeError:
        is_mended = False
    if not is_mended:
        raise UsageError(f"its seeds are not written as {_TABLE}: change them by hand")
    return mended


def _write(seeds: Sequence[Seed], day: str) -> list[str]:
    lines = [f"# Seeds that answered on {day}."]
    for seed in seeds:
        lines += [_TABLE, f"kind = {json.dumps(str(seed.kind))}"]
        lines += [f"url = {json.dumps(seed.url, ensure_ascii=False)}", ""]
    return lines
