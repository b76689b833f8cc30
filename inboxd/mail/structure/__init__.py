"""A mail's octets taken apart, within limits."""
