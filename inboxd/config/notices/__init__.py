"""[notices] of config.toml."""
