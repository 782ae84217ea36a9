"""What ``baotinh serve`` shows: Datasette over the archive, with our titles and queries."""
