"""One module a page: from a request to what its template shows."""
