"""Measurements run by hand: `python -m benchmarks.ingest`, `.latency`, `.startup`. See docs/benchmarks.md."""
