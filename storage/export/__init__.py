"""Articles out: JSON lines, CSV, Parquet."""
