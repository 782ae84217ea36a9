"""The one spider, and the loader that makes a Scrapy spider of every source file."""
