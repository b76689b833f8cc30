"""The desk's clocks: hours, targets, and what happens when they pass."""
