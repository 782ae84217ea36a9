"""Archives on the web that are asked: an index first, then single records."""
