"""Connections, schema and migrations of the archive's database."""
