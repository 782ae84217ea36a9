"""Other people's archives read into ours: WARC and WACZ files, Wayback, Common Crawl."""
