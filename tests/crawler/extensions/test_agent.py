"""Who we are, in every request."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from scrapy.settings import Settings

from crawler.extensions.agent import AgentAddon

OURS = f"baotinh/{version('baotinh')}"


@pytest.mark.parametrize(
    ("set_", "contact", "name"),
    [
        ("", "mailto:a@example.vn", f"{OURS} (+mailto:a@example.vn)"),
        ("", "", OURS),
        (None, "https://example.vn/bot", f"{OURS} (+https://example.vn/bot)"),
        ("theirs/1", "mailto:a@example.vn", "theirs/1"),
    ],
)
def test_a_request_names_us_and_whom_to_write_to(set_: str | None, contact: str, name: str) -> None:
    settings = Settings({"USER_AGENT": set_, "CONTACT": contact})
    AgentAddon().update_settings(settings)
    assert settings["USER_AGENT"] == name
