"""What other programs read: feeds, citations, and the results of a search as files."""
