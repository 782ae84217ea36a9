"""Pictures and documents of articles: which are wanted, and what became of each."""
