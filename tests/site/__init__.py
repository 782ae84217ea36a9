"""A fake provincial site on loopback: a path is a behaviour, a failure mode is a URL.

`tests.site.server.Site` runs in a thread of the test; ``python -m tests.site`` serves one for
trying things by hand and ends by itself.
"""
