"""Tables and queries, by Datasette: bounded in time and memory, quiet, and linked to our pages."""
