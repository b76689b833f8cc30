"""Letters from templates, and what a terminal shows."""
