"""The tables of config.toml about the words of letters."""
