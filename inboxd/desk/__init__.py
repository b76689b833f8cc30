"""PURE. What the service desk decides: values in, values out; no clock, no I/O."""
