"""What delivery reports say, whatever server wrote them."""
