"""Scrapy signals of our own. Handlers get the arguments named here as keywords."""

page_settled = object()
"""``link``, ``outcome``: a fetched page has got its one outcome."""

seed_polled = object()
"""``seed``, ``fresh``, ``problem``: a seed was polled; ``problem`` is a sentence or None."""

pages_done = object()
"""No arguments: a run has no more pages to fetch, and goes on with pictures and documents."""

run_started = object()
"""``pending``: a run begins, with so many links left by earlier ones."""
