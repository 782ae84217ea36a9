"""The page as a tree of blocks, its marks, its structured data."""
