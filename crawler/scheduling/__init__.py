"""When a seed is polled, a page revisited, a failure retried."""
