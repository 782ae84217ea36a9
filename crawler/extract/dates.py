"""Dates of articles: reading them in every form Vietnamese pages use, and choosing the right one.

The parts: ``date_lines`` reads what people see, ``date_machine`` what CMSs write for machines,
``date_urls`` what addresses carry; ``date_rule`` holds the written rule that decides between
them. Everything here is pure, never raises on any text, and costs linear time.
"""

from __future__ import annotations

from crawler.extract.date_lines import Order, find_dates, parse_date, read_date_line
from crawler.extract.date_machine import parse_machine_date, read_machine_dates
from crawler.extract.date_rule import (
    UNKNOWN,
    DateCandidate,
    Published,
    choose_date,
    choose_modified,
    read_machine,
    read_visible,
)
from crawler.extract.date_urls import Month, url_date, url_month
from crawler.extract.date_values import VIETNAM, ParsedDate

__all__ = [
    "UNKNOWN",
    "VIETNAM",
    "DateCandidate",
    "Month",
    "Order",
    "ParsedDate",
    "Published",
    "choose_date",
    "choose_modified",
    "find_dates",
    "parse_date",
    "parse_machine_date",
    "read_date_line",
    "read_machine",
    "read_machine_dates",
    "read_visible",
    "url_date",
    "url_month",
]
