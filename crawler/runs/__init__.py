"""One run of one source: its plan, its pages, its polls, what it records."""
