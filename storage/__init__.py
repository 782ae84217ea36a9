"""The ground floor: the SQLite archive and its captures. Knows nothing of crawling."""
