"""Getting to know a site: what it offers, how it numbers its articles, how they are read."""
