"""Drafts become letters that lie frozen in the outbox."""
