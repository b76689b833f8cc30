"""EFFECT. The relays: the only room that imports aiosmtplib."""
