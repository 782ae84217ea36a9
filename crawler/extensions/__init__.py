"""Scrapy extensions: run log and progress."""
