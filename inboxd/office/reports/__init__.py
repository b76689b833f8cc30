"""How the desk stands and what a month came to: the documents of `report` and `about`."""
