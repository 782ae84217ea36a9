"""What ``baotinh serve`` shows: the archive in a browser, in Vietnamese and English."""
