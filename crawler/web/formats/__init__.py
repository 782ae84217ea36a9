"""What other programs read: feeds, and the results of a search as files."""
