"""Where a new case goes, and who gets it."""
