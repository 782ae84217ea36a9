"""Captures: WARC files written, read, repaired and packed."""
