"""Options that take a day as people type it: see `storage.search.days`."""

from __future__ import annotations

import datetime as dt

import click

from storage.errors import QueryError


class Day(click.ParamType):  # type: ignore[type-arg]
    """An option that takes a day; gives a date."""

    name = "date"

    def __init__(self, *, last: bool = False) -> None:
        self.last = last

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        """Read it by today's date in Vietnam; end the command with exit code 2 where it is none."""
        if isinstance(value, dt.date):
            return value
        # Here: few commands are given a day, and all of the search stands behind this import.
        from storage.search.days import read_asked_day

        try:
            return dt.date.fromisoformat(read_asked_day(str(value), last=self.last))
        except QueryError as error:
            self.fail(str(error), param, ctx)


class DayText(Day):
    """The same; gives ``YYYY-MM-DD``."""

    def convert(  # type: ignore[override]
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Read it as `Day` does."""
        return super().convert(value, param, ctx).isoformat()
