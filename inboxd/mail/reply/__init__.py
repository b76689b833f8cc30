"""Where a mail's new part ends."""
