"""Every text in its one normal form, before anything compares or counts it."""

from __future__ import annotations

from typing import Any

from itemadapter import ItemAdapter

from crawler.runs.texts import normalize_texts


class NormalizePipeline:
    """Brings text fields into the archive's normal form; what is empty then is absent."""

    def process_item(self, item: Any) -> Any:
        """Change the item's fields and return it."""
        normalize_texts(ItemAdapter(item))
        return item
