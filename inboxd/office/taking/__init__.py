"""A config is taken: what it means for cases, people and letters that are there, and which one was in force when."""
