"""Notices of downtime as use cases: made, posted, followed by the clock, seen as surges."""
