"""Measurements run by hand: `python -m benchmarks.ingest`, `.latency`, `.startup`. docs/benchmarks.md has the figures."""
