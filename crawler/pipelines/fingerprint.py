"""What two texts are compared by."""

from __future__ import annotations

from typing import Any

from itemadapter import ItemAdapter

from crawler.runs.texts import add_fingerprints


class FingerprintPipeline:
    """Computes the content digest and the near-duplicate signature."""

    def process_item(self, item: Any) -> Any:
        """Set ``digest`` and ``signature`` and return the item."""
        add_fingerprints(ItemAdapter(item))
        return item
