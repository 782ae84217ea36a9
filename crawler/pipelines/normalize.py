"""Every text in its one normal form, before anything compares or counts it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from itemadapter import ItemAdapter

from storage.db.rows import LISTS
from storage.text import normalize, normalize_body

LINES = ("title", "summary", "section", "byline_raw", "dateline", "source_credit")


class NormalizePipeline:
    """Brings text fields into the archive's normal form; what is empty then is absent."""

    def process_item(self, item: Any) -> Any:
        fields = ItemAdapter(item)
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
        return item
