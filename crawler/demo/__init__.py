"""A small provincial site on loopback, to try everything without a network."""
