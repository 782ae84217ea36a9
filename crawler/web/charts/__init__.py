"""Figures as pictures: values in, positions and shades out; templates draw them."""
