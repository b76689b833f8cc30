"""The tables of config.toml about promises: priorities, opening hours, escalation."""
