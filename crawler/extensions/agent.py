"""Who we are, in every request: of crawls, surveys, and of Scrapy's own commands."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


class AgentAddon:
    """Names the crawler and its contact as ``USER_AGENT``, unless that is set.

    An add-on of Scrapy's, as ``scrapy fetch`` and ``shell`` run spiders that are not ours.
    """

    def update_settings(self, settings: BaseSettings) -> None:
        """Read ``CONTACT``; set ``USER_AGENT``."""
        if not settings["USER_AGENT"]:
            settings.set("USER_AGENT", name_agent(settings["CONTACT"]), priority="project")


def name_agent(contact: str) -> str:
    """Return the user agent: who we are, and where to complain."""
    name = f"baotinh/{version('baotinh')}"
    return f"{name} (+{contact})" if contact else name
