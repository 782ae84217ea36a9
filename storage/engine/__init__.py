"""Which articles have what: found by tantivy in a folder beside the archive, or by plain SQL."""
