"""Bounded batches of work, each with `run_once() -> int`."""
