"""Reports and the service description as text, Markdown, CSV and one HTML page."""
