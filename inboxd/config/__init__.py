"""config.toml, read whole or refused whole, with every error at once."""
