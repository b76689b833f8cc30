"""Who gives orders, who serves what, and who may see what."""
