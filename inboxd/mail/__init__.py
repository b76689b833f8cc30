"""PURE. What the RFCs say about mail; knows nothing of cases."""
