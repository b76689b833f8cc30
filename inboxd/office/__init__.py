"""The use cases: whatever changes or shows a case goes through here."""
