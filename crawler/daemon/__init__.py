"""The daemon: which sources are due, and a child process for each crawl."""
