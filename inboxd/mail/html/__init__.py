"""HTML mail read as text."""
