"""Requests on the wire: addresses allowed, names resolved, pace of hosts, robots.txt, errors."""
