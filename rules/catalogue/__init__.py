"""One file, one rule; the folder is the group."""
