"""What two texts are compared by."""

from __future__ import annotations

from typing import Any

from itemadapter import ItemAdapter

from storage.fingerprint import content_digest, signature


class FingerprintPipeline:
    """Computes the content digest and the near-duplicate signature."""

    def process_item(self, item: Any) -> Any:
        fields = ItemAdapter(item)
        fields["digest"] = content_digest(fields["title"], fields.get("summary"), fields["body"])
        fields["signature"] = signature(fields["body"])
        return item
