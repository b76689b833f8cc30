"""Agents who answer from their own mail client: the commands in their mail, and the proof that it is theirs."""
