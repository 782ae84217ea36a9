"""Health of sources, alarms about it, metrics."""
