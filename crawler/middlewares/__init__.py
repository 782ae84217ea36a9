"""Downloader middlewares: address guard, politeness, limits, captures."""
