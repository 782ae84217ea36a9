"""The texts of an article in the one form that the archive compares and counts. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from storage.db.rows import LISTS
from storage.fingerprint import content_digest, signature
from storage.text import normalize, normalize_body

if TYPE_CHECKING:
    from collections.abc import MutableMapping

LINES = ("title", "summary", "section", "byline_raw", "dateline", "source_credit")
"""Fields that are one line of text."""


def normalize_texts(fields: MutableMapping[str, Any]) -> None:
    """Bring all text fields of an article into normal form; what is empty then is absent."""
    for name in LINES:
        if fields.get(name):
            fields[name] = normalize(fields[name]) or None
    fields["title"] = fields.get("title") or ""
    fields["body"] = normalize_body(fields.get("body") or "")
    for name in LISTS:
        texts = (normalize(text) for text in fields.get(name) or ())
        fields[name] = list(dict.fromkeys(text for text in texts if text))
    fields["images"] = [
        replace(image, caption=normalize(image.caption) or None) if image.caption else image
        for image in fields.get("images") or ()
    ]


def add_fingerprints(fields: MutableMapping[str, Any]) -> None:
    """Compute the content digest and the near-duplicate signature of normalised fields."""
    fields["digest"] = content_digest(fields["title"], fields.get("summary"), fields["body"])
    fields["signature"] = signature(fields["body"])
