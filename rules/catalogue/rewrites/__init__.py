"""Statements that write a whole table anew, or fail while trying."""
