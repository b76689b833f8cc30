"""Which letters go out, and what an admin's words put into them."""
