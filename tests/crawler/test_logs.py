"""Log lines, for people and for machines."""

from __future__ import annotations

import json
import logging
import sys

from crawler.logs import JsonFormatter, PlainFormatter


def record(error: bool = False, **extra: object) -> logging.LogRecord:
    info = None
    if error:
        try:
            raise ValueError("no such thing")
        except ValueError:
            info = sys.exc_info()
    made = logging.LogRecord("crawler.x", logging.WARNING, "f", 1, "tỉnh %s", ("Huế",), info)
    made.created = 1_795_000_000.5
    made.__dict__.update(extra)
    return made


def test_a_line_for_machines_is_one_object_with_what_was_given() -> None:
    line = JsonFormatter().format(record(source="a", event="start", secret="x"))  # noqa: S106
    assert "\n" not in line
    assert json.loads(line) == {
        "at": "2026-11-18T11:06:40Z",
        "level": "warning",
        "logger": "crawler.x",
        "message": "tỉnh Huế",
        "source": "a",
        "event": "start",
    }


def test_an_error_brings_its_traceback() -> None:
    line = JsonFormatter().format(record(error=True))
    assert "\n" not in line
    assert "ValueError: no such thing" in json.loads(line)["traceback"]
    assert PlainFormatter().format(record(error=True)).endswith("ValueError: no such thing")


def test_a_line_for_people_has_time_level_and_message() -> None:
    assert PlainFormatter().format(record()) == "2026-11-18T11:06:40Z WARNING tỉnh Huế"
