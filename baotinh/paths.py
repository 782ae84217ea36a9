"""Whether ``storage`` is ours: Python prefers a file of that name beside a script or notebook."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def check_own_packages(beside: Iterable[str]) -> None:
    """Raise ImportError, naming the file, where another ``storage`` hides the one of ours.

    ``beside``: the folders of package ``baotinh``; ours lies next to one of them.
    """
    spec = find_spec("storage")
    found = Path(spec.origin or "") if spec else None
    homes = {Path(folder).resolve().parent for folder in beside}
    # An editable install maps each package by itself, to the same checkout.
    if found is None or found.resolve().parent.parent not in homes:
        raise ImportError(
            f"baotinh needs its own package storage, but finds {found}: rename that file or folder,"
            " or work in another directory"
        )
