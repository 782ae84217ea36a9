"""An option or argument that names a file to write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from typing import Any


class NewFile(click.Path):
    """A file to write, as a Path. ``x/`` is a folder, there or not: it names no file."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """End the command with exit code 2 where it is no file."""
        if os.fspath(value).endswith(("/", os.sep)):
            self.fail(f"{os.fspath(value)!r} is a folder: name the file to write in it", param, ctx)
        return Path(os.fsdecode(super().convert(value, param, ctx)))
