"""A Chromium without a network of its own, for pages that scripts draw."""
