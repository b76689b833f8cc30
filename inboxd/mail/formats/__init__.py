"""Files that hold files, and what a file is by its content."""
