"""Statements that check every row, or cannot."""
