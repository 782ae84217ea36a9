"""Articles in the archive: written, placed, read, compared."""
