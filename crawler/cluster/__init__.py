"""Crawls on other machines: the daemon hands out small archives, workers crawl on them."""
