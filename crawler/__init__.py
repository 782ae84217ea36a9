"""Báo Tỉnh: a scheduled crawler for the news of Vietnam's provinces."""
