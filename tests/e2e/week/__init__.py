"""A working week at the desk of config.toml: who writes or rings, and what the agents do. No outcome stands here."""
