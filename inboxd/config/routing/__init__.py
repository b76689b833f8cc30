"""The tables of config.toml about where a case goes: customers, senders, rules."""
