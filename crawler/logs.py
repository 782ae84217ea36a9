"""Log lines for people, or one JSON object a line for machines. Standard error; rotation is the
system's."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys

from storage.instants import format_instant

_KEPT = ("source", "child", "event")
"""What a call may put into ``extra``."""


class JsonFormatter(logging.Formatter):
    """``{"at": …, "level": …, "logger": …, "message": …}`` and what ``extra`` gave."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": _utc(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _KEPT if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class PlainFormatter(logging.Formatter):
    """``2026-11-24T03:00:00Z WARNING message``."""

    def format(self, record: logging.LogRecord) -> str:
        text = f"{_utc(record)} {record.levelname} {record.getMessage()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def _utc(record: logging.LogRecord) -> str:
    return format_instant(dt.datetime.fromtimestamp(record.created, dt.UTC))


def start_logging(*, json_lines: bool, level: int = logging.INFO) -> None:
    """Send the log of this process to standard error; APScheduler only when it fails."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if json_lines else PlainFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
