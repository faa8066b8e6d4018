"""The revision graph."""
