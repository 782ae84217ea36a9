"""Failure modes, each a URL: what the server does there, and what must become of it.

Every module has a table ``PAGES`` of `Fault`s: pages that a healthy feed links to.
`tests.site.faults.sites` has those that are about a whole site.
"""
