"""The signs of a machine that the table in mail.automatic names."""
